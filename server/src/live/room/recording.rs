//! One publishing of the interviewer, as it is recorded.

use crate::live::coding::Coding;
use crate::live::part::recorder;
use crate::live::thread::{Command, Handle};
use coach_media::peer::{self, Publisher};
use coach_media::record::Recorder;
use coach_media::{Formats, Item, Track, VideoCodec};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// An interviewer who is disconnected for this long is closed. They may publish again, as the next part.
const DISCONNECTED: Duration = Duration::from_secs(8);

/// What a part reports while it runs.
pub enum Happened {
    /// The peer is connected; media can arrive.
    Connected,
    /// The recorder has been created. The receiver gives the number of bytes that are safely on the disk.
    Recording(watch::Receiver<u64>),
}

/// What a part is made of.
pub struct Part {
    pub n: u32,
    pub publisher: Arc<Publisher>,
    pub coding: Coding,
    /// Where it is recorded; nothing is there yet.
    pub file: PathBuf,
    /// The session's thread.
    pub thread: Handle,
    pub tell: mpsc::UnboundedSender<Happened>,
}

/// Records a part until its peer is closed and everything is written.
pub async fn run(part: Part, mut events: mpsc::Receiver<peer::Event>) {
    let mut recorder = None;
    let mut failed = false;
    let mut closes_at: Option<tokio::time::Instant> = None;
    loop {
        let closing = async {
            match closes_at {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            event = events.recv() => event,
            () = closing => {
                closes_at = None;
                part.publisher.close().await;
                continue;
            }
        };
        match event {
            None | Some(peer::Event::Closed) => break,
            Some(peer::Event::Connected) => {
                closes_at = None;
                let _ = part.tell.send(Happened::Connected);
            }
            Some(peer::Event::Disconnected) => closes_at = Some(tokio::time::Instant::now() + DISCONNECTED),
            Some(peer::Event::Failed) => part.publisher.close().await,
            Some(peer::Event::Formats(formats)) => recorder = part.begin(&formats).await,
            Some(peer::Event::Item(item)) => {
                part.record(recorder.as_ref(), &item, &mut failed);
                if item.track() == Track::Audio && !matches!(item, Item::End(_)) {
                    part.thread.tell(Command::OtherItem(item));
                }
            }
        }
    }
    part.finish(recorder).await;
}

impl Part {
    /// Creates the recorder; `None` when another part has taken over, or the file cannot be created.
    async fn begin(&self, formats: &Formats) -> Option<Recorder> {
        if !self.coding.begin(self.n, formats.video.as_ref().and_then(VideoCodec::of)) {
            return None;
        }
        self.thread.tell(Command::OtherBegins(formats.clone()));
        match recorder(&self.file, formats).await {
            Ok(recorder) => {
                let _ = self.tell.send(Happened::Recording(recorder.written()));
                Some(recorder)
            }
            Err(error) => {
                tracing::error!(%error, "the interviewer's recording cannot be created");
                None
            }
        }
    }

    /// Records an item. After a failure nothing more is recorded of this part; what was written is kept.
    fn record(&self, recorder: Option<&Recorder>, item: &Item, failed: &mut bool) {
        // The interviewer may go on with another part.
        if matches!(item, Item::End(_)) {
            return;
        }
        if let Some(recorder) = recorder
            && let Err(error) = recorder.push(item)
            && !std::mem::replace(failed, true)
        {
            tracing::error!(%error, "the interviewer's recording cannot be written");
        }
    }

    async fn finish(self, recorder: Option<Recorder>) {
        self.thread.tell(Command::OtherEnds);
        let stats = self.publisher.stats();
        tracing::info!(
            part = self.n,
            video_packets = stats.video.packets,
            video_packets_lost = stats.video.lost,
            audio_packets = stats.audio.packets,
            audio_packets_lost = stats.audio.lost,
            items_lost = stats.items_lost,
            "an interviewer's publishing has ended"
        );
        let Some(recorder) = recorder else { return };
        match tokio::task::spawn_blocking(move || recorder.finish()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "the end of the interviewer's recording cannot be written; the rest is kept");
            }
            Err(error) => tracing::error!(%error, "the interviewer's recorder failed; what it wrote is kept"),
        }
    }
}
