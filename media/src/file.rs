//! The file path: turns any file that GStreamer can read into the same items as the tap.
//!
//! t = 0 is the first unit that is kept, by the tap's rule: the first key frame, or the first packet of audio when no
//! key frame follows within a second; audio before t = 0 is dropped. The stamps of a recording made by this program are
//! media times already and stay as they are.

mod bytes;
mod container;
mod demux;
mod listener;
mod movie;
mod notice;
mod parts;
mod queue;
mod wave;

pub use container::{Container, Sniffed, sniff};
pub use demux::AudioTrack;
pub use notice::Notice;

use crate::gaps::{Gaps, Verdict};
use crate::item::{AccessUnit, Format, Formats, Item, Track};
use crate::process::{self, Process};
use crate::{packet, record};
use coach_core::MediaTime;
pub(crate) use demux::{Demux, Message, Raw, Stamps, Wanted};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How long audio waits for a key frame that could be t = 0, nanoseconds.
const KEY_FRAME_WITHIN_NS: i64 = 1_000_000_000;

/// How far one track may be ahead of the other before it is no longer held back, nanoseconds: badly interleaved tracks
/// come out of order instead of filling the memory.
const AHEAD_NS: i64 = 5_000_000_000;
const AHEAD_BYTES: usize = 64 << 20;

/// A file may end so much before the end that it states; more is said.
const MOST_MISSING_MS: i64 = 1000;

/// The number of units a track may have before its rate is judged.
const LEEWAY: u64 = 1000;

/// The limits of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The length of the file.
    pub bytes: u64,
    /// Width times height of a frame.
    pub pixels: u32,
    /// The media time.
    pub duration: MediaTime,
    /// The number of tracks of any kind.
    pub streams: usize,
    /// Frames per second of media, on average.
    pub frames_hz: u32,
    /// Packets of audio per second of media, on average.
    pub packets_hz: u32,
}

impl Default for Limits {
    /// Returns 8 GiB, 4096 x 2304, 4 hours, 16 tracks, the 240 frames per second of slow motion with a margin, and four
    /// times the rate of the shortest packets of Opus.
    fn default() -> Self {
        Limits {
            bytes: 8 << 30,
            pixels: 4096 * 2304,
            duration: MediaTime(4 * 3_600_000),
            streams: 16,
            frames_hz: 300,
            packets_hz: 1600,
        }
    }
}

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    #[error("the file is empty")]
    Empty,
    #[error("this is not a video or audio file")]
    NotMedia,
    #[error("the file has neither video nor audio that could be analyzed")]
    NoTracks,
    #[error("the file is encrypted; only files without copy protection can be analyzed")]
    Encrypted,
    #[error("the file's coding is not supported here: {0}")]
    Unsupported(String),
    #[error("the file is damaged: {0}")]
    Damaged(String),
    #[error("the file is over the limit: {what} {is}, at most {most}")]
    Limit { what: &'static str, is: String, most: String },
    #[error("reading the file does not get on; it is probably damaged")]
    Stalled,
    /// The data broke the process that read it, or the machine ended that process.
    #[error("the process that read the file ended: {0}")]
    Ended(String),
}

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

/// The place where the file is read.
enum Taking {
    Here(Demux),
    Away(process::Demux),
}

impl Taking {
    fn next(&mut self) -> Result<Message, Error> {
        match self {
            Taking::Here(demux) => demux.next(),
            Taking::Away(demux) => demux.next(),
        }
    }

    fn unsupported(&self) -> Option<String> {
        match self {
            Taking::Here(demux) => demux.unsupported(),
            Taking::Away(demux) => demux.unsupported(),
        }
    }

    fn duration(&self) -> Option<MediaTime> {
        match self {
            Taking::Here(demux) => demux.duration(),
            Taking::Away(demux) => demux.duration(),
        }
    }

    fn audio_tracks(&self) -> Vec<AudioTrack> {
        match self {
            Taking::Here(demux) => demux.audio_tracks(),
            Taking::Away(demux) => demux.audio_tracks(),
        }
    }
}

