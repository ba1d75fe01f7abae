//! Who spoke when, of two people: responses, interruptions and overlaps.

use coach_core::report::{Interruption, Response, Speaker};
use coach_core::{MediaTime, Span};

/// Stretches of one person that are less than this apart, with nothing of the other between them, are one turn.
const SAME_TURN_MS: i64 = 1500;
/// A stretch within the other one's turn that is no longer is a word of listening ("mhm", "right"): it takes no turn.
const BACKCHANNEL_MS: i64 = 700;
/// Whoever is interrupted has spoken for this long, and stops within [`YIELDS_MS`] of the other's beginning.
const SPOKEN_MS: i64 = 500;
const YIELDS_MS: i64 = 2000;
/// Whoever interrupts goes on for at least this long after the other has stopped.
const GOES_ON_MS: i64 = 500;
/// A shorter overlap is two people who begin at once, or the end of a word.
const LEAST_OVERLAP_MS: i64 = 200;
/// Whoever goes on within this of their own stop was not interrupted: it was a breath.
const RESUMES_MS: i64 = 300;

/// Returns the stretches without words of listening, joined to turns.
pub fn turns(own: &[Span], other: &[Span]) -> Vec<Span> {
    let mut turns: Vec<Span> = Vec::new();
    for &run in own {
        let within = run.len_ms() <= BACKCHANNEL_MS && other.iter().any(|o| o.start <= run.start && run.end <= o.end);
        if within {
            continue;
        }
        match turns.last_mut() {
            Some(last) if run.start - last.end < SAME_TURN_MS && !spoken(other, Span::new(last.end, run.start)) => {
                last.end = run.end;
            }
            _ => turns.push(run),
        }
    }
    turns
}

fn spoken(runs: &[Span], span: Span) -> bool {
    runs.iter().any(|run| run.overlap_ms(span) > 0)
}

/// Returns the interruptions of `spoken` by `by`: who spoke stops because the other one began, and the other one goes on.
pub fn interruptions(spoken: &[Span], by: &[Span], who: Speaker) -> Vec<Interruption> {
    let mut found = Vec::new();
    for begun in by {
        let Some(ongoing) = spoken.iter().find(|s| s.start + SPOKEN_MS <= begun.start && begun.start < s.end) else {
            continue;
        };
        let overlap = Span::new(begun.start, ongoing.end.min(begun.end));
        let resumes =
            spoken.iter().any(|s| s.start > ongoing.start && (0..RESUMES_MS).contains(&(s.start - ongoing.end)));
        let yields = ongoing.end - begun.start <= YIELDS_MS && begun.end - ongoing.end >= GOES_ON_MS && !resumes;
        if yields && overlap.len_ms() >= LEAST_OVERLAP_MS {
            found.push(Interruption { by: who, span: overlap });
        }
    }
    found
}

/// Returns for each turn of the interviewer how long the candidate took to answer: up to the first word after its end. A candidate who
/// spoke already when it ended did not wait, and a turn of the interviewer that follows without an answer has none.
pub fn responses(interviewer: &[Span], candidate: &[Span]) -> Vec<Response> {
    let mut found = Vec::new();
    for (i, turn) in interviewer.iter().enumerate() {
        let next = interviewer.get(i + 1).map_or(MediaTime(i64::MAX), |next| next.start);
        if candidate.iter().any(|run| run.start <= turn.end && turn.end < run.end) {
            continue;
        }
        if let Some(first) = candidate.iter().find(|run| run.start > turn.end).filter(|run| run.start < next) {
            found.push(Response { question_end: turn.end, first_word: first.start, ms: first.start - turn.end });
        }
    }
    found
}

/// Returns the stretches in which both speak.
pub fn overlaps(a: &[Span], b: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let both = Span::new(x.start.max(y.start), x.end.min(y.end));
        if both.start < both.end {
            found.push(both);
        }
        if x.end <= y.end { i += 1 } else { j += 1 }
    }
    found
}

