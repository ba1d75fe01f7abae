//! Writes the final recording: the parts joined on one timeline, with the duration, the cues (the index of WebM) in
//! front, and a seek head.
//!
//! Stamps and payloads are those of the parts, so the final file holds what the engine analyzed. Stretches without
//! audio are filled with marked silence for players (see [`packet::fillers`]); the file path reads the marked packets
//! as gaps.

use super::ebml::{Buffer, id};
use super::scan::{self, Block};
use super::webm::{self, Tracks, Video};
use super::{Error, ebml};
use crate::item::{Track, VideoCodec};
use crate::packet;
use bytes::Bytes;
use coach_core::MediaTime;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The properties of a final recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finalised {
    /// The end of the last unit.
    pub duration: MediaTime,
    /// How the video is coded; VP8 where there is none.
    pub codec: VideoCodec,
    /// The length of the file.
    pub bytes: u64,
    /// Access units in the file, without fillers.
    pub units: u64,
    /// Units that lie before the end of an earlier part. Parts must not overlap; where they do, units of the later one
    /// are dropped, as is video that is coded otherwise than the first.
    pub dropped: u64,
}

/// The longest stretch without audio that is filled, milliseconds.
const MOST_FILLED_MS: i64 = 3_600_000;

/// Where the payload of a block comes from.
enum Payload {
    Part { file: usize, block: Block },
    Filler(Bytes),
}

/// A block of the final file.
struct Entry {
    track: Track,
    t: MediaTime,
    key: bool,
    payload: Payload,
}

impl Entry {
    /// Returns the length of the payload, bytes.
    fn length(&self) -> usize {
        match &self.payload {
            Payload::Part { block, .. } => block.length as usize,
            Payload::Filler(bytes) => bytes.len(),
        }
    }
}

/// A cluster of the final file: its entries, and its length with its head.
struct Plan {
    t: MediaTime,
    entries: std::ops::Range<usize>,
    inside: u64,
    /// The track of the cluster's cue point. `None`: players cannot start here.
    cue: Option<Track>,
}

/// Joins the parts, each shifted by its offset, into a file at `out`, and makes it durable. A part whose stamps are on
/// the session's timeline already is not shifted. Parts that are empty or cut are used as far as they can be read.
/// A recording holds one coding of video: that of a later part in another one is dropped.
///
/// Reads each part twice, and keeps about 100 bytes in memory for each unit.
///
/// # Errors
/// [`Error::Empty`]: no part holds a unit. Others: a part cannot be read, or the file cannot be written.
pub fn finalise(parts: &[(PathBuf, MediaTime)], out: &Path) -> Result<Finalised, Error> {
    let mut files = Vec::new();
    let (mut entries, mut tracks, mut end, mut dropped) = (Vec::new(), Tracks::default(), MediaTime::ZERO, 0);
    let mut scans = Vec::new();
    for (path, offset) in parts {
        let mut blocks = scan::scan(path)?;
        blocks.blocks.sort_by_key(|block| block.t);
        // Stamps that begin at or after the offset are on the session's timeline already.
        let shift = match blocks.blocks.first() {
            Some(first) if first.t >= *offset => 0,
            _ => offset.ms(),
        };
        scans.push((path, blocks, shift));
    }
    scans.sort_by_key(|(_, scan, shift)| scan.blocks.first().map(|first| first.t + *shift));
    let mut gaps = AudioGaps::default();
    for (path, scan, shift) in scans {
        let wrong = |source| Error::Read { path: path.clone(), source };
        let mut file = File::open(path).map_err(wrong)?;
        let spoken = [gaps.spoken(Track::Video), gaps.spoken(Track::Audio)];
        for block in scan.blocks {
            let t = block.t + shift;
            if t < spoken[block.track as usize] || t < MediaTime::ZERO {
                dropped += 1;
                continue;
            }
            let mut samples = 0;
            match block.track {
                Track::Audio => {
                    let bytes = scan::payload(&mut file, &block).map_err(wrong)?;
                    samples = packet::opus_samples(&bytes).unwrap_or(0);
                    if tracks.audio.is_none() {
                        tracks.audio = Some(scan.channels.unwrap_or(2));
                    }
                }
                Track::Video if tracks.video.is_none() => {
                    let bytes = scan::payload(&mut file, &block).map_err(wrong)?;
                    let told = Video::of_block(scan.codec, &bytes);
                    tracks.video = Some(told.unwrap_or_else(|| Video::unknown(scan.codec)));
                }
                Track::Video if tracks.codec() != scan.codec => {
                    dropped += 1;
                    continue;
                }
                Track::Video => {}
            }
            gaps.fill(block.track, t, samples, &mut entries);
            end = end.max(gaps.end(block.track));
            let payload = Payload::Part { file: files.len(), block };
            entries.push(Entry { track: block.track, t, key: block.key, payload });
        }
        files.push((file, path));
    }
    if entries.is_empty() {
        return Err(Error::Empty);
    }
    let units = entries.iter().filter(|e| matches!(e.payload, Payload::Part { .. })).count() as u64;
    // A stable sort keeps the order of each track; a frame comes before the audio of the same time.
    entries.sort_by_key(|e| (e.t, e.track));
    let plans = plan(&entries);
    let head = head(&tracks, end, &plans);
    let bytes = write(out, &head, &entries, &plans, &mut files)?;
    Ok(Finalised { duration: end, codec: tracks.codec(), bytes, units, dropped })
}

