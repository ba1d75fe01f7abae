//! The scores on media whose truth is known: the same words faster and slower, flat and lively, with pauses, with a level that
//! drops. Each change must move what docs/SCORES.md says it moves, and leave the rest alone. The same file gives the same bytes.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{models, program};
use coach_e2e::media::{shared, stage};
use coach_e2e::tools::{probe, run};
use coach_testing::{Need, not_checked};
use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};

const SENTENCES: [&str; 5] = [
    "Last year I led a small team that had to move a payment system to a new provider.",
    "We found that the tests did not cover the most important case, so I stopped the work and wrote them first.",
    "It was not popular, but the move went well, and we learned to begin with the tests.",
    "My colleagues later asked me to plan the next project in the same way, and I was glad to do it.",
    "Since then we write down what could go wrong before we begin, and we look at that list every week.",
];
/// How often the sentences are spoken: everything must be judged on more than 15 s after the first 15 s.
const TIMES: usize = 2;
/// espeak-ng's speed setting for about 150 words a minute; the setting ignores pauses between words and sentences.
const USUAL: u32 = 123;

/// The report of the file path about a file.
struct Heard {
    report: Value,
    bytes: [Vec<u8>; 2],
}

impl Heard {
    fn score(&self, name: &str) -> Result<f64> {
        let score = &self.report["overall"]["scores"][name];
        score["value"].as_f64().with_context(|| format!("no {name}: {score}"))
    }

    /// The advice, the most important first.
    fn advice(&self) -> Vec<&str> {
        let advice = self.report["overall"]["advice"].as_array().into_iter().flatten();
        advice.filter_map(|a| a["id"].as_str()).collect()
    }

