//! Stories: a session as a text timeline that a person can read, and the lines a camera and a microphone would have given.
//!
//! One instruction a line, `minutes:seconds  what changes`; what is set stays until it is set again. `#` begins a comment.
//! The voice speaks in phrases of 2.6 s with 400 ms between them unless told otherwise; the face is at rest and looks at the camera.
//! This file reads the text; `teller` makes the lines.

mod teller;

use coach_core::MediaTime;
use coach_core::journal::*;
use teller::{Teller, units};

/// dB of the voice in the device check.
pub const LEVEL_DB: f32 = 65.0;
/// What the recognizer of a story is called.
const RECOGNIZER: &str = "moonshine-tiny-en 0.1.29";

#[derive(Debug, Clone)]
pub struct Story {
    pub header: Header,
    pub lines: Vec<Line>,
    pub expectations: Vec<String>,
    pub hints: Vec<String>,
}

/// How the candidate is at one moment.
#[derive(Debug, Clone)]
struct Scene {
    /// Mean log-probability of what is written down.
    logp: f32,
    wpm: f64,
    pauses: bool,
    level_db: f32,
    pitch_sd: f32,
    pitch_up: f32,
    fade_db: f32,
    uneven_db: f32,
    rough: f32,
    snr_db: f32,
    audio: bool,
    video: bool,
    present: bool,
    reason: Option<QualityReason>,
    yaw: f32,
    pitch: f32,
    iris: [f32; 2],
    eyes: f32,
    smile: f32,
    brow: f32,
    lip: f32,
    lively: f32,
    restless: f32,
    hesitant: bool,
    /// Degrees up and down, and sideways, 1.4 times a second.
    nod: f32,
    shake: f32,
    blinking: bool,
    /// Nothing of the face moves.
    still: bool,
    faces: u32,
    /// The interviewer speaks.
    other: bool,
}

const REST: Scene = Scene {
    logp: -0.1,
    wpm: 0.0,
    pauses: true,
    level_db: 0.0,
    pitch_sd: 2.6,
    pitch_up: 0.0,
    fade_db: 3.0,
    uneven_db: 1.0,
    rough: 1.0,
    snr_db: 30.0,
    audio: true,
    video: true,
    present: true,
    reason: None,
    yaw: 0.0,
    pitch: 0.0,
    iris: [0.0; 2],
    eyes: 0.3,
    smile: 0.0,
    brow: 0.0,
    lip: 0.0,
    lively: 0.12,
    restless: 1.0,
    hesitant: false,
    nod: 0.0,
    shake: 0.0,
    blinking: false,
    still: false,
    faces: 1,
    other: false,
};

pub fn header() -> Header {
    Header {
        version: VERSION,
        source: Source::File,
        started_us: 0,
        owner: String::new(),
        models: Models {
            face: FaceModel::Full,
            face_sha256: String::new(),
            voice_activity: VoiceActivityModel::Silero,
            words: None,
            face_runtime: None,
        },
        rate_hz: 15,
        capture: Capture { width: 640, height: 480, ..Capture::default() },
        calibration: None,
        hints: HintSettings {
            enabled: coach_insight::hints::ALL.iter().map(|r| r.id.to_owned()).collect(),
            budget_ms: 20_000,
        },
        affect: true,
        parts: vec![Part { n: 0, offset: MediaTime::ZERO }],
        room: false,
    }
}

pub fn calibration() -> Calibration {
    Calibration {
        yaw: Some(0.0),
        pitch: Some(0.0),
        roll: Some(0.0),
        iris: Some([0.0; 2]),
        eye_opening: Some([0.3; 2]),
        action_units: Some(units(&REST, 0.0)),
        smile: Some(0.02),
        noise_floor_db: Some(35.0),
        level_db: Some(LEVEL_DB),
        pitch_hz: Some(120.0),
    }
}

/// Minutes and seconds to milliseconds.
pub fn ms(text: &str) -> i64 {
    let (minutes, seconds) = text.split_once(':').unwrap_or_else(|| panic!("a time is m:ss, not {text:?}"));
    let minutes: i64 = minutes.parse().unwrap_or_else(|_| panic!("minutes in {text:?}"));
    let seconds: f64 = seconds.parse().unwrap_or_else(|_| panic!("seconds in {text:?}"));
    minutes * 60_000 + (seconds * 1000.0).round() as i64
}

