//! One worked example per field of the journal: its sign, its unit, its side. Version 1 stays readable for ever; version 2 added words.

use coach_core::journal::*;
use coach_core::{MediaTime, face};
use proptest::prelude::*;

/// Parses a line, writes it again, and checks that nothing was lost or renamed.
fn line(text: &str) -> Line {
    let value: serde_json::Value = serde_json::from_str(text).expect("the example is JSON");
    let line: Line = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    let again = serde_json::to_string(&line).expect("a line is JSON");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&again).expect("what was written is JSON"), value);
    line
}

#[test]
fn the_header_says_under_which_conditions_everything_was_observed() {
    let Line::Header(h) = line(
        r#"{"kind":"header","version":2,"source":"live","started_us":1760000000000000,"owner":"0198","models":{"face":"full","face_sha256":"ab","voice_activity":"silero","words":"moonshine-tiny-en 0.1.29"},"rate_hz":15,
        "capture":{"width":640,"height":480,"agc":false,"noise_suppression":false},"calibration":null,"hints":{"enabled":["slow_down"],"budget_ms":20000},"affect":true,"parts":[{"n":0,"offset":0}]}"#,
    ) else {
        panic!("a header")
    };
    assert_eq!((h.version, h.source, h.rate_hz), (VERSION, Source::Live, 15));
    assert_eq!(h.started_us / 1_000_000, 1_760_000_000, "microseconds since 1970");
    assert_eq!((h.models.face, h.models.voice_activity), (FaceModel::Full, VoiceActivityModel::Silero));
    assert_eq!(h.models.words.as_deref(), Some("moonshine-tiny-en 0.1.29"));
    assert_eq!((h.capture.width, h.capture.height), (640, 480), "upright pixels");
    assert_eq!(h.hints.budget_ms, 20_000, "one hint in 20 s");
    assert_eq!(h.parts[0].offset, MediaTime::ZERO);
}

