//! Hostile bytes for everything that reads what strangers send: offers, recordings after a crash, files.
//! `SOAK_FUZZ_S=600 cargo test --workspace --test fuzz -- --nocapture` runs each for ten minutes.

mod material;

use coach_core::MediaTime;
use coach_media::file::{Limits, Source};
use coach_media::record::{Recorder, finalise};
use coach_media::{Format, Formats, Item, Track, init, peer};
use coach_testing::fuzz;
use material::{audio_unit, video_unit};
use std::path::Path;

const CHROMIUM: &str = include_str!("data/chromium-156-offer.sdp");

/// A recording of ours: two seconds with a gap.
fn recording(folder: &Path, formats: &Formats) -> Vec<u8> {
    let spool = folder.join("seed.webm");
    let recorder = Recorder::create(&spool, formats).unwrap();
    for n in 0..20u32 {
        let t = i64::from(n) * 100;
        if formats.video.is_some() && n != 7 {
            recorder.push(&Item::Unit(Track::Video, video_unit(t, (n % 10 == 0).then_some((64, 48)), n))).unwrap();
        }
        if formats.audio.is_some() {
            recorder.push(&Item::Unit(Track::Audio, audio_unit(t, n))).unwrap();
        }
    }
    recorder.finish().unwrap();
    let bytes = std::fs::read(&spool).unwrap();
    std::fs::remove_file(&spool).unwrap();
    bytes
}

fn recordings(folder: &Path) -> Vec<Vec<u8>> {
    let (video, audio) = (Some(Format::vp8()), Some(Format::opus(2)));
    let both = Formats { video: video.clone(), audio: audio.clone() };
    [both, Formats { video, audio: None }, Formats { video: None, audio }]
        .map(|formats| recording(folder, &formats))
        .to_vec()
}

#[test]
fn hostile_bytes_as_an_offer_are_refused_or_taken() {
    let lines = CHROMIUM.replace("\r\n", "\n");
    let seeds = [CHROMIUM, &lines, "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"].map(|text| text.as_bytes().to_vec());
    fuzz("offers", seeds.to_vec(), |bytes| drop(peer::check(&String::from_utf8_lossy(bytes))));
}

#[test]
fn hostile_bytes_as_a_recording_yield_what_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, out) = (folder.path().join("spool.webm"), folder.path().join("out.webm"));
    fuzz("recordings", recordings(folder.path()), |bytes| {
        std::fs::write(&spool, bytes).unwrap();
        let _ = finalise(&[(spool.clone(), MediaTime::ZERO), (spool.clone(), MediaTime(5_000))], &out);
        // What does not fit into the file was not written.
        let length = std::fs::metadata(&out).map_or(0, |meta| meta.len());
        assert!(length < 3 * bytes.len() as u64 + 64_000, "{length} of {} bytes", bytes.len());
    });
}

#[test]
fn hostile_bytes_as_a_file_are_an_error_or_media() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let mut seeds = recordings(folder.path());
    // The least of an MP4 and of a WAV.
    seeds.push(b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x08moov\0\0\0\x08mdat".to_vec());
    let mut wav =
        b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\x08\0\0".to_vec();
    wav.extend([1; 2048]);
    seeds.push(wav);
    fuzz("files", seeds, |bytes| {
        std::fs::write(&file, bytes).unwrap();
        let limits = Limits { duration: MediaTime(600_000), pixels: 1920 * 1080, ..Limits::default() };
        if let Ok(mut source) = Source::open(&file, limits) {
            while let Ok(Some(_)) = source.next() {}
        }
    });
}
