//! The file path: turns any file that GStreamer can read into the same items as the tap.
//!
//! t = 0 is the first unit that is kept, by the tap's rule: the first key frame, or the first packet of audio when no
//! key frame follows within a second; audio before t = 0 is dropped. The stamps of a recording made by this program are
//! media times already and stay as they are.

mod bytes;
mod container;
mod demux;
mod limits;
mod listener;
mod movie;
mod notice;
mod order;
mod parts;
mod queue;
mod taking;
mod tracks;
mod wave;

pub use container::{Container, Sniffed, sniff};
pub use demux::AudioTrack;
pub use limits::{Error, Limits};
pub use notice::Notice;

use crate::gaps::Gaps;
use crate::item::{AccessUnit, Format, Formats, Item, Track};
use crate::packet;
use crate::process::{self, Process};
use coach_core::MediaTime;
pub(crate) use demux::{Demux, Message, Raw, Stamps, Wanted};
use limits::{Looked, check_pixels, look};
use order::Lane;
use std::collections::VecDeque;
use std::path::Path;
use taking::Taking;

/// A file may end so much before the end that it states; more is said.
const MOST_MISSING_MS: i64 = 1000;

/// A file that is being read. The caller pulls items; another thread reads the file and waits when it is ahead.
pub struct Source {
    demux: Taking,
    limits: Limits,
    formats: Formats,
    duration: Option<MediaTime>,
    zero_ns: i64,
    lanes: [Lane; 2],
    gaps: Gaps,
    out: VecDeque<Item>,
    /// The largest stamp so far.
    end: MediaTime,
    all_read: bool,
    finished: bool,
    damage: Option<String>,
    /// The file ends in the middle of what it says it holds.
    cut: bool,
    /// Its container says how long it is; of others the length is guessed from their beginning.
    states_length: bool,
    /// Frames before t = 0 that the first frame may need, from the last key frame on.
    before: Vec<AccessUnit>,
}

impl Source {
    /// Opens a file and reads as far as needed to know its tracks.
    ///
    /// The file is read in the caller's process; files that are not trusted are opened by [`Process::open`].
    pub fn open(path: &Path, limits: Limits) -> Result<Source, Error> {
        Source::open_here(path, limits, 0)
    }

    /// As [`Source::open`], with the audio track of this place.
    pub(crate) fn open_here(path: &Path, limits: Limits, audio: usize) -> Result<Source, Error> {
        let Looked { file, length, wanted } = look(path, &limits, audio)?;
        Source::read(Taking::Here(Demux::start(file, length, wanted)?), wanted)
    }

    /// As [`Source::open_here`], the file taken apart in a process of its own.
    pub(crate) fn open_in(process: &Process, path: &Path, limits: Limits, audio: usize) -> Result<Source, Error> {
        let Looked { file, length, wanted } = look(path, &limits, audio)?;
        let demux = process::Demux::start(process, &file, length, wanted)?;
        Source::read(Taking::Away(demux), wanted)
    }

