//! The lines of a story: what a camera, a microphone and a recognizer would have given of a scene.

use super::{LEVEL_DB, RECOGNIZER, REST, Scene};
use coach_core::MediaTime;
use coach_core::face::ActionUnits;
use coach_core::journal::*;

const WORDS_PER_NUCLEUS: f64 = coach_insight::metrics::pace::WORDS_PER_NUCLEUS as f64;

/// The action units of a scene's face; `wave` is where its liveliness swings, -1 to 1.
pub(super) fn units(scene: &Scene, wave: f32) -> ActionUnits {
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
pub(super) struct Script {
    pub(super) text: Vec<String>,
    pub(super) next: usize,
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
        Some(Line::Phrase(Box::new(Phrase {
            t: end + 1700,
            start,
            end,
            text,
            logp,
            complete: true,
            source,
            words,
            heard: None,
        })))
    }
}

/// Makes the lines of a story, as its scene is at each moment.
pub(super) struct Teller {
    pub(super) scene: Scene,
    /// Time of speech in the current phrase, and the syllable clock.
    phrase_ms: i64,
    phrase: i64,
    syllable: f64,
    said_since_run: i64,
    spoken_ms: i64,
    pub(super) script: Script,
    pub(super) gap_audio: Option<i64>,
    pub(super) gap_video: Option<i64>,
    pub(super) lines: Vec<Line>,
}

impl Teller {
    pub(super) fn new() -> Teller {
        Teller {
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
        }
    }

    pub(super) fn close_gaps(&mut self, t: i64) {
        for (what, since) in [(GapKind::Audio, self.gap_audio.take()), (GapKind::Video, self.gap_video.take())] {
            if let Some(since) = since {
                let (t, start) = (MediaTime(t), MediaTime(since));
                self.lines.push(Line::Gap(Gap { t, what, start, end: t, reason: GapReason::Loss }));
            }
        }
        (self.scene.audio, self.scene.video) = (true, true);
    }

    pub(super) fn close_phrase(&mut self, at: i64) {
        let logp = self.scene.logp;
        self.lines.extend(self.script.close(at, logp));
    }

    /// 100 ms of voice.
    pub(super) fn listen(&mut self, t: i64) {
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
    pub(super) fn look(&mut self, t: i64, lite: bool) {
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
