//! Speech is found in recordings of quiet microphones and of telephones as it is in the recordings they were made from.

mod voice_support;

use coach_core::journal::Line;
use coach_perception::voice::{Activity, Tuning};
use std::f64::consts::PI;
use voice_support::{Random, Sound, data, listen, silero, speech_of, wav};

/// Two readings of different texts.
fn readings() -> Option<Vec<Sound>> {
    let folder = data("speech of quiet microphones and of telephones")?.join("synthetic");
    Some(["es_lead_en-us_160.wav", "es_weak_en-us_160.wav"].map(|file| wav(&folder.join(file))).into())
}

/// Seconds in which somebody speaks.
fn spoken(lines: &[Line]) -> f64 {
    speech_of(lines).iter().filter(|&&p| p >= 0.5).count() as f64 * 0.01
}

fn heard(sound: &Sound) -> Option<f64> {
    silero().map(|activity| spoken(&listen(sound, activity, Tuning::default())))
}

/// Level over all samples, dB of full scale.
fn level_db(sound: &Sound) -> f64 {
    let power = sound.samples.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / sound.samples.len() as f64;
    10.0 * power.log10()
}

/// The sound at another level, with 16-bit samples and the noise of a converter.
fn at_level(sound: &Sound, db: f64) -> Sound {
    let (gain, mut random) = (10f64.powf((db - level_db(sound)) / 20.0), Random::new(11));
    let quantized = |x: f64| ((x * 32_768.0).round() / 32_768.0) as f32;
    let samples = sound.samples.iter().map(|&x| quantized(f64::from(x) * gain + 2e-5 * random.normal())).collect();
    Sound { rate_hz: sound.rate_hz, samples }
}

/// The sound as a telephone line carries it: 8 kHz, nothing above 3.4 kHz, mu-law of 8 bits (ITU-T G.711).
fn by_telephone(sound: &Sound) -> Sound {
    let (from, to, cut) = (f64::from(sound.rate_hz), 8_000.0, 3_400.0);
    let reach = 24.0 * from / to;
    let sample = |n: usize| {
        let at = n as f64 * from / to;
        let (first, last) = ((at - reach).ceil().max(0.0) as usize, (at + reach) as usize);
        let weight = |x: f64| {
            let w = 2.0 * PI * cut * x / from;
            let sinc = if x.abs() < 1e-9 { 1.0 } else { w.sin() / w };
            2.0 * cut / from * sinc * (0.5 + 0.5 * (PI * x / reach).cos())
        };
        (first..=last.min(sound.samples.len() - 1))
            .map(|k| f64::from(sound.samples[k]) * weight(k as f64 - at))
            .sum::<f64>()
    };
    let mu_law = |x: f64| {
        let code = ((1.0 + 255.0 * x.abs().min(1.0)).ln() / 256f64.ln() * 127.0).round() / 127.0;
        (x.signum() * (256f64.powf(code) - 1.0) / 255.0) as f32
    };
    let count = (sound.samples.len() as f64 * to / from) as usize;
    Sound { rate_hz: 8_000, samples: (0..count).map(|n| mu_law(sample(n))).collect() }
}

#[test]
fn speech_of_minus_55_dbfs_is_found_as_well_as_loud_speech() {
    for sound in readings().unwrap_or_default() {
        let Some(loud) = heard(&sound) else { return };
        for db in [-40.0, -50.0, -55.0, -60.0] {
            let quiet = heard(&at_level(&sound, db)).expect("the model is there");
            println!("{:.1} dBFS: {loud:.2} s; {db} dBFS: {quiet:.2} s", level_db(&sound));
            assert!((quiet / loud - 1.0).abs() < 0.05, "{quiet:.2} s of {loud:.2} at {db} dBFS");
        }
    }
}

#[test]
fn speech_on_a_telephone_line_is_found_as_well_as_speech_of_the_full_band() {
    for sound in readings().unwrap_or_default() {
        let Some(full) = heard(&sound) else { return };
        for db in [level_db(&sound), -40.0, -50.0] {
            let line = heard(&by_telephone(&at_level(&sound, db))).expect("the model is there");
            println!("full band: {full:.2} s; telephone at {db:.1} dBFS: {line:.2} s");
            assert!((line / full - 1.0).abs() < 0.08, "{line:.2} s of {full:.2} at {db:.1} dBFS");
        }
    }
}

#[test]
fn noise_of_any_level_is_no_speech() {
    for db in [-30.0, -50.0, -60.0, -70.0, -80.0] {
        let Some(activity) = silero() else { return };
        let (size, mut random) = (10f64.powf(db / 20.0), Random::new(3));
        // Ten seconds of nothing, then a fan that is switched on.
        let samples =
            (0..30 * 16_000).map(|n| if n < 160_000 { 0.0 } else { (size * random.normal()) as f32 }).collect();
        let lines = listen(&Sound { rate_hz: 16_000, samples }, activity, Tuning::default());
        assert!(spoken(&lines) < 0.3, "{:.2} s of noise of {db} dBFS", spoken(&lines));
    }
}

#[test]
fn by_level_alone_what_is_far_below_speech_is_none() {
    let mut random = Random::new(3);
    let samples =
        (0..20 * 16_000).map(|n| if n / 8_000 % 2 == 0 { 0.0 } else { (3e-4 * random.normal()) as f32 }).collect();
    let lines = listen(&Sound { rate_hz: 16_000, samples }, Activity::energy(), Tuning::default());
    assert!(spoken(&lines) < 0.1, "{:.2} s", spoken(&lines));
}
