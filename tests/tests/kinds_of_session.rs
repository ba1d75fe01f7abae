//! Sessions that are not the usual one, all at once on one server: audio alone, video alone, video whose size changes,
//! tracks that are muted, that stop, that never come. Each is recorded completely and seekable, gets a report of what
//! there was and of nothing else, and a replay page that says what is missing.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{fetch, has_index, key_frames, longest_wait, plays_from, stamps};
use coach_e2e::tools::probe;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How long each is, seconds: a metric of the voice needs 15 s of speech, a score 20.
const SECONDS: f64 = 24.0;
/// When a track is muted or stops, seconds.
const HALF: f64 = 12.0;
/// The largest difference between the stored recording and what was sent, seconds.
const EXACT: f64 = 0.3;

/// Metrics that rest on the video alone, and on the audio alone.
#[rustfmt::skip]
const OF_THE_FACE: [&str; 14] = [
    "eye_contact", "presence", "framing", "light", "head_movement", "nods", "shakes", "blink_rate", "smile",
    "expressiveness", "brow_tension", "lip_press", "valence", "arousal",
];
#[rustfmt::skip]
const OF_THE_VOICE: [&str; 16] = [
    "pace", "articulation_rate", "long_pauses", "pause_share", "phonation_ratio", "response_latency", "hesitations",
    "longest_run", "pitch_variation", "pitch_range", "pitch_drift", "phrase_end_pitch", "phrase_end_level", "volume_level",
    "volume_consistency", "voice_stability",
];

/// A kind of session: what is published, and what must be there then.
struct Kind {
    name: &'static str,
    file: PathBuf,
    /// Arguments of the publisher.
    args: &'static [&'static str],
    /// Until when frames, and packets of audio, are sent, seconds; 0: none are.
    video_s: f64,
    audio_s: f64,
    /// Until when there is speech, seconds.
    speech_s: f64,
}

/// A published session.
struct Stored {
    kind: Kind,
    id: String,
    file: PathBuf,
    report: Value,
    journal: Vec<Value>,
}

impl Kind {
    fn seconds(&self) -> f64 {
        self.video_s.max(self.audio_s)
    }

    async fn publish(self, coach: &Coach, folder: &Path) -> Result<Stored> {
        let session = coach.session(&[0]).await?;
        let id = session["id"].as_str().context("an id")?.to_owned();
        let seconds = self.seconds().to_string();
        let args = [&["--seconds", seconds.as_str()], self.args].concat();
        let began = Instant::now();
        let sent = Publisher::start(coach, &self.file, &id, &args)?.finish().await?;
        // A publisher that is starved of CPU sends late, and a track that is waited for is missing until the publisher leaves.
        let late = (began.elapsed().as_secs_f64() - sent).max(0.0);
        let ready = coach.until_state(&id, "ready").await?;
        let kept = fetch(coach, &id, folder).await?;
        let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
        let (reported, listed) = (&report["duration_ms"], &ready["duration_ms"]);
        println!(
            "{}: {sent:.2} s sent, {kept:.2} s stored, {reported} ms reported, coverage {}",
            self.name, report["coverage"]
        );
        ensure!((kept - sent).abs() < EXACT, "{}: {sent:.2} s sent, {kept:.2} s stored", self.name);
        for said in [reported, listed] {
            let said = said.as_f64().unwrap_or_default() / 1000.0;
            let exact = (kept - EXACT..kept + late + EXACT).contains(&said);
            ensure!(exact, "{}: {kept:.2} s stored, {said:.2} s said, sent {late:.2} s late", self.name);
        }
        let journal = reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.error_for_status()?;
        let journal = journal.text().await?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let file = folder.join(format!("{id}.webm"));
        Ok(Stored { kind: self, id, file, report, journal })
    }
}

impl Stored {
    fn has(&self, track: &str) -> bool {
        (if track == "v" { self.kind.video_s } else { self.kind.audio_s }) > 0.0
    }

