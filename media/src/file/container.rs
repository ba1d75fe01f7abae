//! Recognizes the container of a file by its bytes alone; names and media types are ignored.
//!
//! Nothing is guessed. Text, playlists, manifests, scripts, archives and still images are never recognized, whatever
//! comes before them. A file that only begins like a container is refused where its own sizes contradict it.

use super::bytes::read_at;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The containers and elementary streams that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Container {
    /// MP4, MOV, M4A, 3GP (ISO/IEC 14496-12 and QuickTime).
    IsoMedia,
    /// MKV and WebM (RFC 9559).
    Matroska,
    /// RIFF WAVE, also as RF64.
    Wave,
    /// RIFF AVI.
    Avi,
    /// Ogg (RFC 3533).
    Ogg,
    /// MPEG transport stream (ISO/IEC 13818-1), also with the 4-byte prefix of camcorders.
    TransportStream,
    /// MPEG program stream (ISO/IEC 13818-1).
    ProgramStream,
    /// Flash video.
    Flv,
    /// AIFF and AIFF-C.
    Aiff,
    /// Sun and NeXT audio.
    Au,
    /// FLAC without a container (RFC 9639).
    Flac,
    /// MPEG audio frames, layers 1 to 3.
    MpegAudio,
    /// AAC in ADTS frames.
    Adts,
    /// AMR, narrow or wide band (RFC 4867, section 5).
    Amr,
}

impl Container {
    /// Every container once.
    pub(crate) const ALL: [Container; 14] = [
        Container::IsoMedia,
        Container::Matroska,
        Container::Wave,
        Container::Avi,
        Container::Ogg,
        Container::TransportStream,
        Container::ProgramStream,
        Container::Flv,
        Container::Aiff,
        Container::Au,
        Container::Flac,
        Container::MpegAudio,
        Container::Adts,
        Container::Amr,
    ];
}

/// The container of a file and the length of the tags before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sniffed {
    pub container: Container,
    /// Where the container begins, bytes from the start of the file.
    pub start: u64,
}

/// How much of the beginning is read, bytes.
const HEAD: usize = 4096;

/// The most boxes that are followed in search of a movie; usual files have a handful at the top level.
const MOST_BOXES: usize = 64;

/// How late in the file MPEG audio may begin, bytes.
const MOST_JUNK: usize = 2048;

/// Recognizes a file of `length` bytes. `None`: it is nothing that is read here.
///
/// # Errors
/// The file cannot be read.
pub fn sniff(file: &File, length: u64) -> io::Result<Option<Sniffed>> {
    let head = at(file, 0)?;
    let mut start = 0;
    // Tags before elementary streams (ID3v2): ten bytes of head and the size that the head states.
    if let Some(tag) = id3(&head)
        && tag < length
    {
        start = tag;
    }
    if start == 0 {
        if let Some(container) = by_magic(&head) {
            return Ok(Some(Sniffed { container, start }));
        }
        if is_iso_media(file, length)? {
            return Ok(Some(Sniffed { container: Container::IsoMedia, start }));
        }
        return Ok(elementary(&head).map(|container| Sniffed { container, start }));
    }
    let mut body = at(file, start)?;
    let padding = body.iter().take_while(|byte| **byte == 0).count();
    if padding > 0 {
        start += padding as u64;
        body.drain(..padding);
    }
    Ok(elementary(&body).map(|container| Sniffed { container, start }))
}

/// Returns up to [`HEAD`] bytes from `position`.
fn at(file: &File, position: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; HEAD];
    let filled = read_at(file, &mut bytes, position)?;
    bytes.truncate(filled);
    Ok(bytes)
}

/// Returns the length of an ID3v2 tag with its head. `None`: there is no tag.
fn id3(head: &[u8]) -> Option<u64> {
    let tag = head.first_chunk::<10>().filter(|tag| tag.starts_with(b"ID3") && tag[3] < 0xff && tag[4] < 0xff)?;
    let size = tag[6..].iter().try_fold(0u64, |size, byte| (*byte < 0x80).then_some(size << 7 | u64::from(*byte)))?;
    let footer = if tag[5] & 0x10 != 0 { 10 } else { 0 };
    Some(10 + size + footer)
}