/// The units of a track that were read and not handed out yet.
#[derive(Debug, Default)]
struct Lane {
    there: bool,
    ended: bool,
    bytes: usize,
    waiting: VecDeque<Raw>,
    /// Units that were handed out.
    count: u64,
    /// The next frame can only be decoded if it is a key frame.
    needs_key: bool,
    /// The duration of the last unit, for units that state none, nanoseconds.
    duration_ns: i64,
}

impl Lane {
    fn ahead(&self) -> bool {
        let span = match (self.waiting.front(), self.waiting.back()) {
            (Some(first), Some(last)) => last.order_ns.saturating_sub(first.order_ns),
            _ => 0,
        };
        span > AHEAD_NS || self.bytes > AHEAD_BYTES
    }

    fn pop(&mut self) -> Option<Raw> {
        let mut raw = self.waiting.pop_front()?;
        self.bytes -= raw.data.len();
        self.count += 1;
        if raw.duration_ns <= 0 {
            let step = self.waiting.front().map_or(0, |next| next.pts_ns.saturating_sub(raw.pts_ns));
            raw.duration_ns = if (1..200_000_000).contains(&step) { step } else { self.duration_ns };
        }
        self.duration_ns = raw.duration_ns;
        Some(raw)
    }
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

    /// Returns whether the next unit is known: each track has one, has ended, or is too far behind to be waited for.
    fn settled(&self) -> bool {
        let waited_for = |lane: &Lane| lane.there && !lane.ended && lane.waiting.is_empty();
        !self.lanes.iter().any(waited_for) || self.lanes.iter().any(Lane::ahead)
    }

