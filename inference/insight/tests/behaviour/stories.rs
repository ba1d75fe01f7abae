//! Every story in `tests/stories`: its expectations hold, and its hints are those written in it, with their evidence.
//!
//! `UPDATE_STORIES=1 cargo test -p coach-insight` writes the hints anew.
#![allow(clippy::disallowed_methods, reason = "the stories lie in files beside this test")]

use crate::story::{Story, ms};
use coach_core::journal::{Line, MarkKind};
use coach_core::live::FollowUp;
use coach_core::report::{Hint, Report};
use coach_core::{MediaTime, Span};
use coach_insight::hints::ALL;
use coach_insight::{Output, replay::replay_with};
use std::fs;
use std::path::PathBuf;

pub fn play(story: &Story) -> (Vec<Hint>, Report) {
    let (hints, _, report) = play_all(story);
    (hints, report)
}

/// Hints, what followed the ends of answers, and the report.
fn play_all(story: &Story) -> (Vec<Hint>, Vec<FollowUp>, Report) {
    let (mut hints, mut follow_ups) = (Vec::new(), Vec::new());
    let report = replay_with(story.header.clone(), story.lines.iter().cloned(), |output| match output {
        Output::Hint(hint) => hints.push(hint),
        Output::FollowUp(follow_up) => follow_ups.push(follow_up),
        _ => {}
    });
    (hints, follow_ups, report)
}

/// Every end of an answer is followed, within two seconds, by a question or by word that there is none.
fn follows_in_time(name: &str, story: &Story, follow_ups: &[FollowUp], wrong: &mut Vec<String>) {
    let ends: Vec<MediaTime> = story
        .lines
        .iter()
        .filter_map(|line| match line {
            Line::Mark(mark) if mark.what == MarkKind::AnswerEnd => Some(mark.t),
            _ => None,
        })
        .collect();
    for follow_up in follow_ups {
        if !ends.iter().any(|&end| (0..=2000).contains(&(follow_up.t - end))) {
            wrong.push(format!("{name}: {follow_up:?} does not follow any of {ends:?} within 2 s"));
        }
        if follow_up.missing.is_some() != follow_up.text.is_some() {
            wrong.push(format!("{name}: {follow_up:?}"));
        }
    }
}

fn stories() -> Vec<(PathBuf, String)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut files: Vec<_> = fs::read_dir(dir)
        .expect("tests/stories")
        .map(|entry| entry.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "story"))
        .collect();
    files.sort();
    files.into_iter().map(|p| (p.clone(), fs::read_to_string(p).expect("a story"))).collect()
}

fn shown(hint: &Hint) -> String {
    let t = hint.t.ms();
    format!("hint {}:{:04.1} {} | {}", t / 60_000, (t % 60_000) as f64 / 1000.0, hint.id, hint.evidence)
}

#[test]
fn every_story_ends_as_it_is_told() {
    let mut wrong = Vec::new();
    for (path, text) in stories() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let story = Story::parse(&text);
        let (hints, follow_ups, report) = play_all(&story);
        follows_in_time(&name, &story, &follow_ups, &mut wrong);
        for expectation in &story.expectations {
            let asked = follow_ups.iter().filter_map(|f| f.text.as_deref()).collect::<Vec<_>>();
            if let Err(why) = check(expectation, &hints, &asked, &report) {
                wrong.push(format!("{name}: expect {expectation}: {why}"));
            }
        }
        let told: Vec<String> = hints.iter().map(shown).collect();
        if std::env::var_os("UPDATE_STORIES").is_some() {
            let kept: Vec<&str> = text.lines().filter(|l| !l.starts_with("hint ")).collect();
            let all = format!(
                "{}\n{}",
                kept.join("\n").trim_end(),
                told.iter().map(|c| format!("{c}\n")).collect::<String>()
            );
            fs::write(&path, all).expect("the story");
        } else if told != story.hints {
            wrong.push(format!("{name}: the hints are now\n{}\nand were\n{}", told.join("\n"), story.hints.join("\n")));
        }
        keeps_the_budget(&name, &story, &hints, &report, &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_rule_is_provoked_in_one_story_and_nearly_provoked_in_another() {
    let told: Vec<(String, Story)> = stories()
        .iter()
        .map(|(path, text)| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), Story::parse(text)))
        .collect();
    for rule in ALL {
        let shows = |story: &Story| story.hints.iter().any(|line| line.split(' ').nth(2) == Some(rule.id));
        assert!(told.iter().any(|(_, story)| shows(story)), "no story provokes {}", rule.id);
        let near = |name: &str| name.starts_with(rule.id) && name.contains("near_miss");
        assert!(told.iter().any(|(name, story)| near(name) && !shows(story)), "no near miss of {}", rule.id);
    }
}

