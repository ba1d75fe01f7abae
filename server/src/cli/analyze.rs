//! `coach analyze FILE`: the file path on the command line.

use crate::analysis::models::Models;
use crate::analysis::offline::{self, FileContext, Settings};
use crate::analysis::workers::Workers;
use crate::cli::progress_bar;
use crate::config::Config;
use anyhow::Context as _;
use coach_core::face::BLENDSHAPES;
use coach_core::journal::{Calibration, Line};
use coach_core::report::{Answer, Report};
use coach_insight::journal::Reader;
use coach_perception::words::UNCERTAIN_LOGP;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Analyze a video or audio file like a live session.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Any video or audio file that GStreamer decodes
    pub file: PathBuf,
    /// Folder for journal.jsonl and report.json [default: FILE's name with .coach]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Analyze every frame instead of 15 a second
    #[arg(long)]
    pub every_frame: bool,
    /// Write all landmarks of every face into the journal
    #[arg(long)]
    pub landmarks: bool,
    /// Write blendshapes.jsonl too, each value with its name
    #[arg(long)]
    pub named: bool,
    /// Print the report as JSON instead of a summary
    #[arg(long)]
    pub json: bool,
    /// Take questions, marks and calibration from a journal of the same session
    #[arg(long, value_name = "JOURNAL")]
    pub like: Option<PathBuf>,
    /// The interviewer's recording of the same session, on its timeline
    #[arg(long, value_name = "FILE", requires = "like")]
    pub interviewer: Option<PathBuf>,
    /// Take the calibration of the device check from this file: calibration.json of a session's export
    #[arg(long, value_name = "FILE", conflicts_with = "like")]
    pub calibration: Option<PathBuf>,
}

/// Analyzes the file, writes journal and report, and prints a summary.
///
/// # Errors
/// The file is not media or cannot be decoded; the folder cannot be written.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let name = args.file.display();
    if !args.file.exists() {
        anyhow::bail!("{name}: there is no such file");
    }
    coach_media::init()?;
    let models = Models::load(&config.models, &config.storage.data.join("cache"));
    for missing in models.missing() {
        eprintln!("note: {} ({})", missing.what, missing.cure);
    }
    let workers = Workers::start(&models, 1)?;
    let about = match &args.like {
        Some(path) => Some(FileContext::from_journal(path).with_context(|| path.display().to_string())?),
        None => None,
    };
    let calibration = args.calibration.as_deref().map(calibration).transpose()?;
    let out = args.out.clone().unwrap_or_else(|| args.file.with_extension("coach"));
    std::fs::create_dir_all(&out).with_context(|| format!("{}: the folder cannot be made", out.display()))?;
    let settings = Settings {
        rate_hz: if args.every_frame { 0 } else { config.media.analyzed_hz },
        landmarks: args.landmarks,
        affect: config.affect.enabled,
        hints: config.hints.settings(crate::session::hints::all().map(|hint| hint.id)),
        limits: coach_media::file::Limits::default(),
        about,
        calibration,
        interviewer: args.interviewer.clone(),
        leeway: config.jobs.leeway(),
    };
    let bar = progress_bar("{bar:40} {percent:>3} %  {eta} left");
    bar.set_length(1000);
    let journal = out.join("journal.jsonl");
    let report = offline::analyze_to(&args.file, &settings, &models, workers.as_ref(), &journal, &mut |share| {
        bar.set_position((share * 1000.0) as u64);
        true
    });
    bar.finish_and_clear();
    let report = report.with_context(|| format!("{name} cannot be analyzed"))?;
    std::fs::write(out.join("report.json"), serde_json::to_vec_pretty(&report)?)?;
    if args.named {
        write_named(&journal, &out.join("blendshapes.jsonl"))?;
    }
    let mut to = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut to, &report)?;
        writeln!(to)?;
    } else {
        summary(&mut to, &report)?;
        if let Some(told) = &report.without_check {
            writeln!(
                to,
                "\n{told} A session's own recording gets its live scores with --calibration, which its export holds."
            )?;
        }
        writeln!(to, "\njournal.jsonl and report.json are in {}", out.display())?;
    }
    Ok(())
}