    fn metric(&self, id: &str) -> Option<f64> {
        self.report["metrics"][id]["value"].as_f64()
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in ["confidence", "clarity", "resilience", "engagement"] {
            write!(f, "{name} {:.1}, ", self.score(name).unwrap_or(f64::NAN))?;
        }
        let metrics = ["pace", "long_pauses", "pause_share", "pitch_variation", "volume_consistency"];
        metrics.iter().try_for_each(|id| write!(f, "{id} {:.2}, ", self.metric(id).unwrap_or(f64::NAN)))
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test folders are plain text")
}

fn analyze(file: &Path, run_name: &str) -> Result<Heard> {
    let out = file.with_extension(run_name);
    let data = file.with_file_name("data");
    let (program, models) = (program(), models());
    let args = ["analyze", text(file), "--out", text(&out), "--models", text(&models), "--data", text(&data)];
    run(text(&program), &args)?;
    let bytes = [std::fs::read(out.join("journal.jsonl"))?, std::fs::read(out.join("report.json"))?];
    Ok(Heard { report: serde_json::from_slice(&bytes[1])?, bytes })
}

/// Speaks `sentences` in one go; `range`: how far the pitch moves, per cent of the voice's own.
fn say(to: &Path, sentences: &str, speed: u32, range: u32) -> Result<()> {
    let marked = format!("<speak><prosody range=\"{range}%\">{sentences}</prosody></speak>");
    run("espeak-ng", &["-m", "-v", "en-us", "-s", &speed.to_string(), "-w", text(to), &marked])?;
    Ok(())
}

/// Speaks all sentences in one go.
fn talk(folder: &Path, name: &str, speed: u32, range: u32) -> Result<PathBuf> {
    let to = folder.join(format!("{name}.wav"));
    say(&to, &[SENTENCES; TIMES].concat().join(" "), speed, range)?;
    Ok(to)
}

/// Speaks all sentences with this much silence after each, ms. The sentences are the same samples whatever the pause.
fn talk_with_pauses(folder: &Path, name: &str, pause_ms: u32) -> Result<PathBuf> {
    let (list, to) = (folder.join(format!("{name}.txt")), folder.join(format!("{name}.wav")));
    let silence = folder.join(format!("{name}-silence.wav"));
    // espeak-ng's voices are sampled at 22 050 Hz.
    let source = "anullsrc=r=22050:cl=mono";
    let seconds = format!("{}", f64::from(pause_ms) / 1000.0);
    run("ffmpeg", &["-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", &seconds, text(&silence)])?;
    let mut parts = String::new();
    for (n, sentence) in SENTENCES.iter().enumerate() {
        let file = folder.join(format!("sentence-{n}.wav"));
        say(&file, sentence, USUAL, 200)?;
        parts += &format!("file '{}'\nfile '{}'\n", text(&file), text(&silence));
    }
    std::fs::write(&list, parts.repeat(TIMES))?;
    run("ffmpeg", &["-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", text(&list), "-c", "copy", text(&to)])?;
    Ok(to)
}

/// Speaks all sentences, changed by a filter of ffmpeg.
fn filtered(from: &Path, name: &str, filter: &str) -> Result<PathBuf> {
    let to = from.with_file_name(format!("{name}.wav"));
    run("ffmpeg", &["-v", "error", "-y", "-i", text(from), "-filter:a", filter, text(&to)])?;
    Ok(to)
}

/// Returns the words a minute that were spoken.
fn spoken_wpm(file: &Path) -> Result<f64> {
    let seconds: f64 = probe(text(file), &["-show_entries", "format=duration"])?.parse()?;
    let words = SENTENCES.iter().map(|s| s.split_whitespace().count()).sum::<usize>() * TIMES;
    Ok(words as f64 * 60.0 / seconds)
}

/// Checks that every score but these is within five points of what it was, and that none appears or goes.
fn alone(before: &Heard, after: &Heard, moved: &[&str]) -> Result<()> {
    for name in ["confidence", "clarity", "resilience", "engagement"].iter().filter(|name| !moved.contains(name)) {
        let (was, is) = match (before.score(name), after.score(name)) {
            (Ok(was), Ok(is)) => (was, is),
            (Err(_), Err(_)) => continue,
            (was, is) => (was?, is?),
        };
        ensure!((was - is).abs() <= 5.0, "{name} went from {was:.1} to {is:.1}");
    }
    Ok(())
}

#[test]
fn clarity_ranks_the_same_words_by_their_pace() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut clarity = Vec::new();
    for (wanted, speed) in [(110, 90), (150, USUAL), (200, 164), (260, 213)] {
        let file = talk(folder.path(), &format!("wpm-{wanted}"), speed, 100)?;
        let (spoken, heard) = (spoken_wpm(&file)?, analyze(&file, "coach")?);
        println!("{spoken:.0} words a minute: {heard}");
        ensure!((spoken - f64::from(wanted)).abs() <= 12.0, "espeak-ng spoke {spoken:.0} words a minute, not {wanted}");
        let pace = heard.metric("pace").context("a pace")?;
        ensure!((pace - spoken).abs() <= 25.0, "{pace:.0} heard, {spoken:.0} spoken");
        clarity.push(heard.score("clarity")?);
    }
    let [slow, usual, fast, hasty] = clarity[..] else { anyhow::bail!("four speeds") };
    ensure!(usual + 0.5 >= slow, "a usual pace {usual:.1}, a slow one {slow:.1}");
    ensure!(usual >= fast + 10.0, "a usual pace {usual:.1}, a fast one {fast:.1}");
    ensure!(fast >= hasty + 10.0, "a fast pace {fast:.1}, a hasty one {hasty:.1}");
    ensure!(slow > fast, "110 words a minute are nearer to 120 than 200 are to 160: {slow:.1} and {fast:.1}");
    Ok(())
}

#[test]
fn engagement_ranks_a_flat_voice_below_a_lively_one_and_clarity_does_not_care() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut heard = Vec::new();
    for (name, range) in [("monotone", 0), ("usual", 100), ("expressive", 200)] {
        let talk = analyze(&talk(folder.path(), name, USUAL, range)?, "coach")?;
        println!("{name}: {talk}");
        heard.push(talk);
    }
    let [flat, usual, lively] = &heard[..] else { anyhow::bail!("three voices") };
    // Without a face there is no Engagement: what it rests on of the voice is compared.
    let variation = |heard: &Heard| heard.metric("pitch_variation").context("a variation of pitch");
    ensure!(variation(flat)? < 0.8, "no pitch at all");
    ensure!(variation(usual)? >= variation(flat)? + 0.3, "usual over monotone");
    ensure!(variation(lively)? >= variation(usual)? + 0.7, "expressive over usual");
    ensure!(flat.advice().contains(&"pitch_variation"), "a flat voice is told: {:?}", flat.advice());
    alone(usual, flat, &["engagement"])?;
    alone(usual, lively, &["engagement"])
}

