//! Two answers side by side: what differs most, where, and in words.
//!
//! Answers are aligned by phase (thirds of their length), because nobody says the same thing at the same second. Differences are
//! weighed in what a listener would just notice, so that words a minute and semitones can be put in one order.

use crate::comparable;
use crate::metrics::{self, Metric, Of};
use crate::scores;
use crate::texts;
use coach_core::report::{Answer, Moment, Report, Series};
use coach_core::review::{Compared, Comparison, Difference, MomentRef, Phase};
use coach_core::{MediaTime, Span};

const PHASES: [&str; 3] = ["opening", "middle", "close"];
/// How many differences are put in words, and from which size on.
const WORDS: usize = 3;
const LEAST: f32 = 1.0;

/// The difference of a score that is worth a word.
const SCORE_NOTICEABLE: f32 = 8.0;

/// What a listener or viewer would just notice of a score or a metric; `None`: it is not compared in words.
pub fn noticeable(id: &str) -> Option<f32> {
    match metrics::find(id) {
        Some(metric) => metric.noticeable,
        None => Some(SCORE_NOTICEABLE),
    }
}

/// The answers to compare: those to one question (by id, else by text), else the first of each.
pub fn pair(a: &Report, b: &Report) -> (usize, usize) {
    let same = |x: &Answer, y: &Answer| {
        (x.question_id.is_some() && x.question_id == y.question_id)
            || (x.question.is_some() && x.question == y.question)
    };
    for (i, x) in a.answers.iter().enumerate() {
        if let Some(k) = b.answers.iter().position(|y| same(x, y)) {
            return (i, k);
        }
    }
    (0, 0)
}

/// Compares the answers that [`pair`] finds. `None` for a report without answers, which none of ours is.
pub fn compare(a: &Report, b: &Report) -> Option<Comparison> {
    let (i, k) = pair(a, b);
    compare_answers(a, i, b, k)
}

/// Compares answer `i` of `a` with answer `k` of `b`; `None` where there is no such answer.
pub fn compare_answers(a: &Report, i: usize, b: &Report, k: usize) -> Option<Comparison> {
    let (x, y) = (a.answers.get(i)?, b.answers.get(k)?);
    let (spans_a, spans_b) = (thirds(x), thirds(y));
    // Old and new formulas are never mixed, nor two models, nor two ways of capturing.
    let are_alike =
        |id: &str| comparable::names(id).into_iter().all(|name| a.formulas.get(name) == b.formulas.get(name));
    let mut gaps: Vec<Difference> = Vec::new();
    for ((name, of_a), (_, of_b)) in x.scores.each().into_iter().zip(y.scores.each()) {
        let id = scores::formula(name).id;
        let mut gap = difference(id, texts::score(name), "", of_a.value, of_b.value);
        if !are_alike(id) {
            gap.noticeable = None;
        }
        gaps.push(gap);
    }
    for metric in metrics::ALL.iter().copied() {
        let value = |answer: &Answer| answer.metrics.get(metric.id).and_then(|m| m.value);
        let mut gap = difference(metric.id, metric.name, metric.unit, value(x), value(y));
        let text = |answer: &Answer| answer.metrics.get(metric.id).and_then(|m| m.text.clone());
        (gap.text_a, gap.text_b) = (text(x), text(y));
        if !are_alike(metric.id) {
            gap.noticeable = None;
        }
        gap.phases = (0..PHASES.len())
            .map(|p| [curve(metric, &a.series, spans_a[p]), curve(metric, &b.series, spans_b[p])])
            .filter(|pair| pair.iter().any(Option::is_some))
            .collect();
        gap.moments_a = moments(x, metric.id);
        gap.moments_b = moments(y, metric.id);
        gaps.push(gap);
    }
    let mut largest: Vec<&Difference> =
        gaps.iter().skip(scores::ALL.len()).filter(|g| g.noticeable.is_some_and(|n| n.abs() >= LEAST)).collect();
    largest.sort_by(|p, q| {
        let size = |g: &Difference| g.noticeable.map_or(0.0, f32::abs);
        size(q).total_cmp(&size(p)).then(p.id.cmp(&q.id))
    });
    let mut words: Vec<String> = largest.into_iter().take(WORDS).map(sentence).collect();
    if words.is_empty() {
        words.push(texts::no_difference());
    }
    let same = |f: fn(&Answer) -> &Option<String>| f(x).is_some() && f(x) == f(y);
    let side = |answer: usize, of: &Answer| Compared {
        answer,
        question: of.question.clone(),
        span: Span::new(of.start, of.end),
    };
    Some(Comparison {
        same_question: same(|q| &q.question_id) || same(|q| &q.question),
        phases: (0..PHASES.len()).map(|p| Phase { id: PHASES[p].to_owned(), a: spans_a[p], b: spans_b[p] }).collect(),
        a: side(i, x),
        b: side(k, y),
        gaps,
        words,
    })
}

