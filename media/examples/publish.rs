//! Publishes a file over WHIP (RFC 9725), as a browser would: for tests, load and trying things out.
//!
//! ```text
//! cargo run -p coach-media --example publish -- interview.webm http://localhost:8080/api/sessions/ID/whip
//! ```
//! VP8 and Opus are sent as they are, and with `--h264` H.264; anything else is encoded first. At the end the session is deleted, which is "stop".

#[path = "publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use clap::Parser;
use coach_media::item::{Formats, Item, Track};
use coach_media::{Format, VideoCodec, file};
use gstreamer::prelude::*;
use publisher::{Loss, Sender};
use reqwest::{StatusCode, Url, header};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

#[derive(Parser)]
#[command(about = "Publishes a file over WHIP")]
struct Options {
    /// Any file with video or audio.
    file: PathBuf,
    /// Where to POST the offer.
    url: Url,
    /// Times faster than real time. The other side sees a recording of that speed.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Begin again and again until so many seconds have been sent.
    #[arg(long)]
    seconds: Option<f64>,
    /// Send no frame from this second on; the track stays agreed on. 0: one that never comes.
    #[arg(long)]
    video_until: Option<f64>,
    /// The same for audio.
    #[arg(long)]
    audio_until: Option<f64>,
    /// Lose this share of the media packets, in per cent.
    #[arg(long, default_value_t = 0.0)]
    loss: f64,
    /// Which packets are lost.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do not offer to send lost audio again, as most publishers but our own page.
    #[arg(long)]
    audio_once: bool,
    /// Our address towards the server.
    #[arg(long)]
    bind: Option<String>,
    /// A bearer token.
    #[arg(long)]
    token: Option<String>,
    /// A cookie, as a browser that opened an invitation has it.
    #[arg(long)]
    cookie: Option<String>,
    /// End without DELETE, as a browser that crashes.
    #[arg(long)]
    vanish: bool,
    /// Send H.264 as it is. Its frames must stand in the order in which they are shown.
    #[arg(long)]
    h264: bool,
    /// Say the time of each unit that was sent, in milliseconds.
    #[arg(long)]
    trace: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if !(options.speed > 0.0 && options.speed <= 100.0 && (0.0..=100.0).contains(&options.loss)) {
        bail!("--speed is over 0 up to 100, --loss is 0 to 100");
    }
    coach_media::init()?;
    let (path, formats, _scratch) = prepare(&options.file, options.h264)?;
    let local = options.url.host_str().is_some_and(|host| host == "localhost" || host.starts_with("127."));
    let bind = options.bind.clone().unwrap_or(if local { "127.0.0.1:0" } else { "0.0.0.0:0" }.into());
    let loss = Loss::new(options.loss / 100.0, options.seed);
    let begin = Instant::now();
    let (mut sender, mut offer) =
        Sender::coded(formats.video.as_ref().and_then(VideoCodec::of), formats.audio.is_some(), &bind, loss.clone())
            .await?;
    if options.audio_once {
        offer = publisher::audio_once(&offer);
    }
    let client = reqwest::Client::new();
    let (session, answer) = post(&client, &options, offer).await?;
    sender.connect(&answer).await?;
    println!("connected after {} ms", begin.elapsed().as_millis());

    let (units, mut units_of) = mpsc::channel(256);
    let end_ms = options.seconds.map_or(i64::MAX, |seconds| (seconds * 1000.0 * options.speed) as i64);
    let repeat = options.seconds.is_some();
    let reader = tokio::task::spawn_blocking(move || read(&path, repeat, end_ms, &units));
    let (start, mut sent, mut latest) = (tokio::time::Instant::now(), [0u64; 2], Duration::ZERO);
    while let Some((track, ms, data)) = units_of.recv().await {
        let until = if track == Track::Video { options.video_until } else { options.audio_until };
        if until.is_some_and(|seconds| ms as f64 >= seconds * 1000.0 * options.speed) {
            continue;
        }
        let ns = (ms as f64 * 1e6 / options.speed) as i64;
        let due = start + Duration::from_nanos(ns as u64);
        tokio::time::sleep_until(due).await;
        latest = latest.max(due.elapsed());
        sender.send(track, ns, &data).await?;
        if options.trace {
            println!("sent {}", ns / 1_000_000);
        }
        sent[usize::from(track == Track::Audio)] += 1;
    }
    reader.await??;
    // What was lost last may still be asked for.
    tokio::time::sleep(Duration::from_millis(300)).await;
    if !options.vanish {
        let status = authorised(client.delete(session), &options).send().await?.status();
        if !status.is_success() {
            bail!("DELETE: {status}");
        }
    }
    let (packets, lost) = loss.counts();
    println!(
        "sent {} frames and {} packets of audio in {:.1} s, at most {} ms late; {packets} RTP packets, {lost} lost",
        sent[0],
        sent[1],
        start.elapsed().as_secs_f64(),
        latest.as_millis()
    );
    Ok(sender.close().await?)
}

