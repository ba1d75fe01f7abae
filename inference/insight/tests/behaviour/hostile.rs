//! Lines that no camera would give: the engine bends, counts or refuses them, and never panics.

use crate::story::{Story, header};
use coach_core::MediaTime;
use coach_core::face::ActionUnits;
use coach_core::journal::*;
use coach_insight::{Engine, Output, replay};
use proptest::prelude::*;

fn time() -> impl Strategy<Value = MediaTime> {
    prop_oneof![
        8 => (0i64..30_000).prop_map(MediaTime),
        1 => any::<i64>().prop_map(MediaTime),
        1 => (-100i64..100).prop_map(MediaTime),
    ]
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![4 => -2.0f32..200.0, 1 => any::<f32>(), 1 => Just(f32::MAX), 1 => Just(f32::MIN), 1 => Just(0.0f32)]
}

fn line() -> impl Strategy<Value = Line> {
    let mark = (time(), 0..8usize, any::<Option<i64>>()).prop_map(|(t, what, suggested_ms)| {
        use MarkKind::{AnswerEnd, FollowUp, HintOff, HintOn, Note, Pause, Question, Resume};
        let what = [AnswerEnd, Question, Pause, Resume, Note, FollowUp, HintOff, HintOn][what];
        Line::Mark(Mark { t, what, question: None, question_id: None, suggested_ms })
    });
    let gap = (time(), time(), time(), 0..3usize).prop_map(|(t, start, end, what)| {
        let what = [GapKind::Video, GapKind::Audio, GapKind::Face][what];
        Line::Gap(Gap { t, what, start, end, reason: GapReason::Loss })
    });
    let voice = (time(), prop::collection::vec(number(), 10), any::<Option<f32>>(), 0u32..30).prop_map(
        |(t, v, snr_db, hop)| {
            let values: [f32; 10] = std::array::from_fn(|i| v[i]);
            Line::Voice(Voice {
                t,
                hop: if hop == 0 { hop } else { 10 },
                f0: values.map(Some),
                strength: values,
                intensity: values,
                speech: std::array::from_fn(|i| values[9 - i]),
                snr_db,
            })
        },
    );
    let face =
        (time(), any::<bool>(), prop::collection::vec(number(), 16), 0..7usize).prop_map(|(t, present, v, reason)| {
            let reason = [
                None,
                None,
                Some(QualityReason::Dark),
                Some(QualityReason::Bright),
                Some(QualityReason::Small),
                Some(QualityReason::Turned),
                Some(QualityReason::Cut),
            ][reason];
            let mut face = Face::absent(t, Quality { light: v[0], size: v[1], reason });
            face.present = present;
            face.pose = Some(Pose { yaw: v[2], pitch: v[3], roll: v[4], matrix: [v[5]; 16] });
            face.iris = Some(Iris { left: [v[6], v[7]], right: [v[8], v[9]] });
            face.eye_opening = Some([v[10], v[11]]);
            face.smile = Some(v[12]);
            face.action_units =
                Some(ActionUnits { au04: Some(v[13]), au12: Some(v[14]), au24: Some(v[15]), ..Default::default() });
            Line::Face(Box::new(face))
        });
    let run = (time(), time(), time(), number()).prop_map(|(t, start, end, v)| {
        Line::VoicedRun(VoicedRun {
            t,
            start,
            end,
            jitter_local: Some(v),
            jitter_rap: None,
            jitter_ppq5: None,
            shimmer_local: Some(v),
            hnr_db: Some(v),
        })
    });
    let nucleus = (time(), time()).prop_map(|(t, at)| Line::Nucleus(Nucleus { t, at }));
    let hesitation = (time(), time(), time(), number())
        .prop_map(|(t, start, end, confidence)| Line::Hesitation(Hesitation { t, start, end, confidence }));
    let rate = (time(), any::<u32>()).prop_map(|(t, hz)| Line::Rate(Rate { t, hz, model: FaceModel::Lite }));
    let word = (time(), time(), "[\u{0}-\u{ff}]{0,6}", any::<bool>(), number())
        .prop_map(|(start, end, text, filler, logp)| Word { text, start, end, filler, logp });
    let words = prop::collection::vec(word, 0..8);
    let phrase = (time(), time(), time(), -1.0f32..0.1, words).prop_map(|(t, start, end, logp, words)| {
        let source = "words".to_owned();
        Line::Phrase(Box::new(Phrase {
            t,
            start,
            end,
            text: String::new(),
            logp,
            complete: true,
            source,
            words,
            heard: None,
        }))
    });
    prop_oneof![mark, gap, voice, face, run, nucleus, hesitation, rate, phrase]
}

