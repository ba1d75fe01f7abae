//! The report: answers, scores, metrics, curves and words of a session that is over.

use crate::answers::Marked;
use crate::metrics::{self, pace};
use crate::scene::Totals;
use crate::scores::{self, Measures};
use crate::state::{State, measures};
use crate::{affect, stress, texts, words};
use coach_core::journal::{FaceModel, Phrase};
use coach_core::report::{Answer, Coverage, MetricValue, Report, Series, VERSION};
use coach_core::{MediaTime, Span};
use std::collections::BTreeMap;

/// Version of each formula by name.
pub fn formulas() -> BTreeMap<String, u32> {
    let scores = scores::ALL.iter().map(|f| (f.id.to_owned(), f.version));
    let others = [("affect", affect::VERSION), ("stress", stress::VERSION), ("pace", pace::VERSION)];
    scores.chain(others.map(|(name, version)| (name.to_owned(), version))).collect()
}

impl State {
    pub(crate) fn report(&mut self, end: MediaTime) -> Report {
        self.speech.end(&mut self.timeline);
        let whole = Span::new(MediaTime::ZERO, end);
        let answers: Vec<Answer> = self.answers.all(end).into_iter().map(|marked| self.answer(marked)).collect();
        let everything =
            Marked { question: None, question_id: None, suggested_ms: None, start: whole.start, end: Some(end) };
        let overall = self.answer(everything);
        let scene = self.scene(vec![whole], None);
        let totals = scene.totals;
        Report {
            version: VERSION,
            formulas: formulas(),
            duration_ms: end.ms(),
            coverage: Coverage {
                face: metrics::share(totals.good_s, end.seconds()),
                voice: metrics::share(totals.heard_s, end.seconds()),
                speech_s: totals.speech_s as f32,
                face_s: totals.good_s as f32,
            },
            metrics: overall.metrics.clone(),
            answers,
            overall,
            series: self.series(end),
            pauses: self.timeline.pauses.clone(),
            stress: self.timeline.spikes.clone(),
            hints: self.hints.clone(),
            voice: if scene.too_noisy() { self.voice.named_in_noise() } else { self.voice.named() },
            transcript: self.transcript(),
            recognizer: self.header.models.words.clone(),
        }
    }

    /// What was said, in order of time: a phrase that was written down late is known late.
    fn transcript(&self) -> Vec<Phrase> {
        let mut said = self.timeline.said.clone();
        said.sort_by_key(|phrase| phrase.start);
        said
    }

    fn answer(&self, marked: Marked) -> Answer {
        let end = marked.end.unwrap_or(marked.start);
        let mut scene = self.scene(self.answers.active(Span::new(marked.start, end)), marked.suggested_ms);
        scene.moments = true;
        let measures = measures(&scene);
        let mut scores = scores::scores(&measures);
        if !self.header.affect {
            scores.resilience.reason = Some(texts::affect_off());
        }
        let head_alone = self.header.models.face == FaceModel::Lite;
        let words = words::words(&scores, &measures, head_alone);
        Answer {
            question: marked.question,
            question_id: marked.question_id,
            suggested_ms: marked.suggested_ms,
            start: marked.start,
            end,
            scores,
            metrics: values(&measures),
            words,
        }
    }

    /// Curves at 2 Hz; sample `i` tells of the 500 ms from `500 i` on, pace of the 20 s before their end.
    fn series(&self, end: MediaTime) -> Series {
        const STEP_MS: i64 = 500;
        let mut series = Series { step_ms: STEP_MS, ..Series::default() };
        let usual = self.baseline.usual.and_then(|u| u.pitch_st).or_else(|| self.middle_pitch());
        let mut t = MediaTime::ZERO;
        while t < end {
            let span = Span::new(t, t + STEP_MS);
            let now = Totals::over(&self.timeline, &[span]);
            let of = |sum: f64, of: f64| crate::stats::ratio(sum, of);
            let stress: Vec<f32> = self.timeline.cells(span).filter_map(|(_, c)| c.stress).collect();
            series.valence.push(of(now.valence, now.affect_s));
            series.arousal.push(of(now.arousal, now.affect_s));
            series.stress.push(of(stress.iter().map(|v| f64::from(*v)).sum(), stress.len() as f64));
            series.pitch_st.push(now.pitch_st().zip(usual).map(|(st, usual)| st - usual));
            series.level_db.push(now.level_db());
            series.eye_contact.push(now.contact());
            series.expressiveness.push(of(now.expressive, now.expressive_s));
            let window = self.answers.active(Span::new((span.end - pace::WINDOW_MS).max(MediaTime::ZERO), span.end));
            series.pace_wpm.push(pace::window(&Totals::over(&self.timeline, &window)));
            t = span.end;
        }
        series
    }

    /// The middle pitch of a session too short to have taught the usual one.
    fn middle_pitch(&self) -> Option<f32> {
        let cells = self.timeline.cells.iter().filter(|c| c.voiced >= 3);
        let mut means: Vec<f32> = cells.map(|c| c.pitch_sum / f32::from(c.voiced)).collect();
        crate::stats::median(&mut means)
    }
}

fn values(measures: &Measures) -> BTreeMap<String, MetricValue> {
    let value = |metric: &metrics::Metric| {
        let m = &measures[metric.id];
        MetricValue {
            name: metric.name.to_owned(),
            text: m.value.map(|v| texts::number(v, metric.unit)),
            value: m.value,
            reason: m.reason.clone(),
            unit: metric.unit.to_owned(),
            coverage: m.coverage,
            baseline: m.baseline,
        }
    };
    metrics::ALL.iter().map(|metric| (metric.id.to_owned(), value(metric))).collect()
}
