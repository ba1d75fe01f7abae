//! Speech and pauses: hops of voice become phrases, pauses, response latencies and the voice half of the cells.
//!
//! A burst of speech under 60 ms is no speech; a silence under 250 ms is no pause but part of speaking (the customary threshold of
//! fluency studies); over 1 s it is long (Campione and Véronis 2002). A silence of which a good part
//! was lost sound is not called a pause; a lost packet or two in it change nothing.

use crate::stats::{quantile, semitones};
use crate::timeline::{Chunk, Phrase, Timeline, push};
use coach_core::journal::Voice;
use coach_core::report::{Pause, PauseClass};
use coach_core::{MediaTime, Span};
use std::collections::VecDeque;

/// A silence of this length ends a phrase.
pub const PAUSE_MS: i64 = 250;
/// A pause over this is long.
pub const LONG_PAUSE_MS: i64 = 1000;
const HOP_MS: i64 = 10;
/// A word may hide in a loss of this length.
const WORD_MS: i64 = 300;
/// Hops of speech in a row that make speech.
const BURST: usize = 6;
/// Probability at which speech begins, and under which it ends.
const BEGIN: f32 = 0.5;
const END: f32 = 0.35;
/// Phrases are cut into pieces of this length for the comparison of levels.
const CHUNK_MS: i64 = 4000;

/// Hops kept of all (a minute) and of silence (half a minute).
const TRAIL: usize = 6000;
const QUIET: usize = 3000;
/// Phrases from this length on have an end that can be judged: its last half second, which holds a syllable or two at any pace. Over 300 ms
/// the median of a reading at 240 words a minute lay anywhere between 17 and 24 dB, whatever its ends were like.
const ENDED_MS: i64 = 800;
const LAST_MS: i64 = 500;
/// What a listener compares the end of a long phrase with. The loudest syllable of ten seconds is louder than that of three, and no end that
/// was read well comes near it.
const NEAR_MS: i64 = 3_000;
/// A phrase ends where its level last is within so many dB of its loud part, and so many over the room.
const AUDIBLE_DB: f32 = 30.0;
const OVER_FLOOR_DB: f32 = 6.0;

#[derive(Debug, Clone, Copy)]
struct Hop {
    t: MediaTime,
    level_db: f32,
    pitch_st: Option<f32>,
}

#[derive(Debug)]
struct Open {
    start: MediaTime,
    end: MediaTime,
    level: Mean,
    chunk_start: MediaTime,
    chunk: Mean,
    /// The last 60 hops of speech.
    tail: VecDeque<Hop>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Mean {
    sum: f64,
    n: u32,
}

impl Mean {
    fn add(&mut self, x: f32) {
        self.sum += f64::from(x);
        self.n += 1;
    }
    fn get(self) -> Option<f32> {
        (self.n > 0).then(|| (self.sum / f64::from(self.n)) as f32)
    }
}

/// Follows one stream of voice.
#[derive(Debug, Default)]
pub struct Speech {
    talking: bool,
    next: MediaTime,
    /// Hops of a run that is still too short to be speech.
    burst: Vec<Hop>,
    running: bool,
    open: Option<Open>,
    /// End of the phrase before, if nothing has come between that would make the silence something else than a pause.
    before: Option<MediaTime>,
    /// Level of every hop of late, speech or not: up to [`TRAIL`].
    trail: VecDeque<(MediaTime, f32)>,
    /// Levels of silence of late, up to [`QUIET`].
    quiet: VecDeque<f32>,
    /// Where sound was missing of late.
    lost: VecDeque<Span>,
    asked: Option<MediaTime>,
}

impl Speech {
    /// 100 ms more.
    pub fn hear(&mut self, voice: &Voice, timeline: &mut Timeline) {
        if let Some(cell) = timeline.cell_mut(voice.t) {
            cell.snr_db = voice.snr_db.map(|x| x.clamp(-50.0, 100.0));
        }
        for i in 0..10 {
            let t = voice.t + i as i64 * HOP_MS;
            if t < self.next {
                continue;
            }
            if t > self.next {
                self.lost(Span::new(self.next, t));
            }
            self.next = t + HOP_MS;
            let hop = Hop {
                t,
                level_db: voice.intensity[i].clamp(-300.0, 200.0),
                pitch_st: voice.f0[i].filter(|f| (40.0..=1000.0).contains(f)).map(semitones),
            };
            if let Some(cell) = timeline.cell_mut(t) {
                cell.hops = (cell.hops + 1).min(10);
            }
            self.talking = voice.speech[i] >= if self.talking { END } else { BEGIN };
            keep(&mut self.trail, (t, hop.level_db), TRAIL);
            if !self.talking && hop.level_db > -250.0 {
                keep(&mut self.quiet, hop.level_db, QUIET);
            }
            if self.talking { self.speak(hop, timeline) } else { self.silence(t, timeline) }
        }
    }

