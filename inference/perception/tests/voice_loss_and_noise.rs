//! Lost packets are no evidence and no false syllables; the SNR says how loud the room is.

mod voice_support;

use coach_core::MediaTime;
use coach_core::journal::{GapReason, Line};
use coach_perception::voice::{Activity, Listener};
use voice_support::{Random, Sound, best_activity, compare, data, f0_of, listen, wav};

const PACKET: usize = 320;

/// Every packet of 20 ms is lost with a chance of `loss`.
fn through_loss(sound: &Sound, loss: f64) -> Vec<Line> {
    let (mut lines, mut random) = (Vec::new(), Random::new(9));
    let mut listener = Listener::new(sound.rate_hz, Activity::energy(), MediaTime::ZERO).expect("a rate in range");
    for packet in sound.samples.chunks(PACKET) {
        let mut out = |line: Line| lines.push(line);
        if packet.len() == PACKET && random.uniform() < loss {
            listener.gap(listener.now() + 20, GapReason::Loss, &mut out).expect("no detector");
        } else {
            listener.push(packet, &mut out).expect("no detector");
        }
    }
    listener.finish(&mut |line| lines.push(line)).expect("no detector");
    lines
}

#[test]
fn measures_keep_away_from_gaps_and_syllables_go_on_over_them() {
    let Some(folder) = data("speech with lost packets") else { return };
    let sound = wav(&folder.join("real/two_cities_16k.wav"));
    let whole = listen(&sound, Activity::energy(), Default::default());
    let count = |lines: &[Line]| lines.iter().filter(|line| matches!(line, Line::Nucleus(_))).count();
    for percent in [1.0, 5.0] {
        let lossy = through_loss(&sound, percent / 100.0);
        let gaps: Vec<_> = lossy.iter().filter_map(|l| if let Line::Gap(g) = l { Some(*g) } else { None }).collect();
        let near = |from: i64, to: i64| gaps.iter().any(|g| from < g.end.ms() + 100 && to > g.start.ms() - 100);
        let (mut clean, mut kept) = (Vec::new(), Vec::new());
        for (hop, (a, b)) in f0_of(&lossy).into_iter().zip(f0_of(&whole)).enumerate() {
            let t = hop as i64 * 10;
            if near(t, t + 10) {
                assert_eq!(a, 0.0, "a pitch at {t} ms, beside a gap");
            } else {
                kept.push(a);
                clean.push(b);
            }
        }
        for line in &lossy {
            if let Line::VoicedRun(run) = line {
                assert!(!near(run.start.ms(), run.end.ms()), "{run:?} touches a gap");
            }
        }
        let d = compare(&kept, &clean);
        let (a, b) = (count(&lossy), count(&whole));
        println!(
            "{percent} % lost: {} gaps, {:.0} % of hops kept, VDE {:.2} %, {:.2} cents; {a} nuclei for {b}",
            gaps.len(),
            100.0 * kept.len() as f64 / (kept.len() + 1).max(f0_of(&whole).len()) as f64,
            d.vde(),
            d.mean_cents()
        );
        assert!(d.vde() < 1.0 && d.mean_cents() < 3.0);
        assert!((a as f64 / b as f64 - 1.0).abs() < 0.06);
    }
}

#[test]
fn a_mute_is_silence_for_as_long_as_it_lasts() {
    let mut lines = Vec::new();
    let mut listener = Listener::new(48_000, Activity::energy(), MediaTime(200)).expect("a rate in range");
    let voice: Vec<f32> = (0..48_000).map(|i| 0.2 * (i as f32 * 0.016).sin() + 0.2 * (i as f32 * 0.13).sin()).collect();
    let mut out = |line: Line| lines.push(line);
    listener.push(&voice, &mut out).expect("no detector");
    listener.gap(MediaTime(61_200), GapReason::Muted, &mut out).expect("no detector");
    listener.push(&voice, &mut out).expect("no detector");
    listener.finish(&mut out).expect("no detector");
    let voices: Vec<_> = lines.iter().filter_map(|l| if let Line::Voice(v) = l { Some(v) } else { None }).collect();
    assert_eq!(voices.len(), 620);
    for v in voices.iter().filter(|v| v.t >= MediaTime(1_200) && v.t < MediaTime(61_200)) {
        assert!(v.speech == [0.0; 10] && v.f0 == [None; 10], "{v:?}");
    }
    assert!(voices[615].speech.iter().all(|&p| p > 0.5));
}