/// Everything that a report says is a number that JSON can say, and in its range.
fn is_sound(report: &coach_core::report::Report) {
    let text = serde_json::to_string(report).expect("JSON");
    let back: coach_core::report::Report =
        serde_json::from_str(&text).expect("what was written is read, so nothing was NaN");
    assert_eq!(&back, report);
    for answer in report.answers.iter().chain([&report.overall]) {
        for (_, score) in answer.scores.each() {
            assert!(score.value.is_none_or(|v| (0.0..=100.0).contains(&v)), "{score:?}");
            assert!((0.0..=1.0).contains(&score.coverage));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn no_lines_in_any_order_make_the_engine_panic(
        lines in prop::collection::vec(line(), 0..300), advances in prop::collection::vec((0..4usize, time()), 0..20),
    ) {
        let mut header = header();
        header.models.words = Some("words".to_owned());
        let mut engine = Engine::new(header);
        let every = lines.len() / advances.len().max(1) + 1;
        for (i, line) in lines.into_iter().enumerate() {
            engine.observe(line);
            if i % every == 0 && let Some(&(stream, t)) = advances.get(i / every) {
                // An advance into the far future ends a stream; hours of empty ticks are another test's.
                engine.advance(Stream::ALL[stream], t);
            }
        }
        let (_, report) = engine.finish();
        is_sound(&report);
    }
}

#[test]
fn a_value_that_json_has_no_word_for_is_refused_and_counted() {
    let mut engine = Engine::new(header());
    for confidence in [f32::NAN, f32::INFINITY] {
        let (start, end) = (MediaTime(0), MediaTime(10));
        engine.observe(Line::Hesitation(Hesitation { t: MediaTime(20), start, end, confidence }));
    }
    engine.observe(Line::Header(Box::new(header())));
    assert_eq!(engine.refused().unsound, 3);
    let (outputs, _) = engine.finish();
    assert_eq!(outputs.len(), 1, "the header alone");
}

#[test]
fn an_empty_session_gives_a_report_that_says_so() {
    let report = replay(header(), []);
    is_sound(&report);
    assert_eq!((report.answers.len(), report.duration_ms), (1, 0));
    assert!(report.overall.words.iter().all(|w| w.contains("not enough to say")), "{:?}", report.overall.words);
}

#[test]
fn answers_of_no_length_and_marks_in_any_order_are_harmless() {
    let mut story = Story::parse("0:00 speak 140\n0:20 end");
    for (t, what) in [
        (5000, MarkKind::Question),
        (5000, MarkKind::Question),
        (5000, MarkKind::AnswerEnd),
        (6000, MarkKind::Resume),
        (7000, MarkKind::Question),
        (7000, MarkKind::Pause),
        (7000, MarkKind::Resume),
        (8000, MarkKind::AnswerEnd),
        (9000, MarkKind::AnswerEnd),
        (19_000, MarkKind::Pause),
        (90_000, MarkKind::Question),
    ] {
        let suggested_ms = Some(i64::MIN);
        story.lines.push(Line::Mark(Mark { t: MediaTime(t), what, question: None, question_id: None, suggested_ms }));
    }
    story.lines.sort_by_key(Line::order);
    let report = replay(story.header, story.lines);
    is_sound(&report);
    assert!(report.answers.iter().any(|a| a.start == a.end));
    assert_eq!(report.duration_ms, 90_000);
}

#[test]
fn overlapping_and_endless_gaps_cost_coverage_and_nothing_else() {
    let mut story = Story::parse("0:00 speak 140\n0:40 end");
    for (start, end) in [(10_000, 12_000), (11_000, 13_000), (10_500, 11_000), (39_000, 5_000)] {
        for what in [GapKind::Audio, GapKind::Video, GapKind::Face] {
            let t = MediaTime(end.max(start));
            let gap = Gap { t, what, start: MediaTime(start), end: MediaTime(end), reason: GapReason::Loss };
            story.lines.push(Line::Gap(gap));
        }
    }
    story.lines.sort_by_key(Line::order);
    let report = replay(story.header, story.lines);
    is_sound(&report);
    assert!((report.coverage.voice - 37.0 / 40.0).abs() < 0.01, "{}", report.coverage.voice);
}

#[test]
fn four_hours_end_within_bounds() {
    let story = Story::parse("device-check\n0:00 ask One. for 60 s\n0:00 speak 140\n1:00 end");
    let hour = 60;
    let mut engine = Engine::new(story.header.clone());
    let (mut hints, mut outputs) = (0, 0usize);
    for minute in 0..4 * hour {
        for line in &story.lines {
            let mut line = line.clone();
            let shift = minute * 60_000;
            match &mut line {
                Line::Voice(x) => x.t = x.t + shift,
                Line::Face(x) => x.t = x.t + shift,
                Line::Nucleus(x) => (x.t, x.at) = (x.t + shift, x.at + shift),
                Line::VoicedRun(x) => (x.t, x.start, x.end) = (x.t + shift, x.start + shift, x.end + shift),
                Line::Mark(_) if minute > 0 => continue,
                _ => {}
            }
            // One frame in five is enough for a test of length.
            if matches!(&line, Line::Face(f) if f.t.ms() % 5 != 0) {
                continue;
            }
            engine.observe(line);
        }
        for stream in [Stream::Face, Stream::Voice, Stream::Marks] {
            engine.advance(stream, MediaTime((minute + 1) * 60_000));
        }
        while let Some(output) = engine.poll() {
            outputs += 1;
            hints += usize::from(matches!(output, Output::Hint(_)));
        }
    }
    let (_, report) = engine.finish();
    is_sound(&report);
    assert_eq!(report.duration_ms, 4 * 3_600_000);
    assert!(outputs > 0 && hints < 4 * 60 * 3 + 1);
}
