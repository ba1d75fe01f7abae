//! What the movie box of an MP4 or MOV file says that GStreamer 1.22 gets wrong: edit lists, and the byte order of samples.
//!
//! GStreamer's demuxer shows what an edit list cuts away, and drops as much audio at the end. So the lists are read here
//! (ISO/IEC 14496-12 section 8.6.6) and hidden from the demuxer, which then gives plain media times.

use super::bytes::read_at;
use coach_core::MediaTime;
use std::fs::File;
use std::io;

/// The longest movie box that is read, in bytes: the tables of four hours take a few megabytes.
const MOST_MOVIE: u64 = 64 << 20;
/// The most boxes that are walked through at the top of a file in search of the movie.
const MOST_BOXES: usize = 4096;
/// The most edits of one track.
const MOST_EDITS: usize = 1024;
/// The most tracks that are read.
const MOST_TRACKS: usize = 64;

/// What the movie box says.
#[derive(Debug, Default, PartialEq)]
pub struct Movie {
    pub tracks: Vec<MovieTrack>,
    /// Where the file's bytes are to be replaced before the demuxer reads them.
    pub hidden: Vec<(u64, [u8; 4])>,
    /// The file ends within a box at its top.
    pub cut: bool,
    /// How long the movie says that it is, where the demuxer is told another length.
    pub shown: Option<MediaTime>,
}

/// One track of a movie.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MovieTrack {
    pub id: u32,
    pub timeline: Timeline,
    /// Its samples are linear and begin with the lowest byte, where the coding's name says the opposite.
    pub little_endian: bool,
}

/// How media times of a track become times of the presentation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    /// In order of both times; none: the media is shown from its beginning.
    pub edits: Vec<Edit>,
    /// By how much the demuxer's presentation times are later than the media's, in nanoseconds.
    pub late_ns: i64,
}

/// A stretch of media that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// When it is shown, in nanoseconds of the presentation.
    pub at_ns: i64,
    /// Where it begins in the media, in nanoseconds.
    pub from_ns: i64,
    /// How long it is, in nanoseconds; `None`: up to the end of the media.
    pub length_ns: Option<i64>,
}

/// When a unit is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At this time, in nanoseconds.
    Shown(i64),
    /// Never, but what is shown first may need it; a negative time in nanoseconds.
    Before(i64),
    /// Never.
    Out,
}

impl Timeline {
    /// Returns when a unit of this time is shown, in nanoseconds as the demuxer tells them.
    pub fn place(&self, pts_ns: i64) -> Place {
        let t = pts_ns.saturating_sub(self.late_ns);
        let Some(first) = self.edits.first() else { return Place::Shown(t) };
        if t < first.from_ns {
            return Place::Before(t.saturating_sub(first.from_ns));
        }
        let inside = |edit: &&Edit| {
            t >= edit.from_ns && edit.length_ns.is_none_or(|length| t < edit.from_ns.saturating_add(length))
        };
        match self.edits.iter().find(inside) {
            Some(edit) => Place::Shown(edit.at_ns.saturating_add(t - edit.from_ns)),
            None => Place::Out,
        }
    }
}

/// Reads the movie of a file of `length` bytes; an empty one where there is none that can be read.
///
/// # Errors
/// The file cannot be read.
pub fn read(file: &File, length: u64) -> io::Result<Movie> {
    let mut movie = Movie::default();
    let mut position = 0;
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        let filled = read_at(file, &mut head, position)?;
        let Some((kind, size, inside)) = box_head(&head[..filled], length - position) else { break };
        if position.checked_add(size).is_none_or(|end| end > length) {
            movie.cut = true;
            break;
        }
        if kind == *b"moov" && size <= MOST_MOVIE && movie.tracks.is_empty() {
            let mut bytes = vec![0; (size - inside) as usize];
            let filled = read_at(file, &mut bytes, position + inside)?;
            bytes.truncate(filled);
            moov(&bytes, position + inside, &mut movie);
        }
        position += size;
        if position >= length {
            break;
        }
    }
    Ok(movie)
}

