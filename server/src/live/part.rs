//! One publishing of a session: passes the peer's media to the recorder's thread and to the session's thread.

use super::coding::Coding;
use super::inbox::Gate;
use super::thread::{Command, Handle};
use crate::telemetry::Share;
use coach_core::journal::Part;
use coach_media::peer::{self, Publisher};
use coach_media::record::{self, Recorder};
use coach_media::{Formats, Item, VideoCodec};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A publisher that is disconnected for this long is closed. It may publish again, as the next part.
const DISCONNECTED: Duration = Duration::from_secs(8);

/// What a part reports while it runs.
#[derive(Debug, Clone)]
pub enum PartEvent {
    /// The peer is connected; media can arrive.
    Connected,
    /// The recorder has been created. The receiver gives the number of bytes that are safely on the disk.
    Recording(watch::Receiver<u64>),
    /// Nothing more can be recorded. The text gives the reason, for the person.
    Unrecorded(String),
}

/// A part that has ended.
#[derive(Debug)]
pub struct PartEnded {
    /// Number of the part; the first is 0.
    pub n: u32,
    /// The spool file, which plays even when the recorder did not finish it. `None` when no media came or no file could be
    /// created.
    pub file: Option<PathBuf>,
}

/// What a part is made of.
pub struct Setup<N> {
    pub part: Part,
    pub publisher: Arc<Publisher>,
    /// The session's thread.
    pub session: Handle,
    pub coding: Coding,
    /// Where the part is recorded; nothing is there yet.
    pub file: PathBuf,
    /// Called for each event.
    pub notify: N,
}