async fn post(client: &reqwest::Client, options: &Options, offer: String) -> Result<(Url, String)> {
    let request = client.post(options.url.clone()).header(header::CONTENT_TYPE, "application/sdp").body(offer);
    let response = authorised(request, options).send().await.context("POST of the offer")?;
    let status = response.status();
    let location =
        response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok().map(String::from));
    let body = response.text().await?;
    if status != StatusCode::CREATED {
        bail!("POST: {status} {body}");
    }
    Ok((options.url.join(&location.context("no Location in the answer")?)?, body))
}

fn authorised(request: reqwest::RequestBuilder, options: &Options) -> reqwest::RequestBuilder {
    let request = match &options.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    match &options.cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    }
}

/// Reads units with their times in milliseconds, from the beginning again when the end comes too early.
fn read(path: &Path, repeat: bool, end_ms: i64, units: &mpsc::Sender<(Track, i64, Bytes)>) -> Result<()> {
    let (mut offset, mut last) = (0, 0);
    loop {
        let mut source = file::Source::open(path, file::Limits::default())?;
        while let Some(item) = source.next()? {
            let Item::Unit(track, unit) = item else { continue };
            let ms = offset + unit.t.ms();
            if ms >= end_ms || units.blocking_send((track, ms, unit.data)).is_err() {
                return Ok(());
            }
            last = last.max(ms);
        }
        if !repeat || last == offset {
            return Ok(());
        }
        offset = last + 40;
    }
}

/// The file itself when it can be sent as it is, else an encoded copy, which goes with its directory.
fn prepare(file: &Path, h264: bool) -> Result<(PathBuf, Formats, Option<tempfile::TempDir>)> {
    let formats = file::Source::open(file, file::Limits::default())?.formats().clone();
    let fits = |format: &Option<Format>, media: &str| format.as_ref().is_none_or(|format| format.media_type() == media);
    if (fits(&formats.video, "video/x-vp8") || h264 && fits(&formats.video, "video/x-h264"))
        && fits(&formats.audio, "audio/x-opus")
    {
        return Ok((file.to_owned(), formats, None));
    }
    let directory = tempfile::tempdir()?;
    let copy = directory.path().join("copy.webm");
    let mut description = String::from("filesrc name=in ! decodebin name=d webmmux name=m ! filesink name=out");
    if formats.video.is_some() {
        description += " d. ! queue ! videoconvert ! video/x-raw,format=I420 ! vp8enc deadline=1 cpu-used=8 \
                        target-bitrate=1500000 keyframe-max-dist=60 ! queue ! m.";
    }
    if formats.audio.is_some() {
        description += " d. ! queue ! audioconvert ! audioresample ! opusenc ! queue ! m.";
    }
    let pipeline =
        gstreamer::parse::launch(&description)?.downcast::<gstreamer::Pipeline>().ok().context("a pipeline")?;
    for (name, path) in [("in", file), ("out", copy.as_path())] {
        pipeline
            .by_name(name)
            .context("an element just made")?
            .set_property("location", path.to_str().context("a path")?);
    }
    println!("encoding a copy as VP8 and Opus");
    pipeline.set_state(gstreamer::State::Playing)?;
    let end = pipeline
        .bus()
        .context("a bus")?
        .timed_pop_filtered(gstreamer::ClockTime::NONE, &[gstreamer::MessageType::Eos, gstreamer::MessageType::Error]);
    let failure = end.and_then(|message| match message.view() {
        gstreamer::MessageView::Error(error) => Some(error.error().to_string()),
        _ => None,
    });
    pipeline.set_state(gstreamer::State::Null)?;
    match failure {
        Some(failure) => bail!("{} cannot be encoded: {failure}", file.display()),
        None => {
            Ok((copy.clone(), file::Source::open(&copy, file::Limits::default())?.formats().clone(), Some(directory)))
        }
    }
}