#[test]
fn a_calibration_may_know_only_some_of_its_values() {
    let c: Calibration = serde_json::from_str(r#"{"yaw":-2.5,"noise_floor_db":38.0}"#).expect("a partial calibration");
    assert_eq!((c.yaw, c.noise_floor_db, c.level_db), (Some(-2.5), Some(38.0), None));
}

#[test]
fn a_mark_is_a_question_with_its_suggested_time_or_a_bare_event() {
    let Line::Mark(m) =
        line(r#"{"kind":"mark","t":0,"what":"question","question":"Why?","question_id":"q1","suggested_ms":120000}"#)
    else {
        panic!("a mark")
    };
    assert_eq!((m.what, m.suggested_ms), (MarkKind::Question, Some(120_000)), "two minutes");
    let Line::Mark(m) = line(r#"{"kind":"mark","t":5,"what":"answer_end"}"#) else { panic!("a mark") };
    assert!(m.question.is_none());
    for what in ["pause", "resume", "note"] {
        line(&format!(r#"{{"kind":"mark","t":5,"what":"{what}"}}"#));
    }
}

#[test]
fn the_interviewers_voice_is_a_stream_of_its_own() {
    let text = r#"{"kind":"other","t":1200,"hop":10,"speech":[0.0,0.0,0.0,0.75,0.75,0.75,0.0,0.0,0.0,0.0]}"#;
    let parsed = line(text);
    assert_eq!(parsed.stream(), Some(Stream::Other));
    let Line::Other(o) = parsed else { panic!("the interviewer's voice") };
    assert_eq!((o.t, o.speech[3]), (MediaTime(1200), 0.75), "at 1235 ms somebody spoke");
}

#[test]
fn a_face_is_measured_on_the_subjects_own_sides() {
    let zeros = |n: usize| vec!["0.0"; n].join(",");
    let Line::Face(f) = line(&format!(
        r#"{{"kind":"face","t":1233,"present":true,"score":0.98,"faces":1,"box":[0.25,0.125,0.5,0.75],"quality":{{"light":0.5,"size":0.75,"reason":null}},
        "blendshapes":[{}],"action_units":{{"AU01":0.125,"AU12":0.5}},"pose":{{"yaw":12.0,"pitch":5.0,"roll":-3.0,"matrix":[{}]}},
        "iris":{{"left":[0.25,0.0],"right":[0.25,-0.125]}},"eye_opening":[0.3125,0.25],"smile":0.5,"outline":[{}]}}"#,
        zeros(52),
        zeros(16),
        vec!["65535"; 80].join(",")
    )) else {
        panic!("a face")
    };
    assert_eq!(f.t, MediaTime(1233), "milliseconds");
    assert_eq!(f.bounds, [0.25, 0.125, 0.5, 0.75], "x, y, width, height of the upright frame");
    assert_eq!(f.quality.size, 0.75, "of the frame's height");
    let pose = f.pose.expect("a pose");
    assert!(pose.yaw > 0.0, "turned to the subject's own left");
    assert!(pose.pitch > 0.0, "looking down");
    assert!(pose.roll < 0.0, "tilted anticlockwise as the camera sees it");
    let iris = f.iris.expect("an iris");
    assert!(iris.left[0] > 0.0, "the left eye looks to the subject's left, the viewer's right");
    assert!(iris.right[1] < 0.0, "the right eye looks up");
    assert_eq!(f.eye_opening, Some([0.3125, 0.25]), "subject's left, then right");
    assert_eq!(f.action_units.and_then(|a| a.au12), Some(0.5));
    assert_eq!(f.action_units.and_then(|a| a.au04), None, "not told is not zero");
    assert_eq!(f.blendshapes.and_then(|b| b.get("eyeBlinkLeft")), Some(0.0));
    assert_eq!(f.outline.map(|o| o.0[79]), Some(65_535), "the far edge of the frame");
}

#[test]
fn a_frame_without_a_face_measures_nothing() {
    let face = Face::absent(MediaTime(40), Quality { light: 0.02, size: 0.0, reason: Some(QualityReason::Dark) });
    let text = serde_json::to_string(&Line::Face(Box::new(face.clone()))).expect("JSON");
    assert!(text.contains(r#""reason":"dark""#) && !text.contains("landmarks"));
    assert_eq!(line(&text), Line::Face(Box::new(face)));
}

#[test]
fn a_voice_line_is_ten_hops_of_ten_milliseconds() {
    let Line::Voice(v) = line(
        r#"{"kind":"voice","t":1200,"hop":10,"f0":[null,null,null,118.25,118.5,null,null,null,null,null],"strength":[0.0,0.0,0.0,0.75,0.75,0.0,0.0,0.0,0.0,0.0],
        "intensity":[40.0,40.0,40.0,62.5,63.0,40.0,40.0,40.0,40.0,-300.0],"speech":[0.0,0.0,0.5,1.0,1.0,0.5,0.0,0.0,0.0,0.0],"snr_db":23.0}"#,
    ) else {
        panic!("a voice line")
    };
    assert_eq!((v.f0[3], v.f0[0]), (Some(118.25), None), "Hz, null where unvoiced; hop 3 is centred on 1235 ms");
    assert_eq!(v.intensity[9], -300.0, "digital silence, in dB re 2e-5, is still a number");
    assert_eq!(v.snr_db, Some(23.0), "dB");
}

#[test]
fn what_is_known_later_carries_when_it_was() {
    let Line::VoicedRun(r) = line(
        r#"{"kind":"voiced_run","t":2900,"start":2430,"end":2840,"jitter_local":0.0125,"jitter_rap":0.5,"jitter_ppq5":null,"shimmer_local":0.0625,"hnr_db":14.5}"#,
    ) else {
        panic!("a run")
    };
    assert_eq!(r.jitter_local, Some(0.0125), "a ratio: 1.25 %");
    assert!(r.t > r.end && r.jitter_ppq5.is_none());
    let Line::Nucleus(n) = line(r#"{"kind":"nucleus","t":2360,"at":2310}"#) else { panic!("a nucleus") };
    assert_eq!(n.t - n.at, 50);
    let Line::Hesitation(h) = line(r#"{"kind":"hesitation","t":4100,"start":3600,"end":4000,"confidence":0.75}"#)
    else {
        panic!("a hesitation")
    };
    assert_eq!(h.confidence, 0.75);
}

#[test]
fn a_phrase_is_what_was_said_between_two_pauses_with_the_times_of_its_words() {
    let Line::Phrase(p) = line(
        r#"{"kind":"phrase","t":5600,"start":1200,"end":2800,"text":"Um, yes.","logp":-0.25,"complete":true,"source":"moonshine-tiny-en 0.1.29",
        "words":[{"w":"Um,","start":1310,"end":1650,"filler":true,"logp":-0.5},{"w":"yes.","start":1900,"end":2300,"filler":false,"logp":-0.125}]}"#,
    ) else {
        panic!("a phrase")
    };
    assert_eq!(
        (p.t, p.start, p.end),
        (MediaTime(5600), MediaTime(1200), MediaTime(2800)),
        "it counts from later than it ends"
    );
    assert!(p.words[0].filler && !p.words[1].filler, "um is a filler");
    assert_eq!(p.words[1].text, "yes.", "with its punctuation");
    assert!(p.logp > -0.35, "certain enough");
    let Line::Gap(g) = line(r#"{"kind":"gap","t":5600,"what":"words","start":1200,"end":2800,"reason":"overload"}"#)
    else {
        panic!("a gap")
    };
    assert_eq!(Line::Gap(g).stream(), Some(Stream::Words));
}

#[test]
fn a_header_of_version_1_knows_no_words() {
    let text = r#"{"face":"lite","face_sha256":"ab","voice_activity":"energy"}"#;
    let models: Models = serde_json::from_str(text).expect("models of version 1");
    assert_eq!(models.words, None);
    assert_eq!(serde_json::to_string(&models).expect("JSON"), text);
}

#[test]
fn a_gap_and_a_rate_change_say_what_was_not_seen() {
    let Line::Gap(g) = line(r#"{"kind":"gap","t":13000,"what":"video","start":12600,"end":13000,"reason":"loss"}"#)
    else {
        panic!("a gap")
    };
    assert_eq!(g.span().len_ms(), 400);
    for reason in ["overload", "muted", "ended", "no_connection"] {
        line(&format!(r#"{{"kind":"gap","t":1,"what":"face","start":0,"end":1,"reason":"{reason}"}}"#));
    }
    let Line::Rate(r) = line(r#"{"kind":"rate","t":20000,"hz":10,"model":"lite"}"#) else { panic!("a rate") };
    assert_eq!((r.hz, r.model), (10, FaceModel::Lite));
}

#[test]
fn an_unknown_kind_and_a_wrong_length_are_refused() {
    assert!(serde_json::from_str::<Line>(r#"{"kind":"aura","t":1}"#).is_err());
    assert!(serde_json::from_str::<face::Blendshapes>("[0.5]").is_err());
}

#[test]
fn lines_are_ordered_by_time_then_kind() {
    let gap = |t| {
        Line::Gap(Gap {
            t: MediaTime(t),
            what: GapKind::Audio,
            start: MediaTime(0),
            end: MediaTime(t),
            reason: GapReason::Loss,
        })
    };
    let nucleus = |t, at| Line::Nucleus(Nucleus { t: MediaTime(t), at: MediaTime(at) });
    let mut lines = vec![nucleus(20, 15), nucleus(20, 11), gap(20), gap(10)];
    lines.sort_by_key(Line::order);
    assert_eq!(lines, vec![gap(10), gap(20), nucleus(20, 11), nucleus(20, 15)]);
}

proptest! {
    /// Invariant 6: what is read back is bit for bit what was written.
    #[test]
    fn every_finite_value_survives_the_text(bits in prop::collection::vec(any::<u32>(), 20)) {
        let f = |i: usize| { let v = f32::from_bits(bits[i]); if v.is_finite() { v } else { 0.0 } };
        let voice = Line::Voice(Voice {
            t: MediaTime(i64::from(bits[0])), hop: 10, f0: std::array::from_fn(|i| Some(f(i))), strength: [f(10); 10],
            intensity: std::array::from_fn(|i| f(i + 10)), speech: [f(11); 10], snr_db: Some(f(12)),
        });
        let text = serde_json::to_string(&voice).expect("JSON");
        let Line::Voice(back) = serde_json::from_str(&text).expect("read back") else { panic!("a voice line") };
        let Line::Voice(voice) = voice else { unreachable!("made above") };
        for i in 0..10 {
            prop_assert_eq!(back.f0[i].map(f32::to_bits), voice.f0[i].map(f32::to_bits));
            prop_assert_eq!(back.intensity[i].to_bits(), voice.intensity[i].to_bits());
        }
    }
}