/// Follows both tracks in order and fills the stretches without audio.
#[derive(Default)]
struct AudioGaps {
    video: Option<MediaTime>,
    /// The time up to which there is audio, nanoseconds.
    audio_ns: Option<i64>,
}

impl AudioGaps {
    /// Returns the end of the units so far.
    fn spoken(&self, track: Track) -> MediaTime {
        match track {
            Track::Video => self.video.map_or(MediaTime(i64::MIN), |t| t + 1),
            Track::Audio => self.audio_ns.map_or(MediaTime(i64::MIN), |ns| MediaTime::from_nanos(ns) - 10),
        }
    }

    /// Adds fillers from the end of the audio to `t`, and takes note of a unit of `samples` at 48 kHz.
    fn fill(&mut self, track: Track, t: MediaTime, samples: u32, entries: &mut Vec<Entry>) {
        if track == Track::Video {
            self.video = Some(t);
            return;
        }
        let duration_ns = i64::from(samples) * 1_000_000 / 48;
        let known = self.audio_ns.unwrap_or(t.ms() * 1_000_000);
        let from = MediaTime::from_nanos(known);
        let mut next = known;
        if t.ms() * 1_000_000 - known > duration_ns / 2 {
            // A longer stretch comes from a damaged stamp.
            let gap = (t - from).min(MOST_FILLED_MS);
            for (at, bytes) in packet::fillers(gap) {
                entries.push(Entry { track, t: from + at, key: true, payload: Payload::Filler(bytes) });
            }
            next = t.ms() * 1_000_000;
        }
        self.audio_ns = Some(next + duration_ns);
    }

    fn end(&self, track: Track) -> MediaTime {
        match track {
            Track::Video => self.video.map_or(MediaTime::ZERO, |t| t + webm::FRAME_MS),
            Track::Audio => self.audio_ns.map_or(MediaTime::ZERO, MediaTime::from_nanos),
        }
    }
}

/// Divides the entries into clusters.
fn plan(entries: &[Entry]) -> Vec<Plan> {
    let (mut clusters, mut plans, mut scratch) = (webm::Clusters::default(), Vec::<Plan>::new(), Buffer::default());
    let frames = entries.iter().any(|e| e.track == Track::Video);
    for (n, entry) in entries.iter().enumerate() {
        let (t, new) = clusters.place(entry.track, entry.t, entry.key);
        if new {
            scratch.0.clear();
            scratch.uint(id::TIMESTAMP, t.ms() as u64);
            let start = entry.key && (entry.track == Track::Video || !frames);
            let inside = scratch.0.len() as u64;
            plans.push(Plan { t, entries: n..n, inside, cue: start.then_some(entry.track) });
        }
        let Some(plan) = plans.last_mut() else { continue };
        plan.entries.end = n + 1;
        let length = entry.length() as u64;
        plan.inside += length + 4 + u64::from(ebml::size_length(length + 4)) + 1;
    }
    plans
}