fn difference(id: &str, name: &str, unit: &str, a: Option<f32>, b: Option<f32>) -> Difference {
    Difference {
        id: id.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        a,
        b,
        text_a: None,
        text_b: None,
        noticeable: a.zip(b).zip(noticeable(id)).map(|((a, b), unit)| (a - b) / unit),
        phases: Vec::new(),
        moments_a: Vec::new(),
        moments_b: Vec::new(),
    }
}

fn thirds(answer: &Answer) -> [Span; 3] {
    let ms = (answer.end - answer.start).max(0);
    let at = |n: i64| answer.start + ms * n / 3;
    [Span::new(at(0), at(1)), Span::new(at(1), at(2)), Span::new(at(2), at(3))]
}

/// The value of a metric over a stretch, from the curves; `None` for a metric without a curve.
fn curve(metric: &Metric, series: &Series, span: Span) -> Option<f32> {
    let samples = metric.series?(series);
    let step = series.step_ms.max(1);
    let index = |t: MediaTime| ((t.ms().max(0) / step) as usize).min(samples.len());
    let known: Vec<f32> = samples[index(span.start)..index(span.end)].iter().flatten().copied().collect();
    let n = known.len() as f32;
    if known.len() < 4 {
        return None;
    }
    let mean = known.iter().sum::<f32>() / n;
    Some(match metric.of_series {
        Of::Mean => mean,
        Of::Spread => (known.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / n).sqrt(),
    })
}

fn moments(answer: &Answer, id: &str) -> Vec<MomentRef> {
    let scores = answer.scores.each();
    let contributions = scores.iter().flat_map(|(_, s)| &s.contributions);
    let found: Option<&Vec<Moment>> = contributions.filter(|c| c.metric == id).map(|c| &c.moments).next();
    let reference = |m: &Moment| MomentRef { start: m.span.start, end: m.span.end, why: m.why.clone() };
    found.map(|m| m.iter().map(reference).collect()).unwrap_or_default()
}

/// A difference in words, with the phase in which it was largest.
fn sentence(gap: &Difference) -> String {
    let (Some(a), Some(b), Some(metric)) = (gap.a, gap.b, metrics::find(&gap.id)) else { return String::new() };
    let unit = metric.noticeable.unwrap_or(1.0);
    let sizes: Vec<f32> =
        gap.phases.iter().map(|[a, b]| a.zip(*b).map_or(0.0, |(a, b)| (a - b).abs() / unit)).collect();
    let most = (0..sizes.len()).max_by(|&i, &k| sizes[i].total_cmp(&sizes[k]).then(k.cmp(&i)));
    // A phase is named when it stands out from the mean of all.
    let mean = sizes.iter().sum::<f32>() / (sizes.len() as f32).max(1.0);
    let phase = most.filter(|&i| sizes.len() == PHASES.len() && sizes[i] > 1.25 * mean + 0.5).map(|i| PHASES[i]);
    texts::difference(metric, a, b, phase)
}
