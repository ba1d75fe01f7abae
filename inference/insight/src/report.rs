//! The report: answers, scores, metrics, curves and words of a session that is over.

use crate::advice::AnswerFeedback;
use crate::answers::Marked;
use crate::content::outline::outline;
use crate::metrics::{self, pace};
use crate::scene::{Scene, Totals};
use crate::scores::{self, Evidence, Measures};
use crate::state::{State, measures};
use crate::{advice, affect, comparable, stress, texts};
use coach_core::journal::Phrase;
use coach_core::report::{Answer, Coverage, MetricValue, Report, ScoreName, Scores, Series, VERSION};
use coach_core::{MediaTime, Span};
use std::collections::BTreeMap;

/// A contribution that lost fewer points shows no bad moments.
const LEAST_LOST: f32 = 2.0;
/// Nor does one of a better quality than this.
const WEAKENED: f32 = 0.85;

/// Version of each formula by name.
pub fn formulas() -> BTreeMap<String, u32> {
    let scores = scores::ALL.iter().map(|f| (f.id.to_owned(), f.version));
    let others = [("affect", affect::VERSION), ("stress", stress::VERSION), ("pace", pace::VERSION)];
    scores.chain(others.map(|(name, version)| (name.to_owned(), version))).collect()
}

impl State {
    pub(crate) fn report(&mut self, end: MediaTime) -> Report {
        self.end();
        let whole = Span::new(MediaTime::ZERO, end);
        let all = self.answers.all(end).into_iter().enumerate();
        let (answers, said): (Vec<Answer>, Vec<AnswerFeedback>) =
            all.map(|(place, marked)| self.answer(marked, place)).unzip();
        let everything = Marked {
            question: None,
            question_id: None,
            suggested_ms: None,
            start: whole.start,
            end: Some(end),
            follow_up: None,
        };
        let (mut overall, of_all) = self.answer(everything, 0);
        overall.scores = scores::over_answers(&answers, overall.scores);
        if let [only] = &answers[..] {
            (overall.praise, overall.advice) = (only.praise.clone(), only.advice.clone());
            overall.words = only.words.clone();
        } else {
            overall.praise = advice::overall_praise(&overall.scores, &of_all, &said);
            overall.outline = None;
            overall.advice = advice::overall(&said);
            overall.words = advice::lines(&overall.praise, &overall.advice, &[], &overall.scores);
        }
        let scene = self.scene(vec![whole], None);
        let totals = scene.totals;
        Report {
            version: VERSION,
            formulas: comparable::of(&self.header, self.sight, totals.analyzed_s, self.rewritten),
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
            unwritten: self.timeline.unwritten.clone(),
            notices: self.all_notices(end),
            without_check: self.header.calibration.is_none().then(texts::without_check),
            turns: self.turns.told(&self.timeline),
        }
    }

    /// What has to be known of the recording as a whole.
    fn all_notices(&self, end: MediaTime) -> Vec<String> {
        let quiet = self.voice.is_too_quiet().then(texts::too_quiet);
        self.notices.iter().cloned().chain(quiet).chain(self.reduced.notice(end)).collect()
    }

    /// What was said, in order of time: a phrase that was written down late is known late.
    fn transcript(&self) -> Vec<Phrase> {
        let mut said = self.timeline.said.clone();
        said.sort_by_key(|phrase| phrase.start);
        said
    }

    /// One answer, and what is said of it. `place`: among the answers of the report.
    fn answer(&self, marked: Marked, place: usize) -> (Answer, AnswerFeedback) {
        let end = marked.end.unwrap_or(marked.start);
        let mut scene = self.scene(self.active(Span::new(marked.start, end)), marked.suggested_ms);
        scene.moments = true;
        let mut measures = measures(&scene);
        quote(&scene, &mut measures);
        let mut scores = scores::scores(&measures, &Evidence::of(&scene));
        self.widen(&scene, &mut scores);
        let said = advice::of_answer(&scene, &measures, &scores);
        keep_what_counts(&mut scores);
        let advice = advice::advice(&said, place);
        let words = advice::lines(&said.praise, &advice, &said.notes, &scores);
        let metrics = values(&scene, &measures);
        read_beside_aims(&mut scores, &metrics);
        let answer = Answer {
            question: marked.question,
            question_id: marked.question_id,
            suggested_ms: marked.suggested_ms,
            start: marked.start,
            end,
            scores,
            metrics,
            words,
            praise: said.praise.clone(),
            advice,
            outline: scene.said().map(|words| outline(&words)).filter(|found| !found.parts.is_empty()),
            follow_up: marked.follow_up,
        };
        (answer, said)
    }

