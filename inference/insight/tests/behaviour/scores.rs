//! The scores keep their promises: monotone, both ends within reach, calm under noise, each moved by its own.

use crate::stories::play;
use crate::story::Story;
use coach_core::MediaTime;
use coach_core::journal::{Gap, GapKind, GapReason, Line};
use coach_core::report::{Report, Scores};
use coach_insight::curve::Curve;
use coach_insight::evidence::HARD_MOMENTS;
use coach_insight::metrics::Measure;
use coach_insight::replay;
use coach_insight::scores::{ALL, CEILING, Evidence, FLOOR, Formula, Measures};
use proptest::prelude::*;

fn measures(formula: &Formula, values: &[Option<f32>]) -> Measures {
    let measure = |value: &Option<f32>| Measure { value: *value, coverage: 1.0, ..Measure::default() };
    formula.inputs.iter().zip(values).map(|(input, v)| (input.metric.id, measure(v))).collect()
}

/// Enough of everything.
fn ample() -> Evidence {
    Evidence {
        span_s: 600.0,
        speech_s: 500.0,
        face_share: 1.0,
        face_s: 600.0,
        shut_s: 0.0,
        seen: true,
        still_video: false,
        several_faces: false,
        full_face_model: true,
        affect: true,
        stress_s: 600.0,
        hard_moments: HARD_MOMENTS,
    }
}

/// From the best to far beyond the worst value of a curve, on either side.
fn worse(curve: Curve) -> Vec<Vec<f32>> {
    let walk = |from: f32, to: f32| (0..=60).map(|i| from + (to - from) * i as f32 / 40.0).collect();
    match curve {
        Curve::Rise { zero, full } => vec![walk(full, zero)],
        Curve::Fall { full, zero } => vec![walk(full, zero)],
        Curve::Band { zero_low, low, high, zero_high } => vec![walk(low, zero_low), walk(high, zero_high)],
    }
}

#[test]
fn the_weights_of_a_score_sum_to_one() {
    for formula in ALL {
        let sum: f32 = formula.inputs.iter().map(|i| i.weight).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{}: {sum}", formula.id);
    }
}

proptest! {
    /// Over the whole range of each input, whatever the others are.
    #[test]
    fn a_worse_input_never_raises_a_score(others in prop::collection::vec(prop::option::weighted(0.8, 0.0f32..1.0), 16)) {
        for formula in ALL {
            let at = |q: f32, curve: Curve| match curve {
                Curve::Rise { zero, full } => zero + q * (full - zero),
                Curve::Fall { full, zero } => zero + q * (full - zero),
                Curve::Band { zero_low, high, .. } => zero_low + q * (high - zero_low),
            };
            let base: Vec<Option<f32>> = formula.inputs.iter().zip(&others).map(|(i, q)| q.map(|q| at(q, i.curve))).collect();
            for k in 0..formula.inputs.len() {
                for walk in worse(formula.inputs[k].curve) {
                    let mut last = f32::INFINITY;
                    for value in walk {
                        let mut values = base.clone();
                        values[k] = Some(value);
                        let Some(score) = formula.score(&measures(formula, &values), &ample()).value else { continue };
                        prop_assert!(score <= last + 1e-3, "{}: {} at {value}: {score} after {last}", formula.id, formula.inputs[k].metric.id);
                        last = score;
                    }
                }
            }
        }
    }

    #[test]
    fn the_contributions_sum_to_the_score_and_their_weights_to_one(q in prop::collection::vec(prop::option::weighted(0.7, -1.0f32..300.0), 16)) {
        for formula in ALL {
            let score = formula.score(&measures(formula, &q), &ample());
            let points = score.contributions.iter().map(|c| c.points).sum::<f32>() + score.unknown;
            match score.value {
                Some(value) => {
                    prop_assert!((points.clamp(FLOOR, CEILING) - value).abs() < 0.01);
                    prop_assert!((score.contributions.iter().map(|c| c.weight).sum::<f32>() - 1.0).abs() < 1e-4);
                    prop_assert!(score.reason.is_none());
                }
                None => prop_assert!(score.reason.is_some()),
            }
        }
    }
}

fn report(story: &str) -> Report {
    play(&Story::parse(story)).1
}

/// Confidence, Clarity and Engagement.
fn values(scores: &Scores) -> [f32; 3] {
    let [confidence, clarity, _, engagement] = scores.each();
    [confidence, clarity, engagement].map(|(name, s)| s.value.unwrap_or_else(|| panic!("{name:?}: {:?}", s.reason)))
}

