//! Hostile bytes for everything that reads what strangers send: offers, packets, H.264, recordings after a crash. Files are in
//! `process.rs`, since a fault of a library ends the process that reads them.
//! `SOAK_FUZZ_S=600 cargo test --workspace --test fuzz -- --nocapture` runs each for ten minutes.

mod material;

use bytes::Bytes;
use coach_core::MediaTime;
use coach_media::h264::{self, START_CODE, kind};
use coach_media::record::finalise;
use coach_media::tap::{Config, Output, Packet, Tap};
use coach_media::{Item, Track, VideoCodec, peer};
use coach_testing::fuzz;
use material::recordings;
use std::time::Duration;

const CHROMIUM: &str = include_str!("data/chromium-156-offer.sdp");

#[test]
fn hostile_bytes_as_an_offer_are_refused_or_taken() {
    let lines = CHROMIUM.replace("\r\n", "\n");
    let seeds = [CHROMIUM, &lines, "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"].map(|text| text.as_bytes().to_vec());
    fuzz("offers", seeds.to_vec(), |bytes| drop(peer::check(&String::from_utf8_lossy(bytes))));
}

/// What passes the check reaches the library: to publish, and to watch.
#[test]
fn hostile_bytes_as_an_offer_are_answered_or_refused_and_hold_no_place() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let endpoint = runtime.block_on(async { peer::Endpoint::bind(peer::Config::default()).unwrap() });
    let feed = endpoint.feed();
    let ours =
        |error: &peer::Error| matches!(error, peer::Error::Engine(_) | peer::Error::Io(_) | peer::Error::Busy(_));
    let receiving = CHROMIUM.replace("a=sendonly", "a=recvonly");
    let seeds = [CHROMIUM, &receiving].map(|text| text.as_bytes().to_vec()).to_vec();
    fuzz("answers to offers", seeds, |bytes| {
        let offer = String::from_utf8_lossy(bytes);
        runtime.block_on(async {
            match endpoint.accept(&offer, &peer::Limits::default()).await {
                Ok((_, publisher)) => publisher.close().await,
                Err(error) => assert!(!ours(&error), "{error}"),
            }
            match endpoint.watch(&offer, feed, None).await {
                Ok((_, viewer)) => viewer.close().await,
                Err(error) => assert!(!ours(&error), "{error}"),
            }
        });
    });
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0));
}

#[test]
fn hostile_bytes_as_a_recording_yield_what_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, out) = (folder.path().join("spool.webm"), folder.path().join("out.webm"));
    fuzz("recordings", recordings(folder.path()), |bytes| {
        std::fs::write(&spool, bytes).unwrap();
        let _ = std::fs::remove_file(&out);
        let made = finalise(&[(spool.clone(), MediaTime::ZERO), (spool.clone(), MediaTime(5_000))], &out);
        // What does not fit into the file was not written; stretches without audio are filled with packets of some bytes for 20 ms.
        let filled = made.map_or(0, |made| made.duration.ms().unsigned_abs() / 20 * 16);
        let length = std::fs::metadata(&out).map_or(0, |meta| meta.len());
        assert!(length < 3 * bytes.len() as u64 + filled + 64_000, "{length} of {} bytes", bytes.len());
    });
}

/// A sequence parameter set of 640 x 480 and one for frames, as x264 0.164 writes them, its recovery point, and the beginnings of slices.
const SPS: &[u8] = b"\x67\x42\xc0\x1e\xda\x02\x80\xf6\xc0\x44\0\0\x03\0\x04\0\0\x03\0\xf2\x3c\x58\xba\x80";
const HIGH: &[u8] = b"\x67\x64\0\x1f\xac\xb6\x06\xc1\xef\x37\x80\x88\0\0\x03\0\x08\0\0\x03\x01\xe4\x78\xc1\x97";
const PPS: &[u8] = b"\x68\xce\x0f\xc8";
const RECOVERY: &[u8] = &[0x06, 0x06, 0x02, 0x04, 0xf1, 0x80];
const IDR: &[u8] = &[0x65, 0x88, 1, 2, 3, 4, 5, 6];
const P: &[u8] = &[0x41, 0x9a, 7, 8];

