//! What the report says in words: what went well, what to try next, what stood in the way, and a line for each score.
//!
//! Praise comes first; then the most important fault, because a thing too many to change is changed by nobody (Kluger and DeNisi 1996: a
//! third of feedback made performance worse). Faults that a listener suffers from go before those of manner, whatever their weight.

mod conditions;
mod faults;
mod praise;

use crate::metrics::{Measure, Priority};
use crate::scene::Scene;
use crate::scores::Measures;
use crate::texts;
use coach_core::report::{Feedback, Scores};
use coach_core::{MediaTime, Span};

/// At most so much advice, and so much praise.
const MOST_ADVICE: usize = 3;
const MOST_PRAISE: usize = 2;
/// The stretch that is played to show a fault, and what is played before it.
const WORST_MS: i64 = 8000;
const LEAD_MS: i64 = 2000;

/// One fault of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub id: &'static str,
    pub priority: Priority,
    /// How bad it was, 0 to 1.
    pub severity: f32,
    pub text: String,
    pub worst: Option<Span>,
}

/// What is said of one answer.
#[derive(Debug, Default)]
pub(crate) struct AnswerFeedback {
    pub praise: Vec<Feedback>,
    pub faults: Vec<Fault>,
    /// What stood in the way of judging.
    pub notes: Vec<String>,
}

/// What is to be said of one answer, the weightiest first.
pub(crate) fn of_answer(scene: &Scene, measures: &Measures, scores: &Scores) -> AnswerFeedback {
    let mut faults = faults::faults(scene, measures, scores);
    let (more, notes) = conditions::conditions(scene, measures);
    faults.extend(more);
    sort(&mut faults);
    let praise = praise::praise(scores, &faults, MOST_PRAISE);
    AnswerFeedback { praise, faults, notes }
}

fn sort(faults: &mut [Fault]) {
    faults.sort_by(|a, b| a.priority.cmp(&b.priority).then(b.severity.total_cmp(&a.severity)).then(a.id.cmp(b.id)));
}

/// The advice of one answer that stands at `place` in the report.
pub(crate) fn advice(said: &AnswerFeedback, place: usize) -> Vec<Feedback> {
    let first = said.faults.iter().take(MOST_ADVICE);
    first.map(|f| Feedback { id: f.id.into(), text: f.text.clone(), answers: vec![place], worst: f.worst }).collect()
}

/// The advice of a whole session of several answers: the worst fault of each, one that answers share told once.
pub(crate) fn overall(answers: &[AnswerFeedback]) -> Vec<Feedback> {
    // The worst fault of a kind, the answer that has it, and all answers that have one.
    let mut worst: Vec<(Fault, usize, Vec<usize>)> = Vec::new();
    for (place, said) in answers.iter().enumerate() {
        let Some(fault) = said.faults.first() else { continue };
        match worst.iter_mut().find(|(known, ..)| known.id == fault.id) {
            Some((known, of, places)) => {
                places.push(place);
                if fault.severity > known.severity {
                    (*known, *of) = (fault.clone(), place);
                }
            }
            None => worst.push((fault.clone(), place, vec![place])),
        }
    }
    worst.sort_by(|(a, _, p), (b, _, q)| {
        a.priority.cmp(&b.priority).then(b.severity.total_cmp(&a.severity)).then(p.cmp(q))
    });
    let first = worst.into_iter().take(MOST_ADVICE);
    let named = |fault: &Fault, of: usize, places: &[usize]| {
        let counted: Vec<usize> = places.iter().map(|place| place + 1).collect();
        texts::of_answers(&counted, of + 1, &fault.text)
    };
    let feedback = |(f, of, answers): (Fault, usize, Vec<usize>)| Feedback {
        id: f.id.into(),
        text: named(&f, of, &answers),
        answers,
        worst: f.worst,
    };
    first.map(feedback).collect()
}

/// The praise of a whole session of several answers: what all of it did well and no answer did badly, then what single answers did well,
/// named with them. `whole` is said of the session taken as one answer.
pub(crate) fn overall_praise(scores: &Scores, whole: &AnswerFeedback, answers: &[AnswerFeedback]) -> Vec<Feedback> {
    let faults: Vec<Fault> = answers.iter().chain([whole]).flat_map(|said| said.faults.clone()).collect();
    // With a fault in some answer little is left that holds for all of them, and it is the less telling: one is enough.
    let mut all = praise::praise(scores, &faults, if faults.is_empty() { MOST_PRAISE } else { 1 });
    for (place, one) in answers.iter().enumerate().flat_map(|(n, said)| said.praise.iter().map(move |p| (n, p))) {
        if all.len() >= MOST_PRAISE {
            break;
        }
        if all.iter().all(|known| known.id != one.id) {
            all.push(Feedback { text: texts::in_answer(place + 1, &one.text), answers: vec![place], ..one.clone() });
        }
    }
    all
}

/// All lines: praise, advice, notes, scores.
pub(crate) fn lines(praise: &[Feedback], advice: &[Feedback], notes: &[String], scores: &Scores) -> Vec<String> {
    let mut lines: Vec<String> = praise.iter().map(|p| texts::went_well(&p.text)).collect();
    lines.extend(advice.iter().take(1).map(|a| texts::try_next(&a.text)));
    lines.extend(advice.iter().skip(1).map(|a| texts::work_on(&a.text)));
    lines.extend_from_slice(notes);
    lines.extend(scores.each().map(|(name, score)| match (score.value, score.range) {
        (Some(value), Some(range)) => texts::summary(name, value, range, &faults::cost(score)),
        _ => texts::unsaid(name, score.reason.as_deref().unwrap_or_default()),
    }));
    lines
}

/// The stretch to play for a moment: a little before it, no longer than [`WORST_MS`], within the answer.
fn to_play(scene: &Scene, moment: Span) -> Option<Span> {
    let within = scene.spans.iter().find(|s| s.overlap_ms(moment) > 0 || s.contains(moment.start))?;
    let lead = (WORST_MS - moment.len_ms()).clamp(0, LEAD_MS);
    let start = MediaTime(moment.start.ms() - lead).max(within.start);
    let start = MediaTime(start.ms().min(within.end.ms() - WORST_MS)).max(within.start);
    Some(Span::new(start, (start + WORST_MS).min(within.end)))
}

/// The worst moment of a measure.
fn worst(scene: &Scene, measure: &Measure) -> Option<Span> {
    measure.moments.iter().find(|m| !m.good).and_then(|m| to_play(scene, m.span))
}
