//! The report opens: every point into moments, every problem into words; and two reports side by side.

use crate::stories::play;
use crate::story::Story;
use coach_core::report::{Contribution, Report};
use coach_insight::compare::compare;

fn report(text: &str) -> Report {
    play(&Story::parse(text)).1
}

const PROBLEMS: &str = "
device-check
0:00 ask Tell me about a failure. for 90 s
0:01 speak 140
0:01 tone 3
0:20 speak 205
0:20 tone 0.6
0:25 look aside
0:55 look camera
0:58 silent
1:03 speak 205
1:20 end
";

fn contribution<'a>(report: &'a Report, metric: &str) -> &'a Contribution {
    let all = report.answers[0].scores.each();
    all.iter().flat_map(|(_, s)| &s.contributions).find(|c| c.metric == metric).expect("a contribution")
}

#[test]
fn a_contribution_opens_into_the_moments_that_moved_it() {
    let report = report(PROBLEMS);
    let away = contribution(&report, "eye_contact").moments.iter().find(|m| !m.good).expect("a moment");
    assert!((away.span.start.ms() - 25_000).abs() <= 400 && (away.span.end.ms() - 55_000).abs() <= 2100, "{away:?}");
    assert!(away.why.contains("eyes off the camera for "), "{}", away.why);
    let pause = &contribution(&report, "long_pauses").moments[0];
    assert!((pause.span.start.ms() - 58_000).abs() <= 450 && pause.why.ends_with("s pause"), "{pause:?}");
    let pace = contribution(&report, "pace");
    assert!(
        pace.moments.iter().any(|m| !m.good && m.span.start.ms() >= 15_000) && pace.moments.iter().any(|m| m.good),
        "{pace:?}"
    );
    let tone = contribution(&report, "pitch_variation");
    assert!(tone.moments.iter().any(|m| !m.good) && tone.moments.iter().any(|m| m.good), "{tone:?}");
    assert_eq!(pace.target, "120 to 160 words a minute");
}

#[test]
fn every_score_moment_lies_within_its_answer() {
    let report = report(crate::engine::EVERYTHING);
    for answer in &report.answers {
        for (_, score) in answer.scores.each() {
            for moment in score.contributions.iter().flat_map(|c| &c.moments) {
                assert!(moment.span.start >= answer.start && moment.span.end <= answer.end, "{moment:?} of {answer:?}");
                assert!(!moment.why.is_empty());
            }
        }
    }
}

#[test]
fn words_describe_behaviour_and_never_the_person() {
    let report = report(PROBLEMS);
    let all = report.overall.words.join("\n").to_lowercase();
    for never in ["nervous", "anxious", "insecure", "boring", "you are", "personality", "unconfident"] {
        assert!(!all.contains(never), "{all}");
    }
    assert!(report.overall.words.len() >= 6, "{all}");
}

#[test]
fn a_baseline_without_a_device_check_is_learnt_and_until_then_nothing_is_said_that_needs_it() {
    let report = report("0:00 speak 140\n0:30 end");
    let eye = &report.metrics["eye_contact"];
    assert!((eye.coverage - 20.0 / 30.0).abs() < 0.03, "{eye:?}");
    assert_eq!(report.series.eye_contact[10], None, "still learning");
    assert!(report.series.eye_contact[40].is_some_and(|v| v > 0.9));
}

#[test]
fn looking_away_from_the_start_does_not_become_the_camera() {
    let report = report("0:00 speak 140\n0:00 look aside\n0:40 end");
    assert!(report.metrics["eye_contact"].value.is_some_and(|v| v < 0.1), "{:?}", report.metrics["eye_contact"]);
}

#[test]
fn comparing_names_the_largest_differences_with_their_phase_and_moments() {
    let mine = report(PROBLEMS);
    let gold =
        report("device-check\n0:00 ask Tell me about a failure. for 90 s\n0:01 speak 140\n0:01 tone 3\n1:05 end");
    let comparison = compare(&mine, &gold).expect("answers");
    assert!(comparison.same_question);
    assert_eq!(comparison.words.len(), 3);
    let all = comparison.words.join("\n");
    assert!(all.contains("Pace: ") && all.contains("faster"), "{all}");
    let pace = comparison.gaps.iter().find(|g| g.id == "pace").expect("pace");
    assert!(
        pace.noticeable.is_some_and(|n| n > 2.0) && pace.phases.len() == 3 && !pace.moments_a.is_empty(),
        "{pace:?}"
    );
    let [opening, _, close] = &comparison.phases[..] else { panic!("three phases") };
    assert_eq!((opening.a.start.ms(), close.a.end.ms(), close.b.end.ms()), (0, 80_000, 65_000));
    let same = compare(&gold, &gold).expect("answers");
    assert_eq!(same.words, ["Nothing differs by as much as a listener would notice."]);
}