#[test]
fn the_snr_is_what_was_mixed() {
    for snr_db in [30.0, 20.0, 10.0] {
        let mut random = Random::new(2);
        // A buzz of 150 Hz, 2 s on and 1 s off; noise of known power between 100 and 4000 Hz, half of the white noise's band.
        let voice: Vec<f64> = (0..16_000 * 18)
            .map(|i| {
                let t = f64::from(i) / 16_000.0;
                let on = if t % 3.0 < 2.0 { 0.1 } else { 0.0 };
                on * (2..20)
                    .map(|k| (2.0 * std::f64::consts::PI * 150.0 * f64::from(k) * t).sin() / f64::from(k))
                    .sum::<f64>()
            })
            .collect();
        let power = voice[..16_000].iter().map(|x| x * x).sum::<f64>() / 16_000.0;
        let size = (power / 10f64.powf(snr_db / 10.0) / (3_900.0 / 8_000.0)).sqrt();
        let samples = voice.iter().map(|x| (x + size * random.normal()) as f32).collect();
        let lines = listen(&Sound { rate_hz: 16_000, samples }, Activity::energy(), Default::default());
        let last = lines.iter().rev().find_map(|l| if let Line::Voice(v) = l { v.snr_db } else { None });
        println!("{snr_db} dB mixed: {last:?}");
        // Speech is measured with the noise in it.
        let due = 10.0 * (10f64.powf(snr_db / 10.0) + 1.0).log10();
        assert!((f64::from(last.expect("an SNR")) - due).abs() < 2.5, "{last:?} for {due}");
    }
}

/// Mean SNR, and the voiced share of what is taken for speech.
fn room(sound: &Sound) -> (f32, f64) {
    let (mut snr, mut speech, mut voiced) = (Vec::new(), 0.0, 0.0);
    for line in listen(sound, best_activity(), Default::default()) {
        let Line::Voice(v) = line else { continue };
        snr.extend(v.snr_db);
        for (f0, _) in v.f0.iter().zip(v.speech).filter(|(_, p)| *p >= 0.5) {
            speech += 1.0;
            voiced += if f0.is_some() { 1.0 } else { 0.0 };
        }
    }
    (snr.iter().sum::<f32>() / snr.len() as f32, voiced / speech)
}

#[test]
fn a_recording_too_noisy_to_judge_is_told_from_clean_ones() {
    let Some(folder) = data("recordings too noisy to judge") else { return };
    for name in ["two_cities_16k", "jfk", "libri_sense_0870", "libri_sense_0920"] {
        let mut sound = wav(&folder.join(format!("real/{name}.wav")));
        let (clean, share) = room(&sound);
        let mut loud: Vec<f32> =
            sound.samples.chunks(160).map(|c| c.iter().map(|x| x * x).sum::<f32>() / 160.0).collect();
        loud.sort_by(f32::total_cmp);
        let power = loud[loud.len() / 2..].iter().sum::<f32>() / (loud.len() / 2) as f32;
        let (size, mut random) = (f64::from(power / 10.0).sqrt(), Random::new(3));
        sound.samples.iter_mut().for_each(|x| *x += (size * random.normal()) as f32);
        let (noisy, _) = room(&sound);
        println!("{name}: {clean:.1} dB, {:.0} % voiced; with noise 10 dB under it {noisy:.1} dB", 100.0 * share);
        assert!(clean > 20.0 && share > 0.5, "a clean recording");
        assert!(noisy < 15.0, "a loud room");
    }
    // Nearly all of it lies below 60 Hz.
    let (snr, share) = room(&wav(&folder.join("real/mfa_cold_corpus.wav")));
    println!("mfa_cold_corpus: {snr:.1} dB, {:.0} % voiced", 100.0 * share);
    assert!(share < 0.25 && snr < 10.0);
}
