//! What happened, in cells of 100 ms and in events, so that any stretch can be measured afterwards.
//!
//! A live window, an answer and the whole session are measured by the same functions over different stretches of this.
//! Four hours are 144 000 cells of about 100 bytes.

use crate::said::WordsPerNucleus;
use coach_core::journal::{self, Hesitation, VoicedRun};
use coach_core::report::{Pause, StressSpike};
use coach_core::{MediaTime, Span};

/// No session is longer: 12 h. Later stamps are refused, so that one wrong number cannot ask for all the memory there is.
pub const LONGEST: MediaTime = MediaTime(12 * 3_600_000);

/// Length of a cell.
pub const CELL_MS: i64 = 100;

/// No list of events grows beyond this; a person cannot make so many in the longest session.
const MOST_EVENTS: usize = 200_000;

/// 100 ms of everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cell {
    /// Hops of voice that were heard, 0 to 10.
    pub hops: u8,
    /// Of them speech.
    pub speech: u8,
    /// Of them voiced speech.
    pub voiced: u8,
    /// Syllable nuclei.
    pub nuclei: u8,
    /// Words that begin in it, fillers left out, of phrases that are certain; and for how many of its milliseconds such a phrase was going on.
    pub words: u8,
    pub written_ms: u8,
    /// Milliseconds without audio or video.
    pub audio_gap_ms: u8,
    pub video_gap_ms: u8,
    /// Semitones re 100 Hz, sum and sum of squares over voiced hops.
    pub pitch_sum: f32,
    pub pitch_sq: f32,
    /// dB, sum over hops of speech.
    pub level_sum: f32,
    pub snr_db: Option<f32>,
    pub face: FaceSums,
    /// Composite z at the end of the cell.
    pub stress: Option<f32>,
}

/// Milliseconds of analyzed frames by what they showed, and sums weighted by them.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaceSums {
    pub analyzed_ms: u16,
    pub present_ms: u16,
    /// Usable: present and nothing wrong with the image.
    pub good_ms: u16,
    pub dark_ms: u16,
    pub cut_ms: u16,
    /// Looks could be judged; of them on the camera.
    pub gaze_ms: u16,
    pub contact_ms: u16,
    /// The head's speed is known; degrees per second.
    pub speed_ms: u16,
    pub speed: f32,
    /// The detector saw more than one face.
    pub several_ms: u16,
    /// Of the time in which looks could be judged, there was no face.
    pub gone_ms: u16,
    /// Usable, with both eyes shut or looking down for longer than a blink takes.
    pub shut_ms: u16,
    /// Eye opening is known; its sum and its sum of squares.
    pub eye_ms: u16,
    pub eye: f32,
    pub eye_sq: f32,
    /// Action units known; brow lowerer, lip press and smile, 0 to 1.
    pub units_ms: u16,
    pub brow: f32,
    pub lip: f32,
    pub smile: f32,
    pub expressive_ms: u16,
    pub expressive: f32,
    pub affect_ms: u16,
    pub valence: f32,
    pub arousal: f32,
    /// Arousal without what a smile adds to it: what stress looks at.
    pub alert: f32,
}

/// A stretch of speech between two pauses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phrase {
    pub span: Span,
    /// Mean over hops of speech, dB.
    pub level_db: f32,
    /// How far it falls to its end, dB: its last 300 ms less the loud part of its first half; `None` for a phrase under 800 ms.
    pub end_level_db: Option<f32>,
    /// How far the pitch moved over its last 400 ms, semitones; up is positive.
    pub end_pitch_st: Option<f32>,
}

/// At most 4 s of a phrase: what volume consistency compares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chunk {
    pub span: Span,
    pub level_db: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    Nod,
    Shake,
    Blink,
}

