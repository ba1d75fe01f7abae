//! The same lines give the same outputs, however they arrive; and the accepted lines give them again.

use crate::story::Story;
use coach_core::MediaTime;
use coach_core::journal::{Line, Stream};
use coach_core::report::Report;
use coach_insight::{Engine, Output, replay};
use proptest::prelude::*;
use std::sync::LazyLock;

/// A session with everything in it.
pub const EVERYTHING: &str = "
device-check
0:00 ask First. for 40 s
0:01 speak 140
0:12 speak 215
0:20 look aside
0:24 lose audio
0:26 find
0:30 tense 0.4
0:33 calm
0:36 answered
0:38 ask Second. for 20 s
0:39 speak 120
0:40 leave
0:43 return
0:46 lose video
0:48 find
0:49 pause
0:52 resume
0:54 dark
1:04 end
";

static STORY: LazyLock<Story> = LazyLock::new(|| Story::parse(EVERYTHING));
static STRAIGHT: LazyLock<(Vec<String>, String)> = LazyLock::new(|| run_in_order(&STORY));

fn text(output: &Output) -> String {
    match output {
        Output::Accepted(x) => format!("accepted {}", serde_json::to_string(x).expect("JSON")),
        Output::Vitals(x) => format!("vitals {}", serde_json::to_string(x).expect("JSON")),
        Output::Hint(x) => format!("hint {}", serde_json::to_string(x).expect("JSON")),
        Output::Scores(x) => format!("scores {}", serde_json::to_string(x).expect("JSON")),
        Output::TalkTime(x) => format!("talk {}", serde_json::to_string(x).expect("JSON")),
        Output::FollowUp(x) => format!("follow-up {}", serde_json::to_string(x).expect("JSON")),
    }
}

fn json(report: &Report) -> String {
    serde_json::to_string(report).expect("JSON")
}

/// All lines first, then the end.
fn run_in_order(story: &Story) -> (Vec<String>, String) {
    let mut engine = Engine::new(story.header.clone());
    for line in &story.lines {
        engine.observe(line.clone());
    }
    let (outputs, report) = engine.finish();
    (outputs.iter().map(text).collect(), json(&report))
}

/// Each stream in its own order, interleaved as `turns` say, each advancing as it goes but `lag` behind.
fn run_interleaved(story: &Story, turns: &[u8], lag: i64) -> (Vec<String>, String) {
    let streams = [Stream::Face, Stream::Voice, Stream::Marks];
    let mut queues = streams.map(|s| story.lines.iter().filter(move |l| l.stream() == Some(s)).cloned().peekable());
    let mut engine = Engine::new(story.header.clone());
    let mut outputs = Vec::new();
    let mut turn = 0;
    let mut left = 3;
    let mut ended = [false; 3];
    while left > 0 {
        let turned = turns[turn % turns.len()];
        turn += 1;
        let which = usize::from(turned % 3);
        for _ in 0..=turned / 3 {
            match queues[which].next() {
                Some(line) => {
                    let t = line.t();
                    engine.observe(line);
                    engine.advance(streams[which], t - lag);
                }
                None if !ended[which] => {
                    engine.end(streams[which]);
                    ended[which] = true;
                    left -= 1;
                }
                None => {}
            }
            while let Some(output) = engine.poll() {
                outputs.push(text(&output));
            }
        }
    }
    assert_eq!(engine.refused(), coach_insight::Refused::default());
    let (rest, report) = engine.finish();
    outputs.extend(rest.iter().map(text));
    (outputs, json(&report))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_interleaving_and_any_delay_give_identical_outputs(
        turns in prop::collection::vec(0u8..240, 1..60), lag in 0i64..3000,
    ) {
        // Every stream gets its turn.
        let turns: Vec<u8> = turns.into_iter().chain([0, 1, 2]).collect();
        let (outputs, report) = run_interleaved(&STORY, &turns, lag);
        prop_assert!(outputs == STRAIGHT.0, "the outputs differ");
        prop_assert!(report == STRAIGHT.1, "the reports differ");
    }
}