const AT_BEST: &str = "
device-check
0:00 speak 140
0:00 tone 3.6
0:00 lively 0.5
0:05 smile 0.5
0:08 smile 0
0:40 tense 0.3
0:42 calm
1:20 tense 0.3
1:22 calm
2:00 tense 0.3
2:02 calm
2:50 smile 0.5
2:53 smile 0
3:10 end
";
/// Strain comes back again and again, and stays.
const STRAINED: &str = "
device-check
0:00 speak 140
0:20 tense 0.6
0:45 calm
0:55 tense 0.6
1:20 calm
1:30 tense 0.6
2:00 calm
2:20 tense 0.6
2:50 calm
3:00 tense 0.6
3:20 end
";
const AT_WORST: &str = "
device-check
0:00 speak 140
0:00 tone 3
0:16 speak 350
0:16 tone 0.5
0:16 lively 0
0:16 level -16
0:16 uneven 8
0:16 fade 14
0:16 rough 3
0:16 look aside
0:16 restless 40
0:16 hesitant
0:30 silent
0:45 speak 350
0:45 tense 0.5
0:50 silent
0:58 speak 350
1:20 calm
1:30 tense 0.5
1:40 silent
1:55 speak 350
2:20 end
";

#[test]
fn each_score_reaches_both_ends_of_its_range() {
    let best = report(AT_BEST);
    for (name, score) in best.overall.scores.each() {
        // Three short hard moments cost a little, however soon they are over.
        let floor = if name == coach_core::report::ScoreName::Resilience { 60.0 } else { 88.0 };
        assert!(score.value.is_some_and(|v| v >= floor), "{name:?}: {:#?}", score);
    }
    let (worst, strained) = (report(AT_WORST), report(STRAINED));
    for (name, score) in worst.overall.scores.each() {
        let strain = name == coach_core::report::ScoreName::Resilience;
        let score = if strain { &strained.overall.scores.resilience } else { score };
        assert!(score.value.is_some_and(|v| v <= 30.0), "{name:?}: {:#?}", score);
    }
    for formula in ALL {
        let end = |best: bool| {
            let of = |curve| match curve {
                Curve::Rise { zero, full } => {
                    if best {
                        full
                    } else {
                        zero
                    }
                }
                Curve::Fall { full, zero } => {
                    if best {
                        full
                    } else {
                        zero
                    }
                }
                Curve::Band { low, zero_high, .. } => {
                    if best {
                        low
                    } else {
                        zero_high
                    }
                }
            };
            let values: Vec<Option<f32>> = formula.inputs.iter().map(|i| Some(of(i.curve))).collect();
            formula.score(&measures(formula, &values), &ample()).value
        };
        assert!(end(true).is_some_and(|v| v >= 90.0) && end(false).is_some_and(|v| v <= FLOOR), "{}", formula.id);
    }
}

/// Every number of every observation by up to one per cent either way.
fn shaken(story: &Story, seed: u64) -> Story {
    let mut state = seed | 1;
    let mut by = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        1.0 + 0.01 * ((state % 2001) as f32 / 1000.0 - 1.0)
    };
    let mut story = story.clone();
    for line in &mut story.lines {
        match line {
            Line::Voice(v) => {
                for i in 0..10 {
                    v.f0[i] = v.f0[i].map(|f| f * by());
                    v.intensity[i] *= by();
                    v.speech[i] = (v.speech[i] * by()).min(1.0);
                }
                v.snr_db = v.snr_db.map(|s| s * by());
            }
            Line::Face(f) => {
                if let Some(p) = &mut f.pose {
                    (p.yaw, p.pitch, p.roll) = (p.yaw * by(), p.pitch * by(), p.roll * by());
                }
                if let Some(i) = &mut f.iris {
                    (i.left, i.right) = (i.left.map(|x| x * by()), i.right.map(|x| x * by()));
                }
                if let Some(a) = &mut f.action_units {
                    for x in [&mut a.au01, &mut a.au02, &mut a.au04, &mut a.au07, &mut a.au10, &mut a.au12, &mut a.au24]
                    {
                        *x = x.map(|x| x * by());
                    }
                }
                f.eye_opening = f.eye_opening.map(|e| e.map(|x| x * by()));
                f.smile = f.smile.map(|x| x * by());
            }
            Line::VoicedRun(r) => {
                r.jitter_local = r.jitter_local.map(|x| x * by());
                r.shimmer_local = r.shimmer_local.map(|x| x * by());
            }
            Line::Hesitation(h) => h.confidence *= by(),
            _ => {}
        }
    }
    story
}

#[test]
fn one_per_cent_of_noise_moves_no_score_by_more_than_two_points() {
    let middling = "
device-check
0:00 speak 185
0:00 tone 1.8
0:00 hesitant
0:20 look aside
0:35 look camera
0:50 level -6
1:00 tense 0.12
1:10 calm
1:30 end
";
    let mut most = 0.0f32;
    for (name, text) in [("best", AT_BEST), ("worst", AT_WORST), ("middling", middling)] {
        let story = Story::parse(text);
        let before = values(&replay(story.header.clone(), story.lines.clone()).overall.scores);
        for seed in 1..=4 {
            let shaken = shaken(&story, seed * 7919);
            let after = values(&replay(shaken.header, shaken.lines).overall.scores);
            for (b, a) in before.iter().zip(after) {
                most = most.max((b - a).abs());
                assert!((b - a).abs() <= 2.0, "{name}, seed {seed}: {before:?} became {after:?}");
            }
        }
    }
    println!("1 % of noise moved a score by at most {most:.2} points");
}