fn stream(nals: &[&[u8]]) -> Vec<u8> {
    nals.iter().flat_map(|nal| [&START_CODE, *nal].concat()).collect()
}

#[test]
fn hostile_bytes_as_a_stream_of_h264_never_give_a_size_out_of_range_and_are_marked_once() {
    let seeds = [
        stream(&[&[9, 0xf0], SPS, PPS, IDR]),
        stream(&[HIGH, PPS, RECOVERY, P, P]),
        h264::resuming(stream(&[&[9, 0xf0], RECOVERY, P]).into()).to_vec(),
        SPS.to_vec(),
        HIGH.to_vec(),
        RECOVERY.to_vec(),
    ];
    fuzz("streams of H.264", seeds.to_vec(), |bytes| {
        let mut prefixed = Vec::new();
        h264::prefix(bytes, &mut prefixed);
        assert_eq!(h264::prefixed_units(&prefixed).count(), h264::units(bytes).count());
        let _ = h264::prefixed_units(bytes).count();
        let configuration = h264::configuration(h264::units(bytes));
        assert!(configuration.len() < bytes.len() + 3 * h264::units(bytes).count() + 16);
        for nal in h264::units(bytes).chain([bytes]) {
            let sides = h264::sps(nal).map(|sps| [sps.width, sps.height]);
            assert!(sides.is_none_or(|sides| sides.iter().all(|side| (1..=16_384).contains(side))), "{sides:?}");
            let _ = (h264::pps_id(nal), h264::is_first_slice(nal), h264::is_recovery_point(nal));
        }
        let unit = Bytes::copy_from_slice(bytes);
        let resumed = h264::resuming(unit.clone());
        assert!(resumed == unit || h264::begins_anew(&resumed));
        assert_eq!(h264::resuming(resumed.clone()), resumed);
    });
}

/// A packet as an input writes it: flags, the length of its payload, the payload.
fn sent(flags: u8, payload: &[u8]) -> Vec<u8> {
    [&[flags][..], &(payload.len() as u16).to_le_bytes(), payload].concat()
}

/// Flags of a packet: it ends its frame, it has a new time, one before it was lost, it came before its predecessor, it came late, it is audio.
const MARKER: u8 = 1;
const NEW_TIME: u8 = 2;
const AFTER_LOSS: u8 = 4;
const EARLIER: u8 = 8;
const LATE: u8 = 16;
const AUDIO: u8 = 32;

/// Sends the packets of an input through a tap. Returns what came out.
fn tapped(codec: VideoCodec, mut input: &[u8]) -> Vec<Item> {
    let mut tap = Tap::new(Config { codec, ..Config::default() });
    let (mut sequence, mut timestamp, mut arrival) = ([0u16; 2], [0u32; 2], Duration::ZERO);
    let mut items = Vec::new();
    while let Some((&[flags, low, high], rest)) = input.split_first_chunk::<3>() {
        let length = usize::from(u16::from_le_bytes([low, high]) & 0x07ff).min(rest.len());
        let (payload, behind) = rest.split_at(length);
        input = behind;
        let is = |flag| flags & flag != 0;
        let track = if is(AUDIO) { Track::Audio } else { Track::Video };
        let at = track as usize;
        sequence[at] = match (is(AFTER_LOSS), is(EARLIER)) {
            (true, true) => sequence[at],
            (true, false) => sequence[at].wrapping_add(2),
            (false, true) => sequence[at].wrapping_sub(1),
            (false, false) => sequence[at].wrapping_add(1),
        };
        if is(NEW_TIME) {
            timestamp[at] = timestamp[at].wrapping_add(if track == Track::Audio { 960 } else { 3000 });
        }
        arrival += Duration::from_millis(if is(LATE) { 700 } else { 10 });
        let payload = Bytes::copy_from_slice(payload);
        let packet = Packet { ssrc: 1, sequence: sequence[at], timestamp: timestamp[at], marker: is(MARKER), payload };
        tap.push(track, packet, arrival);
        tap.tick(tap.deadline().min(arrival));
        while let Some(output) = tap.poll() {
            items.extend(if let Output::Item(item) = output { Some(item) } else { None });
        }
    }
    tap.finish(arrival);
    while let Some(output) = tap.poll() {
        items.extend(if let Output::Item(item) = output { Some(item) } else { None });
    }
    items
}