#[test]
fn pauses_cost_clarity_and_a_dropping_level_is_told_and_neither_costs_anything_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let steady = talk_with_pauses(folder.path(), "steady", 400)?;
    let paused = talk_with_pauses(folder.path(), "paused", 4_000)?;
    // Four seconds as they were, four at 10 dB less.
    let dropping = filtered(&steady, "dropping", "volume='if(lt(mod(t,8),4),1,0.316)':eval=frame")?;
    let quieter = filtered(&steady, "quieter", "volume=0.5")?;
    let [steady, paused, dropping, quieter] = [steady, paused, dropping, quieter].map(|file| {
        let heard = analyze(&file, "coach")?;
        println!("{}: {heard}", file.file_stem().unwrap_or_default().display());
        anyhow::Ok(heard)
    });
    let (steady, paused, dropping, quieter) = (steady?, paused?, dropping?, quieter?);
    ensure!(paused.score("clarity")? <= steady.score("clarity")? - 8.0, "long pauses cost Clarity");
    alone(&steady, &paused, &["clarity"])?;
    // Without a face there is no Confidence: the advice names what it would rest on.
    ensure!(dropping.advice().contains(&"volume_consistency"), "a dropping level is told: {:?}", dropping.advice());
    ensure!(!steady.advice().contains(&"volume_consistency"), "a steady one is not: {:?}", steady.advice());
    alone(&steady, &dropping, &[])?;
    // All of it quieter is another microphone, not another person.
    alone(&steady, &quieter, &[])
}