    /// Its name among the screenshots.
    fn page(&self) -> String {
        self.kind.name.replace(' ', "-")
    }

    /// Checks the tracks, the index, the key frames, and decoding from any place.
    fn judge_file(&self) -> Result<()> {
        ensure!(has_index(&self.file)?, "no index");
        for (track, until) in [("v", self.kind.video_s), ("a", self.kind.audio_s)] {
            let stamps = stamps(&self.file, track)?;
            ensure!(stamps.is_empty() != self.has(track), "{} packets of {track}", stamps.len());
            let Some(last) = stamps.last().filter(|_| self.has(track)) else { continue };
            if track == "v" {
                ensure!((last - until).abs() < EXACT, "the last frame is of {last:.2} s");
                let keys = key_frames(&self.file)?;
                let longest = longest_wait(&keys, *last);
                ensure!(longest <= 4.01, "{longest:.2} s without a key frame: {keys:?}");
            } else {
                // Where audio is missing the file holds silence, as far as audio came.
                ensure!((last - until).abs() < EXACT, "the last packet of audio is of {last:.2} s");
                ensure!(longest_wait(&stamps, *last) < 0.1, "a gap of {:.2} s", longest_wait(&stamps, *last));
            }
            // Every key frame is a place to begin; where there is audio alone, one packet each 5 s.
            let reach = if self.has("v") { 4.01 } else { 5.1 };
            let at = until * 0.75;
            let first = plays_from(&self.file, track, at)?;
            ensure!((at - reach..=at + 0.1).contains(&first), "asked for {at:.2} s of {track}, got {first:.2} s");
        }
        Ok(())
    }

    /// Checks that there is a still image where there is video, and none where there is none.
    async fn judge_poster(&self, coach: &Coach) -> Result<()> {
        let (_, link) = coach.get(&format!("/api/sessions/{}/recording", self.id)).await?;
        let poster = link.get("poster_url").context("said in any case")?;
        if !self.has("v") {
            ensure!(poster.is_null(), "a still of nothing: {poster}");
            return Ok(());
        }
        let jpeg = reqwest::get(poster.as_str().context("a still")?).await?.error_for_status()?.bytes().await?;
        let file = self.file.with_extension("jpg");
        std::fs::write(&file, jpeg)?;
        let size = probe(file.to_str().context("plain text")?, &["-show_entries", "stream=width,height"])?;
        ensure!(size == "640\n480", "the still is {size:?}");
        Ok(())
    }

