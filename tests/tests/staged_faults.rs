//! Clips with one staged fault each: it must be what the report advises first, the hint must come in time, and nothing may be said that
//! is not so.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{models, program, project};
use coach_e2e::media::shared;
use coach_e2e::staged::{FROM_S, Face, Stage, Voice, analyze, list, text};
use coach_e2e::tools::{python, run};
use coach_testing::{Need, not_checked};
use serde_json::Value;

/// What must be said of a clip.
#[derive(Debug)]
struct Staged {
    voice: Voice,
    face: Face,
    /// Ids of which one is the first advice; empty: nothing but the face's liveliness may be advised, because a portrait has none.
    first: &'static [&'static str],
    /// A hint, and the seconds between which it must come.
    hint: Option<(&'static str, f64, f64)>,
    /// Scores that have no number.
    absent: &'static [&'static str],
    /// Part of a sentence that is said somewhere.
    told: Option<&'static str>,
}

const USUAL: Staged =
    Staged { voice: Voice::Good, face: Face::Living, first: &[], hint: None, absent: &["resilience"], told: None };

const VOICES: [Staged; 10] = [
    USUAL,
    Staged { voice: Voice::Fast, first: &["pace"], hint: Some(("slow_down", 8.0, 30.0)), told: Some("fast"), ..USUAL },
    Staged { voice: Voice::Slow, first: &["pace", "long_pauses"], told: Some("slowly"), ..USUAL },
    Staged { voice: Voice::OneNote, first: &["pitch_variation"], hint: Some(("vary_tone", 10.0, 35.0)), ..USUAL },
    Staged { voice: Voice::Quiet, first: &["volume_level"], hint: Some(("speak_up", 5.0, 20.0)), ..USUAL },
    Staged {
        voice: Voice::Dropping,
        first: &["volume_consistency", "volume_level"],
        hint: Some(("speak_up", 20.0, 40.0)),
        ..USUAL
    },
    Staged { voice: Voice::Breathless, first: &["pause_share"], hint: Some(("take_a_breath", 15.0, 30.0)), ..USUAL },
    Staged { voice: Voice::Fillers, first: &["hesitations", "fillers"], ..USUAL },
    Staged { voice: Voice::LongPauses, first: &["long_pauses"], hint: Some(("long_pause", 5.0, 40.0)), ..USUAL },
    Staged {
        voice: Voice::Noisy,
        first: &["noise"],
        absent: &["resilience", "engagement"],
        told: Some("The room was loud"),
        ..USUAL
    },
];

const FACES: [Staged; 5] = [
    Staged { face: Face::Behind, ..USUAL },
    Staged {
        face: Face::Photograph,
        absent: &["confidence", "resilience", "engagement"],
        told: Some("The video did not move"),
        ..USUAL
    },
    Staged {
        face: Face::Leaves,
        first: &["presence"],
        hint: Some(("back_in_frame", FROM_S, FROM_S + 5.0)),
        told: Some("out of the frame for 6 s"),
        ..USUAL
    },
    Staged {
        face: Face::Dark,
        first: &["light", "presence"],
        hint: Some(("more_light", FROM_S, FROM_S + 7.0)),
        told: Some("too dark"),
        ..USUAL
    },
    Staged {
        face: Face::Two,
        first: &["several_faces"],
        absent: &["confidence", "resilience", "engagement"],
        told: Some("More than one face"),
        ..USUAL
    },
];

