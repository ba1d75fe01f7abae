//! Bad and strange input: a clear result or a clear error, never a panic, nothing that is no number.

mod voice_support;

use coach_core::MediaTime;
use coach_core::journal::{GapReason, Line};
use coach_perception::voice::report::voice_report;
use coach_perception::voice::{Activity, Error, Listener};
use voice_support::{Random, Sound, listen};

fn tone(n: usize, hz: f64, rate_hz: u32, size: f64) -> Vec<f32> {
    (0..n).map(|i| (size * (2.0 * std::f64::consts::PI * hz * i as f64 / f64::from(rate_hz)).sin()) as f32).collect()
}

fn strange() -> Vec<(&'static str, Vec<f32>)> {
    let mut random = Random::new(3);
    let clipped = tone(32_000, 140.0, 16_000, 9.0).iter().map(|x| x.clamp(-1.0, 1.0)).collect();
    let mut broken = tone(32_000, 140.0, 16_000, 0.5);
    for i in (0..broken.len()).step_by(97) {
        broken[i] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE][i % 5];
    }
    let mut click = vec![0.0; 32_000];
    click[16_000] = 1.0;
    vec![
        ("nothing", vec![]),
        ("one sample", vec![0.5]),
        ("10 ms", tone(160, 140.0, 16_000, 0.5)),
        ("39 ms", tone(624, 140.0, 16_000, 0.5)),
        ("41 ms", tone(656, 140.0, 16_000, 0.5)),
        ("silence", vec![0.0; 32_000]),
        ("a constant", vec![0.7; 32_000]),
        ("a voice on a constant", tone(32_000, 140.0, 16_000, 0.2).iter().map(|x| x + 0.6).collect()),
        ("clipped", clipped),
        ("no numbers among the samples", broken),
        ("nothing but no numbers", vec![f32::NAN; 32_000]),
        ("far too loud", tone(32_000, 140.0, 16_000, 1e30)),
        ("far too quiet", tone(32_000, 140.0, 16_000, 1e-30)),
        ("one click", click),
        ("noise", (0..32_000).map(|_| (0.3 * random.normal()) as f32).collect()),
        ("every other sample", (0..32_000).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect()),
    ]
}