    fn lines<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.journal.iter().filter(move |line| line["kind"] == kind)
    }

    /// Milliseconds that the journal says are missing while something was sent. A session goes on for as long as its disk needs
    /// for the recording, and that nobody is connected then is told as well.
    fn missing(&self, what: &str) -> i64 {
        let sent = (1000.0 * self.kind.seconds()) as i64;
        let at = |gap: &Value, edge: &str| gap[edge].as_i64().unwrap_or_default().min(sent);
        self.lines("gap").filter(|gap| gap["what"] == what).map(|gap| at(gap, "end") - at(gap, "start")).sum()
    }

    /// Checks that the report judges nothing that was not there, and everything that was.
    fn judge_report(&self) -> Result<()> {
        let Kind { video_s, audio_s, speech_s, .. } = self.kind;
        let after = |line: &Value, s: f64| line["t"].as_f64().unwrap_or_default() / 1000.0 > s + 0.2;
        let faces = self.lines("face").filter(|face| after(face, video_s)).count();
        ensure!(faces == 0, "{faces} frames were looked at after the video had ended");
        for kind in ["voiced_run", "nucleus", "hesitation"] {
            let heard = self.lines(kind).filter(|line| after(line, speech_s)).count();
            ensure!(heard == 0, "{heard} lines of {kind} in silence");
        }
        let pitch = |line: &&Value| line["f0"].as_array().is_some_and(|hops| hops.iter().any(|hop| !hop.is_null()));
        let heard = self.lines("voice").filter(|line| after(line, speech_s)).filter(pitch).count();
        ensure!(heard == 0, "{heard} lines of voice with a pitch in silence");
        let seconds = self.kind.seconds();
        let coverage = |name: &str| self.report["coverage"][name].as_f64().context("coverage");
        let (face, voice) = (coverage("face")?, coverage("voice")?);
        ensure!((voice - audio_s / seconds).abs() < 0.05, "the share that was heard is {voice:.2}");
        ensure!(face <= video_s / seconds + 0.05, "the share that was seen is {face:.2}");
        ensure!((coverage("face_s")? > 0.0) == (video_s > 0.0), "{} s of face", coverage("face_s")?);
        ensure!((coverage("speech_s")? > 0.5 * speech_s) == (speech_s > 0.0), "{} s of speech", coverage("speech_s")?);
        for pause in self.report["pauses"].as_array().context("pauses")? {
            let end = pause["end"].as_f64().unwrap_or_default() / 1000.0;
            ensure!(end < speech_s + EXACT, "a pause where nothing was said any more: {pause}");
        }
        if !self.has("v") {
            self.says_nothing_of(&OF_THE_FACE, &["valence", "arousal", "eye_contact", "expressiveness"])?;
        }
        if !self.has("a") {
            self.says_nothing_of(&OF_THE_VOICE, &["pace_wpm", "pitch_st", "level_db"])?;
            let voice = self.report["voice"].as_object().context("voice")?;
            ensure!(voice.values().all(Value::is_null), "measures of no voice: {voice:?}");
            ensure!(self.report["pauses"].as_array().is_some_and(Vec::is_empty), "pauses of no voice");
        }
        Ok(())
    }

    fn says_nothing_of(&self, metrics: &[&str], series: &[&str]) -> Result<()> {
        let answers = self.report["answers"].as_array().context("answers")?;
        for answer in answers.iter().chain([&self.report["overall"]]) {
            for metric in metrics {
                let value = &answer["metrics"].get(metric).with_context(|| format!("no {metric}"))?["value"];
                ensure!(value.is_null(), "{metric} is {value}, of nothing");
            }
            for (name, score) in answer["scores"].as_object().context("scores")? {
                let parts = score["contributions"].as_array().context("contributions")?;
                let made_up = parts
                    .iter()
                    .find(|c| metrics.iter().any(|m| c["metric"] == *m) && c["points"].as_f64() != Some(0.0));
                ensure!(made_up.is_none(), "{name} rests on {made_up:?}");
                ensure!(
                    score["value"].is_null() == score["reason"].is_string(),
                    "{name} says neither value nor reason: {score}"
                );
            }
        }
        for name in series {
            let curve = self.report["series"][name].as_array().context("a curve")?;
            ensure!(!curve.is_empty() && curve.iter().all(Value::is_null), "a curve of {name}");
        }
        Ok(())
    }

    fn scores(&self) -> String {
        let scores = self.report["overall"]["scores"].as_object().into_iter().flatten();
        scores
            .map(|(name, score)| format!("{name} {} of {}", score["value"], score["coverage"]))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_every_kind_are_complete_and_judged_by_the_media_they_have() -> Result<()> {
    let stage = stage(40)?;
    let whole = stage.webm()?;
    let all = |name, file: &PathBuf| Kind {
        name,
        file: file.clone(),
        args: &[],
        video_s: SECONDS,
        audio_s: SECONDS,
        speech_s: SECONDS,
    };
    let kinds = [
        Kind { video_s: 0.0, ..all("audio alone", &stage.audio()?) },
        Kind { audio_s: 0.0, speech_s: 0.0, ..all("video alone", &stage.video()?) },
        all("video that changes its size", &stage.resizing(8, &[(640, 480), (320, 240), (640, 480)])?),
        Kind { speech_s: HALF, ..all("muted audio", &stage.muted_from(HALF as u32)?) },
        Kind { args: &["--audio-until", "12"], audio_s: HALF, speech_s: HALF, ..all("audio that stops", &whole) },
        Kind { args: &["--video-until", "12"], video_s: HALF, ..all("video that stops", &whole) },
        Kind { args: &["--video-until", "0"], video_s: 0.0, ..all("video that never comes", &whole) },
        Kind {
            args: &["--vanish"],
            video_s: HALF,
            audio_s: HALF,
            speech_s: HALF,
            ..all("a publisher that never comes back", &whole)
        },
        Kind { args: &["--audio-until", "0"], audio_s: 0.0, speech_s: 0.0, ..all("audio that never comes", &whole) },
    ];
    let folder = tempfile::tempdir()?;
    let coach = Coach::start(&[("COACH_MEDIA_GRACE_S", "3"), ("COACH_LIMITS_LIVE_SESSIONS", "9")]).await?;
    let stored = futures::future::try_join_all(kinds.map(|kind| kind.publish(&coach, folder.path()))).await?;
    for one in &stored {
        let name = one.kind.name;
        one.judge_file().with_context(|| name)?;
        one.judge_poster(&coach).await.with_context(|| name)?;
        one.judge_report().with_context(|| name)?;
        println!(
            "{name}: {} ms of video and {} ms of audio missing; {}",
            one.missing("video"),
            one.missing("audio"),
            one.scores()
        );
    }
    let of = |name| stored.iter().find(|one| one.kind.name == name).context("a kind");

    // A track that stops is missing from then on, one that is muted is not.
    let lost = (1000.0 * (SECONDS - HALF)) as i64;
    ensure!((of("audio that stops")?.missing("audio") - lost).abs() < 300, "what stopped is not said to be missing");
    ensure!((of("video that stops")?.missing("video") - lost).abs() < 300, "what stopped is not said to be missing");
    ensure!(of("muted audio")?.missing("audio") == 0, "silence was taken for loss");

    // Faces are found in frames of either size.
    let resized = of("video that changes its size")?;
    let sizes =
        probe(resized.file.to_str().context("plain text")?, &["-select_streams", "v", "-show_entries", "frame=width"])?;
    let mut turns: Vec<_> = sizes.lines().collect();
    turns.dedup();
    ensure!(turns == ["640", "320", "640"], "the sizes are {turns:?}");
    let seen = resized.lines("face").filter(|face| face["present"] == true);
    let thirds: BTreeSet<_> = seen.filter_map(|face| Some(face["t"].as_i64()? / 8000)).collect();
    ensure!(thirds.len() == 3, "a face was found in these thirds only: {thirds:?}");

    // Enough of one thing gives the metrics that rest on it; a score needs more, and says how much.
    let heard = &of("audio alone")?.report;
    ensure!(heard["metrics"]["articulation_rate"]["value"].is_number(), "speech of 16 s has a rate");
    let reason = heard["overall"]["scores"]["clarity"]["reason"].as_str().unwrap_or_default();
    ensure!(reason.contains("s of speech, it needs 20 s"), "{reason}");

    replays(&coach, &[of("audio alone")?, of("video alone")?]).await
}

/// Opens the replay pages in a browser.
async fn replays(coach: &Coach, sessions: &[&Stored]) -> Result<()> {
    let mut args = vec![screenshots()?.into_os_string()];
    args.extend(sessions.iter().map(|one| format!("{}={}", one.page(), one.id).into()));
    let seen = walk(coach, "replay.mjs", &args).await?;
    println!("the browser saw: {seen}");
    for one in sessions {
        let page = &seen["pages"][one.page()];
        ensure!((page["duration_s"].as_f64().unwrap_or_default() - SECONDS).abs() < EXACT, "{page}");
        ensure!(page["seeked_to_s"].as_f64() > Some(HALF), "{page}");
        ensure!(page["audio_only"] == !one.has("v"), "{page}");
    }
    Ok(())
}