impl Staged {
    /// Judges what the report says of the clip.
    fn judge(&self, report: &Value) -> Result<()> {
        let overall = &report["overall"];
        let advice = list(&overall["advice"], "id");
        match self.first {
            [] => ensure!(advice.iter().all(|id| *id == "expressiveness"), "advised without a fault: {advice:?}"),
            first => ensure!(advice.first().is_some_and(|id| first.contains(id)), "wanted {first:?} first: {advice:?}"),
        }
        // She beams all the time, looks into the camera, and nobody speaks to her.
        for never in ["nods", "smile", "eye_contact", "brow_tension", "lip_press"] {
            ensure!(!advice.contains(&never), "{never} is no fault of hers: {advice:?}");
        }
        if self.voice == Voice::Fillers {
            let praise = list(&overall["praise"], "id");
            ensure!(praise.iter().all(|id| !["fillers", "hesitations"].contains(id)), "fluency is praised: {praise:?}");
        }
        ensure!(report["stress"].as_array().is_some_and(Vec::is_empty), "hard moments: {}", report["stress"]);
        let hints: Vec<(&str, f64)> = report["hints"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|h| Some((h["id"].as_str()?, h["t"].as_f64()? / 1000.0)))
            .collect();
        if let Some((id, from, to)) = self.hint {
            ensure!(hints.iter().any(|(h, t)| *h == id && (from..=to).contains(t)), "wanted {id} by {to} s: {hints:?}");
        }
        if self.first.is_empty() {
            let praise = ["good_pace", "good_eye_contact", "lively_tone"];
            ensure!(hints.iter().all(|(id, _)| praise.contains(id)), "corrected without a fault: {hints:?}");
        }
        for (name, score) in overall["scores"].as_object().context("scores")? {
            let wanted = !self.absent.contains(&name.as_str());
            ensure!(score["value"].is_number() == wanted, "{name} {}: {}", score["value"], score["reason"]);
        }
        if let Some(told) = self.told {
            let words = list(&overall["words"], "");
            ensure!(words.iter().any(|line| line.contains(told)), "nobody says {told:?}: {words:#?}");
        }
        Ok(())
    }
}

/// Stages and analyzes them, and prints a line for each.
fn all_right(staged: &[Staged]) -> Result<()> {
    if !models().join("face_landmarker.task").exists() {
        not_checked(Need::Models, "staged faults", "the lite face model gives neither Confidence nor Engagement");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let stage = Stage::new(folder.path());
    let mut wrong = 0;
    for one in staged {
        if one.voice == Voice::Fillers && !models().join("moonshine_tiny_en_encoder.onnx").exists() {
            not_checked(Need::Models, "staged fillers", "nobody writes words down");
            continue;
        }
        let report = analyze(&stage.clip(one.voice, one.face)?, &[])?;
        let score = |name: &str| {
            report["overall"]["scores"][name]["value"].as_f64().map_or("–".into(), |v| format!("{v:.0}"))
        };
        let scores = ["confidence", "clarity", "resilience", "engagement"].map(score).join(" ");
        let judged = one.judge(&report);
        wrong += u32::from(judged.is_err());
        let verdict = judged.err().map_or("right".to_owned(), |why| format!("WRONG: {why:#}"));
        println!("{:<10} {:<10} {scores:<12} {verdict}", format!("{:?}", one.voice), format!("{:?}", one.face));
    }
    ensure!(wrong == 0, "{wrong} of {} staged clips are judged wrongly", staged.len());
    Ok(())
}

#[test]
fn each_staged_fault_of_a_voice_is_advised_first_and_hinted_in_time() -> Result<()> {
    all_right(&VOICES)
}

#[test]
fn each_staged_fault_of_the_video_is_advised_first_and_hinted_in_time() -> Result<()> {
    all_right(&FACES)
}

/// Runs the panel of the reference data: clips of real faces and voices that Praat and OpenCV stage, each with its truth.
fn panel(what: &str, face: &str, only: &str) -> Result<()> {
    if !shared().is_some_and(|shared| shared.join("data/panel").is_dir()) {
        not_checked(Need::Reference, what, "the reference data is missing");
        return Ok(());
    }
    let python = python();
    let has_tools = run(text(&python), &["-c", "import numpy, cv2, parselmouth"]);
    if let Err(error) = has_tools {
        not_checked(Need::Reference, what, format!("numpy, OpenCV and Praat for Python are missing: {error:#}"));
        return Ok(());
    }
    let script = project().join("scripts/panel.sh");
    let out = run("bash", &[text(&script), face, only, text(&program()), text(&models())])?;
    println!("{}", String::from_utf8_lossy(&out.stdout));
    Ok(())
}

/// Clips of which each score that both face models give may differ by no more than 8 points.
const OF_BOTH_MODELS: &str = "good,weeping,eyes_down,noise15";

#[test]
fn the_panel_of_real_faces_and_voices_is_judged_as_its_truth_says_and_the_models_agree() -> Result<()> {
    panel("staged clips of real faces and voices", "full", "")?;
    panel("staged clips with both face models", "both", OF_BOTH_MODELS)
}
