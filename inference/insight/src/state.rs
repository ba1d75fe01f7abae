//! The state of a session: updated by every accepted line, evaluated at every tick.

use crate::answers::Answers;
use crate::baseline::Baseline;
use crate::comparable::Sight;
use crate::content::asking::Asking;
use crate::hints::Now;
use crate::hints::budget::Budget;
use crate::metrics::{ALL, filler_clusters, pace, pitch_variation};
use crate::output::Output;
use crate::reduced::Reduced;
use crate::scene::{Scene, Totals};
use crate::scores::{Evidence, Measures, scores};
use crate::speech::Speech;
use crate::stress::{Signals, Stress};
use crate::timeline::{Timeline, push};
use crate::turns::{Heard, Turns};
use crate::voice::VoiceSums;
use crate::watch::Watch;
use coach_core::journal::{Face, FaceModel, Gap, GapKind, Header, Line, MarkKind, QualityReason};
use coach_core::live::{RunningScores, Vitals};
use coach_core::report::Hint;
use coach_core::{MediaTime, Span};
use std::collections::VecDeque;

/// Running scores are made this often, over at most the last ten minutes of the answer.
const SCORES_MS: i64 = 5000;
const SCORED_MS: i64 = 600_000;
/// Breathing is judged over this.
const BREATH_MS: i64 = 25_000;
/// A cluster of fillers is hinted while it is no older: words are known some seconds after they were said.
const CLUSTER_MS: i64 = 12_000;
/// Under this a microphone gives no quiet room but nothing at all, dB.
const MUTE_DB: f32 = -250.0;

/// The most notices of one report.
const MOST_NOTICES: usize = 16;

#[derive(Debug)]
pub(crate) struct State {
    pub header: Header,
    /// Whether another recognizer's words stand in the place of the journal's.
    pub rewritten: bool,
    pub answers: Answers,
    pub speech: Speech,
    pub watch: Watch,
    pub baseline: Baseline,
    pub stress: Stress,
    pub timeline: Timeline,
    pub voice: VoiceSums,
    pub turns: Turns,
    pub hints: Vec<Hint>,
    /// What is to be said of the recording as a whole.
    pub notices: Vec<String>,
    budget: Budget,
    pub asking: Asking,
    pub sight: Sight,
    pub reduced: Reduced,
    absent_since: Option<MediaTime>,
    cut_since: Option<MediaTime>,
    dark_since: Option<MediaTime>,
    level_db: Option<f32>,
    /// Since when a microphone that was heard before gives digital silence.
    mute_since: Option<MediaTime>,
    heard_before: bool,
    voice_until: MediaTime,
    face_until: MediaTime,
}

impl State {
    pub fn new(header: Header) -> State {
        State {
            answers: Answers::default(),
            speech: Speech::default(),
            watch: Watch::new(header.affect, header.rate_hz),
            baseline: Baseline::new(header.calibration.as_ref()),
            stress: Stress::default(),
            timeline: Timeline::default(),
            voice: VoiceSums::default(),
            turns: Turns::new(header.room),
            hints: Vec::new(),
            notices: Vec::new(),
            budget: Budget::new(&header.hints),
            asking: Asking::default(),
            sight: Sight::default(),
            reduced: Reduced::default(),
            absent_since: None,
            cut_since: None,
            dark_since: None,
            level_db: None,
            mute_since: None,
            heard_before: false,
            voice_until: MediaTime::ZERO,
            face_until: MediaTime::ZERO,
            header,
            rewritten: false,
        }
    }