    fn read(demux: Taking, wanted: Wanted) -> Result<Source, Error> {
        let Wanted { limits, stamps, .. } = wanted;
        let mut source = Source {
            demux,
            limits,
            formats: Formats::default(),
            duration: None,
            zero_ns: 0,
            lanes: Default::default(),
            gaps: Gaps::new(),
            out: VecDeque::new(),
            end: MediaTime::ZERO,
            all_read: false,
            finished: false,
            damage: None,
            cut: false,
            states_length: matches!(
                wanted.sniffed.container,
                Container::IsoMedia | Container::Matroska | Container::Avi | Container::Wave
            ),
            before: Vec::new(),
        };
        source.lane(Track::Video).needs_key = true;
        let mut ready = false;
        while !(source.all_read || ready && source.settled()) {
            match source.demux.next() {
                Ok(Message::Ready) => ready = true,
                Ok(message) => source.take(message)?,
                // What was read before is whole.
                Err(Error::Damaged(why)) if source.lanes.iter().any(|lane| !lane.waiting.is_empty()) => {
                    source.stop(why);
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(why) = source.damage.take_if(|_| source.lanes.iter().all(|lane| lane.waiting.is_empty())) {
            return Err(Error::Damaged(why));
        }
        if source.formats == Formats::default() {
            return Err(match source.demux.unsupported() {
                Some(coding) => Error::Unsupported(coding),
                None if ready => Error::NoTracks,
                None => Error::NotMedia,
            });
        }
        if source.lanes.iter().all(|lane| lane.waiting.is_empty()) {
            return Err(Error::Damaged("it has tracks, but nothing is in them".into()));
        }
        source.zero_ns = if stamps == Stamps::Media { 0 } else { source.first_kept() };
        source.duration = source.demux.duration();
        if let Some(duration) = source.duration {
            source.check_duration(duration)?;
        }
        Ok(source)
    }

    /// Returns the formats of the tracks that are read, the first of each kind.
    pub fn formats(&self) -> &Formats {
        &self.formats
    }

    /// Returns the duration that the file states. A recording that was cut off states none.
    pub fn duration(&self) -> Option<MediaTime> {
        self.duration
    }

    /// The audio tracks that can be decoded, in the order of the file; one of them is read.
    pub fn audio_tracks(&self) -> Vec<AudioTrack> {
        self.demux.audio_tracks()
    }

    /// Returns what was wrong with the file, once its end was reached. A damaged file gives only what came before the
    /// damage.
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// What a person has to know about what was read of the file, once the end has been reached.
    pub fn notices(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        let said = self.duration.filter(|_| self.states_length);
        let short = said.filter(|said| *said - self.end > (said.ms() / 20).max(MOST_MISSING_MS));
        match (&self.damage, short) {
            (Some(why), _) => notices.push(Notice::Damaged { read: self.end, why: why.clone() }),
            (None, Some(said)) => notices.push(Notice::Short { read: self.end, said }),
            (None, None) if self.cut => notices.push(Notice::Cut { read: self.end }),
            (None, None) => {}
        }
        if let (None, Some(coding)) = (&self.formats.video, self.demux.unsupported()) {
            notices.push(Notice::Unsupported { coding });
        }
        notices
    }

    /// Returns the next item, in order of time over both tracks. `None`: both tracks have ended.
    ///
    /// A gap comes just before the unit that ends it. A damaged file ends at the damage; see [`Source::damage`].
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Item>, Error> {
        loop {
            if let Some(item) = self.out.pop_front() {
                return Ok(Some(item));
            }
            if self.finished {
                return Ok(None);
            }
            if self.all_read || self.settled() {
                match self.earliest() {
                    Some(track) => self.hand_out(track)?,
                    None => self.finish(),
                }
            } else {
                match self.demux.next() {
                    Ok(message) => self.take(message)?,
                    // What was read before the damage is whole.
                    Err(Error::Damaged(why)) => self.stop(why),
                    Err(Error::Stalled) => self.stop(Error::Stalled.to_string()),
                    Err(error) => return Err(error),
                }
            }
        }
    }

    fn lane(&mut self, track: Track) -> &mut Lane {
        &mut self.lanes[track as usize]
    }

    fn stop(&mut self, why: String) {
        self.damage = Some(why);
        self.all_read = true;
    }

    fn take(&mut self, message: Message) -> Result<(), Error> {
        match message {
            Message::Track(track, mut format) => {
                let place = match track {
                    Track::Video => &mut self.formats.video,
                    Track::Audio => &mut self.formats.audio,
                };
                if let Some(before) = place {
                    format.rotation = before.rotation;
                }
                *place = Some(format);
                self.lane(track).there = true;
            }
            Message::Turned(track, rotation) => {
                let format = match track {
                    Track::Video => &mut self.formats.video,
                    Track::Audio => &mut self.formats.audio,
                };
                if let Some(format) = format {
                    format.rotation = rotation;
                }
            }
            Message::Unit(track, mut raw) => {
                if track == Track::Video && self.formats.video.as_ref().is_some_and(|f| f.media_type() == "video/x-vp8")
                {
                    // The frame itself tells whether it is a key frame; the file may be wrong.
                    raw.key = false;
                    if let Some(packet::Vp8 { key: Some((width, height)) }) = packet::vp8(&raw.data) {
                        raw.key = true;
                        check_pixels(width, height, &self.limits)?;
                    }
                }
                if track == Track::Audio && self.formats.audio.as_ref().is_some_and(is_opus) {
                    // A filler marks a stretch without audio.
                    if packet::is_filler(&raw.data) {
                        return Ok(());
                    }
                    let Some(samples) = packet::opus_samples(&raw.data) else { return Ok(()) };
                    raw.duration_ns = i64::from(samples) * 1_000_000 / 48;
                }
                let lane = self.lane(track);
                lane.bytes += raw.data.len();
                lane.waiting.push_back(raw);
            }
            Message::Ended(track) => self.lane(track).ended = true,
            Message::Cut => self.cut = true,
            Message::End => self.all_read = true,
            Message::Ready => {}
        }
        Ok(())
    }
}

fn is_opus(format: &Format) -> bool {
    format.media_type() == "audio/x-opus"
}
