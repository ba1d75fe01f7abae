//! Who spoke when, on two voices whose times are known: shares, times to the first word, interruptions, within 300 ms.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{models, program};
use coach_e2e::tools::run;
use coach_e2e::voices::{say, text, track};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How far what is reported may be from the truth, seconds.
const OFF_S: f64 = 0.3;

const ASKED: [&str; 3] = [
    "Tell me about a mistake that you made at work, and what came of it.",
    "And who was it that found out about this mistake in the end, and what did they say to you afterwards?",
    "What would you do in another way today?",
];
const ANSWERED: [&str; 3] = [
    "Last year I deleted a table that was still in use, and we needed four hours to get it back.",
    "It was my manager who found it, and she asked me to write down what had happened.",
    "Today I would ask somebody to look at such a change before I make it, and I would try it elsewhere first.",
];

/// A journal that says no more than that there is a room.
fn journal(folder: &Path) -> Result<PathBuf> {
    let header = json!({"kind": "header", "version": 2, "source": "live", "started_us": 0, "owner": "",
        "models": {"face": "none", "face_sha256": "", "voice_activity": "silero"}, "rate_hz": 15,
        "capture": {"width": 0, "height": 0, "agc": false, "noise_suppression": false}, "calibration": null,
        "hints": {"enabled": [], "budget_ms": 20000}, "affect": true, "parts": [{"n": 0, "offset": 0}], "room": true});
    let file = folder.join("like.jsonl");
    std::fs::write(&file, format!("{header}\n"))?;
    Ok(file)
}

fn seconds(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN) / 1000.0
}

#[test]
fn times_to_the_first_word_and_interruptions_are_right_to_300_ms() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let asked = ASKED.iter().enumerate().map(|(n, s)| say(at, &format!("asked-{n}"), "en-us+f3", s));
    let asked = asked.collect::<Result<Vec<_>>>()?;
    let answered = ANSWERED.iter().enumerate().map(|(n, s)| say(at, &format!("answered-{n}"), "en-us", s));
    let answered = answered.collect::<Result<Vec<_>>>()?;
    // The first question is answered after 0.9 s, the second one is cut short after 3 s, the third one is answered after 0.4 s.
    let first = 1.0;
    let answer = first + asked[0].1 + 0.9;
    let second = answer + answered[0].1 + 1.2;
    let cuts = second + 2.4;
    let third = cuts + answered[1].1 + 1.0;
    let last = third + asked[2].1 + 0.4;
    let end = last + answered[2].1 + 1.5;
    let most = f64::from(u16::MAX);
    let interviewer =
        [(asked[0].0.clone(), first, most), (asked[1].0.clone(), second, 3.0), (asked[2].0.clone(), third, most)];
    let candidate = [
        (answered[0].0.clone(), answer, most),
        (answered[1].0.clone(), cuts, most),
        (answered[2].0.clone(), last, most),
    ];
    let interviewer = track(at, "interviewer", &interviewer, end)?;
    let candidate = track(at, "candidate", &candidate, end)?;
    let out = at.join("out");
    #[rustfmt::skip]
    run(text(&program()), &["analyze", text(&candidate), "--like", text(&journal(at)?), "--interviewer", text(&interviewer),
        "--out", text(&out), "--models", text(&models()), "--data", text(&at.join("data"))])?;
    let report: Value = serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?;
    let turns = &report["turns"];
    println!("{turns:#}");

    let responses = turns["responses"].as_array().context("responses")?;
    let truth = [(first + asked[0].1, 0.9), (third + asked[2].1, 0.4)];
    ensure!(responses.len() == truth.len(), "{} responses", responses.len());
    for (told, (question_end, took)) in responses.iter().zip(truth) {
        println!(
            "a question ended at {question_end:.2} s, told {:.2}; answered after {took} s, told {:.2}",
            seconds(&told["question_end"]),
            seconds(&told["ms"])
        );
        ensure!((seconds(&told["question_end"]) - question_end).abs() <= OFF_S, "{told}");
        ensure!((seconds(&told["ms"]) - took).abs() <= OFF_S, "{told}");
    }
    let interruptions = turns["interruptions"].as_array().context("interruptions")?;
    ensure!(interruptions.len() == 1 && interruptions[0]["by"] == "candidate", "{interruptions:?}");
    let (from, to) = (seconds(&interruptions[0]["start"]), seconds(&interruptions[0]["end"]));
    println!("both spoke from {cuts:.2} to {:.2} s, told {from:.2} to {to:.2}", second + 3.0);
    ensure!((from - cuts).abs() <= OFF_S && (to - second - 3.0).abs() <= OFF_S);
    let spoke = (answered.iter().map(|a| a.1).sum::<f64>(), asked[0].1 + 3.0 + asked[2].1);
    let share = spoke.0 / (spoke.0 + spoke.1);
    let told = turns["share"].as_f64().context("a share")?;
    println!("the candidate spoke {:.0} % of the time, told {:.0} %", share * 100.0, told * 100.0);
    ensure!((told - share).abs() < 0.05);
    Ok(())
}
