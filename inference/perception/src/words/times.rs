//! The times of words, from the decoder's cross-attention: the cheapest monotone path through the mean of the
//! normalized heads.

use super::segment::{OFF, WINDOW};

/// The number of samples in an encoder frame: three convolutions with strides of 64, 3 and 2.
const FRAME: f32 = 384.0;
/// The middle of the first frame, samples: kernels of 127, 7 and 3.
const CENTRE: f32 = 447.0;
/// The number of windows over which a start inside a pause may be moved: 2 s.
const MOST_MOVED: usize = 60;
/// The length of a word whose audio is no speech, samples: 60 ms.
const LEAST: f32 = 960.0;

/// The attention rows of one segment: row `i` belongs to the step that chose token `i`, the last one to the step that
/// chose the end.
#[derive(Debug, Clone, Default)]
pub struct Attention {
    /// The values row by row, `heads * frames` numbers each.
    rows: Vec<f32>,
    heads: usize,
    frames: usize,
}

impl Attention {
    /// Creates an attention for rows of `heads` heads over `frames` encoder frames.
    pub fn new(heads: usize, frames: usize) -> Attention {
        Attention { rows: Vec::new(), heads, frames }
    }

    /// Appends one head of the next row: `frames` numbers. Other lengths are ignored.
    pub fn push(&mut self, head: &[f32]) {
        if head.len() == self.frames {
            self.rows.extend_from_slice(head);
        }
    }

    fn tokens(&self) -> usize {
        self.rows.len().checked_div(self.heads * self.frames).unwrap_or(0)
    }

    /// Returns the tokens' attention, normalized to mean 0 and deviation 1 for each frame and head, and averaged over
    /// the heads.
    fn matrix(&self) -> Vec<f32> {
        let (tokens, width) = (self.tokens(), self.heads * self.frames);
        let mut out = vec![0.0; tokens * self.frames];
        for column in 0..width {
            let values = (0..tokens).map(|i| self.rows[i * width + column]);
            let mean = values.clone().sum::<f32>() / tokens as f32;
            let deviation =
                (values.clone().map(|v| (v - mean) * (v - mean)).sum::<f32>() / tokens as f32).sqrt() + 1e-9;
            for (i, value) in values.enumerate() {
                out[i * self.frames + column % self.frames] += (value - mean) / deviation / self.heads as f32;
            }
        }
        out
    }

    /// Returns the sample of the segment at which each row's token begins.
    pub fn starts(&self) -> Vec<f32> {
        let matrix = self.matrix();
        path(&matrix, self.tokens(), self.frames).into_iter().map(|frame| frame as f32 * FRAME + CENTRE).collect()
    }
}

/// Returns the first column of each row on the monotone path with the highest sum.
fn path(values: &[f32], rows: usize, columns: usize) -> Vec<usize> {
    let mut first = vec![0; rows];
    if rows == 0 || columns == 0 {
        return first;
    }
    // The sums of the row above, and from where each cell was reached: 0 diagonally, 1 from above, 2 from the left.
    let mut above = vec![f32::NEG_INFINITY; columns + 1];
    above[0] = 0.0;
    let mut came = vec![0u8; rows * columns];
    for i in 0..rows {
        let mut row = vec![f32::NEG_INFINITY; columns + 1];
        for j in 0..columns {
            let (mut best, mut from) = (above[j], 0);
            if above[j + 1] > best {
                (best, from) = (above[j + 1], 1);
            }
            if row[j] > best {
                (best, from) = (row[j], 2);
            }
            row[j + 1] = best + values[i * columns + j];
            came[i * columns + j] = from;
        }
        above = row;
    }
    let (mut i, mut j) = (rows, columns);
    while i > 0 && j > 0 {
        first[i - 1] = j - 1;
        match came[(i - 1) * columns + j - 1] {
            0 => (i, j) = (i - 1, j - 1),
            1 => i -= 1,
            _ => j -= 1,
        }
    }
    first
}

/// Moves a sample inside a pause to the next window with speech, if one is near.
pub fn out_of_pause(sample: f32, probabilities: &[f32]) -> f32 {
    let first = (sample.max(0.0) / WINDOW as f32) as usize;
    let speech = probabilities.iter().skip(first).take(MOST_MOVED).position(|&p| p >= OFF);
    speech.map_or(sample, |k| sample.max((first + k) as f32 * WINDOW as f32))
}

/// Returns where a word ends that begins at `start`, with the next word at `next`: at `next`, or where the speech
/// before it ended.
pub fn end_of_word(start: f32, next: f32, probabilities: &[f32]) -> f32 {
    let (from, to) = ((start.max(0.0) / WINDOW as f32) as usize, (next.max(0.0) / WINDOW as f32) as usize);
    let heard = probabilities.iter().take(to).enumerate().skip(from + 1).rev().find(|(_, p)| **p >= OFF);
    let end = heard.map_or(start + LEAST, |(window, _)| (window + 1) as f32 * WINDOW as f32);
    end.min(next).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_follows_the_attention_of_each_token() {
        // Three tokens at frames 0, 4 and 7 of 10, with two heads that agree, one of them weakly.
        let mut attention = Attention::new(2, 10);
        for at in [0usize, 4, 7] {
            for strength in [1.0f32, 0.3] {
                let head: Vec<f32> = (0..10).map(|f| if f >= at && f < at + 3 { strength } else { 0.0 }).collect();
                attention.push(&head);
            }
        }
        assert_eq!(attention.starts(), [447.0, 4.0 * 384.0 + 447.0, 7.0 * 384.0 + 447.0]);
    }

    #[test]
    fn a_path_without_rows_or_columns_is_no_panic() {
        assert!(Attention::new(2, 0).starts().is_empty());
        assert!(Attention::new(0, 0).starts().is_empty());
        let mut attention = Attention::new(1, 3);
        attention.push(&[1.0]);
        attention.push(&[f32::NAN; 3]);
        assert_eq!(attention.starts().len(), 1);
    }

    #[test]
    fn a_start_in_a_pause_moves_to_the_speech_after_it_and_an_end_to_the_speech_before() {
        let windows = [0.9, 0.9, 0.1, 0.1, 0.9, 0.9];
        assert_eq!(out_of_pause(1100.0, &windows), 4.0 * 512.0);
        assert_eq!(out_of_pause(600.0, &windows), 600.0);
        assert_eq!(out_of_pause(9000.0, &windows), 9000.0, "beyond what was heard");
        assert_eq!(end_of_word(100.0, 2048.0, &windows), 1024.0);
        assert_eq!(end_of_word(2100.0, 2500.0, &windows), 2500.0, "the next word begins");
        assert_eq!(end_of_word(1100.0, 2500.0, &windows[..4]), 2060.0, "no speech at all");
    }
}
