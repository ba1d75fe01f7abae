//! A live interview of two people and an observer, in browsers of their own.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::{Coach, models, program};
use coach_e2e::parity;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::fetch;
use coach_e2e::tools::run;
use coach_e2e::voices::{say, text, track};
use coach_testing::{LIMIT, Need, eventually, not_checked};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The marks that somebody sends: a flash of one colour and a beep of one pitch, every so many seconds.
struct Marks {
    colour: &'static str,
    hz: f64,
    every_s: f64,
}

const CANDIDATE: Marks = Marks { colour: "red", hz: 700.0, every_s: 2.0 };
const INTERVIEWER: Marks = Marks { colour: "blue", hz: 1100.0, every_s: 3.0 };

impl Marks {
    /// A camera that flashes for a fifth of a second, and a microphone that beeps with it.
    fn devices(&self, folder: &Path) -> Result<(PathBuf, PathBuf)> {
        let Self { colour, hz, every_s } = self;
        let (camera, microphone) = (folder.join(format!("{colour}.mjpeg")), folder.join(format!("{colour}.wav")));
        let flash = format!("drawbox=color={colour}:t=fill:enable='lt(mod(t,{every_s}),0.2)'");
        let beep = format!("0.4*sin(2*PI*{hz}*t)*lt(mod(t,{every_s}),0.2)");
        // Chromium plays them again from the beginning, so that they are a whole number of turns long.
        let seconds = "30";
        #[rustfmt::skip]
        run("ffmpeg", &["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=0x202020:size=640x480:rate=30", "-vf", &flash, "-t", seconds,
            "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg", text(&camera)])?;
        #[rustfmt::skip]
        run("ffmpeg", &["-v", "error", "-y", "-f", "lavfi", "-i", &format!("aevalsrc='{beep}':s=48000"), "-t", seconds,
            "-c:a", "pcm_s16le", text(&microphone)])?;
        Ok((camera, microphone))
    }

    /// Checks that somebody's flashes and beeps came, and nobody else's: by their colour and pitch (the nearer of both), since a busy
    /// machine shows some late and some not at all. How far apart they came is printed only.
    fn are_there(&self, seen: &Value, what: &str) -> Result<()> {
        self.came(seen, what, "flashes", |mark| mark["colour"] == self.colour)?;
        if seen["plays"] == false {
            let why = "the browser plays nothing on a machine without a sound device";
            not_checked(Need::Other, &format!("sound: {what}"), why);
            return Ok(());
        }
        self.came(seen, what, "beeps", |mark| {
            mark["hz"].as_f64().is_some_and(|hz| (hz - self.hz).abs() < (CANDIDATE.hz - INTERVIEWER.hz).abs() / 2.0)
        })
    }