    pub fn accept(&mut self, line: &Line) {
        match line {
            Line::Header(_) => {}
            Line::Mark(mark) => {
                let open = self.answers.marked.last().is_some_and(|answer| answer.end.is_none());
                self.answers.mark(mark);
                self.asking.mark(mark, open);
                if mark.what == MarkKind::Question {
                    self.budget.question();
                }
                if let Some(hint) = mark.question.as_deref() {
                    match mark.what {
                        MarkKind::HintOff => self.budget.switch(hint, false),
                        MarkKind::HintOn => self.budget.switch(hint, true),
                        _ => {}
                    }
                }
                if !matches!(mark.what, MarkKind::Note | MarkKind::HintOff | MarkKind::HintOn) {
                    let asked = (mark.what == MarkKind::Question).then_some(mark.t);
                    self.speech.boundary(mark.t, asked, &mut self.timeline);
                }
            }
            Line::Gap(gap) => {
                self.reduced.gap(gap);
                self.miss(gap);
            }
            Line::Rate(rate) => {
                self.watch.rate(rate.hz);
                self.reduced.rate(rate, self.header.rate_hz, self.header.models.face);
            }
            Line::Face(face) => self.see(face),
            Line::Other(other) => self.turns.other(other),
            Line::Voice(voice) => {
                if let Some(heard) = self.turns.own(voice) {
                    self.hear(&heard);
                }
            }
            Line::VoicedRun(run) if self.turns.is_masked(Span::new(run.start, run.end)) => {}
            Line::Nucleus(nucleus) if self.turns.is_masked(Span::new(nucleus.at, nucleus.at + 1)) => {}
            Line::Hesitation(found) if self.turns.is_masked(Span::new(found.start, found.end)) => {}
            Line::Phrase(phrase) if self.turns.is_the_interviewers(Span::new(phrase.start, phrase.end)) => {}
            Line::VoicedRun(run) => {
                self.baseline.run(run);
                self.voice.run(run);
                push(&mut self.timeline.runs, run.clone());
            }
            Line::Nucleus(nucleus) => {
                if let Some(cell) = self.timeline.cell_mut(nucleus.at) {
                    cell.nuclei = cell.nuclei.saturating_add(1);
                }
            }
            Line::Hesitation(hesitation) => push(&mut self.timeline.hesitations, hesitation.clone()),
            Line::Phrase(phrase) => self.timeline.write_down(phrase),
            Line::Notice(notice) => {
                if self.notices.len() < MOST_NOTICES {
                    self.notices.push(notice.text.clone());
                }
            }
        }
    }

    fn miss(&mut self, gap: &Gap) {
        match gap.what {
            GapKind::Audio => {
                self.speech.lost(gap.span());
                self.timeline.gap(gap.span(), |c| &mut c.audio_gap_ms);
            }
            GapKind::Video | GapKind::Face => {
                self.timeline.gap(gap.span(), |c| &mut c.video_gap_ms);
                self.watch.lose();
                (self.absent_since, self.cut_since, self.dark_since) = (None, None, None);
            }
            GapKind::Words => self.timeline.unwritten.push(gap.span()),
        }
    }

    /// Measures 100 ms of the candidate's voice. What the interviewer spoke over counts as not heard.
    fn hear(&mut self, heard: &Heard) {
        let voice = &heard.voice;
        if let Some(masked) = heard.masked {
            self.speech.masked(masked);
            self.timeline.gap(masked, |c| &mut c.audio_gap_ms);
        }
        self.speech.hear(voice, &mut self.timeline);
        self.baseline.hear(voice);
        self.voice.hear(voice);
        let sum: f32 = voice.intensity.iter().map(|db| db.clamp(-300.0, 200.0)).sum();
        let level_db = sum / 10.0;
        self.level_db = Some(level_db);
        self.heard_before |= self.speech.speaking();
        let mute = self.heard_before && level_db < MUTE_DB;
        self.mute_since = mute.then(|| self.mute_since.unwrap_or(voice.t));
        self.voice_until = voice.t + 100;
    }

    /// Measures the last of the voice: nothing more comes.
    pub fn end(&mut self) {
        if let Some(last) = self.turns.end() {
            self.hear(&last);
        }
        self.speech.end(&mut self.timeline);
    }

    fn see(&mut self, face: &Face) {
        if self.header.models.face == FaceModel::None {
            return;
        }
        self.watch.see(face, self.speech.speaking(), &mut self.baseline, &mut self.timeline);
        self.sight.see(face);
        self.face_until = face.t;
        let since = |since: &mut Option<MediaTime>, holds: bool| {
            *since = if holds { Some(since.unwrap_or(face.t)) } else { None };
        };
        let reason = face.quality.reason;
        // In the dark nobody can tell whether somebody is there: light is what is missing.
        since(&mut self.absent_since, !face.present && reason != Some(QualityReason::Dark));
        since(&mut self.cut_since, face.present && reason == Some(QualityReason::Cut));
        since(&mut self.dark_since, reason == Some(QualityReason::Dark));
    }