    fn earliest(&self) -> Option<Track> {
        let order = |track: Track| self.lanes[track as usize].waiting.front().map(|raw| raw.order_ns);
        match (order(Track::Video), order(Track::Audio)) {
            (Some(video), Some(audio)) if audio < video => Some(Track::Audio),
            (Some(_), _) => Some(Track::Video),
            (None, Some(_)) => Some(Track::Audio),
            (None, None) => None,
        }
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

    /// Returns where t = 0 is on the file's timeline, nanoseconds.
    fn first_kept(&self) -> i64 {
        let [video, audio] = &self.lanes;
        // Frames before the beginning are decoded for the sake of the first that is shown.
        let frame = video.waiting.iter().find(|raw| raw.key).map(|raw| raw.pts_ns.max(0));
        let audio = audio.waiting.front().map(|raw| raw.pts_ns.max(0));
        match (frame, audio) {
            (Some(frame), Some(audio)) if frame - audio > KEY_FRAME_WITHIN_NS => audio,
            (Some(frame), _) => frame,
            (None, audio) => audio.unwrap_or(0),
        }
    }

    fn hand_out(&mut self, track: Track) -> Result<(), Error> {
        let zero_ns = self.zero_ns;
        let Some(raw) = self.lane(track).pop() else { return Ok(()) };
        let at = |ns: i64| MediaTime::from_nanos(ns.saturating_sub(zero_ns));
        let (t, order) = (at(raw.pts_ns), at(raw.order_ns));
        let lane = &mut self.lanes[track as usize];
        if t < MediaTime::ZERO {
            lane.count -= 1;
            if track == Track::Video {
                self.keep_before(AccessUnit { t, key: raw.key, data: raw.data });
            }
            return Ok(());
        }
        self.check_rate(track, order)?;
        if track == Track::Video && !self.before.is_empty() {
            let needed = !raw.key;
            let before = std::mem::take(&mut self.before);
            if needed {
                self.out.extend(before.into_iter().map(|unit| Item::Unit(track, unit)));
                self.lane(track).needs_key = false;
            }
        }
        let lane = &mut self.lanes[track as usize];
        if lane.needs_key && !raw.key {
            return Ok(());
        }
        let out = &mut self.out;
        let verdict = match track {
            Track::Video => self.gaps.video(t, order, &mut |gap| out.push_back(gap)),
            Track::Audio => self.gaps.audio(t, raw.duration_ns, &mut |gap| out.push_back(gap)),
        };
        lane.needs_key = track == Track::Video && verdict == Verdict::Late;
        if verdict == Verdict::Late {
            return Ok(());
        }
        self.end = self.end.max(t);
        self.out.push_back(Item::Unit(track, AccessUnit { t, key: raw.key, data: raw.data }));
        self.check_duration(t)
    }

    /// Keeps a frame before t = 0 for the first that is shown. A key frame makes those before it needless.
    fn keep_before(&mut self, unit: AccessUnit) {
        if unit.key {
            self.before.clear();
        }
        let bytes: usize = self.before.iter().map(|unit| unit.data.len()).sum();
        if (unit.key || !self.before.is_empty()) && bytes + unit.data.len() <= AHEAD_BYTES {
            self.before.push(unit);
        }
    }

    fn finish(&mut self) {
        self.finished = true;
        for track in [Track::Video, Track::Audio] {
            if self.formats.of(track).is_some() {
                let out = &mut self.out;
                self.gaps.finish(track, self.end, &mut |gap| out.push_back(gap));
                self.out.push_back(Item::End(track));
            }
        }
    }

    /// Refuses a track with more units per second than the limits allow: a small file can hold a billion frames within
    /// a second.
    fn check_rate(&self, track: Track, order: MediaTime) -> Result<(), Error> {
        let (what, most) = match track {
            Track::Video => ("its frames per second are", self.limits.frames_hz),
            Track::Audio => ("its packets of audio per second are", self.limits.packets_hz),
        };
        let (count, ms) = (self.lanes[track as usize].count, order.ms().max(1).unsigned_abs());
        if count <= LEEWAY + u64::from(most) * ms / 1000 {
            return Ok(());
        }
        Err(Error::Limit { what, is: (count * 1000 / ms).to_string(), most: most.to_string() })
    }

    fn check_duration(&self, t: MediaTime) -> Result<(), Error> {
        if t <= self.limits.duration {
            return Ok(());
        }
        Err(Error::Limit { what: "it lasts", is: t.to_string(), most: self.limits.duration.to_string() })
    }
}

fn is_opus(format: &Format) -> bool {
    format.media_type() == "audio/x-opus"
}

fn check_pixels(width: u32, height: u32, limits: &Limits) -> Result<(), Error> {
    if u64::from(width) * u64::from(height) <= u64::from(limits.pixels) {
        return Ok(());
    }
    Err(Error::Limit {
        what: "its frames have",
        is: format!("{width} x {height} pixels"),
        most: format!("{} pixels", limits.pixels),
    })
}

/// A file that passed the first checks.
struct Looked {
    file: File,
    length: u64,
    wanted: Wanted,
}

/// Checks the file before GStreamer reads it.
fn look(path: &Path, limits: &Limits, audio: usize) -> Result<Looked, Error> {
    let wrong = |source| Error::Read { path: path.to_path_buf(), source };
    // Checked first: opening a named pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(wrong)?.is_file() {
        return Err(Error::NotAFile(path.to_path_buf()));
    }
    let file = File::open(path).map_err(wrong)?;
    let length = file.metadata().map_err(wrong)?.len();
    if length == 0 {
        return Err(Error::Empty);
    }
    if length > limits.bytes {
        let mb = |bytes: u64| format!("{} MB", bytes >> 20);
        return Err(Error::Limit { what: "it has", is: mb(length), most: mb(limits.bytes) });
    }
    let sniffed = sniff(&file, length).map_err(wrong)?.ok_or(Error::NotMedia)?;
    let mut head = Vec::new();
    (&file).take(4096).read_to_end(&mut head).map_err(wrong)?;
    let ours = sniffed.container == Container::Matroska
        && head.windows(record::APP.len()).any(|w| w == record::APP.as_bytes());
    let stamps = if ours { Stamps::Media } else { Stamps::File };
    Ok(Looked { file, length, wanted: Wanted { sniffed, stamps, limits: *limits, audio } })
}
