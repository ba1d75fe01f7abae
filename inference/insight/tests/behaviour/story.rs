//! Stories: a session as a text timeline that a person can read, and the lines a camera and a microphone would have given.
//!
//! One instruction a line, `minutes:seconds  what changes`; what is set stays until it is set again. `#` begins a comment.
//! The voice speaks in phrases of 2.6 s with 400 ms between them unless told otherwise; the face is at rest and looks at the camera.

use coach_core::face::ActionUnits;
use coach_core::journal::*;
use coach_core::{MediaTime, Span};

/// dB of the voice in the device check.
pub const LEVEL_DB: f32 = 65.0;
const WORDS_PER_NUCLEUS: f64 = coach_insight::metrics::pace::WORDS_PER_NUCLEUS as f64;

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
        },
        rate_hz: 15,
        capture: Capture { width: 640, height: 480, agc: false, noise_suppression: false },
        calibration: None,
        hints: HintSettings {
            enabled: coach_insight::hints::ALL.iter().map(|r| r.id.to_owned()).collect(),
            budget_ms: 20_000,
        },
        affect: true,
        parts: vec![Part { n: 0, offset: MediaTime::ZERO }],
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

fn units(scene: &Scene, wave: f32) -> ActionUnits {
    let some = |v: f32| Some(v.clamp(0.0, 1.0));
    ActionUnits {
        au01: some(0.04 + scene.lively * (0.5 + 0.5 * wave)),
        au02: some(0.03 + 0.6 * scene.lively * (0.5 + 0.5 * wave)),
        au04: some(0.05 + scene.brow),
        au05: some(0.01),
        au06: some(0.5 * scene.smile),
        au07: some(0.25),
        au10: some(0.02 + 0.4 * scene.smile),
        au12: some(0.02 + scene.smile + 0.3 * scene.lively * (0.5 - 0.5 * wave)),
        au15: some(0.01),
        au17: some(0.03),
        au20: some(0.02),
        au24: some(0.04 + scene.lip),
        au26: some(0.05),
        au43: some(0.1),
        ..ActionUnits::default()
    }
}

/// Small and always the same: a hash of the time, -1 to 1.
fn jitter(t: i64, salt: i64) -> f32 {
    let mut x = (t.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64) ^ salt.wrapping_mul(0x632B_E59B_D9B4_E019)) as u64;
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 32;
    (x % 20_001) as f32 / 10_000.0 - 1.0
}

/// What is being said, over and over again, and what a recognizer has written of the phrase that runs.
#[derive(Debug, Clone, Default)]
struct Script {
    text: Vec<String>,
    next: usize,
    clock: f64,
    written: Vec<Word>,
    since: Option<i64>,
}

impl Script {
    /// 10 ms of speech at a rate of words a second.
    fn speak(&mut self, at: i64, words_per_s: f64) {
        if self.text.is_empty() {
            return;
        }
        self.since.get_or_insert(at);
        self.clock += words_per_s / 100.0;
        if self.clock >= 1.0 {
            self.clock -= 1.0;
            let text = self.text[self.next % self.text.len()].clone();
            self.next += 1;
            let filler = matches!(text.as_str(), "um" | "uh" | "er");
            self.written.push(Word { text, start: MediaTime(at), end: MediaTime(at + 150), filler, logp: -0.1 });
        }
    }

    /// The phrase is over, or as long as a recognizer takes one: its line counts from some time after its end.
    fn close(&mut self, at: i64, logp: f32) -> Option<Line> {
        let since = self.since.take()?;
        let words = std::mem::take(&mut self.written);
        let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
        let (start, end) = (MediaTime((since - 300).max(0)), MediaTime(at + 300));
        let source = RECOGNIZER.to_owned();
        Some(Line::Phrase(Box::new(Phrase { t: end + 1700, start, end, text, logp, complete: true, source, words })))
    }
}

const RECOGNIZER: &str = "moonshine-tiny-en 0.1.29";

struct Teller {
    scene: Scene,
    /// Time of speech in the current phrase, and the syllable clock.
    phrase_ms: i64,
    phrase: i64,
    syllable: f64,
    said_since_run: i64,
    spoken_ms: i64,
    script: Script,
    gap_audio: Option<i64>,
    gap_video: Option<i64>,
    lines: Vec<Line>,
}