    /// Returns the stretches of `span` that count: within an answer, not paused, and not while the interviewer speaks.
    pub fn active(&self, span: Span) -> Vec<Span> {
        self.turns.without_interviewer(self.answers.active(span))
    }

    /// Returns the spans of the last `ms` of the current answer and the sums over them.
    fn last(&self, t: MediaTime, ms: i64) -> (Vec<Span>, Totals) {
        let from = self.answers.marked.last().map_or(MediaTime::ZERO, |a| a.start);
        let spans = self.active(Span::new(from.max(t - ms), t));
        let totals = Totals::over(&self.timeline, &spans);
        (spans, totals)
    }

    pub fn tick(&mut self, t: MediaTime, out: &mut VecDeque<Output>) {
        let answering = self.answers.running();
        let (_, last_2s) = self.last(t, 2000);
        let (spans_20s, last_20s) = self.last(t, 20_000);
        if self.header.affect && answering {
            self.feel(t, &last_2s, &last_20s);
        }
        let pitch_sd_st = pitch_variation::spread(&self.timeline, &spans_20s).filter(|_| !last_20s.too_noisy());
        let (_, last_5s) = self.last(t, 5000);
        out.push_back(Output::Vitals(self.vitals(t, &last_5s, &last_20s, pitch_sd_st)));
        // Nothing is said to whoever listens.
        if answering && !self.turns.listens(t) {
            let now = self.now(t, last_20s, pitch_sd_st);
            if let Some(hint) = self.budget.tick(&now) {
                push(&mut self.hints, hint.clone());
                out.push_back(Output::Hint(hint));
            }
            if t.ms() % SCORES_MS == 0 {
                out.push_back(Output::Scores(self.running(t)));
            }
        } else if !answering {
            self.budget.rest();
            self.stress.interrupt();
        }
        out.extend(self.follow_up(t).map(Output::FollowUp));
        if t.ms() % SCORES_MS == 0 {
            out.extend(self.turns.talk_time(t).map(Output::TalkTime));
        }
    }

    fn feel(&mut self, t: MediaTime, last_2s: &Totals, last_20s: &Totals) {
        use crate::stats::ratio;
        let seen = last_2s.affect_s >= 1.0;
        let face = |sum: f64| ratio(sum, last_2s.affect_s).filter(|_| seen);
        let signals = Signals {
            arousal: face(last_2s.alert),
            valence: face(last_2s.valence),
            brow: face(last_2s.brow),
            lip: face(last_2s.lip),
            pitch_st: last_2s.pitch_st().filter(|_| last_2s.voiced_s >= 0.5),
            pace: last_20s.pace().filter(|_| last_20s.talk_s >= 10.0 && last_2s.speech_s >= 0.5),
            smile: face(last_2s.smile).unwrap_or(0.0).max(self.watch.now.smile),
            blind: self.watch.now.blind,
        };
        self.stress.tick(t, &signals, &mut self.timeline);
    }

    fn vitals(&self, t: MediaTime, last_5s: &Totals, last_20s: &Totals, pitch_sd_st: Option<f32>) -> Vitals {
        let seen = t - self.face_until <= 1000;
        let watch = &self.watch.now;
        Vitals {
            t,
            level_db: self.level_db.filter(|_| t - self.voice_until <= 500),
            speaking: self.speech.speaking() && t - self.voice_until <= 500,
            face: seen && watch.present,
            faces: if seen { watch.faces } else { 0 },
            quality: watch.quality.filter(|_| seen),
            pace_wpm: pace::window(last_20s),
            pitch_sd_st,
            eye_contact: last_5s.contact().filter(|_| last_5s.gaze_s >= 1.0),
            valence: watch.valence.filter(|_| seen),
            arousal: watch.arousal.filter(|_| seen),
            learning: self.learning(),
        }
    }

    /// Returns whether something that this session can teach about the person is not known yet.
    fn learning(&self) -> bool {
        let face = self.header.models.face != FaceModel::None
            && (self.baseline.look.is_none() || self.baseline.rest.is_none());
        face || self.baseline.usual.is_none()
    }