/// Runs a part until its peer is closed.
pub async fn run<N: FnMut(PartEvent)>(
    setup: Setup<N>,
    mut events: tokio::sync::mpsc::Receiver<peer::Event>,
) -> PartEnded {
    let gate = setup.session.gate();
    let Setup { part, publisher, session, coding, file, notify } = setup;
    let mut run = PartRun {
        part,
        publisher,
        session,
        coding,
        gate,
        file,
        notify,
        recorder: None,
        taken_over: false,
        queued: Share::of("coach_recorder_queued_bytes"),
        waiting: Share::of("coach_session_queued_bytes"),
        closes_at: None,
        failed: false,
        told_time: false,
    };
    loop {
        let closing = async {
            match run.closes_at {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            event = events.recv() => event,
            () = closing => {
                run.closes_at = None;
                run.publisher.close().await;
                continue;
            }
        };
        match event {
            Some(peer::Event::Closed) | None => break,
            Some(event) => run.event(event).await,
        }
    }
    run.finish().await
}

/// A part while it runs.
struct PartRun<N> {
    part: Part,
    publisher: Arc<Publisher>,
    session: Handle,
    coding: Coding,
    gate: Gate,
    file: PathBuf,
    notify: N,
    recorder: Option<Recorder>,
    /// Whether a later part has taken over before this one recorded anything.
    taken_over: bool,
    /// What waits for the disk, and for the session's thread.
    queued: Share,
    waiting: Share,
    /// When the publisher is closed because it stays disconnected.
    closes_at: Option<tokio::time::Instant>,
    /// Whether the recorder has failed, which is reported once.
    failed: bool,
    /// Whether the session's thread was told the media time.
    told_time: bool,
}

impl<N: FnMut(PartEvent)> PartRun<N> {
    /// Handles one event of the peer.
    async fn event(&mut self, event: peer::Event) {
        match event {
            peer::Event::Formats(_) | peer::Event::Item(_) if self.taken_over => {}
            peer::Event::Formats(formats) => self.formats(formats).await,
            // The session may continue with another part.
            peer::Event::Item(Item::End(_)) => {}
            peer::Event::Item(item) => self.item(item),
            peer::Event::Connected => {
                self.closes_at = None;
                (self.notify)(PartEvent::Connected);
            }
            peer::Event::Disconnected => self.closes_at = Some(tokio::time::Instant::now() + DISCONNECTED),
            peer::Event::Failed => self.publisher.close().await,
            peer::Event::Closed => {}
        }
    }

    /// Creates the recorder at the first formats, and passes all formats to the session's thread.
    async fn formats(&mut self, formats: Formats) {
        if self.recorder.is_none() {
            if !self.coding.begin(self.part.n, formats.video.as_ref().and_then(VideoCodec::of)) {
                self.taken_over = true;
                return;
            }
            match recorder(&self.file, &formats).await {
                Ok(created) => {
                    (self.notify)(PartEvent::Recording(created.written()));
                    self.recorder = Some(created);
                }
                Err(error) => {
                    tracing::error!(%error, file = %self.file.display(), "the recording's file cannot be created");
                    (self.notify)(PartEvent::Unrecorded(for_the_person(&error)));
                }
            }
        }
        // The thread must not keep a publisher that has left.
        let publisher = Arc::downgrade(&self.publisher);
        let ask_for_key = Box::new(move || {
            if let Some(publisher) = publisher.upgrade() {
                publisher.ask_for_key_frame();
            }
        });
        self.session.tell(Command::Begin { part: self.part, formats, ask_for_key });
    }

    /// Records an item, and passes it to the session's thread if its inbox has room.
    fn item(&mut self, item: Item) {
        if !std::mem::replace(&mut self.told_time, true)
            && let Some(now) = self.publisher.now()
        {
            let since_zero = Duration::from_millis(now.ms().max(0).unsigned_abs());
            let now = Instant::now();
            self.session.tell(Command::Clock(now.checked_sub(since_zero).unwrap_or(now)));
        }
        if let Some(recorder) = &self.recorder
            && let Err(error) = recorder.push(&item)
            && !std::mem::replace(&mut self.failed, true)
        {
            tracing::error!(%error, "the recording cannot be written");
            (self.notify)(PartEvent::Unrecorded(for_the_person(&error)));
        }
        for item in self.gate.admit(item) {
            self.session.tell(Command::Item(item));
        }
        if self.gate.waits_for_key() {
            self.publisher.ask_for_key_frame();
        }
        self.queued.set(self.recorder.as_ref().map_or(0, Recorder::queued_bytes));
        self.waiting.set(self.gate.queued_bytes());
    }

    /// Logs the statistics of the part, and waits until the recorder has written everything.
    async fn finish(self) -> PartEnded {
        self.session.tell(Command::Interrupted);
        let stats = self.publisher.stats();
        tracing::info!(
            part = self.part.n,
            video_packets = stats.video.packets,
            video_packets_lost = stats.video.lost,
            audio_packets = stats.audio.packets,
            audio_packets_lost = stats.audio.lost,
            reports = stats.video.reports + stats.audio.reports,
            reports_ignored = stats.video.unbelieved + stats.audio.unbelieved,
            key_frame_requests = stats.key_frame_requests,
            items_lost = stats.items_lost,
            "a publisher has left"
        );
        let file = self.recorder.is_some().then_some(self.file);
        if let Some(recorder) = self.recorder {
            match tokio::task::spawn_blocking(move || recorder.finish()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    tracing::error!(%error, "the end of the recording cannot be written; the rest is kept")
                }
                Err(error) => tracing::error!(%error, "the recorder failed; what it wrote is kept"),
            }
        }
        PartEnded { n: self.part.n, file }
    }
}

/// Creates a recorder on a thread that may wait for the disk.
///
/// # Errors
/// The file or a thread cannot be created, or the formats cannot be recorded.
pub async fn recorder(file: &Path, formats: &Formats) -> Result<Recorder, record::Error> {
    let (path, formats) = (file.to_path_buf(), formats.clone());
    let created = tokio::task::spawn_blocking(move || Recorder::create(&path, &formats)).await;
    created.unwrap_or_else(|error| {
        Err(record::Error::Write { path: file.to_path_buf(), source: std::io::Error::other(error) })
    })
}

/// Returns the error's text without file paths, which mean nothing to the person.
fn for_the_person(error: &record::Error) -> String {
    match error {
        record::Error::Write { source, .. } => format!("the recording cannot be written: {source}"),
        other => other.to_string(),
    }
}