/// The kind of a box, its size with its head, and the length of its head. `room`: bytes up to the end of what holds it.
fn box_head(bytes: &[u8], room: u64) -> Option<([u8; 4], u64, u64)> {
    let (size, kind) = (u32_at(bytes, 0)?, *bytes.get(4..8)?.first_chunk::<4>()?);
    let (size, inside) = match size {
        0 => (room, 8),
        1 => (u64_at(bytes, 8)?, 16),
        size => (u64::from(size), 8),
    };
    (size >= inside).then_some((kind, size, inside))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|b| u32::from_be_bytes(*b))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|b| u64::from_be_bytes(*b))
}

/// The boxes in `bytes`: kind, what is inside, and where that begins. What does not fit ends them.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8], usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let (kind, size, inside) = box_head(rest, rest.len() as u64)?;
        let (size, inside) = (usize::try_from(size).ok()?, inside as usize);
        let begins = at + inside;
        let body = rest.get(inside..size)?;
        at += size;
        Some((kind, body, begins))
    })
}

fn child<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| boxes(bytes).find(|(k, ..)| k == *kind).map(|(_, body, _)| body))
}

/// The units per second of a movie's or a track's times.
fn timescale(header: &[u8]) -> Option<u32> {
    let at = if header.first()? == &1 { 20 } else { 12 };
    u32_at(header, at).filter(|scale| *scale > 0)
}

fn moov(bytes: &[u8], position: u64, movie: &mut Movie) {
    let Some((header, header_at)) = boxes(bytes).find(|(kind, ..)| kind == b"mvhd").map(|(_, b, at)| (b, at)) else {
        return;
    };
    let Some(scale) = timescale(header) else { return };
    let mut longest_ns = 0;
    for (_, body, begins) in boxes(bytes).filter(|(kind, ..)| kind == b"trak").take(MOST_TRACKS) {
        let Some((track, edits)) = trak(body, scale) else { continue };
        longest_ns = longest_ns.max(media_ns(body).unwrap_or(0));
        if let Some(edits) = edits {
            // The four bytes of its kind.
            movie.hidden.push((position + (begins + edits - 4) as u64, *b"free"));
        }
        movie.tracks.push(track);
    }
    // Without edits the demuxer reads media for as long as the movie is, which is less where something was cut away.
    let long = header.first() == Some(&1);
    let said = if long { u64_at(header, 24) } else { u32_at(header, 16).map(u64::from) };
    let Some(said) = said.filter(|said| *said > 0 && *said < u64::from(u32::MAX)) else { return };
    let said_ns = nanos(said.cast_signed(), scale);
    let longest = longest_ns.max(0).cast_unsigned() as u128 * u128::from(scale) / 1_000_000_000 + 1;
    if !movie.hidden.is_empty() && longest_ns > said_ns && longest < u128::from(u32::MAX) {
        let at = position + (header_at + if long { 28 } else { 16 }) as u64;
        movie.hidden.push((at, (longest as u32).to_be_bytes()));
        movie.shown = Some(MediaTime::from_nanos(said_ns));
    }
}

/// How long the media of a track is, in nanoseconds.
fn media_ns(track: &[u8]) -> Option<i64> {
    let header = child(track, &[b"mdia", b"mdhd"])?;
    let length = if header.first()? == &1 { u64_at(header, 24)? } else { u64::from(u32_at(header, 16)?) };
    Some(nanos(i64::try_from(length).ok()?, timescale(header)?))
}

/// A track, and where its edits begin.
fn trak(bytes: &[u8], movie_scale: u32) -> Option<(MovieTrack, Option<usize>)> {
    let header = child(bytes, &[b"tkhd"])?;
    let id = u32_at(header, if header.first()? == &1 { 20 } else { 12 })?;
    let scale = timescale(child(bytes, &[b"mdia", b"mdhd"])?)?;
    let table = child(bytes, &[b"mdia", b"minf", b"stbl"])?;
    let mut track = MovieTrack { id, timeline: Timeline::default(), little_endian: little_endian(table) };
    track.timeline.late_ns = nanos(i64::from(composition_shift(table)), scale);
    let Some((_, edits, begins)) = boxes(bytes).find(|(kind, ..)| kind == b"edts") else { return Some((track, None)) };
    track.timeline.edits = edit_list(child(edits, &[b"elst"])?, movie_scale, scale)?;
    Some((track, Some(begins)))
}