#[test]
fn what_one_session_learnt_serves_the_next_from_its_first_second() {
    let first = Story::parse("0:00 speak 140\n0:30 end");
    let mut engine = coach_insight::Engine::new(first.header.clone());
    assert_eq!(engine.learnt(), coach_core::journal::Calibration::default());
    for line in first.lines {
        engine.observe(line);
    }
    for stream in
        [coach_core::journal::Stream::Face, coach_core::journal::Stream::Voice, coach_core::journal::Stream::Marks]
    {
        engine.end(stream);
    }
    let learnt = engine.learnt();
    assert!((learnt.level_db.expect("a level") - crate::story::LEVEL_DB).abs() < 2.0 && learnt.yaw.is_some());
    let mut next = Story::parse("0:00 speak 140\n0:20 end");
    next.header.calibration = Some(learnt);
    let report = play(&next).1;
    assert!(report.metrics["eye_contact"].coverage > 0.98 && report.series.valence[2].is_some());
}

#[test]
fn every_contribution_that_lost_much_shows_where() {
    let text = "device-check
0:00 ask One. for 90 s
0:00 speak 140
0:00 tone 3
0:20 speak 300 breathless
0:20 rough 3
0:20 higher 5
0:20 tone 0.3
0:20 look aside
0:20 restless 40
0:20 level -14
0:20 lively 0
0:50 silent
0:58 speak 140
0:58 hesitant
0:58 fade 14
0:58 uneven 8
1:30 end";
    let report = report(text);
    for (name, score) in report.answers[0].scores.each() {
        for c in score.contributions.iter().filter(|c| c.value.is_some() && c.points < 60.0 * c.weight) {
            // A smile or a nod that was not there has no place.
            if ["smile", "nods", "stress_height", "stress_spikes", "stress_recovery"].contains(&c.metric.as_str()) {
                continue;
            }
            assert!(c.moments.iter().any(|m| !m.good), "{name:?}: {c:?}");
        }
    }
}

/// Three answers, the second of them much too fast and with the eyes off the camera.
const ONE_FAST_ANSWER: &str = "
device-check
0:00 ask Tell me about yourself. for 60 s
0:01 speak 140
0:01 tone 3
0:50 silent
0:52 ask Tell me about a failure. for 60 s
0:53 speak 235
0:53 look aside
1:40 look camera
1:40 silent
1:42 ask Tell me about a success. for 60 s
1:43 speak 140
2:30 end
";

#[test]
fn one_bad_answer_is_not_averaged_away_in_the_score_of_the_session() {
    let report = report(ONE_FAST_ANSWER);
    let clarity: Vec<f32> = report.answers.iter().map(|a| a.scores.clarity.value.expect("a number")).collect();
    let overall = &report.overall.scores.clarity;
    let (value, range) = (overall.value.expect("a number"), overall.range.expect("a range"));
    assert!(clarity[1] < 50.0 && clarity[0] > 85.0 && clarity[2] > 85.0, "{clarity:?}");
    let mean = clarity.iter().sum::<f32>() / 3.0;
    assert!((value - mean).abs() < 2.0, "{value} of {clarity:?}");
    assert!(range[0] <= clarity[1] && range[1] >= clarity[0], "{range:?}");
    let points: f32 = overall.contributions.iter().map(|c| c.points).sum::<f32>() + overall.unknown;
    assert!((points - value).abs() < 1.0, "{points} of {value}");
}

#[test]
fn what_one_answer_did_badly_is_not_praised_over_the_session_but_the_others_are_by_name() {
    let report = report(ONE_FAST_ANSWER);
    assert!(
        report.overall.praise.iter().all(|p| p.id != "pace" || !p.answers.is_empty()),
        "{:?}",
        report.overall.praise
    );
    assert!(report.overall.advice[0].text.starts_with("Answer 2: "), "{:?}", report.overall.advice);
    let named = report.overall.praise.iter().find(|p| p.text.starts_with("In answer 1 "));
    assert!(named.is_some_and(|p| p.answers == [0]), "{:?}", report.overall.praise);
}