#[test]
fn replaying_the_accepted_lines_gives_the_same_outputs_and_a_bit_identical_report() {
    let (outputs, report) = run_interleaved(&STORY, &[0, 1, 2, 7, 130], 250);
    let mut written = coach_insight::journal::Writer::new(Vec::new());
    for line in outputs.iter().filter_map(|o| o.strip_prefix("accepted ")) {
        written.write(&serde_json::from_str(line).expect("a line")).expect("memory");
    }
    let journal = written.into_inner();
    let mut again = Vec::new();
    let (header, reader) = coach_insight::journal::Reader::open(journal.as_slice()).expect("a journal");
    let replayed = replay::replay_with(header, reader, |o| again.push(text(&o)));
    assert_eq!(json(&replayed), report);
    assert!(again == outputs, "the outputs differ");
}

#[test]
fn three_runs_are_bit_identical() {
    assert!(run_in_order(&STORY) == *STRAIGHT && run_in_order(&STORY) == *STRAIGHT);
}

#[test]
fn the_accepted_lines_are_in_journal_order_and_all_of_them() {
    let lines: Vec<Line> = STRAIGHT
        .0
        .iter()
        .filter_map(|o| o.strip_prefix("accepted "))
        .map(|l| serde_json::from_str(l).expect("a line"))
        .collect();
    assert_eq!(lines.len(), STORY.lines.len() + 1, "the header and every line");
    assert!(lines.is_sorted_by_key(Line::order));
}

#[test]
fn vitals_come_five_times_a_second_and_running_scores_every_five_while_an_answer_runs() {
    let times = |kind: &str| -> Vec<i64> {
        let of = |o: &String| o.strip_prefix(kind).map(|v| serde_json::from_str::<serde_json::Value>(v).expect("JSON"));
        STRAIGHT.0.iter().filter_map(of).map(|v| v["t"].as_i64().expect("a time")).collect()
    };
    let vitals = times("vitals ");
    assert_eq!((vitals[0], vitals[1], vitals.len()), (200, 400, 320));
    let scores = times("scores ");
    assert_eq!(scores, [5, 10, 15, 20, 25, 30, 35, 40, 45, 55, 60].map(|s| s * 1000), "none in the pause at 50 s");
}

#[test]
fn without_progress_of_every_stream_nothing_is_said() {
    let mut engine = Engine::new(STORY.header.clone());
    for line in &STORY.lines {
        engine.observe(line.clone());
    }
    engine.end(Stream::Voice);
    engine.advance(Stream::Face, MediaTime(30_000));
    assert!(matches!(engine.poll(), Some(Output::Accepted(Line::Header(_)))));
    assert!(engine.poll().is_none(), "the marks have not spoken");
    engine.advance(Stream::Marks, MediaTime(1000));
    let last = std::iter::from_fn(|| engine.poll())
        .filter_map(|o| if let Output::Vitals(v) = o { Some(v.t) } else { None })
        .last();
    assert_eq!(last, Some(MediaTime(1000)));
}

#[test]
fn answers_are_scored_each_and_together() {
    let report: Report = serde_json::from_str(&STRAIGHT.1).expect("a report");
    let asked: Vec<_> =
        report.answers.iter().map(|a| (a.question.as_deref(), a.start.ms(), a.end.ms(), a.suggested_ms)).collect();
    assert_eq!(asked, [(Some("First."), 0, 36_000, Some(40_000)), (Some("Second."), 38_000, 64_000, Some(20_000))]);
    assert!(report.answers.iter().all(|a| a.scores.clarity.value.is_some()));
    assert_eq!(report.overall.question, None);
    assert_eq!((report.duration_ms, report.series.step_ms, report.series.pace_wpm.len()), (64_000, 500, 128));
}