/// Everything, in order of time.
#[derive(Debug, Default)]
pub struct Timeline {
    pub cells: Vec<Cell>,
    pub pauses: Vec<Pause>,
    pub phrases: Vec<Phrase>,
    pub chunks: Vec<Chunk>,
    pub hesitations: Vec<Hesitation>,
    pub runs: Vec<VoicedRun>,
    /// What was said, as the speech recognizer wrote it down.
    pub said: Vec<journal::Phrase>,
    /// Speech that was not written down because the machine was busy.
    pub unwritten: Vec<Span>,
    /// What certain phrases taught of this speaker's words per syllable nucleus.
    pub words_per_nucleus: WordsPerNucleus,
    /// A question, and how long until the first word.
    pub latencies: Vec<(MediaTime, i64)>,
    pub gestures: Vec<(Gesture, Span)>,
    pub smiles: Vec<Span>,
    pub spikes: Vec<StressSpike>,
}

impl Timeline {
    /// The cell that holds `t`; `None` outside of what a session can be.
    pub fn cell_mut(&mut self, t: MediaTime) -> Option<&mut Cell> {
        if t < MediaTime::ZERO || t > LONGEST {
            return None;
        }
        let i = (t.ms() / CELL_MS) as usize;
        if i >= self.cells.len() {
            self.cells.resize(i + 1, Cell::default());
        }
        self.cells.get_mut(i)
    }

    /// The cells that begin within the span, with their begin.
    pub fn cells(&self, span: Span) -> impl Iterator<Item = (MediaTime, &Cell)> {
        let bound =
            |t: MediaTime| (t.ms().max(0) as u64).div_ceil(CELL_MS as u64).min(self.cells.len() as u64) as usize;
        let (from, to) = (bound(span.start), bound(span.end));
        let cells = if from < to { &self.cells[from..to] } else { &[] };
        cells.iter().enumerate().map(move |(i, cell)| (MediaTime((from + i) as i64 * CELL_MS), cell))
    }

    /// Marks a stretch as not heard (or not seen).
    pub fn gap(&mut self, span: Span, of: fn(&mut Cell) -> &mut u8) {
        let (start, end) = (span.start.max(MediaTime::ZERO), span.end.min(LONGEST));
        let mut t = start;
        while t < end {
            let cell_end = MediaTime((t.ms() / CELL_MS + 1) * CELL_MS).min(end);
            if let Some(cell) = self.cell_mut(t) {
                let ms = of(cell);
                *ms = (*ms).saturating_add((cell_end - t) as u8).min(CELL_MS as u8);
            }
            t = cell_end;
        }
    }
}

/// Puts a gesture where its start belongs: one that took longer is known after one that began later.
pub(crate) fn gesture(list: &mut Vec<(Gesture, Span)>, item: (Gesture, Span)) {
    if list.len() < MOST_EVENTS {
        let later = list.iter().rev().take_while(|(_, span)| span.start > item.1.start).count();
        list.insert(list.len() - later, item);
    }
}

/// Pushes unless the list is as long as a list can be.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < MOST_EVENTS {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_gaps_never_make_a_cell_longer_than_itself() {
        let mut timeline = Timeline::default();
        for _ in 0..3 {
            timeline.gap(Span::new(MediaTime(-50), MediaTime(250)), |c| &mut c.audio_gap_ms);
        }
        let ms: Vec<u8> = timeline.cells.iter().map(|c| c.audio_gap_ms).collect();
        assert_eq!(ms[..2], [100, 100]);
    }

    #[test]
    fn four_hours_of_cells_take_less_than_20_megabytes() {
        assert!(size_of::<Cell>() * 4 * 36_000 < 20_000_000, "{} bytes a cell", size_of::<Cell>());
    }

    #[test]
    fn a_span_gives_the_cells_that_begin_in_it() {
        let mut timeline = Timeline::default();
        timeline.cell_mut(MediaTime(999));
        let begins =
            |a, b| timeline.cells(Span::new(MediaTime(a), MediaTime(b))).map(|(t, _)| t.ms()).collect::<Vec<_>>();
        assert_eq!(begins(150, 401), [200, 300, 400]);
        assert_eq!(begins(900, i64::MAX), [900]);
        assert!(begins(500, 100).is_empty());
    }
}