/// Checks what recorder and decoder rely on.
fn is_in_order(codec: VideoCodec, items: &[Item]) {
    let (mut last, mut first_frame) = ([None; 2], true);
    for item in items {
        let Item::Unit(track, unit) = item else { continue };
        assert!(!unit.data.is_empty() && unit.t >= MediaTime::ZERO);
        let before = last[*track as usize].replace(unit.t);
        assert!(before.is_none_or(|before| before < unit.t), "{before:?} before {:?}", unit.t);
        if *track == Track::Video {
            assert!(unit.key || !first_frame, "the first frame is no key frame");
            first_frame = false;
            let has = |wanted| h264::units(&unit.data).any(|nal| h264::kind_of(nal) == wanted);
            let decodes = codec != VideoCodec::H264 || !unit.key || has(kind::SPS) && has(kind::PPS);
            assert!(decodes, "a key unit without its parameter sets");
        }
    }
}

#[test]
fn hostile_bytes_as_packets_of_a_publisher_come_out_in_order_or_not_at_all() {
    let together = |nals: &[&[u8]]| {
        nals.iter().fold(vec![0x78], |made, nal| [&made[..], &(nal.len() as u16).to_be_bytes(), nal].concat())
    };
    let audio = sent(AUDIO | NEW_TIME, &[0xfc, 1, 2]);
    let frame = |nal: &[u8], parts: [u8; 2]| {
        let head = |bits: u8| [nal[0] & 0xe0 | 28, nal[0] & 0x1f | bits];
        let (front, back) = nal[1..].split_at(nal.len() / 2);
        [sent(parts[0], &[&head(0x80)[..], front].concat()), sent(parts[1], &[&head(0x40)[..], back].concat())].concat()
    };
    let h264 = [
        sent(NEW_TIME, &together(&[SPS, PPS])),
        sent(MARKER, IDR),
        audio.clone(),
        frame(&[P, &[9; 40]].concat(), [NEW_TIME, MARKER]),
        sent(NEW_TIME | MARKER, P),
        audio.clone(),
        frame(&[P, &[8; 40]].concat(), [NEW_TIME | AFTER_LOSS, MARKER]),
        sent(NEW_TIME | MARKER, &together(&[RECOVERY, P])),
        sent(NEW_TIME | MARKER | LATE, &together(&[SPS, PPS, IDR])),
    ];
    // A descriptor (RFC 7741), then the beginning of a key frame of 64 x 48 or of another frame.
    let key = [&[0x90, 0x80, 0x81, 0x10, 0x30, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0][..], &[5; 40]].concat();
    let other = [&[0x90, 0x80, 0x81, 0x11, 0x31, 0, 0][..], &[6; 20]].concat();
    let vp8 = [
        sent(NEW_TIME | MARKER, &key),
        audio.clone(),
        sent(NEW_TIME | MARKER, &other),
        sent(NEW_TIME | MARKER | AFTER_LOSS, &other),
        sent(EARLIER | MARKER, &other),
        audio,
        sent(NEW_TIME | MARKER | LATE, &key),
    ];
    for (codec, seed) in [(VideoCodec::H264, h264.concat()), (VideoCodec::Vp8, vp8.concat())] {
        let frames =
            tapped(codec, &seed).into_iter().filter(|item| matches!(item, Item::Unit(Track::Video, _))).count();
        assert!(frames >= 3, "{frames} frames of {codec:?} come through undamaged");
        let name = format!("packets of {codec:?}");
        fuzz(&name, vec![seed], |bytes| is_in_order(codec, &tapped(codec, bytes)));
    }
}