/// Returns what is left of `spans` without `others`. Both are in order.
pub fn without(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for span in spans {
        let mut from = span.start;
        for other in others.iter().filter(|o| o.end > span.start && o.start < span.end) {
            if other.start > from {
                left.push(Span::new(from, other.start));
            }
            from = from.max(other.end);
        }
        if from < span.end {
            left.push(Span::new(from, span.end));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stretches of a timeline, one character per 100 ms: `s` speech, `.` silence.
    fn spans(pattern: &str) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        for (i, _) in pattern.chars().enumerate().filter(|(_, c)| *c == 's') {
            let t = MediaTime(i as i64 * 100);
            match found.last_mut() {
                Some(last) if last.end == t => last.end = t + 100,
                _ => found.push(Span::new(t, t + 100)),
            }
        }
        found
    }

    /// The interviewer's line above the candidate's.
    fn both(interviewer: &str, candidate: &str) -> (Vec<Span>, Vec<Span>) {
        (spans(interviewer), spans(candidate))
    }

    fn latencies(interviewer: &str, candidate: &str) -> Vec<i64> {
        let (i, c) = both(interviewer, candidate);
        responses(&turns(&i, &c), &turns(&c, &i)).iter().map(|r| r.ms).collect()
    }

    fn cut(interviewer: &str, candidate: &str) -> (Vec<i64>, Vec<i64>) {
        let (i, c) = both(interviewer, candidate);
        let starts = |found: Vec<Interruption>| found.iter().map(|x| x.span.start.ms()).collect();
        (starts(interruptions(&i, &c, Speaker::Candidate)), starts(interruptions(&c, &i, Speaker::Interviewer)))
    }

    #[test]
    fn the_time_to_the_first_word_runs_from_the_end_of_the_question() {
        assert_eq!(latencies("ssssssssss......................", "...............sssssssssss......"), [500]);
    }

    #[test]
    fn a_breath_within_the_question_does_not_end_it() {
        assert_eq!(latencies("sssss...ssssss..................", "....................ssssssss...."), [600]);
    }

    #[test]
    fn a_word_of_listening_is_no_answer_and_no_interruption() {
        let (asks, hums) = ("ssssssssssssssssssss............", "........sss.............ssssssss");
        assert_eq!((latencies(asks, hums), cut(asks, hums)), (vec![400], (vec![], vec![])));
    }

    #[test]
    fn whoever_begins_before_the_end_did_not_wait() {
        assert_eq!(latencies("ssssssssss......................", "........sssssssssssssss........."), [0; 0]);
    }

    #[test]
    fn a_question_that_is_repeated_counts_once() {
        assert_eq!(latencies("ssssss..................ssssss..", "................................ssss"), [200]);
    }

    #[test]
    fn the_candidate_interrupts_when_the_interviewer_stops_for_it() {
        let (asks, cuts) = ("ssssssssssssss..................", "..........ssssssssssssssss......");
        assert_eq!(cut(asks, cuts), (vec![1000], vec![]));
    }

    #[test]
    fn the_interviewer_interrupts_the_same_way() {
        let (asks, talks) = ("...............ssssssssss.......", "ssssssssssssssssss..............");
        assert_eq!(cut(asks, talks), (vec![], vec![1500]));
    }

    #[test]
    fn who_gives_way_interrupted_nobody() {
        let (asks, tries) = ("ssssssssssssssssssssssssssssss..", "..........ssssssssss............");
        assert_eq!(cut(asks, tries), (vec![], vec![]));
    }

    #[test]
    fn both_at_once_is_no_interruption() {
        let (asks, talks) = ("..sssssss.......................", "...ssssssssssssssss.............");
        assert_eq!(cut(asks, talks), (vec![], vec![]));
    }

    #[test]
    fn an_overlap_is_where_both_speak() {
        let (a, b) = both("ssssssss....ssss....", "......sssssssss.....");
        let found: Vec<_> = overlaps(&a, &b).iter().map(|s| (s.start.ms(), s.end.ms())).collect();
        assert_eq!(found, [(600, 800), (1200, 1500)]);
        let alone: Vec<_> = without(&a, &b).iter().map(|s| (s.start.ms(), s.end.ms())).collect();
        assert_eq!(alone, [(0, 600), (1500, 1600)]);
    }
}