/// A hint that may come at any time.
fn urgent(hint: &Hint) -> bool {
    ALL.iter().any(|rule| rule.urgent && rule.id == hint.id)
}

/// What holds in every story, whatever it tells.
fn keeps_the_budget(name: &str, story: &Story, hints: &[Hint], report: &Report, wrong: &mut Vec<String>) {
    for hint in hints {
        let words = hint.text.split_whitespace().count();
        if !(2..=4).contains(&words) || hint.evidence.is_empty() || (hint.t < MediaTime(10_000) && !urgent(hint)) {
            wrong.push(format!("{name}: {hint:?} is too long, too early or without evidence"));
        }
        if !story.header.hints.enabled.contains(&hint.id) {
            wrong.push(format!("{name}: {} was switched off", hint.id));
        }
    }
    let corrections: Vec<&Hint> = hints.iter().filter(|h| !h.positive && !urgent(h)).collect();
    for pair in corrections.windows(2) {
        let soon = ALL.iter().any(|rule| rule.soon && rule.id == pair[1].id);
        if pair[1].t - pair[0].t < story.header.hints.budget_ms / if soon { 2 } else { 1 } {
            wrong.push(format!("{name}: two hints within the budget: {pair:?}"));
        }
    }
    for (i, hint) in hints.iter().enumerate() {
        let asked = report.answers.iter().map(|a| a.start).filter(|t| *t <= hint.t).max();
        let before = hints[..i].iter().filter(|h| asked.is_none_or(|t| h.t >= t));
        if !urgent(hint) && before.clone().any(|h| h.id == hint.id && hint.t - h.t < 60_000) {
            wrong.push(format!("{name}: {} twice within a minute", hint.id));
        }
    }
}

/// `hint ID between A and B`, `no hint ID`, `no hints`, `follow-up TEXT` (that one alone), `no follow-up`, `SCORE over|under N`, `SCORE unsaid`, `METRIC over|under N`,
/// `METRIC unsaid`, `spikes N`, `pauses N`, `words "…"`.
fn check(expectation: &str, hints: &[Hint], asked: &[&str], report: &Report) -> Result<(), String> {
    let words: Vec<&str> = expectation.split_whitespace().collect();
    let fail = |why: String| Err(why);
    match words[..] {
        ["no", "hints"] => match hints.first() {
            None => Ok(()),
            Some(h) => fail(shown(h)),
        },
        ["no", "follow-up"] if asked.is_empty() => Ok(()),
        ["no", "follow-up"] => fail(format!("{asked:?}")),
        ["follow-up", ref text @ ..] if asked == [text.join(" ")] => Ok(()),
        ["follow-up", ..] => fail(format!("{asked:?}; {:?}", report.answers.first().map(|a| &a.outline))),
        ["no", "hint", id] => match hints.iter().find(|h| h.id == id) {
            None => Ok(()),
            Some(h) => fail(shown(h)),
        },
        ["hint", id, "between", from, "and", to] => {
            let span = Span::new(MediaTime(ms(from)), MediaTime(ms(to) + 1));
            match hints.iter().find(|h| h.id == id) {
                Some(h) if span.contains(h.t) => Ok(()),
                Some(h) => fail(shown(h)),
                None => fail(format!("only {:?}", hints.iter().map(shown).collect::<Vec<_>>())),
            }
        }
        ["spikes", n] if n.parse() == Ok(report.stress.len()) => Ok(()),
        ["spikes", _] => fail(format!("{:?}", report.stress)),
        ["pauses", n] if n.parse() == Ok(report.pauses.len()) => Ok(()),
        ["pauses", _] => fail(format!("{} pauses", report.pauses.len())),
        ["words", ..] => {
            let sought = expectation.trim_start_matches("words").trim().trim_matches('"');
            let all = report.overall.words.join("\n");
            if all.contains(sought) { Ok(()) } else { fail(all) }
        }
        [id, "unsaid"] => match value(id, report) {
            None => Ok(()),
            Some(v) => fail(format!("{v}")),
        },
        [id, side, limit] => {
            let limit: f32 = limit.parse().map_err(|_| "no number".to_owned())?;
            match (value(id, report), side) {
                (Some(v), "over") if v > limit => Ok(()),
                (Some(v), "under") if v < limit => Ok(()),
                (v, _) => fail(format!("{v:?}; {:#?}", report.overall.words)),
            }
        }
        _ => fail("nobody understands this".into()),
    }
}

fn value(id: &str, report: &Report) -> Option<f32> {
    let scores = &report.overall.scores;
    match id {
        "confidence" => scores.confidence.value,
        "clarity" => scores.clarity.value,
        "resilience" => scores.resilience.value,
        "engagement" => scores.engagement.value,
        metric => report.metrics.get(metric).unwrap_or_else(|| panic!("no metric {metric}")).value,
    }
}