    fn speak(&mut self, hop: Hop, timeline: &mut Timeline) {
        if self.running {
            self.add(hop, timeline);
            return;
        }
        self.burst.push(hop);
        if self.burst.len() < BURST {
            return;
        }
        self.running = true;
        let start = self.burst[0].t;
        if self.open.as_ref().is_some_and(|open| start - open.end >= PAUSE_MS) {
            self.close(timeline);
        }
        if self.open.is_none() {
            self.begin(start, timeline);
        }
        let burst = std::mem::take(&mut self.burst);
        for &hop in &burst {
            self.add(hop, timeline);
        }
        self.burst = burst;
        self.burst.clear();
    }

    fn begin(&mut self, start: MediaTime, timeline: &mut Timeline) {
        if let Some(before) = self.before {
            let span = Span::new(before, start);
            if self.heard(span) && span.len_ms() >= PAUSE_MS {
                let class = if span.len_ms() > LONG_PAUSE_MS { PauseClass::Long } else { PauseClass::Medium };
                push(&mut timeline.pauses, Pause { span, class });
            }
        }
        if let Some(asked) = self.asked.take()
            && start >= asked
            && self.heard(Span::new(asked, start))
        {
            push(&mut timeline.latencies, (asked, start - asked));
        }
        self.open = Some(Open {
            start,
            end: start,
            level: Mean::default(),
            chunk_start: start,
            chunk: Mean::default(),
            tail: VecDeque::with_capacity(64),
        });
    }

    fn add(&mut self, hop: Hop, timeline: &mut Timeline) {
        if let Some(cell) = timeline.cell_mut(hop.t) {
            cell.speech = (cell.speech + 1).min(10);
            cell.level_sum += hop.level_db;
            if let Some(st) = hop.pitch_st {
                cell.voiced = (cell.voiced + 1).min(10);
                cell.pitch_sum += st;
                cell.pitch_sq += st * st;
            }
        }
        let Some(open) = &mut self.open else { return };
        open.end = hop.t + HOP_MS;
        open.level.add(hop.level_db);
        open.chunk.add(hop.level_db);
        if open.tail.len() >= 60 {
            open.tail.pop_front();
        }
        open.tail.push_back(hop);
        if open.end - open.chunk_start >= CHUNK_MS {
            Self::cut(open, timeline);
        }
    }

    fn silence(&mut self, t: MediaTime, timeline: &mut Timeline) {
        self.burst.clear();
        self.running = false;
        if self.open.as_ref().is_some_and(|open| t + HOP_MS - open.end >= PAUSE_MS) {
            self.close(timeline);
        }
    }

    fn cut(open: &mut Open, timeline: &mut Timeline) {
        let span = Span::new(open.chunk_start, open.end);
        if span.len_ms() >= 1000
            && let Some(level_db) = open.chunk.get()
        {
            push(&mut timeline.chunks, Chunk { span, level_db });
        }
        open.chunk_start = open.end;
        open.chunk = Mean::default();
    }

    fn close(&mut self, timeline: &mut Timeline) {
        let Some(mut open) = self.open.take() else { return };
        Self::cut(&mut open, timeline);
        self.before = Some(open.end);
        let span = Span::new(open.start, open.end);
        let Some(level_db) = open.level.get() else { return };
        push(
            &mut timeline.phrases,
            Phrase { span, level_db, end_level_db: self.fall(span), end_pitch_st: end_movement(&open) },
        );
    }

    /// How far a phrase falls to its end, dB: its last 500 ms up to where its energy ends, less the loud part of the first half of its last 3 s.
    /// The end by energy, because the detector of speech cuts off what fades. `None` for a phrase under 800 ms.
    fn fall(&self, phrase: Span) -> Option<f32> {
        if phrase.len_ms() < ENDED_MS {
            return None;
        }
        let level = |from: MediaTime, to: MediaTime| {
            let from = self.trail.partition_point(|(t, _)| *t < from);
            let to = self.trail.partition_point(|(t, _)| *t < to).max(from);
            self.trail.range(from..to).map(|(_, db)| *db).collect::<Vec<f32>>()
        };
        let near = phrase.start.max(phrase.end - NEAR_MS);
        let top = quantile(&mut level(near, near + (phrase.end - near) / 2), 0.95)?;
        let mut quiet: Vec<f32> = self.quiet.iter().copied().collect();
        let floor = quantile(&mut quiet, 0.2).filter(|_| quiet.len() >= 50).unwrap_or(f32::NEG_INFINITY);
        let over = (top - AUDIBLE_DB).max(floor + OVER_FLOOR_DB);
        let whole = level(phrase.start, phrase.end + PAUSE_MS);
        let end = whole.iter().rposition(|db| *db >= over)? + 1;
        let last = &whole[end.saturating_sub((LAST_MS / HOP_MS) as usize)..end];
        Some(last.iter().sum::<f32>() / last.len() as f32 - top)
    }

    /// Sound was lost: what is in progress ends, and the silence around it is nobody's pause.
    pub fn lost(&mut self, span: Span) {
        if self.lost.len() >= 256 {
            self.lost.pop_front();
        }
        self.lost.push_back(span);
        self.burst.clear();
        self.running = false;
    }