fn by_magic(head: &[u8]) -> Option<Container> {
    let four = head.first_chunk::<4>()?;
    let form = head.get(8..12).unwrap_or_default();
    match four {
        [0x1a, 0x45, 0xdf, 0xa3] => is_matroska(head).then_some(Container::Matroska),
        b"RIFF" | b"RF64" if form == b"WAVE" => Some(Container::Wave),
        b"RIFF" if form == b"AVI " => Some(Container::Avi),
        b"FORM" if form == b"AIFF" || form == b"AIFC" => Some(Container::Aiff),
        b"OggS" if head.get(4) == Some(&0) => Some(Container::Ogg),
        b"fLaC" => Some(Container::Flac),
        b".snd" => Some(Container::Au),
        // Version, flags, and the length of the head, nine.
        b"FLV\x01" if head.get(5..9) == Some(&[0, 0, 0, 9]) => Some(Container::Flv),
        b"#!AM" if head.starts_with(b"#!AMR\n") || head.starts_with(b"#!AMR-WB\n") => Some(Container::Amr),
        // A pack: the two or four bits after the start code tell MPEG-1 from MPEG-2.
        [0, 0, 1, 0xba] if head.get(4).is_some_and(|b| b >> 4 == 0b0010 || b >> 6 == 0b01) => {
            Some(Container::ProgramStream)
        }
        _ if is_transport_stream(head) => Some(Container::TransportStream),
        _ => None,
    }
}

/// Returns whether this is an EBML header with a document type of Matroska.
fn is_matroska(head: &[u8]) -> bool {
    let Some((Some(size), width)) = crate::record::ebml::read_size(&head[4..]) else { return false };
    let inside = usize::try_from(size).ok().and_then(|size| head.get(4 + width..4 + width + size.min(HEAD)));
    inside.is_some_and(|header| {
        [&b"\x42\x82\x84webm"[..], b"\x42\x82\x88matroska"]
            .iter()
            .any(|doc| header.windows(doc.len()).any(|w| w == *doc))
    })
}

/// Returns whether sync bytes are as far apart as packets are long, for all packets in the first 4 KiB and at least
/// three.
fn is_transport_stream(head: &[u8]) -> bool {
    [(0, 188), (4, 192)].into_iter().any(|(first, step)| {
        let mut syncs = head.iter().skip(first).step_by(step);
        head.len() > first + 2 * step && syncs.all(|byte| *byte == 0x47)
    })
}

/// Follows the boxes at the top level by their sizes, up to a movie, or to the end after a file type.
fn is_iso_media(file: &File, length: u64) -> io::Result<bool> {
    let (mut position, mut typed) = (0, false);
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        let room = length.saturating_sub(position).min(16) as usize;
        if room < 8 || file.read_exact_at(&mut head[..room], position).is_err() {
            break;
        }
        let kind = [head[4], head[5], head[6], head[7]];
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            // A size of 0 reaches to the end of the file.
            0 => length - position,
            1 if room == 16 => {
                u64::from_be_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]])
            }
            size => u64::from(size),
        };
        if size < 8 {
            break;
        }
        let whole = position.checked_add(size).is_some_and(|end| end <= length);
        match &kind {
            b"ftyp" if position == 0 && whole && (16..=4096).contains(&size) => typed = true,
            b"moov" => return Ok(typed || whole),
            // Boxes that may come before the movie, in files of any age.
            b"mdat" | b"free" | b"skip" | b"wide" | b"pnot" | b"uuid" | b"moof" | b"sidx" | b"styp" | b"emsg"
            | b"meta" | b"PICT" | b"prft" | b"pdin" => {}
            _ => break,
        }
        if !whole {
            break;
        }
        position += size;
    }
    Ok(typed)
}