fn scores_of(change: &str) -> [f32; 3] {
    values(&report(&format!("device-check\n0:00 speak 140\n{change}\n1:30 end")).overall.scores)
}

const CONFIDENCE: usize = 0;
const CLARITY: usize = 1;
const ENGAGEMENT: usize = 2;

#[test]
fn pace_ranks_clarity_and_leaves_the_others() {
    let at = |wpm: u32| scores_of(&format!("0:00 speak {wpm}"));
    let [slow, easy, fast, rushed] = [110, 150, 200, 260].map(at);
    assert!(
        easy[CLARITY] > slow[CLARITY] && slow[CLARITY] > fast[CLARITY] && fast[CLARITY] > rushed[CLARITY] + 5.0,
        "{slow:?} {easy:?} {fast:?} {rushed:?}"
    );
    for other in [CONFIDENCE, ENGAGEMENT] {
        for x in [slow, fast, rushed] {
            assert!((x[other] - easy[other]).abs() <= 5.0, "{x:?} beside {easy:?}");
        }
    }
}

#[test]
fn a_lively_tone_ranks_engagement_and_leaves_the_others() {
    let [flat, usual, lively] = ["0.5", "2.2", "3.6"].map(|st| scores_of(&format!("0:00 tone {st}")));
    assert!(flat[ENGAGEMENT] + 10.0 < usual[ENGAGEMENT] && usual[ENGAGEMENT] + 5.0 < lively[ENGAGEMENT]);
    for other in [CONFIDENCE, CLARITY] {
        assert!((flat[other] - lively[other]).abs() <= 5.0, "{flat:?} {lively:?}");
    }
}

#[test]
fn long_pauses_cost_clarity_and_dropped_levels_confidence_alone() {
    let plain = scores_of("");
    let paused = scores_of("0:20 silent\n0:24 speak 140\n0:40 silent\n0:45 speak 140\n1:00 silent\n1:04 speak 140");
    assert!(paused[CLARITY] < plain[CLARITY] - 8.0, "{plain:?} {paused:?}");
    assert!(
        (paused[CONFIDENCE] - plain[CONFIDENCE]).abs() <= 5.0 && (paused[ENGAGEMENT] - plain[ENGAGEMENT]).abs() <= 5.0
    );
    let dropped = scores_of("0:20 level -10\n0:40 level 0\n1:00 level -10\n1:15 level 0");
    assert!(dropped[CONFIDENCE] < plain[CONFIDENCE] - 6.0, "{plain:?} {dropped:?}");
    assert!((dropped[CLARITY] - plain[CLARITY]).abs() <= 5.0 && (dropped[ENGAGEMENT] - plain[ENGAGEMENT]).abs() <= 5.0);
}

/// Every fiftieth packet of 20 ms is lost: silence of its length, and a gap.
fn lossy(story: &Story) -> Story {
    let mut story = story.clone();
    let mut gaps = Vec::new();
    for line in &mut story.lines {
        let Line::Voice(v) = line else { continue };
        for k in (0..10).step_by(2) {
            let at = v.t.ms() + k as i64 * 10;
            if (at / 20).wrapping_mul(0x9E37_79B9).rem_euclid(50) != 0 {
                continue;
            }
            for hop in k..k + 2 {
                (v.f0[hop], v.strength[hop], v.intensity[hop], v.speech[hop]) = (None, 0.0, -300.0, 0.0);
            }
            let (start, end) = (MediaTime(at), MediaTime(at + 20));
            gaps.push(Line::Gap(Gap { t: end, what: GapKind::Audio, start, end, reason: GapReason::Loss }));
        }
    }
    assert!(gaps.len() > 40, "{} packets lost", gaps.len());
    story.lines.extend(gaps);
    story.lines.sort_by_key(Line::order);
    story
}

#[test]
fn two_per_cent_of_lost_packets_move_no_score_by_more_than_three_points() {
    let paused = "device-check
0:00 speak 150
0:20 silent
0:22.5 speak 170
0:40 silent
0:42 speak 130
1:00 silent
1:03 speak 150
1:30 end";
    for (name, text) in [("best", AT_BEST), ("worst", AT_WORST), ("paused", paused)] {
        let story = Story::parse(text);
        let (whole, lossy) = (play(&story).1, play(&lossy(&story)).1);
        for (w, l) in values(&whole.overall.scores).iter().zip(values(&lossy.overall.scores)) {
            assert!(
                (w - l).abs() <= 3.0,
                "{name}: {:?} {:?}",
                values(&whole.overall.scores),
                values(&lossy.overall.scores)
            );
        }
        let missing = whole.pauses.len().abs_diff(lossy.pauses.len());
        assert!(
            missing * 20 <= whole.pauses.len(),
            "{name}: {} pauses became {}",
            whole.pauses.len(),
            lossy.pauses.len()
        );
    }
}