fn nanos(time: i64, scale: u32) -> i64 {
    i64::try_from(i128::from(time) * 1_000_000_000 / i128::from(scale)).unwrap_or(i64::MAX / 4)
}

/// The stretches of an edit list; `None` where it repeats media or goes back, which one reading of the file cannot show.
fn edit_list(list: &[u8], movie_scale: u32, scale: u32) -> Option<Vec<Edit>> {
    let long = *list.first()? == 1;
    let (count, width) = (u32_at(list, 4)? as usize, if long { 20 } else { 12 });
    let (mut edits, mut at_ns) = (Vec::<Edit>::new(), 0i64);
    for entry in list.get(8..)?.chunks_exact(width).take(count.min(MOST_EDITS)) {
        let (duration, from) = if long {
            (i64::try_from(u64_at(entry, 0)?).ok()?, u64_at(entry, 8)?.cast_signed())
        } else {
            (i64::from(u32_at(entry, 0)?), i64::from(u32_at(entry, 4)?.cast_signed()))
        };
        let length_ns = nanos(duration, movie_scale);
        // An empty edit: nothing is shown for so long.
        if from >= 0 {
            let from_ns = nanos(from, scale);
            if edits
                .last()
                .is_some_and(|last| last.length_ns.is_none_or(|l| last.from_ns.saturating_add(l) > from_ns + 1))
            {
                return None;
            }
            edits.push(Edit { at_ns, from_ns, length_ns: (duration > 0).then_some(length_ns) });
        }
        at_ns = at_ns.checked_add(length_ns)?;
    }
    (!edits.is_empty()).then_some(edits)
}

/// By how much the demuxer moves presentation times so that none is before its decoding time, in units of the media.
fn composition_shift(table: &[u8]) -> i32 {
    if let Some(said) = child(table, &[b"cslg"]).and_then(|cslg| u32_at(cslg, 4)) {
        return said.cast_signed();
    }
    let Some(offsets) = child(table, &[b"ctts"]).and_then(|ctts| ctts.get(8..)) else { return 0 };
    let least = offsets.chunks_exact(8).filter_map(|entry| u32_at(entry, 4)).map(u32::cast_signed).min().unwrap_or(0);
    least.min(0).saturating_neg()
}