fn assert_sane(what: &str, lines: &[Line]) {
    let share = |x: f32| (0.0..=1.0).contains(&x);
    let measure = |x: Option<f32>| x.is_none_or(|x| x.is_finite());
    for line in lines {
        match line {
            Line::Voice(v) => {
                assert!(v.f0.iter().flatten().all(|hz| (50.0..500.0).contains(hz)), "{what}: {v:?}");
                assert!(v.strength.iter().chain(&v.speech).all(|&x| share(x)), "{what}: {v:?}");
                assert!(
                    v.intensity.iter().all(|db| (-300.0..200.0).contains(db)) && measure(v.snr_db),
                    "{what}: {v:?}"
                );
            }
            Line::VoicedRun(r) => {
                assert!(r.start < r.end && r.end <= r.t, "{what}: {r:?}");
                let values = [r.jitter_local, r.jitter_rap, r.jitter_ppq5, r.shimmer_local, r.hnr_db];
                assert!(values.into_iter().all(measure), "{what}: {r:?}");
            }
            Line::Nucleus(n) => assert!(n.at <= n.t, "{what}: {n:?}"),
            Line::Hesitation(h) => assert!(h.start < h.end && h.end <= h.t && share(h.confidence), "{what}: {h:?}"),
            Line::Gap(_) => {}
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn strange_sounds_are_listened_to_without_harm() {
    for (what, samples) in strange() {
        for rate_hz in [8_000, 16_000, 44_100, 192_000] {
            let hops = (samples.len() * 100).div_ceil(rate_hz as usize);
            let lines = listen(&Sound { rate_hz, samples: samples.clone() }, Activity::energy(), Default::default());
            assert_sane(what, &lines);
            let voice = lines.iter().filter(|line| matches!(line, Line::Voice(_))).count();
            assert_eq!(voice, hops.div_ceil(10), "{what} at {rate_hz}");
        }
    }
}

#[test]
fn strange_sounds_have_a_report_or_an_error_that_says_why() {
    for (what, samples) in strange() {
        for rate_hz in [8_000, 16_000, 48_000, 192_000] {
            match voice_report(&samples, rate_hz, true) {
                Ok(report) => {
                    let text = serde_json::to_string(&report).expect("JSON");
                    let numbers = serde_json::to_value(&report).expect("JSON");
                    let frames = &report.frames.expect("frames were asked for");
                    assert!(frames.f0.iter().chain(&frames.intensity).all(|x| x.is_finite()), "{what}: {text}");
                    assert!(numbers["duration"].is_f64(), "{what}: {text}");
                }
                Err(Error::TooShort(n)) => assert!(n * 1000 < 41 * rate_hz as usize, "{what} at {rate_hz}"),
                Err(other) => panic!("{what}: {other}"),
            }
        }
    }
    assert!(matches!(voice_report(&[0.0; 9_000], 7_999, false), Err(Error::Rate(7_999))));
}

#[test]
fn a_silent_sound_has_no_voice_and_says_so() {
    let report = voice_report(&[0.0; 16_000], 16_000, false).expect("a report");
    assert_eq!(
        (report.voiced_fraction, report.f0_mean, report.jitter_local, report.hnr_cc_mean),
        (Some(0.0), None, None, None)
    );
    assert!(serde_json::to_string(&report).expect("JSON").contains("\"f0_mean\":null"));
}

#[test]
fn rates_out_of_range_are_refused() {
    for rate_hz in [0, 1, 7_999, 192_001, u32::MAX] {
        assert!(
            matches!(Listener::new(rate_hz, Activity::energy(), MediaTime::ZERO), Err(Error::Rate(r)) if r == rate_hz)
        );
    }
}

#[test]
fn gaps_that_make_no_sense_are_harmless() {
    let mut lines = Vec::new();
    let mut listener = Listener::new(16_000, Activity::energy(), MediaTime(1_000)).expect("a rate");
    let mut out = |line: Line| lines.push(line);
    listener.gap(MediaTime(0), GapReason::Loss, &mut out).expect("no detector");
    listener.gap(MediaTime(i64::MIN), GapReason::Loss, &mut out).expect("no detector");
    listener.push(&tone(1_600, 140.0, 16_000, 0.5), &mut out).expect("no detector");
    listener.gap(MediaTime(1_100), GapReason::Loss, &mut out).expect("no detector");
    listener.gap(MediaTime(1_150), GapReason::Loss, &mut out).expect("no detector");
    for i in 0..1_000 {
        listener.gap(MediaTime(1_151 + i), GapReason::Loss, &mut out).expect("no detector");
    }
    listener.finish(&mut out).expect("no detector");
    listener.finish(&mut out).expect("a second time does nothing");
    assert_eq!(lines.iter().filter(|line| matches!(line, Line::Gap(_))).count(), 1_001);
    assert_sane("gaps", &lines);
}

#[test]
fn what_is_promised_to_be_known_is_never_followed_by_something_earlier() {
    let mut random = Random::new(11);
    let samples: Vec<f32> = tone(160_000, 140.0, 16_000, 0.3)
        .iter()
        .enumerate()
        .map(|(i, x)| if i / 4_000 % 3 == 0 { 0.0 } else { *x } + 0.003 * random.normal() as f32)
        .collect();
    let mut listener = Listener::new(16_000, Activity::energy(), MediaTime(-500)).expect("a rate");
    let mut known = listener.known_until();
    for (i, block) in samples.chunks(777).enumerate() {
        let mut earliest = MediaTime(i64::MAX);
        let mut out = |line: Line| earliest = earliest.min(line.t());
        listener.push(block, &mut out).expect("no detector");
        if i % 40 == 39 {
            listener.gap(listener.now() + 60, GapReason::Loss, &mut out).expect("no detector");
        }
        assert!(earliest >= known, "{earliest} after {known} was promised");
        assert!(listener.known_until() >= known && listener.now() - listener.known_until() <= 360);
        known = listener.known_until();
    }
    let (mut last, mut earliest) = (MediaTime(i64::MIN), MediaTime(i64::MAX));
    listener.finish(&mut |line| (last, earliest) = (last.max(line.t()), earliest.min(line.t()))).expect("no detector");
    assert!(earliest >= known && last < listener.known_until());
}