impl Story {
    pub fn parse(text: &str) -> Story {
        let mut header = header();
        let mut camera_hz = 15;
        let (mut expectations, mut hints, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for raw in text.lines() {
            let line = raw.split('#').next().unwrap_or_default().trim();
            let mut words = line.split_whitespace();
            match words.next() {
                None => {}
                Some("expect") => expectations.push(words.collect::<Vec<_>>().join(" ")),
                Some("hint") => hints.push(line.to_owned()),
                Some("device-check") => header.calibration = Some(calibration()),
                Some("budget") => {
                    header.hints.budget_ms = 1000 * words.next().and_then(|w| w.parse::<i64>().ok()).expect("seconds")
                }
                Some("only") => header.hints.enabled = words.map(str::to_owned).collect(),
                Some("no-hints") => header.hints.enabled.clear(),
                Some("room") => header.room = true,
                Some("affect-off") => header.affect = false,
                Some("camera-hz") => {
                    camera_hz = words.next().and_then(|w| w.parse::<i64>().ok()).expect("frames a second")
                }
                Some("gain-control") => header.capture.agc = true,
                Some("recognizer") => header.models.words = Some(RECOGNIZER.to_owned()),
                Some("lite-model") => header.models.face = FaceModel::Lite,
                Some(time) => changes.push((ms(time), words.map(str::to_owned).collect::<Vec<_>>())),
            }
        }
        let end = changes.last().expect("a story has an end").0;
        let mut teller = Teller::new();
        let lite = header.models.face == FaceModel::Lite;
        let mut next = 0;
        let mut frame = 0;
        for t in (0..end).step_by(10) {
            while next < changes.len() && changes[next].0 <= t {
                teller.change(t, &changes[next].1, text);
                next += 1;
            }
            if t % 100 == 0 {
                if header.room {
                    let speech = [if teller.scene.other { 0.97 } else { 0.02 }; 10];
                    teller.lines.push(Line::Other(Other { t: MediaTime(t), hop: 10, speech }));
                }
                teller.listen(t);
            }
            while (frame * 1000 + 7) / camera_hz <= t {
                teller.look((frame * 1000 + 7) / camera_hz, lite);
                frame += 1;
            }
        }
        teller.close_gaps(end);
        teller.close_phrase(end);
        let mut lines = teller.lines;
        lines.sort_by_key(Line::order);
        Story { header, lines, expectations, hints }
    }
}

impl Teller {
    fn change(&mut self, t: i64, words: &[String], story: &str) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let number = |i: usize| -> f32 {
            words.get(i).and_then(|w| w.parse().ok()).unwrap_or_else(|| panic!("a number in {words:?} of {story}"))
        };
        if let Some(mark) = mark(t, &words) {
            self.lines.push(Line::Mark(mark));
            return;
        }
        let s = &mut self.scene;
        match words[0] {
            "speak" => {
                s.wpm = f64::from(number(1));
                s.pauses = words.get(2) != Some(&"breathless");
            }
            "silent" => s.wpm = 0.0,
            "says" => {
                self.script.text = words[1..].iter().map(|w| (*w).to_owned()).collect();
                self.script.next = 0;
            }
            "mumble" => s.logp = -0.6,
            "level" => s.level_db = number(1),
            "tone" => s.pitch_sd = number(1),
            "higher" => s.pitch_up = number(1),
            "fade" => s.fade_db = number(1),
            "uneven" => s.uneven_db = number(1),
            "rough" => s.rough = number(1),
            "noise" => s.snr_db = number(1),
            "hesitant" => s.hesitant = true,
            "nod" => s.nod = number(1),
            "shake" => s.shake = number(1),
            "blink" => s.blinking = true,
            "stare" => s.blinking = false,
            "fluent" => s.hesitant = false,
            "look" => {
                (s.yaw, s.pitch, s.iris, s.eyes) = match words[1] {
                    "camera" => (0.0, 0.0, [0.0; 2], 0.3),
                    "aside" => (25.0, 3.0, [0.0; 2], 0.3),
                    "slightly-aside" => (6.0, 2.0, [0.0; 2], 0.3),
                    "down" => (0.0, 8.0, [0.0, 0.4], 0.2),
                    "shut" => (0.0, 0.0, [0.0; 2], 0.03),
                    "eyes-aside" => (0.0, 0.0, [0.6, 0.0], 0.3),
                    other => panic!("look {other}?"),
                }
            }
            "photograph" => s.still = true,
            "together" => s.faces = 2,
            "leave" => s.present = false,
            "return" => (s.present, s.reason) = (true, None),
            "dark" => s.reason = Some(QualityReason::Dark),
            "cut" => s.reason = Some(QualityReason::Cut),
            "clear" => s.reason = None,
            "smile" => s.smile = number(1),
            "lively" => s.lively = number(1),
            "restless" => s.restless = number(1),
            "tense" => (s.brow, s.lip, s.pitch_up) = (number(1), 0.7 * number(1), 12.0 * number(1)),
            "calm" => (s.brow, s.lip, s.pitch_up) = (0.0, 0.0, 0.0),
            "lose" => match words[1] {
                "audio" => (s.audio, self.gap_audio) = (false, Some(t)),
                _ => (s.video, self.gap_video) = (false, Some(t)),
            },
            "find" => self.close_gaps(t),
            "interviewer" => {
                s.other = match words[1] {
                    "speaks" => true,
                    "stops" => false,
                    other => panic!("interviewer {other}?"),
                }
            }
            "end" => {}
            other => panic!("what is {other:?} in {story}"),
        }
    }
}

/// Returns the mark that these words of a story are; `None`: they are something else.
fn mark(t: i64, words: &[&str]) -> Option<Mark> {
    let rest = || Some(words[1..].join(" "));
    let (what, question, suggested_ms) = match words[0] {
        "ask" => {
            let seconds =
                words.iter().rev().nth(1).filter(|_| words.last() == Some(&"s")).and_then(|n| n.parse::<i64>().ok());
            let question = words[1..].iter().take_while(|w| **w != "for").copied().collect::<Vec<_>>().join(" ");
            (MarkKind::Question, Some(question), seconds.map(|s| s * 1000))
        }
        "goes-on" => (MarkKind::FollowUp, rest(), None),
        "refuse" => (MarkKind::HintOff, rest(), None),
        "accept" => (MarkKind::HintOn, rest(), None),
        "answered" => (MarkKind::AnswerEnd, None, None),
        "pause" => (MarkKind::Pause, None, None),
        "resume" => (MarkKind::Resume, None, None),
        _ => return None,
    };
    Some(Mark { t: MediaTime(t), what, question_id: question.clone(), question, suggested_ms })
}
