//! A round of four answers with one staged fault in each but the first: each fault is the first advice of its answer, its hint comes in
//! time, and the words over all answers name each of them.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::models;
use coach_e2e::staged::{FROM_S, Face, LENGTH_MS, Stage, Voice, analyze, list, text};
use coach_e2e::tools::run;
use coach_testing::{Need, not_checked};
use serde_json::json;
use std::path::Path;

/// One answer of the round: what is staged, what its first advice is one of, and the hints that must come within so many seconds of it.
struct Asked {
    voice: Voice,
    face: Face,
    first: &'static [&'static str],
    hints: &'static [(&'static str, f64)],
}

/// An answer without a fault, then one fault in each, the last with a second one in the video.
const ROUND: [Asked; 4] = [
    Asked { voice: Voice::Good, face: Face::Living, first: &[], hints: &[] },
    Asked { voice: Voice::Fast, face: Face::Living, first: &["pace"], hints: &[("slow_down", 20.0)] },
    Asked { voice: Voice::OneNote, face: Face::Living, first: &["pitch_variation"], hints: &[("vary_tone", 35.0)] },
    Asked {
        voice: Voice::Quiet,
        face: Face::Leaves,
        first: &["volume_level", "presence"],
        hints: &[("speak_up", 15.0), ("back_in_frame", FROM_S + 4.0)],
    },
];

/// Writes the marks of the round's questions as a journal, which `--like` takes; the header is that of another journal.
fn marks(stage: &Stage, to: &Path) -> Result<()> {
    let short = to.with_file_name("short.mkv");
    run(
        "ffmpeg",
        &[
            "-v",
            "error",
            "-y",
            "-i",
            text(&stage.clip(Voice::Good, Face::Living)?),
            "-t",
            "2",
            "-c",
            "copy",
            text(&short),
        ],
    )?;
    analyze(&short, &[])?;
    let journal = std::fs::read_to_string(short.with_extension("coach").join("journal.jsonl"))?;
    let mut lines = vec![journal.lines().next().context("a header")?.to_owned()];
    for n in 0..ROUND.len() as i64 {
        let (from, to) = (n * LENGTH_MS, (n + 1) * LENGTH_MS - 500);
        let question = format!("Question {}", n + 1);
        lines.push(json!({"kind": "mark", "t": from, "what": "question", "question": question, "question_id": format!("q{n}"), "suggested_ms": 60_000}).to_string());
        lines.push(json!({"kind": "mark", "t": to, "what": "answer_end"}).to_string());
    }
    Ok(std::fs::write(to, lines.join("\n") + "\n")?)
}

#[test]
fn in_a_round_each_fault_comes_first_in_its_answer_and_its_hint_in_time_and_all_are_named_overall() -> Result<()> {
    if !models().join("face_landmarker.task").exists() {
        not_checked(
            Need::Models,
            "a round of staged faults",
            "the lite face model gives neither Confidence nor Engagement",
        );
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (stage, like) = (Stage::new(folder.path()), folder.path().join("marks.jsonl"));
    marks(&stage, &like)?;
    let file = stage.round(&ROUND.each_ref().map(|asked| (asked.voice, asked.face)))?;
    let report = analyze(&file, &["--like", text(&like)])?;
    let hints: Vec<(&str, i64)> = report["hints"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|h| Some((h["id"].as_str()?, h["t"].as_i64()?)))
        .collect();
    println!("hints: {hints:?}");
    let answers = report["answers"].as_array().context("answers")?;
    ensure!(answers.len() == ROUND.len(), "{} answers", answers.len());
    for (n, (asked, answer)) in ROUND.iter().zip(answers).enumerate() {
        let advice = list(&answer["advice"], "id");
        println!("answer {}: {advice:?}", n + 1);
        match asked.first {
            [] => ensure!(advice.iter().all(|id| *id == "expressiveness"), "answer {}: {advice:?}", n + 1),
            first => ensure!(advice.first().is_some_and(|id| first.contains(id)), "answer {}: {advice:?}", n + 1),
        }
        let start = n as i64 * LENGTH_MS;
        for (id, by) in asked.hints {
            let shown = hints.iter().filter(|(h, t)| h == id && (start..start + LENGTH_MS).contains(t));
            let first = shown.map(|(_, t)| (t - start) as f64 / 1000.0).next();
            ensure!(first.is_some_and(|s| s <= *by), "answer {}: {id} within {by} s, but {first:?}", n + 1);
        }
    }
    let overall = list(&report["overall"]["advice"], "text");
    println!("overall: {overall:#?}");
    for n in 2..=4 {
        let named = format!("Answer {n}: ");
        ensure!(overall.iter().any(|text| text.starts_with(&named)), "answer {n} is not named: {overall:#?}");
    }
    ensure!(report["stress"].as_array().is_some_and(Vec::is_empty), "hard moments: {}", report["stress"]);
    Ok(())
}