/// Reads the calibration of a session's export.
///
/// # Errors
/// The file cannot be read, is not JSON, or holds no calibration.
fn calibration(path: &Path) -> anyhow::Result<Calibration> {
    let name = path.display();
    let text = std::fs::read(path).with_context(|| format!("{name}: the calibration cannot be read"))?;
    let read: Calibration = serde_json::from_slice(&text)
        .with_context(|| format!("{name}: this is no calibration.json of a session's export"))?;
    anyhow::ensure!(read != Calibration::default(), "{name}: it holds no calibration");
    Ok(read)
}

fn write_named(journal: &Path, to: &Path) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(to)?);
    let (_, lines) = Reader::open(BufReader::new(File::open(journal)?))?;
    for line in lines {
        if let Line::Face(face) = line
            && let Some(blendshapes) = face.blendshapes
        {
            let named: serde_json::Map<String, serde_json::Value> =
                BLENDSHAPES.iter().zip(blendshapes.0).map(|(name, v)| ((*name).to_owned(), v.into())).collect();
            serde_json::to_writer(&mut file, &serde_json::json!({ "t": face.t, "blendshapes": named }))?;
            writeln!(file)?;
        }
    }
    Ok(file.flush()?)
}

fn summary(to: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let coverage = report.coverage;
    writeln!(
        to,
        "{:.1} s, {:.1} s of speech, face seen in {:.0} % of it",
        report.duration_ms as f32 / 1000.0,
        coverage.speech_s,
        coverage.face * 100.0
    )?;
    for notice in &report.notices {
        writeln!(to, "{notice}")?;
    }
    for (n, answer) in report.answers.iter().enumerate() {
        if report.answers.len() > 1 {
            writeln!(to, "\nAnswer {}: {}", n + 1, answer.question.as_deref().unwrap_or("no question"))?;
        }
        scores(to, answer)?;
    }
    if report.answers.len() > 1 {
        writeln!(to, "\nOverall")?;
        scores(to, &report.overall)?;
    }
    transcript(to, report)?;
    for hint in &report.hints {
        writeln!(to, "{}  hint \"{}\" ({})", hint.t, hint.text, hint.evidence)?;
    }
    Ok(())
}

/// What was said, each phrase with its time; an uncertain one is marked.
fn transcript(to: &mut impl Write, report: &Report) -> std::io::Result<()> {
    if !report.transcript.is_empty() {
        writeln!(
            to,
            "\nTranscript (by {}; expect wrong words)",
            report.recognizer.as_deref().unwrap_or("an unknown recognizer")
        )?;
    }
    for phrase in &report.transcript {
        let uncertain = if phrase.logp < UNCERTAIN_LOGP { " (uncertain)" } else { "" };
        writeln!(to, "{}  {}{uncertain}", phrase.start, phrase.text)?;
    }
    Ok(())
}

fn scores(to: &mut impl Write, answer: &Answer) -> std::io::Result<()> {
    for (name, score) in answer.scores.each() {
        let name = format!("{name:?}");
        match (score.value, &score.reason) {
            (Some(value), _) => {
                writeln!(to, "{name:<12}{value:>4.0}   rests on {:.0} % of its inputs", score.coverage * 100.0)?
            }
            (None, Some(reason)) => writeln!(to, "{name:<12}   –   not enough to say: {reason}")?,
            (None, None) => writeln!(to, "{name:<12}   –   not enough to say")?,
        }
    }
    answer.words.iter().try_for_each(|words| writeln!(to, "  {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calibration_is_read_from_an_export_and_nothing_else_is_taken_for_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calibration.json");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("a file");
            calibration(&path)
        };
        let found = read(r#"{"yaw": -2.5, "level_db": 63.0, "pitch_hz": 120.0}"#).expect("a calibration");
        assert_eq!((found.yaw, found.level_db, found.pitch_hz), (Some(-2.5), Some(63.0), Some(120.0)));
        for text in ["", "{}", "[]", "7", "not JSON", r#"{"yaw": "left"}"#, r#"{"kind": "header"}"#] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains("calibration"), "{text}: {error}");
        }
        assert!(calibration(&folder.path().join("missing.json")).is_err());
    }
}