/// Returns everything before the first cluster. Positions and sizes that depend on each other have a fixed length.
fn head(tracks: &Tracks, duration: MediaTime, plans: &[Plan]) -> Vec<u8> {
    let (mut info, mut entries) = (Buffer::default(), Buffer::default());
    webm::info(&mut info, Some(duration));
    webm::tracks(&mut entries, tracks);
    let seek_head_length = seek_head(0, 0, 0).0.len() as u64;
    let cues_at = seek_head_length + (info.0.len() + entries.0.len()) as u64;
    let cues_length = cues(plans, 0).0.len() as u64;
    let first = cues_at + cues_length;
    let seek_head = seek_head(seek_head_length, seek_head_length + info.0.len() as u64, cues_at);
    let segment: u64 = first + plans.iter().map(|plan| CLUSTER_HEAD + plan.inside).sum::<u64>();
    let mut out = Buffer::default();
    webm::header(&mut out, tracks.codec());
    out.id(id::SEGMENT);
    out.size8(segment);
    for part in [seek_head, info, entries, cues(plans, first)] {
        out.0.extend_from_slice(&part.0);
    }
    out.0
}

/// The length of a cluster's id and size: four and eight bytes.
const CLUSTER_HEAD: u64 = 12;

/// Returns the seek head: the positions of info, tracks and cues, counted from the start of the segment's data.
fn seek_head(info: u64, tracks: u64, cues: u64) -> Buffer {
    let mut out = Buffer::default();
    out.master(id::SEEK_HEAD, |e| {
        for (id, position) in [(id::INFO, info), (id::TRACKS, tracks), (id::CUES, cues)] {
            e.master(id::SEEK, |e| {
                e.bytes(id::SEEK_ID, &id.to_be_bytes());
                e.uint8(id::SEEK_POSITION, position);
            });
        }
    });
    out
}

/// Returns the cues, the positions where players can start. `first` is the position of the first cluster.
fn cues(plans: &[Plan], first: u64) -> Buffer {
    let mut out = Buffer::default();
    out.master(id::CUES, |e| {
        let mut position = first;
        for plan in plans {
            if let Some(track) = plan.cue {
                e.master(id::CUE_POINT, |e| {
                    e.uint(id::CUE_TIME, plan.t.ms() as u64);
                    e.master(id::CUE_TRACK_POSITIONS, |e| {
                        e.uint(id::CUE_TRACK, webm::number(track).into());
                        e.uint8(id::CUE_CLUSTER_POSITION, position);
                    });
                });
            }
            position += CLUSTER_HEAD + plan.inside;
        }
    });
    out
}

fn write(
    out: &Path,
    head: &[u8],
    entries: &[Entry],
    plans: &[Plan],
    files: &mut [(File, &PathBuf)],
) -> Result<u64, Error> {
    let wrong = |source: io::Error| Error::Write { path: out.to_path_buf(), source };
    let mut file = BufWriter::with_capacity(1 << 18, File::create(out).map_err(wrong)?);
    let mut bytes = head.len() as u64;
    file.write_all(head).map_err(wrong)?;
    let mut buffer = Buffer::default();
    for plan in plans {
        buffer.0.clear();
        buffer.id(id::CLUSTER);
        buffer.size8(plan.inside);
        buffer.uint(id::TIMESTAMP, plan.t.ms() as u64);
        for entry in &entries[plan.entries.clone()] {
            webm::block_head(&mut buffer, entry.track, plan.t, entry.t, entry.key, entry.length());
            match &entry.payload {
                Payload::Filler(filler) => buffer.0.extend_from_slice(filler),
                Payload::Part { file, block } => {
                    let (file, path) = &mut files[*file];
                    let read = scan::payload(file, block);
                    buffer.0.extend(read.map_err(|source| Error::Read { path: path.to_path_buf(), source })?);
                }
            }
        }
        debug_assert_eq!(buffer.0.len() as u64, CLUSTER_HEAD + plan.inside);
        file.write_all(&buffer.0).map_err(wrong)?;
        bytes += buffer.0.len() as u64;
    }
    let file = file.into_inner().map_err(|e| wrong(e.into_error()))?;
    file.sync_all().map_err(wrong)?;
    Ok(bytes)
}