fn elementary(head: &[u8]) -> Option<Container> {
    if head.starts_with(b"fLaC") {
        return Some(Container::Flac);
    }
    if follows(head, adts, 2) {
        return Some(Container::Adts);
    }
    let late =
        |junk: usize| head.get(junk..).is_some_and(|rest| follows(rest, mpeg_audio, if junk == 0 { 2 } else { 3 }));
    (0..MOST_JUNK.min(head.len())).any(late).then_some(Container::MpegAudio)
}

/// Returns whether frames follow each other, `least` of them or fewer where the bytes end. `frame` returns a frame's
/// length from its head.
fn follows(mut bytes: &[u8], frame: fn(&[u8]) -> Option<usize>, least: usize) -> bool {
    for n in 0..least {
        if n > 0 && bytes.is_empty() {
            return true;
        }
        let Some(length) = frame(bytes) else { return false };
        let Some(rest) = bytes.get(length..) else { return n > 0 };
        bytes = rest;
    }
    true
}

/// Returns the length of an ADTS frame (ISO/IEC 13818-7, section 6.2).
fn adts(head: &[u8]) -> Option<usize> {
    let head = head.first_chunk::<7>()?;
    let sync = head[0] == 0xff && head[1] & 0xf6 == 0xf0;
    let rate = head[2] >> 2 & 0x0f;
    let length = usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
    (sync && rate < 13 && length > 7).then_some(length)
}