#[test]
fn a_real_reading_loses_clarity_when_it_is_played_too_fast() -> Result<()> {
    let Some(shared) = shared() else {
        not_checked(Need::Reference, "a real voice that is played too fast", "the reference data is missing");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let reading = folder.path().join("reading.wav");
    std::fs::copy(shared.join("data/voice/real/two_cities_16k.wav"), &reading)?;
    // Twice, because a score of the voice needs 20 s of speech.
    let fast = filtered(&reading, "fast", "aloop=loop=1:size=1000000,atempo=1.5")?;
    let dropping = filtered(&reading, "dropping", "volume='if(lt(mod(t,8),4),1,0.316)':eval=frame")?;
    let (usual, fast, dropping) = (analyze(&reading, "coach")?, analyze(&fast, "coach")?, analyze(&dropping, "coach")?);
    println!("reading: {usual}\nfast: {fast}\ndropping: {dropping}");
    ensure!(fast.score("clarity")? <= usual.score("clarity")? - 15.0, "one and a half times as fast");
    ensure!(dropping.advice().contains(&"volume_consistency"), "a dropping level is told: {:?}", dropping.advice());
    // Fewer syllables are counted in what is quieter, and this reading is at the edge of the pace that is aimed for.
    alone(&usual, &dropping, &["clarity"])
}

/// A neutral face for 35 s, a frowning one for `seconds`, and the first again; all of it slowly moving before the camera.
fn faces(folder: &Path, seconds: f32, talk: &Path, shared: &Path) -> Result<PathBuf> {
    let (to, neutral) = (folder.join(format!("stress-{seconds}.webm")), folder.join("neutral.png"));
    let clip = shared.join("data/face/single_face.mp4");
    // The man of the clip is neutral in its first half second; his head is in the middle.
    let crop = "crop=ih:ih:(iw-ow)*0.49:0,scale=720:720";
    run("ffmpeg", &["-v", "error", "-y", "-i", text(&clip), "-vf", crop, "-frames:v", "1", text(&neutral)])?;
    let frowning = shared.join("data/face/15-f13-anc-ph.jpg");
    let walk = "scale=720:720:force_original_aspect_ratio=decrease,pad=800:800:(ow-iw)/2:(oh-ih)/2,\
                crop=640:640:'80+30*sin(2*t)':'80+20*cos(2.6*t)',fps=15,format=yuv420p";
    let mut args = vec!["-v".to_owned(), "error".into(), "-y".into()];
    let mut graph = String::new();
    for (n, (still, length)) in
        [(&neutral, 35.0), (&frowning, seconds), (&neutral, 37.0 - seconds)].into_iter().enumerate()
    {
        args.extend(["-loop", "1", "-framerate", "15", "-t"].map(str::to_owned));
        args.extend([length.to_string(), "-i".into(), text(still).into()]);
        graph += &format!("[{n}:v]{walk}[v{n}];");
    }
    graph += "[v0][v1][v2]concat=n=3:v=1:a=0[v]";
    args.extend(
        ["-i", text(talk), "-filter_complex", &graph, "-map", "[v]", "-map", "3:a", "-t", "72"].map(str::to_owned),
    );
    args.extend(["-c:v", "libvpx", "-b:v", "1M", "-deadline", "realtime", "-cpu-used", "8"].map(str::to_owned));
    args.extend(["-c:a", "libopus", "-b:a", "32k", text(&to)].map(str::to_owned));
    run("ffmpeg", &args.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(to)
}

/// The same talk with the voice raised by four semitones for `seconds`, 35 s after its begin.
fn raised(folder: &Path, talk: &Path, seconds: f32) -> Result<PathBuf> {
    let to = folder.join(format!("raised-{seconds}.wav"));
    let end = 35.0 + seconds;
    let graph = format!(
        "[0:a]aresample=24000,asplit=3[a][b][c];[a]atrim=0:35[a0];\
         [b]atrim=35:{end},asetpts=N/SR/TB,asetrate=30240,aresample=24000,atempo=0.79365[b0];\
         [c]atrim={end},asetpts=N/SR/TB[c0];[a0][b0][c0]concat=n=3:v=0:a=1"
    );
    run("ffmpeg", &["-v", "error", "-y", "-i", text(talk), "-filter_complex", &graph, text(&to)])?;
    Ok(to)
}

#[test]
fn lowered_brows_with_a_raised_voice_are_a_hard_moment_and_without_one_they_are_none() -> Result<()> {
    let Some(shared) = shared() else {
        not_checked(Need::Reference, "hard moments on faces", "the reference data is missing");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let voice = talk(folder.path(), "voice", USUAL, 100)?;
    let mut heard = Vec::new();
    for (frown, raise) in [(5.0, 5.0), (5.0, 0.1), (0.1, 5.0)] {
        let talk = raised(folder.path(), &voice, raise)?;
        let moment = analyze(&faces(folder.path(), frown, &talk, &shared)?, "coach")?;
        let spikes = moment.report["stress"].as_array().context("hard moments")?.clone();
        println!("brows lowered for {frown} s, voice raised for {raise} s: {spikes:?}, {moment}");
        ensure!(moment.score("resilience").is_err(), "one hard moment at most makes no number");
        heard.push(spikes);
    }
    let [both, brows, voice] = &heard[..] else { anyhow::bail!("three talks") };
    ensure!(both.len() == 1, "{both:?}");
    let start = both[0]["start"].as_f64().context("a start")?;
    ensure!((35_000.0..39_000.0).contains(&start), "it begins with the frown: {start}");
    ensure!(brows.is_empty() && voice.is_empty(), "one of them alone: {brows:?} {voice:?}");
    Ok(())
}

#[test]
fn three_runs_give_the_same_journal_and_report_in_every_bit() -> Result<()> {
    let file = stage(12)?.webm()?;
    let first = analyze(&file, "first")?;
    for name in ["second", "third"] {
        let again = analyze(&file, name)?;
        ensure!(first.bytes[0] == again.bytes[0], "the {name} journal differs");
        ensure!(first.bytes[1] == again.bytes[1], "the {name} report differs");
    }
    println!(
        "three journals of {} bytes and three reports of {} are the same",
        first.bytes[0].len(),
        first.bytes[1].len()
    );
    Ok(())
}

#[test]
fn a_voice_that_cannot_be_told_from_its_room_has_no_numbers_for_its_tone_and_says_why() -> Result<()> {
    let Some(shared) = shared() else {
        not_checked(Need::Reference, "a voice that cannot be told from its room", "the reference data is missing");
        return Ok(());
    };
    let recording = shared.join("data/voice/real/mfa_cold_corpus.wav");
    let folder = tempfile::tempdir()?;
    let once = folder.path().join("once.wav");
    std::fs::copy(recording, &once)?;
    // Twice, for the 15 s of speech that a judgement needs.
    let heard = analyze(&filtered(&once, "twice", "aloop=loop=1:size=1000000")?, "coach")?;
    for id in ["pitch_variation", "voice_stability"] {
        let metric = &heard.report["metrics"][id];
        println!("{id}: {metric}");
        ensure!(metric["value"].is_null() && metric["reason"] == "too noisy to judge", "{id}: {metric}");
    }
    ensure!(heard.metric("pace").is_some(), "the syllables can be heard");
    Ok(())
}
