//! What kill -9 costs: the recorder is killed in full flight, and at most a second is missing.

mod material;

use coach_media::record::{Recorder, finalise};
use coach_media::{Format, Formats, Item, Track, init};
use material::{Heard, audio_unit, read, video_unit};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const SPOOL: &str = "COACH_TEST_SPOOL";

#[test]
fn a_killed_recorder_loses_at_most_a_second() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("0.webm");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["the_recorder_that_is_killed", "--exact", "--nocapture"])
        .env(SPOOL, &spool)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    for line in lines {
        let line = line.unwrap();
        last = line.strip_prefix("pushed ").map_or(last, |t| t.parse::<i64>().unwrap());
        if last >= 3000 {
            break;
        }
    }
    assert!(last >= 3000, "the recorder ended by itself at {last}");
    child.kill().unwrap();
    child.wait().unwrap();
    let heard = Heard::of(&read(&spool).unwrap().1);
    for track in [Track::Video, Track::Audio] {
        let kept = *heard.stamps(track).last().unwrap();
        println!("{track:?}: pushed up to {last} ms, kept up to {kept} ms");
        assert!(last - kept <= 1000, "{track:?}: pushed up to {last}, kept up to {kept}");
        assert_eq!(heard.gaps_ms(track), []);
    }
    let made = finalise(&[(spool, coach_core::MediaTime::ZERO)], &folder.path().join("final.webm")).unwrap();
    assert!(made.duration.ms() >= last - 1000);
}

/// Not a test of its own: what the test above starts and kills. Pushes at the pace of a live session.
#[test]
fn the_recorder_that_is_killed() {
    let Some(spool) = std::env::var_os(SPOOL).map(PathBuf::from) else { return };
    let formats = Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) };
    let recorder = Recorder::create(&spool, &formats).unwrap();
    let (_never, pace) = mpsc::channel::<()>();
    let started = Instant::now();
    for n in 0..3000u32 {
        let t = i64::from(n) * 20;
        let due = started + Duration::from_millis(t as u64);
        let _ = pace.recv_timeout(due.saturating_duration_since(Instant::now()));
        let key = n.is_multiple_of(100).then_some((320, 240));
        recorder.push(&Item::Unit(Track::Video, video_unit(t, key, n + 50))).unwrap();
        recorder.push(&Item::Unit(Track::Audio, audio_unit(t, n))).unwrap();
        println!("pushed {t}");
        std::io::stdout().flush().unwrap();
    }
}
