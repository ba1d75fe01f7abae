//! What is no speech, what is no model, and what is too much: no word, an error, a bound.

mod voice_support;
mod words_support;

use coach_core::MediaTime;
use coach_perception::words::{Error, Files, Recognizer, Segment};
use std::f64::consts::PI;
use voice_support::{Random, Sound, wav};
use words_support::{Bench, files, recognizer, runtime, segments, text};

fn make(seconds: f64, mut sample: impl FnMut(f64) -> f64) -> Sound {
    let n = (seconds * 16_000.0) as usize;
    Sound { rate_hz: 16_000, samples: (0..n).map(|i| sample(i as f64 / 16_000.0) as f32).collect() }
}

/// Eight seconds each of what is heard in rooms and is no speech.
fn no_speech() -> Vec<(&'static str, Sound)> {
    let noise = |gain: f64, seed: u64| {
        let mut random = Random::new(seed);
        make(8.0, move |_| gain * random.normal())
    };
    let brown = |gain: f64| {
        let (mut random, mut sum) = (Random::new(5), 0.0);
        make(8.0, move |_| {
            sum = 0.98 * sum + random.normal();
            gain * sum
        })
    };
    let chord = |tones: [f64; 3]| make(8.0, move |t| tones.iter().map(|hz| 0.1 * (2.0 * PI * hz * t).sin()).sum());
    let melody = make(8.0, |t| {
        let hz = [262.0, 294.0, 330.0, 392.0, 440.0][(t * 3.0) as usize % 5];
        0.3 * (2.0 * PI * hz * t).sin() * (-(t * 3.0).fract() * 2.0).exp()
    });
    let clicks = {
        let mut random = Random::new(9);
        make(8.0, move |t| if (t * 5.0).fract() < 0.01 { 0.4 * random.normal() } else { 0.0 })
    };
    let breath = {
        let mut random = Random::new(11);
        make(8.0, move |t| 0.02 * random.normal() * (PI * t / 2.0).sin().powi(2))
    };
    vec![
        ("silence", make(8.0, |_| 0.0)),
        ("white noise, faint", noise(1e-3, 1)),
        ("white noise", noise(0.03, 2)),
        ("white noise, loud", noise(0.3, 3)),
        ("brown noise", brown(0.02)),
        ("hum of 50 Hz", make(8.0, |t| 0.2 * (2.0 * PI * 50.0 * t).sin() + 0.05 * (2.0 * PI * 150.0 * t).sin())),
        ("tone of 1 kHz", make(8.0, |t| 0.3 * (2.0 * PI * 1000.0 * t).sin())),
        ("sweep", make(8.0, |t| 0.3 * (2.0 * PI * (100.0 * t + 200.0 * t * t)).sin())),
        ("chord", chord([262.0, 330.0, 392.0])),
        ("low chord", chord([110.0, 165.0, 220.0])),
        ("melody", melody),
        ("keys", clicks),
        ("breath", breath),
        ("constant", make(8.0, |_| 0.5)),
        ("square wave at full scale", make(8.0, |t| if (t * 90.0).fract() < 0.5 { 1.0 } else { -1.0 })),
    ]
}

#[test]
fn what_is_no_speech_gives_no_word() {
    let Some(mut bench) = Bench::find("sounds that are no speech") else { return };
    for (name, sound) in no_speech() {
        let opened = segments(&sound, 480).len();
        let heard = text(&bench.sound(&sound));
        println!("{name}: {opened} segments, {heard:?}");
        assert_eq!(heard, "", "{name}");
        // Nor does the recognizer write anything down of it when nobody says that there is speech.
        let (start, end) = (MediaTime::ZERO, MediaTime(8000));
        let segment = Segment { start, end, known: end, samples: sound.samples, probabilities: vec![0.0; 250] };
        let phrase = bench.recognizer.transcribe(&segment).expect("a working network");
        assert_eq!(phrase, None, "{name}, without a detector");
    }
}

#[test]
fn no_phrase_with_a_second_of_speech_is_empty() {
    let Some(mut bench) = Bench::find("empty phrases") else { return };
    let names: Vec<String> =
        bench.manifest.keys().filter(|n| n.starts_with("real/") && n.ends_with(".wav")).cloned().collect();
    let (mut all, mut empty, mut unended) = (0, 0, 0);
    for name in names {
        for segment in segments(&wav(&bench.folder.join(&name)), 480) {
            let speech = segment.probabilities.iter().filter(|&&p| p >= 0.5).count() as f64 * 0.032;
            let phrase = bench.recognizer.transcribe(&segment).expect("a working network");
            all += 1;
            if speech >= 1.0 && phrase.is_none() {
                println!("{name}: {speech:.1} s of speech from {} on are empty", segment.start);
                empty += 1;
            }
            if let Some(phrase) = phrase {
                unended += usize::from(!phrase.complete);
                let inside = |t: MediaTime| segment.start <= t && t <= segment.end;
                assert!(
                    phrase.words.iter().all(|w| inside(w.start) && inside(w.end) && w.start <= w.end),
                    "{phrase:?}"
                );
                assert!(phrase.words.is_sorted_by_key(|w| w.start), "{phrase:?}");
                assert!(phrase.logp.is_finite() && phrase.logp <= 0.0);
            }
        }
    }
    println!("{all} segments, {empty} empty with a second of speech, {unended} that did not come to an end");
    assert_eq!(empty, 0);
}