    fn came(&self, seen: &Value, what: &str, kind: &str, is_theirs: impl Fn(&Value) -> bool) -> Result<()> {
        let came = seen[kind].as_array().map_or(&[][..], Vec::as_slice);
        let times: Vec<f64> = came.iter().filter_map(|mark| mark["s"].as_f64()).collect();
        let apart: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        println!("{what}: {} {kind}, {apart:.2?} s apart, sent {} s apart", came.len(), self.every_s);
        ensure!(came.len() >= 3 && came.iter().all(is_theirs), "{what}: {kind}: {}", seen[kind]);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_see_and_hear_each_other_and_an_observer_watches() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (camera, microphone) = CANDIDATE.devices(folder.path())?;
    let (camera2, microphone2) = INTERVIEWER.devices(folder.path())?;
    let coach = Coach::start(&[]).await?;
    let seen = walk(&coach, "room.mjs", &[&camera, &microphone, &camera2, &microphone2, &screenshots()?]).await;
    coach
        .log()
        .lines()
        .filter(|l| l.contains(" WARN ") || l.contains("ERROR") || l.contains("interviewer") || l.contains("has left"))
        .for_each(|l| println!("{l}"));
    let seen = seen?;
    println!("the browsers saw: {seen:#}");
    let told = |name: &str| seen[name].as_str().with_context(|| format!("{name} in {seen:#}"));
    ensure!(told("page")? == "/room" && seen["echo"] == true, "echo is cancelled in rooms");
    ensure!(told("waits")?.contains("Waiting for"), "nothing is sent before the candidate begins");
    INTERVIEWER.are_there(&seen["candidate_sees"], "the candidate sees the interviewer")?;
    INTERVIEWER.are_there(&seen["candidate_sees_again"], "the candidate sees the interviewer who came back")?;
    CANDIDATE.are_there(&seen["interviewer_sees"], "the interviewer sees the candidate")?;
    match seen["firefox"].as_str() {
        Some(why) => not_checked(Need::Other, "an observer in Firefox", why.to_owned()),
        None => {
            CANDIDATE.are_there(&seen["observer_sees_candidate"], "Firefox sees the candidate")?;
            INTERVIEWER.are_there(&seen["observer_sees_interviewer"], "Firefox sees the interviewer")?;
        }
    }
    ensure!(told("named")?.contains("Ira"), "the candidate is told who is there");
    if seen["firefox"].is_null() {
        ensure!(told("watched")?.contains("Somebody is watching"), "one observer: {}", told("watched")?);
    }
    ensure!(told("refused")?.contains("Ira is the interviewer"), "{}", told("refused")?);
    ensure!(told("alone")? == "live", "the candidate goes on alone");
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);

    let played = &seen["played"];
    let url = played["interviewer_url"].as_str().context("the interviewer's recording")?;
    let file = folder.path().join("interviewer.webm");
    std::fs::write(&file, reqwest::get(url).await?.error_for_status()?.bytes().await?)?;
    let probed = run(
        "ffprobe",
        &["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file.to_str().context("plain text")?],
    )?;
    let codecs = String::from_utf8(probed.stdout)?;
    println!("the interviewer's recording: {}", codecs.replace('\n', " "));
    ensure!(codecs.contains("vp8") && codecs.contains("opus"), "{codecs}");
    Ok(())
}

/// Somebody who opened an invitation, as a program.
struct Invited {
    whip: String,
    cookie: String,
}

impl Invited {
    /// Invites somebody and opens the invitation; an interviewer agrees.
    async fn new(coach: &Coach, session: &str, role: &str) -> Result<Invited> {
        let (_, made) = coach.post(&format!("/api/sessions/{session}/links"), json!({"role": role, "days": 1})).await?;
        let secret = made["path"].as_str().and_then(|path| path.split_once('#')).context("a link")?.1.to_owned();
        let client = reqwest::Client::new();
        let opened = client.post(coach.url("/api/guest")).json(&json!({"link": secret})).send().await?;
        let cookie = opened.headers()["set-cookie"].to_str()?.split(';').next().unwrap_or_default().to_owned();
        let link = made["id"].as_str().context("an id")?;
        let text: Value = reqwest::get(coach.url("/api/consent/room")).await?.json().await?;
        let agree = client.post(coach.url(&format!("/api/guest/{link}/consent"))).header("cookie", &cookie);
        let agreed = agree.json(&json!({"version": text["version"], "name": "Ira"})).send().await?;
        ensure!(agreed.status() == 204, "{}", agreed.status());
        Ok(Invited { whip: coach.url(&format!("/api/guest/{link}/whip")), cookie })
    }

