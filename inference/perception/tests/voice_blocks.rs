//! Block size is no input: the same samples give the same lines, bit for bit, however they are cut.

mod voice_support;

use coach_core::MediaTime;
use coach_core::journal::{GapReason, Line};
use coach_perception::voice::{Activity, Listener};
use proptest::prelude::*;
use voice_support::{Random, silero};

/// A buzzing, wavering voice with pauses over a little noise.
fn voice(rate_hz: u32, seconds: f64) -> Vec<f32> {
    let mut random = Random::new(7);
    let (mut phase, n) = (0.0f64, (f64::from(rate_hz) * seconds) as usize);
    (0..n)
        .map(|i| {
            let t = i as f64 / f64::from(rate_hz);
            phase += (130.0 + 30.0 * (2.0 * t).sin()) / f64::from(rate_hz);
            let on = if t % 1.1 < 0.8 { (0.5 + 0.5 * (25.0 * t).sin()) * 0.4 } else { 0.0 };
            let buzz: f64 =
                (1..12).map(|k| (2.0 * std::f64::consts::PI * phase * f64::from(k)).sin() / f64::from(k)).sum();
            (on * buzz * 0.5 + 0.002 * random.normal()) as f32
        })
        .collect()
}

/// Cuts `samples` by `sizes` in turn; in the middle 230 ms are lost.
fn lines(rate_hz: u32, activity: Activity, samples: &[f32], sizes: &[usize]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut out = |line: Line| lines.push(line);
    let mut listener = Listener::new(rate_hz, activity, MediaTime(40)).expect("a rate in range");
    let (first, second) = samples.split_at(samples.len() / 2);
    let mut sizes = sizes.iter().copied().cycle();
    for (part, half) in [first, second].into_iter().enumerate() {
        let mut rest = half;
        while !rest.is_empty() {
            let (block, later) = rest.split_at(rest.len().min(sizes.next().unwrap_or(1)));
            listener.push(block, &mut out).expect("no detector, no error");
            rest = later;
        }
        if part == 0 {
            let end = listener.now() + 230;
            listener.gap(end, GapReason::Loss, &mut out).expect("no detector, no error");
        }
    }
    listener.finish(&mut out).expect("no detector, no error");
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_cut_gives_the_same_lines(
        rate_hz in prop::sample::select(vec![8_000u32, 16_000, 22_050, 44_100, 48_000, 47_999]),
        sizes in prop::collection::vec(1usize..=4_800, 1..40),
    ) {
        let samples = voice(rate_hz, 4.0);
        let whole = lines(rate_hz, Activity::energy(), &samples, &[samples.len()]);
        prop_assert!(whole.iter().any(|line| matches!(line, Line::Nucleus(_))));
        prop_assert!(whole.iter().any(|line| matches!(line, Line::VoicedRun(_))));
        prop_assert_eq!(whole, lines(rate_hz, Activity::energy(), &samples, &sizes));
    }
}

#[test]
fn silero_hears_the_same_whatever_the_blocks() {
    let (Some(a), Some(b)) = (silero(), silero()) else { return };
    let samples = voice(48_000, 4.0);
    assert_eq!(lines(48_000, a, &samples, &[samples.len()]), lines(48_000, b, &samples, &[1, 960, 333, 4_800, 7]));
}
