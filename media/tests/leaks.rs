//! Opening and closing leaves neither threads nor files open.

mod material;

use coach_media::decode;
use coach_media::file::{Limits, Source};
use coach_media::record::Recorder;
use coach_media::{Format, Formats, Item, Track, init};
use material::browser_like;

fn count(what: &str) -> usize {
    std::fs::read_dir(format!("/proc/self/{what}")).map(Iterator::count).unwrap_or(0)
}

#[test]
fn fifty_sources_decoders_and_recorders_leave_nothing_open() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(_) = browser_like(folder.path(), 1) else { return };
    let file = folder.path().join("material.webm");
    let formats = Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) };
    let round = |n: usize| {
        let mut source = Source::open(&file, Limits::default()).unwrap();
        let mut video = decode::Video::new(&Format::vp8(), |_| ()).unwrap();
        let mut audio = decode::Audio::new(&Format::opus(2), |_| ()).unwrap();
        let spool = folder.path().join(format!("{n}.webm"));
        let recorder = Recorder::create(&spool, &formats).unwrap();
        for _ in 0..20 + n {
            let Some(item) = source.next().unwrap() else { break };
            recorder.push(&item).unwrap();
            match &item {
                Item::Unit(Track::Video, unit) => video.push_blocking(unit).unwrap(),
                Item::Unit(Track::Audio, unit) => audio.push_blocking(unit).unwrap(),
                _ => {}
            }
        }
        // Half of them are dropped in the middle.
        if n.is_multiple_of(2) {
            video.flush().unwrap();
            audio.flush().unwrap();
            recorder.finish().unwrap();
        }
    };
    // GStreamer keeps some threads of its pool.
    (0..5).for_each(round);
    let (files, threads) = (count("fd"), count("task"));
    (5..55).for_each(round);
    let (files_after, threads_after) = (count("fd"), count("task"));
    println!("files {files} -> {files_after}, threads {threads} -> {threads_after}");
    assert!(files_after <= files + 2, "{files} -> {files_after} files");
    assert!(threads_after <= threads + 2, "{threads} -> {threads_after} threads");
}