    /// Returns whether the session takes an interviewer by now.
    async fn is_awaited(&self) -> bool {
        let offer = reqwest::Client::new().post(&self.whip).header("cookie", &self.cookie);
        let answer = offer.header("content-type", "application/sdp").body("v=0\r\n").send().await;
        answer.is_ok_and(|answer| answer.status() == 400)
    }
}

/// The times at which somebody begins to speak, seconds of their own recording.
const ANSWERS_S: [f64; 2] = [12.0, 24.0];
const QUESTIONS_S: [f64; 2] = [2.0, 14.0];
const LENGTH_S: f64 = 34.0;

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_of_an_interview_is_that_of_its_recordings_and_says_who_spoke_when() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let answer =
        say(at, "answer", "en-us", "I wrote the tests first, and then we moved the whole system in one night.")?;
    let question = say(at, "question", "en-us+f3", "What did you do about it in the end?")?;
    let most = f64::from(u16::MAX);
    let candidate = track(at, "candidate", &ANSWERS_S.map(|from| (answer.0.clone(), from, most)), LENGTH_S)?;
    let interviewer =
        track(at, "interviewer", &QUESTIONS_S.map(|from| (question.0.clone(), from, most)), LENGTH_S - 8.0)?;

    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let ira = Invited::new(&coach, &id, "interviewer").await?;
    ensure!(!ira.is_awaited().await, "nothing is recorded before the candidate begins");
    let publishing = Publisher::start(&coach, &candidate, &id, &[])?;
    eventually(LIMIT, "the session takes an interviewer", async || ira.is_awaited().await.then_some(())).await;
    let asking = Publisher::start_at(&ira.whip, &interviewer, &["--cookie", &ira.cookie])?;
    let began = eventually(LIMIT, "both send", async || publishing.began().zip(asking.began())).await;
    // Where the interviewer's recording begins on the candidate's timeline.
    let later_s = (began.1 - began.0).as_secs_f64();
    asking.finish().await?;
    publishing.finish().await?;
    coach.until_state(&id, "ready").await?;

    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let turns = &report["turns"];
    println!("the interviewer began {later_s:.2} s after the candidate; {turns:#}");
    let responses = turns["responses"].as_array().context("responses")?;
    ensure!(responses.len() == 2, "two questions, two answers: {turns}");
    for (n, told) in responses.iter().enumerate() {
        let ends = QUESTIONS_S[n] + question.1 + later_s;
        let seconds = |name: &str| told[name].as_f64().unwrap_or(f64::NAN) / 1000.0;
        println!(
            "question {n} ended at {ends:.2} s, told {:.2}; the answer began {:.2} s after it, told {:.2}",
            seconds("question_end"),
            ANSWERS_S[n] - ends,
            seconds("ms")
        );
        ensure!(
            (seconds("question_end") - ends).abs() <= 0.3 && (seconds("ms") - (ANSWERS_S[n] - ends)).abs() <= 0.3,
            "{told}"
        );
    }

    fetch(&coach, &id, at).await?;
    let (_, recording) = coach.get(&format!("/api/sessions/{id}/recording")).await?;
    let url = recording["interviewer_url"].as_str().context("the interviewer's recording")?;
    let other = at.join("other.webm");
    std::fs::write(&other, reqwest::get(url).await?.error_for_status()?.bytes().await?)?;
    let live = reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.text().await?;
    let (journal, out) = (at.join("live.jsonl"), at.join("again"));
    std::fs::write(&journal, &live)?;
    let file = at.join(format!("{id}.webm"));
    #[rustfmt::skip]
    run(text(&program()), &["analyze", text(&file), "--like", text(&journal), "--interviewer", text(&other), "--out", text(&out),
        "--models", text(&models()), "--data", text(&at.join("data"))])?;
    let again = std::fs::read_to_string(out.join("journal.jsonl"))?;
    let same = parity::compare(&live, &again);
    println!("live with an interviewer = file: {same}");
    ensure!(same.equal_hops_share() >= 0.99, "voice hops differ: {same}");
    let others = |journal: &str| {
        journal.lines().filter(|l| l.starts_with("{\"kind\":\"other\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    let (heard, again) = (others(&live), others(&again));
    let equal = heard.iter().filter(|line| again.contains(line)).count();
    println!(
        "of {} lines of the interviewer's voice {equal} are the same from the file ({})",
        heard.len(),
        again.len()
    );
    ensure!(heard.len() > 150 && equal * 100 >= heard.len() * 95, "{equal} of {}", heard.len());
    Ok(())
}