    fn now(&self, t: MediaTime, last_20s: Totals, pitch_sd_st: Option<f32>) -> Now {
        let current = self.answers.current();
        let answer_ms = current
            .as_ref()
            .map_or(0, |answer| self.active(Span::new(answer.start, t)).iter().map(|s| s.len_ms()).sum());
        let since = |since: Option<MediaTime>| since.map(|s| t - s);
        // The last frame is older than a second: it says nothing about the present.
        let seen = t - self.face_until <= 1000;
        Now {
            t,
            last_8s: self.last(t, 8000).1,
            last_20s,
            breath: self.breath(t),
            last_30s: self.last(t, 30_000).1,
            filler_cluster: self.filler_cluster(t),
            pitch_sd_st,
            level_from: (!self.header.capture.agc).then(|| self.baseline.level_from()),
            voice_is_learnt: self.baseline.usual.is_some(),
            mute_ms: since(self.mute_since).filter(|_| t - self.voice_until <= 500),
            // Digital silence is no quiet room: the audio is lost or muted, and the gap line that says so comes at its end.
            silent_ms: since(self.speech.silent_since())
                .filter(|_| t - self.voice_until <= 500 && self.level_db.is_some_and(|db| db > MUTE_DB)),
            absent_ms: since(self.absent_since).filter(|_| seen),
            cut_ms: since(self.cut_since).filter(|_| seen),
            dark_ms: since(self.dark_since).filter(|_| seen),
            present: seen && self.watch.now.present,
            seen_before: self.watch.now.seen_before,
            spike: self.stress.spike().map(|s| s.height),
            answer_ms,
            suggested_ms: current.and_then(|a| a.suggested_ms),
            interrupted_ms: self.turns.interrupted_ms(t),
        }
    }

    /// Share of the last 25 s without a pause of 250 ms, 0 to 1; `None` while the answer has not been going for so long.
    fn breath(&self, t: MediaTime) -> Option<f32> {
        let (spans, totals) = self.last(t, BREATH_MS);
        if totals.talk_s * 1000.0 < BREATH_MS as f64 - 1000.0 {
            return None;
        }
        let silence = self.speech.silent_since().map(|since| Span::new(since, t));
        let pauses = self.timeline.pauses.iter().rev().map(|p| p.span).take_while(|p| p.end > t - BREATH_MS);
        let quiet = pauses.chain(silence).map(|p| spans.iter().map(|s| s.overlap_ms(p)).sum::<i64>()).sum::<i64>();
        Some(1.0 - quiet as f32 / BREATH_MS as f32)
    }

    /// Returns how many fillers the last cluster of this answer holds that ended a short time ago.
    fn filler_cluster(&self, t: MediaTime) -> Option<usize> {
        let from = self.answers.marked.last().map_or(MediaTime::ZERO, |a| a.start);
        let recent = Span::new(from.max(t - (CLUSTER_MS + filler_clusters::WITHIN_MS)), t);
        let clusters = filler_clusters::clusters(self.timeline.fillers(recent).into_iter());
        clusters.last().filter(|(span, _)| t - span.end <= CLUSTER_MS).map(|(_, n)| *n)
    }

    fn running(&self, t: MediaTime) -> RunningScores {
        let (spans, _) = self.last(t, SCORED_MS);
        let scene = self.scene(spans, None);
        let scores = scores(&measures(&scene), &Evidence::of(&scene));
        RunningScores {
            t,
            confidence: scores.confidence.value,
            clarity: scores.clarity.value,
            resilience: scores.resilience.value,
            engagement: scores.engagement.value,
        }
    }

    /// Returns these spans as the metrics see them, without moments.
    pub fn scene(&self, spans: Vec<Span>, suggested_ms: Option<i64>) -> Scene<'_> {
        let mut scene = Scene {
            timeline: &self.timeline,
            baseline: &self.baseline,
            totals: Totals::over(&self.timeline, &spans),
            spans,
            suggested_ms,
            affect: self.header.affect,
            agc: self.header.capture.agc,
            full_face_model: self.header.models.face == FaceModel::Full,
            still_video: false,
            several_faces: false,
            moments: false,
        };
        scene.still_video = scene.is_still_video();
        scene.several_faces = scene.has_several_faces();
        scene
    }
}

/// Measures every metric over a scene.
pub(crate) fn measures(scene: &Scene) -> Measures {
    ALL.iter().map(|metric| (metric.id, (metric.measure)(scene))).collect()
}