#[test]
fn blocks_of_any_size_give_the_same_segments_and_phrases() {
    let Some(mut bench) = Bench::find("blocks of any size") else { return };
    let sound = wav(&bench.folder.join("real/jfk.wav"));
    let whole = segments(&sound, usize::MAX);
    for block in [1, 77, 480, 16_000] {
        assert!(segments(&sound, block) == whole, "blocks of {block}");
    }
    let twice = [0; 2].map(|_| bench.recognizer.transcribe(&whole[0]).expect("a working network"));
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn hostile_segments_are_bounded() {
    let Some(mut recognizer) = recognizer("hostile segments") else { return };
    let segment = |samples: Vec<f32>, probabilities: Vec<f32>| Segment {
        start: MediaTime(1000),
        end: MediaTime(1000 + samples.len() as i64 / 16),
        known: MediaTime(2000 + samples.len() as i64 / 16),
        samples,
        probabilities,
    };
    assert!(matches!(recognizer.transcribe(&segment(vec![0.0; 400_000], vec![])), Err(Error::TooLong(400_000))));
    assert_eq!(recognizer.transcribe(&segment(vec![], vec![])).expect("nothing"), None);
    assert_eq!(recognizer.transcribe(&segment(vec![0.1; 100], vec![1.0])).expect("too short"), None);
    for value in [f32::NAN, f32::INFINITY, 0.0, 1e-9] {
        let phrase = recognizer.transcribe(&segment(vec![value; 48_000], vec![1.0; 93])).expect("a working network");
        assert_eq!(phrase, None, "{value}");
    }
    for value in [1e30, -1.0] {
        let phrase = recognizer.transcribe(&segment(vec![value; 48_000], vec![1.0; 93])).expect("a working network");
        println!("{value}: {:?}", phrase.map(|p| p.text));
    }
    let mut random = Random::new(3);
    let clipped = (0..329_600).map(|_| if random.normal() > 0.0 { 1.0 } else { -1.0 }).collect();
    let phrase = recognizer.transcribe(&segment(clipped, vec![1.0; 625])).expect("a working network");
    println!("20.6 s of clipped noise: {phrase:?}");
    assert!(phrase.is_none_or(|p| p.words.len() <= 140));
}

#[test]
fn a_damaged_file_is_named_with_its_cure() {
    let what = "damaged files";
    let (Some([encoder, decoder, vocabulary]), Some(runtime)) = (files(what), runtime(what)) else { return };
    let good = Files { encoder: &encoder, decoder: &decoder, vocabulary: &vocabulary };
    let mut flipped = encoder.clone();
    flipped[encoder.len() / 2] ^= 1;
    for (name, files) in [
        ("moonshine_tiny_en_encoder.onnx", Files { encoder: &encoder[1..], ..good }),
        ("moonshine_tiny_en_encoder.onnx", Files { encoder: &flipped, ..good }),
        ("moonshine_tiny_en_decoder.onnx", Files { decoder: b"", ..good }),
        ("moonshine_tiny_en_vocabulary.json", Files { vocabulary: b"{}", ..good }),
    ] {
        let Err(error) = Recognizer::load(&runtime, files) else { panic!("{name}: accepted") };
        assert!(error.to_string().starts_with(name) && error.to_string().contains("make setup"), "{error}");
    }
}

#[test]
fn speech_without_a_pause_is_cut_into_segments_of_twenty_seconds_at_most() {
    let Some(bench) = Bench::find("long audio") else { return };
    let once = wav(&bench.folder.join("real/two_cities_16k.wav"));
    // The reading without its pauses, again and again.
    let loud: Vec<f32> =
        once.samples.chunks(160).filter(|hop| hop.iter().any(|x| x.abs() > 0.02)).flatten().copied().collect();
    let sound = Sound { rate_hz: 16_000, samples: loud.repeat(20) };
    let found = segments(&sound, 4800);
    let longest = found.iter().map(|s| s.samples.len()).max().unwrap_or(0);
    println!("{:.0} s: {} segments, the longest of {longest} samples", sound.samples.len() as f64 / 16e3, found.len());
    assert!(longest <= 329_600 && found.len() >= 20);
    assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "in order and not overlapping");
}
