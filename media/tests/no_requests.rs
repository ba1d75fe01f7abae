//! No file makes the program open anything else: not an address, whatever the file says and however it begins.

mod links;

use coach_media::decode;
use coach_media::file::{Limits, Source};
use coach_media::{Item, Track, init};
use std::path::Path;

/// Opens, reads and decodes as far as it goes.
fn read(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut source = Source::open(path, Limits::default())?;
    let formats = source.formats().clone();
    let mut video = formats.video.as_ref().map(|format| decode::Video::new(format, |_| ())).transpose()?;
    let mut audio = formats.audio.as_ref().map(|format| decode::Audio::new(format, |_| ())).transpose()?;
    while let Some(item) = source.next()? {
        match &item {
            Item::Unit(Track::Video, unit) => video.as_mut().map_or(Ok(()), |decoder| decoder.push_blocking(unit))?,
            Item::Unit(Track::Audio, unit) => audio.as_mut().map_or(Ok(()), |decoder| decoder.push_blocking(unit))?,
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn no_file_makes_a_request() {
    init().unwrap();
    let (listener, folder) = (links::Listener::start(), tempfile::tempdir().unwrap());
    let files = links::files(&listener.address);
    assert!(files.len() >= 40, "{}", files.len());
    let mut read_whole = 0;
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        match read(&path) {
            Ok(()) => read_whole += 1,
            Err(error) => println!("{name}: {error}"),
        }
        assert_eq!(listener.seen(), 0, "{name} made a request");
    }
    println!("{} files, {read_whole} of them read as the media that they also are, 0 requests", files.len());
    assert!(read_whole >= 5, "links in files that are media otherwise were not met: {read_whole}");
}
