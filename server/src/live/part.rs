//! One publishing of a session: what the peer gives goes to the recorder's thread and to the session's thread, and to nobody else.

use super::thread::{Command, Handle};
use coach_core::journal::Part;
use coach_media::Item;
use coach_media::peer::{self, Publisher};
use coach_media::record::{self, Recorder};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A publisher that is disconnected this long is closed; it may publish again as the next part.
const DISCONNECTED: Duration = Duration::from_secs(8);

/// What a part is while it runs.
#[derive(Debug, Clone)]
pub enum PartEvent {
    /// Media can flow.
    Connected,
    /// The first media is being written; the value follows the bytes that a power cut would not take.
    Recording(watch::Receiver<u64>),
    /// From here on nothing more is recorded: why, for the person.
    Unrecorded(String),
}

/// What is left of a part.
#[derive(Debug)]
pub struct PartEnded {
    pub n: u32,
    /// The spool file; `None`: no media came, or no file could be made. Whatever is in it plays as it is.
    pub file: Option<PathBuf>,
}

/// Runs a part until its peer is closed. `notify` is called on the way.
#[allow(clippy::too_many_lines, reason = "one arm for each event of a part")]
pub async fn run(
    part: Part,
    publisher: Arc<Publisher>,
    mut events: tokio::sync::mpsc::Receiver<peer::Event>,
    session: Handle,
    file: PathBuf,
    mut notify: impl FnMut(PartEvent),
) -> PartEnded {
    let mut recorder: Option<Recorder> = None;
    let mut waiting: Option<tokio::time::Instant> = None;
    let (mut failed, mut told_time) = (false, false);
    loop {
        let retry = async {
            match waiting {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            event = events.recv() => event,
            () = retry => {
                waiting = None;
                publisher.close().await;
                continue;
            }
        };
        match event {
            Some(peer::Event::Formats(formats)) => {
                if recorder.is_none() {
                    match Recorder::create(&file, &formats) {
                        Ok(created) => {
                            notify(PartEvent::Recording(created.written()));
                            recorder = Some(created);
                        }
                        Err(error) => {
                            tracing::error!(%error, file = %file.display(), "nothing can be recorded");
                            notify(PartEvent::Unrecorded(for_the_person(&error)));
                        }
                    }
                }
                session.tell(Command::Begin { part, formats });
            }
            Some(peer::Event::Item(Item::End(_))) => {} // the session may go on with another part
            Some(peer::Event::Item(item)) => {
                if !std::mem::replace(&mut told_time, true)
                    && let Some(now) = publisher.now()
                {
                    session.tell(Command::Clock(now));
                }
                if let Some(recorder) = &recorder
                    && let Err(error) = recorder.push(&item)
                    && !std::mem::replace(&mut failed, true)
                {
                    tracing::error!(%error, "the recording cannot be written");
                    notify(PartEvent::Unrecorded(for_the_person(&error)));
                }
                session.tell(Command::Item(item));
            }
            Some(peer::Event::Connected) => {
                waiting = None;
                notify(PartEvent::Connected);
            }
            Some(peer::Event::Disconnected) => waiting = Some(tokio::time::Instant::now() + DISCONNECTED),
            Some(peer::Event::Failed) => publisher.close().await,
            Some(peer::Event::Closed) | None => break,
        }
    }
    session.tell(Command::Interrupted);
    let stats = publisher.stats();
    tracing::info!(
        part = part.n,
        picture_packets = stats.video.packets,
        picture_packets_lost = stats.video.lost,
        sound_packets = stats.audio.packets,
        sound_packets_lost = stats.audio.lost,
        reports = stats.video.reports + stats.audio.reports,
        reports_unbelieved = stats.video.unbelieved + stats.audio.unbelieved,
        key_frame_requests = stats.key_frame_requests,
        items_lost = stats.items_lost,
        "a publisher has left"
    );
    let file = recorder.is_some().then_some(file);
    if let Some(recorder) = recorder {
        match tokio::task::spawn_blocking(move || recorder.finish()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the recording's end cannot be written; what is there is kept"),
            Err(error) => tracing::error!(%error, "the recorder broke; what is there is kept"),
        }
    }
    PartEnded { n: part.n, file }
}

/// Without the places that only an operator knows.
fn for_the_person(error: &record::Error) -> String {
    match error {
        record::Error::Write { source, .. } => format!("the recording cannot be written: {source}"),
        other => other.to_string(),
    }
}