    /// Widens the range of each score by how it changed over the thirds of the answer, and gives Resilience one where hard moments were
    /// too few for a number.
    fn widen(&self, scene: &Scene, scores: &mut Scores) {
        let thirds: Vec<Scores> = scene
            .thirds()
            .into_iter()
            .map(|spans| {
                let part = scene.part(spans);
                scores::scores(&measures(&part), &Evidence::of(&part))
            })
            .collect();
        let each = [
            (&mut scores.confidence, ScoreName::Confidence),
            (&mut scores.clarity, ScoreName::Clarity),
            (&mut scores.engagement, ScoreName::Engagement),
        ];
        for (score, name) in each {
            let of = |s: &Scores| s.each().into_iter().find(|(n, _)| *n == name).and_then(|(_, s)| s.value);
            let values: Vec<f32> = thirds.iter().filter_map(of).collect();
            let (Some(value), Some([low, high])) = (score.value, score.range) else { continue };
            if values.len() == thirds.len() && !values.is_empty() {
                let most = values.iter().copied().fold(f32::MIN, f32::max);
                let least = values.iter().copied().fold(f32::MAX, f32::min);
                score.range = Some(scores::around(value, ((high - low) / 2.0).max((most - least) / 2.0)));
            }
        }
        let resilience = &mut scores.resilience;
        if resilience.value.is_none() && Evidence::of(scene).has_few_hard_moments() {
            let points = resilience.contributions.iter().map(|c| c.points).sum::<f32>() + resilience.unknown;
            resilience.range = Some(scores::around(points.clamp(20.0, 80.0), 20.0));
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
            let window = self.active(Span::new((span.end - pace::WINDOW_MS).max(MediaTime::ZERO), span.end));
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

/// Adds to the moments of the voice what was being said in them.
fn quote(scene: &Scene, measures: &mut Measures) {
    for metric in metrics::ALL.iter().filter(|metric| !metric.of_face) {
        let moments = measures.get_mut(metric.id).map(|m| &mut m.moments);
        for moment in moments.into_iter().flatten().filter(|m| !m.why.contains('\u{201c}')) {
            if let Some(quote) = scene.quote(moment.span) {
                moment.why = format!("{}: {quote}", moment.why);
            }
        }
    }
}

/// Leaves only those moments that moved a score: bad ones where points were lost, good ones where they are worth a look.
fn keep_what_counts(scores: &mut Scores) {
    let all = [&mut scores.confidence, &mut scores.clarity, &mut scores.resilience, &mut scores.engagement];
    for c in all.into_iter().flat_map(|score| &mut score.contributions) {
        let quality = if c.weight > 0.0 && c.value.is_some() { c.points / (100.0 * c.weight) } else { 1.0 };
        let lost = 100.0 * c.weight - c.points >= LEAST_LOST && quality < WEAKENED;
        let shows_good = metrics::find(&c.metric).is_some_and(|m| m.shows_good);
        c.moments.retain(|m| if m.good { shows_good } else { lost });
    }
}

/// Gives each contribution the words of its value.
fn read_beside_aims(scores: &mut Scores, metrics: &BTreeMap<String, MetricValue>) {
    let all = [&mut scores.confidence, &mut scores.clarity, &mut scores.resilience, &mut scores.engagement];
    for c in all.into_iter().flat_map(|score| &mut score.contributions) {
        let Some(metric) = metrics.get(&c.metric) else { continue };
        (c.text, c.usual) = (metric.text.clone(), metric.usual.clone());
    }
}

fn values(scene: &Scene, measures: &Measures) -> BTreeMap<String, MetricValue> {
    let value = |metric: &metrics::Metric| {
        let m = &measures[metric.id];
        MetricValue {
            name: metric.name.to_owned(),
            text: metric.read(m, scene),
            usual: metric.read_usual(m),
            value: m.value,
            reason: m.reason.clone(),
            unit: metric.unit.to_owned(),
            coverage: m.coverage,
            baseline: m.baseline,
        }
    };
    metrics::ALL.iter().map(|metric| (metric.id.to_owned(), value(metric))).collect()
}
