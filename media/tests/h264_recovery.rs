//! A publisher whose H.264 is refreshed piece by piece and that never sends an IDR frame again: after a loss its video goes on at
//! the next recovery point, and shows nothing until the refresh is complete.

#[path = "../examples/publisher/h264.rs"]
mod h264;
mod material;

use coach_core::MediaTime;
use coach_media::item::{Format, Formats, Item, Track, VideoCodec};
use coach_media::record::{Recorder, finalise};
use coach_media::tap::{Config, Output, Packet, Tap};
use coach_media::{AccessUnit, init};
use material::{Heard, ffmpeg, frames, h264_frames, read};
use std::path::Path;
use std::time::Duration;

/// Frames from a recovery point to the first that is whole, as x264 says it for the 20 columns of blocks in 320 pixels.
const REFRESH: i64 = 18;

/// Eight seconds at 30 frames per second with a recovery point every two, as OBS makes them with `intra-refresh=1`.
fn refreshed(folder: &Path) -> Option<Vec<AccessUnit>> {
    let video = "testsrc=s=320x240:r=30:d=8";
    let coding = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"];
    let refresh = ["-x264-params", "intra-refresh=1:keyint=60"];
    let input = [&["-f", "lavfi", "-i", video][..], &coding, &refresh].concat();
    let file = ffmpeg(&input, &folder.join("refreshed.mkv"))?;
    Some(Heard::of(&read(&file).unwrap().1).units(Track::Video).to_vec())
}

/// What the tap gives for these units when those of `lost` never arrive, and when it wanted a key frame.
fn arrived(units: &[AccessUnit], lost: std::ops::Range<usize>) -> (Vec<Item>, Vec<i64>) {
    let mut tap = Tap::new(Config { audio: false, codec: VideoCodec::H264, ..Config::default() });
    let (mut sequence, mut items, mut wanted) = (0u16, Vec::new(), Vec::new());
    let mut drain = |tap: &mut Tap| {
        while let Some(output) = tap.poll() {
            if let Output::Item(item) = output {
                items.push(item);
            }
        }
    };
    for (n, unit) in units.iter().enumerate() {
        let payloads = h264::payloads(&unit.data, 1200);
        let last = payloads.len() - 1;
        let at = Duration::from_millis(unit.t.ms() as u64);
        while tap.deadline() < at {
            tap.tick(tap.deadline());
            drain(&mut tap);
        }
        for (part, payload) in payloads.into_iter().enumerate() {
            let timestamp = (unit.t.ms() * 90) as u32;
            let packet = Packet { ssrc: 1, sequence, timestamp, marker: part == last, payload };
            sequence += 1;
            if !lost.contains(&n) {
                tap.push(Track::Video, packet, at);
                drain(&mut tap);
            }
        }
        if tap.wants_key_frame() {
            wanted.push(unit.t.ms());
        }
    }
    tap.finish(Duration::from_secs(10));
    drain(&mut tap);
    (items, wanted)
}

#[test]
fn after_a_loss_video_goes_on_at_the_recovery_point_and_shows_nothing_before_it_is_whole() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(units) = refreshed(folder.path()) else { return };
    let (whole, never) = arrived(&units, 0..0);
    assert_eq!((Heard::of(&whole).units(Track::Video).len(), never), (240, vec![]));
    let intact = h264_frames(&whole);
    let (items, wanted) = arrived(&units, 30..33);
    let heard = Heard::of(&items);
    assert!(wanted.first().is_some_and(|t| *t < 1500) && wanted.last().is_some_and(|t| *t < 2500), "{wanted:?}");
    let resumed = heard.units(Track::Video).iter().find(|unit| unit.t.ms() > 1000).map(|unit| (unit.t.ms(), unit.key));
    assert_eq!(resumed, Some((2000, true)));
    assert_eq!(heard.gaps_ms(Track::Video), [(968, 1968), (1968, 2000)]);

    let shown = h264_frames(&items);
    let expected: Vec<_> =
        intact.iter().filter(|(t, ..)| *t < 1000 || *t >= 2000 + REFRESH * 1000 / 30).copied().collect();
    assert_eq!(shown, expected, "each frame that is shown is whole");
    let lost: Vec<_> =
        frames(&Format::h264(), &items, |frame| frame.lost.map(|lost| (lost.span.start.ms(), lost.span.end.ms())));
    assert_eq!(lost.into_iter().flatten().collect::<Vec<_>>(), [(2000, 2600)]);

    let (spool, last) = (folder.path().join("0.mkv"), folder.path().join("final.mkv"));
    let formats = Formats { video: Some(Format::h264()), audio: None };
    let recorder = Recorder::create(&spool, &formats).unwrap();
    items.iter().for_each(|item| recorder.push(item).unwrap());
    recorder.finish().unwrap();
    finalise(&[(spool, MediaTime::ZERO)], &last).unwrap();
    let again = read(&last).unwrap().1;
    let told = |heard: &Heard| heard.units(Track::Video).iter().map(|unit| (unit.t, unit.key)).collect::<Vec<_>>();
    assert_eq!(told(&Heard::of(&again)), told(&heard));
    assert_eq!(Heard::of(&again).gaps(Track::Video), heard.gaps(Track::Video));
    assert_eq!(h264_frames(&again), shown, "who reads the recording sees the same");
}

#[test]
fn a_stream_whose_beginning_was_lost_begins_at_a_recovery_point() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(units) = refreshed(folder.path()) else { return };
    let intact: Vec<_> = h264_frames(&arrived(&units, 0..0).0).iter().map(|(.., sum)| *sum).collect();
    let mut tail = units.clone();
    // The parameter sets came in the offer, or in front of each recovery point, as ffmpeg's reader writes them.
    let sets: Vec<u8> = coach_media::h264::units(&units[0].data)
        .filter(|nal| matches!(coach_media::h264::kind_of(nal), 7 | 8))
        .flat_map(|nal| [&coach_media::h264::START_CODE[..], nal].concat())
        .collect();
    tail[60].data = [&sets[..], &tail[60].data].concat().into();
    let (items, _) = arrived(&tail[50..], 0..0);
    let heard = Heard::of(&items);
    assert_eq!(heard.units(Track::Video).len(), 180);
    let sums: Vec<_> = h264_frames(&items).iter().map(|(.., sum)| *sum).collect();
    assert_eq!(sums, intact[60 + REFRESH as usize..]);
}