impl Story {
    pub fn parse(text: &str) -> Story {
        let mut header = header();
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
                Some("affect-off") => header.affect = false,
                Some("gain-control") => header.capture.agc = true,
                Some("recognizer") => header.models.words = Some(RECOGNIZER.to_owned()),
                Some("lite-model") => header.models.face = FaceModel::Lite,
                Some(time) => changes.push((ms(time), words.map(str::to_owned).collect::<Vec<_>>())),
            }
        }
        let end = changes.last().expect("a story has an end").0;
        let mut teller = Teller {
            scene: REST,
            phrase_ms: 0,
            phrase: 0,
            syllable: 0.0,
            said_since_run: 0,
            spoken_ms: 0,
            script: Script::default(),
            gap_audio: None,
            gap_video: None,
            lines: Vec::new(),
        };
        let lite = header.models.face == FaceModel::Lite;
        let mut next = 0;
        let mut frame = 0;
        for t in (0..end).step_by(10) {
            while next < changes.len() && changes[next].0 <= t {
                teller.change(t, &changes[next].1, text);
                next += 1;
            }
            if t % 100 == 0 {
                teller.listen(t);
            }
            while (frame * 1000 + 7) / 15 <= t {
                teller.look((frame * 1000 + 7) / 15, lite);
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
        let mark = |what, question: Option<String>, suggested_ms| {
            Line::Mark(Mark { t: MediaTime(t), what, question_id: question.clone(), question, suggested_ms })
        };
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
            "ask" => {
                let suggested = words
                    .iter()
                    .rev()
                    .nth(1)
                    .filter(|_| words.last() == Some(&"s"))
                    .and_then(|n| n.parse::<i64>().ok());
                let question = words[1..].iter().take_while(|w| **w != "for").copied().collect::<Vec<_>>().join(" ");
                self.lines.push(mark(MarkKind::Question, Some(question), suggested.map(|s| s * 1000)));
            }
            "goes-on" => self.lines.push(mark(MarkKind::FollowUp, Some(words[1..].join(" ")), None)),
            "answered" => self.lines.push(mark(MarkKind::AnswerEnd, None, None)),
            "pause" => self.lines.push(mark(MarkKind::Pause, None, None)),
            "resume" => self.lines.push(mark(MarkKind::Resume, None, None)),
            "end" => {}
            other => panic!("what is {other:?} in {story}"),
        }
    }

    fn close_gaps(&mut self, t: i64) {
        for (what, since) in [(GapKind::Audio, self.gap_audio.take()), (GapKind::Video, self.gap_video.take())] {
            if let Some(since) = since {
                let (t, start) = (MediaTime(t), MediaTime(since));
                self.lines.push(Line::Gap(Gap { t, what, start, end: t, reason: GapReason::Loss }));
            }
        }
        (self.scene.audio, self.scene.video) = (true, true);
    }

    fn close_phrase(&mut self, at: i64) {
        let logp = self.scene.logp;
        self.lines.extend(self.script.close(at, logp));
    }

    /// 100 ms of voice.
    fn listen(&mut self, t: i64) {
        let mut voice = Voice {
            t: MediaTime(t),
            hop: 10,
            f0: [None; 10],
            strength: [0.1; 10],
            intensity: [LEVEL_DB - self.scene.snr_db; 10],
            speech: [0.02; 10],
            snr_db: Some(self.scene.snr_db),
        };
        if !self.scene.audio {
            voice.intensity = [-300.0; 10];
        }
        for k in 0..10 {
            let at = t + k as i64 * 10;
            let s = &self.scene;
            if s.wpm == 0.0 || !s.audio {
                (self.phrase_ms, self.said_since_run) = (0, 0);
                self.close_phrase(at);
                continue;
            }
            let (speech, silence) = if s.pauses { (2600, 400) } else { (i64::MAX / 4, 0) };
            if self.phrase_ms >= speech + silence {
                self.phrase_ms = 0;
                self.phrase += 1;
            }
            let within = self.phrase_ms;
            self.phrase_ms += 10;
            if within >= speech {
                self.said_since_run = 0;
                self.close_phrase(at);
                continue;
            }
            self.spoken_ms += 10;
            let seconds = self.spoken_ms as f32 / 1000.0;
            // The two halves of a second swing together to the asked-for spread.
            let sway = s.pitch_sd * std::f32::consts::SQRT_2 * (seconds * 2.0 * std::f32::consts::PI / 1.7).sin();
            let voiced = self.spoken_ms % 400 < 300;
            let fading = if s.pauses && speech - within <= 500 { s.fade_db } else { 0.0 };
            let phrase_db = s.uneven_db * 1.4 * if self.phrase % 2 == 0 { 1.0 } else { -1.0 };
            voice.speech[k] = 0.97;
            voice.strength[k] = if voiced { 0.85 } else { 0.2 };
            voice.f0[k] = voiced.then(|| 120.0 * 2f32.powf((sway + s.pitch_up) / 12.0));
            voice.intensity[k] = LEVEL_DB + s.level_db + phrase_db - fading + 2.0 * jitter(at, 1);
            let share = if s.pauses { 2.6 / 3.0 } else { 1.0 };
            self.syllable += s.wpm / 60.0 / WORDS_PER_NUCLEUS / share / 100.0;
            self.script.speak(at, self.scene.wpm / 60.0 / share);
            if self.syllable >= 1.0 {
                self.syllable -= 1.0;
                self.lines.push(Line::Nucleus(Nucleus { t: MediaTime(at + 60), at: MediaTime(at) }));
            }
            self.said_since_run += 10;
            if self.said_since_run == 500 {
                self.said_since_run = 0;
                let j = 0.02 * s.rough * (1.0 + 0.1 * jitter(at, 2));
                self.lines.push(Line::VoicedRun(VoicedRun {
                    t: MediaTime(at + 100),
                    start: MediaTime(at - 490),
                    end: MediaTime(at - 190),
                    jitter_local: Some(j),
                    jitter_rap: Some(j * 0.5),
                    jitter_ppq5: Some(j * 0.55),
                    shimmer_local: Some(0.09 * s.rough),
                    hnr_db: Some(11.0 - 3.0 * s.rough.ln()),
                }));
            }
            if s.hesitant && within == 2590 {
                let (start, end) = (MediaTime(at - 400), MediaTime(at));
                self.lines.push(Line::Hesitation(Hesitation { t: MediaTime(at + 200), start, end, confidence: 0.8 }));
            }
        }
        self.lines.push(Line::Voice(voice));
    }

    /// One frame.
    fn look(&mut self, t: i64, lite: bool) {
        let s = &self.scene;
        if !s.video {
            return;
        }
        let quality = Quality {
            light: if s.reason == Some(QualityReason::Dark) { 0.04 } else { 0.45 },
            size: 0.4,
            reason: s.reason,
        };
        if !s.present {
            self.lines.push(Line::Face(Box::new(Face::absent(MediaTime(t), quality))));
            return;
        }
        let seconds = t as f32 / 1000.0;
        let wave = (seconds * 2.0 * std::f32::consts::PI / 3.1).sin();
        let sway = |period: f32| s.restless * (seconds * 2.0 * std::f32::consts::PI / period).sin();
        // 1.4 times a second, for 1.5 s out of 5.
        let swing = if t % 5000 < 1500 { (seconds * 1.4 * 2.0 * std::f32::consts::PI).sin() } else { 0.0 };
        // A blink of 150 ms every 3 s.
        let eyes = if s.blinking && (1000..1150).contains(&(t % 3000)) { 0.06 } else { s.eyes };
        let units = units(s, wave);
        let shaken = |t, salt| if s.still { 0.0 } else { jitter(t, salt) };
        let sway = |period: f32| if s.still { 0.0 } else { sway(period) };
        let mut face = Face::absent(MediaTime(t), quality);
        face.present = true;
        face.score = 0.97;
        face.faces = s.faces;
        face.bounds = [0.3, 0.2, 0.3, 0.45];
        face.action_units = Some(units);
        face.pose = Some(Pose {
            yaw: s.yaw + s.shake * swing + 1.5 * sway(4.3) + 0.1 * shaken(t, 3),
            pitch: s.pitch + s.nod * swing + 1.0 * sway(5.9) + 0.1 * shaken(t, 4),
            roll: 0.1 * shaken(t, 5),
            matrix: [0.0; 16],
        });
        let iris = [s.iris[0] + 0.01 * jitter(t, 6), s.iris[1] + 0.01 * jitter(t, 7)];
        face.iris = (!lite).then_some(Iris { left: iris, right: iris });
        face.eye_opening = Some([eyes + 0.004 * shaken(t, 8); 2]);
        face.smile = Some(0.02 + s.smile);
        self.lines.push(Line::Face(Box::new(face)));
    }
}

/// The span of a gap, for tests that make their own.
#[allow(dead_code)]
pub fn span(a: i64, b: i64) -> Span {
    Span::new(MediaTime(a), MediaTime(b))
}