/// Returns the length of an MPEG audio frame (ISO/IEC 11172-3, section 2.4.2.3, with the half rates of 13818-3).
fn mpeg_audio(head: &[u8]) -> Option<usize> {
    const RATES: [[u32; 15]; 5] = [
        [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    let head = head.first_chunk::<4>()?;
    if head[0] != 0xff || head[1] & 0xe0 != 0xe0 {
        return None;
    }
    // 0 = MPEG-2.5, 2 = MPEG-2, 3 = MPEG-1; 1 = layer 3, 2 = layer 2, 3 = layer 1.
    let (version, layer) = (head[1] >> 3 & 3, head[1] >> 1 & 3);
    let (rate, sampling) = (usize::from(head[2] >> 4), usize::from(head[2] >> 2 & 3));
    if version == 1 || layer == 0 || rate == 15 || rate == 0 || sampling == 3 {
        return None;
    }
    let table = match (version, layer) {
        (3, 3) => 0,
        (3, 2) => 1,
        (3, _) => 2,
        (_, 3) => 3,
        _ => 4,
    };
    let hz = [44_100, 48_000, 32_000][sampling] >> (3 - u32::from(version)).min(2);
    let (bits, padding) = (RATES[table][rate] * 1000, u32::from(head[2] >> 1 & 1));
    let length = match layer {
        3 => (12 * bits / hz + padding) * 4,
        2 => 144 * bits / hz + padding,
        _ if version == 3 => 144 * bits / hz + padding,
        _ => 72 * bits / hz + padding,
    };
    Some(length as usize).filter(|length| *length > 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn of(bytes: &[u8]) -> Option<Container> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        sniff(&file, bytes.len() as u64).unwrap().map(|sniffed| sniffed.container)
    }

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }

    #[test]
    fn a_container_is_known_by_its_first_bytes() {
        let ebml = |doc: &[u8]| {
            [&[0x1a, 0x45, 0xdf, 0xa3, 0x80 | (doc.len() as u8 + 3), 0x42, 0x82, 0x80 | doc.len() as u8], doc].concat()
        };
        assert_eq!(of(&ebml(b"webm")), Some(Container::Matroska));
        assert_eq!(of(&ebml(b"matroska")), Some(Container::Matroska));
        assert_eq!(of(&ebml(b"webm2")), None);
        for (bytes, container) in [
            (&b"RIFF\0\0\0\0WAVEfmt "[..], Container::Wave),
            (b"RF64\xff\xff\xff\xffWAVEds64", Container::Wave),
            (b"RIFF\0\0\0\0AVI LIST", Container::Avi),
            (b"FORM\0\0\0\0AIFFCOMM", Container::Aiff),
            (b"OggS\0\x02\0\0\0\0", Container::Ogg),
            (b"fLaC\0\0\0\x22", Container::Flac),
            (b"FLV\x01\x05\0\0\0\x09\0\0\0\0", Container::Flv),
            (b"#!AMR\n\x3c", Container::Amr),
            (b"\0\0\x01\xba\x44\0\x04\0\x04\x01", Container::ProgramStream),
        ] {
            assert_eq!(of(bytes), Some(container), "{bytes:?}");
        }
        let mut packets = vec![0xff; 188 * 5];
        packets.iter_mut().step_by(188).for_each(|byte| *byte = 0x47);
        assert_eq!(of(&packets), Some(Container::TransportStream));
        packets[188] = 0;
        assert_eq!(of(&packets), None);
    }

    #[test]
    fn an_mp4_file_is_one_by_the_sizes_of_its_boxes() {
        let ftyp = boxed(b"ftyp", b"isom\0\0\x02\0isom");
        let moov = boxed(b"moov", &[0; 64]);
        assert_eq!(of(&[&ftyp[..], &moov].concat()), Some(Container::IsoMedia));
        assert_eq!(of(&[&ftyp[..], &boxed(b"mdat", &[0; 90])[..50]].concat()), Some(Container::IsoMedia), "cut off");
        assert_eq!(of(&[&boxed(b"wide", b"")[..], &boxed(b"mdat", b"123"), &moov].concat()), Some(Container::IsoMedia));
        assert_eq!(of(&boxed(b"mdat", b"123")), None, "no movie and no file type");
        assert_eq!(of(b"\0\0\0\x08free<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>"), None);
        assert_eq!(of(b"\0\0\0\x08free\0\0\0\x08skip#EXTM3U\nhttp://127.0.0.1/a.ts\n"), None);
        assert_eq!(of(b"<!--free--><MPD><BaseURL>http://127.0.0.1/</BaseURL></MPD>"), None);
        assert_eq!(of(b"\0\0\0\x00free<SmoothStreamingMedia/>"), None);
    }

    #[test]
    fn audio_frames_are_known_where_the_next_one_begins_where_it_must() {
        let mp3 = [&[0xff, 0xfb, 0x90, 0x64][..], &[0; 413]].concat();
        assert_eq!(of(&mp3.repeat(3)), Some(Container::MpegAudio));
        assert_eq!(of(&[&[0; 100][..], &mp3.repeat(4)].concat()), Some(Container::MpegAudio));
        assert_eq!(of(&[&mp3[..], &[1; 400]].concat()), None);
        let aac = [&[0xff, 0xf1, 0x50, 0x80, 0x02, 0x00, 0xfc][..], &[0; 9]].concat();
        assert_eq!(of(&aac.repeat(3)), Some(Container::Adts));
        let tag = [&b"ID3\x04\0\0\0\0\x01\0"[..], &[7; 128], &[0; 20]].concat();
        assert_eq!(of(&[&tag[..], &mp3.repeat(3)].concat()), Some(Container::MpegAudio));
        assert_eq!(of(&[&tag[..], &aac.repeat(3)].concat()), Some(Container::Adts));
        assert_eq!(of(&[&tag[..], b"#EXTM3U\nhttp://127.0.0.1/a.ts\n"].concat()), None);
    }

    #[test]
    fn text_of_any_kind_is_none() {
        for text in [
            "",
            "a",
            "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n",
            "<?xml version=\"1.0\"?><MPD/>",
            "v=0\r\no=- 0 0 IN IP4",
            "ffconcat version 1.0\nfile 'http://127.0.0.1/'\n",
            "[playlist]\nFile1=http://127.0.0.1/",
            "<svg/>",
            "%PDF-1.7",
            "WEBVTT\n\n",
            "1\n00:00:00,000 --> 00:00:01,000\n<a href='http://127.0.0.1/'>x</a>\n",
            "rtsp://127.0.0.1/",
        ] {
            assert_eq!(of(text.as_bytes()), None, "{text}");
        }
    }
}