/// Whether the first coding of a track is one of QuickTime's linear ones with the lowest byte first.
fn little_endian(table: &[u8]) -> bool {
    let Some(entries) = child(table, &[b"stsd"]).and_then(|stsd| stsd.get(8..)) else { return false };
    let Some((kind, entry, _)) = boxes(entries).next() else { return false };
    if !matches!(&kind, b"fl32" | b"fl64" | b"in24" | b"in32") {
        return false;
    }
    // Reserved and version take ten bytes, the fields of version 0 eighteen more; version 1 adds sixteen.
    let inside = match entry.get(8..10) {
        Some([0, 0]) => 28,
        Some([0, 1]) => 44,
        _ => return false,
    };
    let order = entry.get(inside..).and_then(|rest| child(rest, &[b"wave", b"enda"]).or(child(rest, &[b"enda"])));
    order.and_then(|order| order.get(..2)) == Some(&[0, 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }

    fn words(words: &[i32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A movie with one track of 1000 units a second, whose edits are given as duration and media time.
    fn with_edits(edits: &[(i32, i32)], table: &[u8]) -> Vec<u8> {
        let list: Vec<i32> = edits.iter().flat_map(|(duration, from)| [*duration, *from, 0x10000]).collect();
        let elst = boxed(b"elst", &[words(&[0, edits.len() as i32]), words(&list)].concat());
        let trak = [
            boxed(b"tkhd", &words(&[1, 0, 0, 7, 0, 0])),
            boxed(b"edts", &elst),
            boxed(
                b"mdia",
                &[boxed(b"mdhd", &words(&[0, 0, 0, 1000])), boxed(b"minf", &boxed(b"stbl", table))].concat(),
            ),
        ];
        let moov = [boxed(b"mvhd", &words(&[0, 0, 0, 600])), boxed(b"trak", &trak.concat())].concat();
        [boxed(b"ftyp", b"qt  \0\0\0\0qt  "), boxed(b"moov", &moov)].concat()
    }

    fn of(bytes: &[u8]) -> Movie {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        read(&file, bytes.len() as u64).unwrap()
    }

    const S: i64 = 1_000_000_000;

    #[test]
    fn what_an_edit_list_cuts_away_is_not_shown() {
        let bytes = with_edits(&[(600, -1), (1200, 3300)], &[]);
        let movie = of(&bytes);
        let track = &movie.tracks[0];
        assert_eq!(track.id, 7);
        assert_eq!(track.timeline.place(0), Place::Before(-3_300_000_000));
        assert_eq!(track.timeline.place(3_300_000_000), Place::Shown(S), "one second is empty");
        assert_eq!(track.timeline.place(4 * S), Place::Shown(1_700_000_000));
        assert_eq!(track.timeline.place(5_300_000_000), Place::Out);
        let [(at, kind)] = movie.hidden[..] else { panic!("{movie:?}") };
        assert_eq!((&bytes[at as usize..at as usize + 4], &kind), (&b"edts"[..], b"free"));
    }

    #[test]
    fn several_stretches_are_shown_one_after_the_other() {
        let track = of(&with_edits(&[(600, 0), (0, 5000)], &[])).tracks[0].clone();
        assert_eq!(track.timeline.place(999_000_000), Place::Shown(999_000_000));
        assert_eq!(track.timeline.place(2 * S), Place::Out);
        assert_eq!(track.timeline.place(6 * S), Place::Shown(2 * S));
    }

    #[test]
    fn a_list_that_goes_back_is_left_to_the_demuxer() {
        let movie = of(&with_edits(&[(600, 5000), (600, 0)], &[]));
        assert!(movie.hidden.is_empty() && movie.tracks.is_empty());
    }

    #[test]
    fn times_that_the_demuxer_moves_are_moved_back() {
        let ctts = boxed(b"ctts", &words(&[0x0100_0000, 2, 1, -200, 1, 400]));
        let track = of(&with_edits(&[(600, 0)], &ctts)).tracks[0].clone();
        assert_eq!(track.timeline.place(200_000_000), Place::Shown(0));
    }

    #[test]
    fn the_byte_order_of_samples_is_read() {
        let entry = |order: i16| {
            let wave = boxed(b"wave", &boxed(b"enda", &order.to_be_bytes()));
            let sound = [&[0; 8][..], &[0, 1], &[0; 34], &wave].concat();
            boxed(b"stsd", &[words(&[0, 1]), boxed(b"fl32", &sound)].concat())
        };
        assert!(of(&with_edits(&[(600, 0)], &entry(1))).tracks[0].little_endian);
        assert!(!of(&with_edits(&[(600, 0)], &entry(0))).tracks[0].little_endian);
    }

    #[test]
    fn hostile_boxes_are_read_without_harm() {
        let whole = with_edits(&[(600, -1), (i32::MAX, i32::MAX)], &boxed(b"ctts", &words(&[0, -1, 1, i32::MIN])));
        for cut in 0..whole.len() {
            of(&whole[..cut]);
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                for track in of(&bytes).tracks {
                    for t in [i64::MIN, -1, 0, 1, i64::MAX] {
                        track.timeline.place(t);
                    }
                }
            }
        }
        assert!(of(&whole[..whole.len() - 3]).cut);
    }
}