    /// Somebody else spoke: as if the sound of that stretch were lost. Stretches that touch are one.
    pub fn masked(&mut self, span: Span) {
        match self.lost.back_mut() {
            Some(last) if last.start <= span.start && span.start <= last.end => {
                last.end = last.end.max(span.end);
                self.burst.clear();
                self.running = false;
            }
            _ => self.lost(span),
        }
    }

    /// Whether enough of a silence was heard to call it one: no more than a quarter was lost, and nothing long enough for a word.
    fn heard(&self, silence: Span) -> bool {
        let lost = || self.lost.iter().map(|gap| gap.overlap_ms(silence));
        lost().all(|ms| ms < WORD_MS) && 4 * lost().sum::<i64>() <= silence.len_ms()
    }

    /// A mark: what is in progress ends here and the silence after it is no pause. `asked`: a question was put.
    pub fn boundary(&mut self, t: MediaTime, asked: Option<MediaTime>, timeline: &mut Timeline) {
        if self.open.is_some() {
            self.close(timeline);
        }
        self.burst.clear();
        self.running = false;
        self.before = None;
        self.asked = asked.filter(|_| t >= MediaTime::ZERO);
    }

    /// Nothing more comes.
    pub fn end(&mut self, timeline: &mut Timeline) {
        self.close(timeline);
    }

    /// Since when it has been silent after speech: a pause in progress.
    pub fn silent_since(&self) -> Option<MediaTime> {
        match &self.open {
            Some(_) => None,
            None => self.before.filter(|before| self.heard(Span::new(*before, self.next))),
        }
    }

    /// Whether speech was heard in the last 250 ms.
    pub fn speaking(&self) -> bool {
        self.open.is_some()
    }
}

fn keep<T>(list: &mut VecDeque<T>, item: T, most: usize) {
    if list.len() >= most {
        list.pop_front();
    }
    list.push_back(item);
}

/// Semitones from the first to the second half of the last 400 ms, as far as they are voiced.
fn end_movement(open: &Open) -> Option<f32> {
    let (mut early, mut late) = (Mean::default(), Mean::default());
    for hop in open.tail.iter().filter(|h| open.end - h.t <= 400) {
        if let Some(st) = hop.pitch_st {
            if open.end - hop.t > 200 { early.add(st) } else { late.add(st) }
        }
    }
    (early.n >= 6 && late.n >= 6).then_some(())?;
    Some(late.get()? - early.get()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One character per 50 ms: `s` speech, `.` silence, `x` speech of 30 ms and silence.
    fn hear(pattern: &str) -> Timeline {
        let hops: Vec<f32> = pattern
            .chars()
            .flat_map(|c| match c {
                's' => [1.0; 5],
                'x' => [1.0, 1.0, 1.0, 0.0, 0.0],
                _ => [0.0; 5],
            })
            .collect();
        let (mut speech, mut timeline) = (Speech::default(), Timeline::default());
        for (i, block) in hops.chunks_exact(10).enumerate() {
            let voice = Voice {
                t: MediaTime(i as i64 * 100),
                hop: 10,
                f0: [Some(120.0); 10],
                strength: [0.9; 10],
                intensity: [60.0; 10],
                speech: std::array::from_fn(|k| block[k]),
                snr_db: None,
            };
            speech.hear(&voice, &mut timeline);
        }
        speech.end(&mut timeline);
        timeline
    }

    fn pauses(pattern: &str) -> Vec<(i64, i64)> {
        hear(pattern).pauses.iter().map(|p| (p.span.start.ms(), p.span.end.ms())).collect()
    }

    #[test]
    fn a_silence_of_250_ms_between_speech_is_a_pause_and_one_of_200_is_not() {
        assert_eq!(pauses("ssssssss.....sss"), [(400, 650)]);
        assert_eq!(pauses("ssssssss....ssss"), []);
    }

    #[test]
    fn a_click_does_not_break_a_pause_in_two() {
        assert_eq!(pauses("ssss....x.....ss"), [(200, 700)]);
    }

    #[test]
    fn silence_before_the_first_and_after_the_last_word_is_no_pause() {
        assert_eq!(pauses("..........ssssss..........").len(), 0);
    }

    #[test]
    fn sound_that_was_lost_is_no_pause() {
        let (mut speech, mut timeline) = (Speech::default(), Timeline::default());
        let block = |t, p| Voice {
            t: MediaTime(t),
            hop: 10,
            f0: [None; 10],
            strength: [0.0; 10],
            intensity: [50.0; 10],
            speech: [p; 10],
            snr_db: None,
        };
        for t in 0..10 {
            speech.hear(&block(t * 100, if (3..7).contains(&t) { 0.0 } else { 1.0 }), &mut timeline);
            if t == 6 {
                speech.lost(Span::new(MediaTime(350), MediaTime(650)));
            }
        }
        assert!(timeline.pauses.is_empty());
    }
}
