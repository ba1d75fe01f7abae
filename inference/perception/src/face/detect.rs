//! BlazeFace, short range: decodes its 896 anchors and finds the faces among them.
//!
//! Anchors, decoding and weighted non-maximum suppression as in MediaPipe's face detector (`SsdAnchorsCalculator`,
//! `TensorsToDetectionsCalculator`, `NonMaxSuppressionCalculator` with `WEIGHTED`).

/// Side of the detector's input in pixels.
pub const INPUT: usize = 128;
/// Anchors: 16 x 16 cells with 2 and 8 x 8 cells with 6.
pub const ANCHORS: usize = 896;
/// Numbers per anchor: a box and six key points.
const NUMBERS: usize = 16;

/// The least score of a face.
const MIN_SCORE: f32 = 0.5;
/// Boxes that overlap more than this are the same face.
const MAX_OVERLAP: f32 = 0.5;

/// A face as the detector sees it, in coordinates of its square input, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// 0 to 1.
    pub score: f32,
    /// Left, top, right, bottom, then six key points x, y; the first two are the eyes, left first as the viewer sees them.
    pub numbers: [f32; NUMBERS],
}

impl Detection {
    /// Returns left, top, right and bottom, 0 to 1.
    pub fn bounds(&self) -> [f32; 4] {
        let [x0, y0, x1, y1, ..] = self.numbers;
        [x0, y0, x1, y1]
    }

    /// Returns key point 0 or 1: the eyes.
    pub fn eye(&self, which: usize) -> [f32; 2] {
        [self.numbers[4 + 2 * which], self.numbers[5 + 2 * which]]
    }

    /// Returns the area of the box, 0 to 1.
    pub fn area(&self) -> f32 {
        let [x0, y0, x1, y1] = self.bounds();
        (x1 - x0).max(0.0) * (y1 - y0).max(0.0)
    }
}

/// Fills `faces` with the faces in the network's outputs, best first. `candidates` is scratch memory.
pub fn faces(boxes: &[f32], logits: &[f32], candidates: &mut Vec<Detection>, faces: &mut Vec<Detection>) {
    candidates.clear();
    for (anchor, (raw, logit)) in boxes.chunks_exact(NUMBERS).zip(logits).take(ANCHORS).enumerate() {
        let score = 1.0 / (1.0 + (-logit.clamp(-100.0, 100.0)).exp());
        if score >= MIN_SCORE {
            candidates.push(Detection { score, numbers: decode(raw, centre(anchor)) });
        }
    }
    suppress(candidates, faces);
}

/// Returns the centre of an anchor, 0 to 1; all anchors have size 1.
fn centre(anchor: usize) -> [f32; 2] {
    let (cells, index) = if anchor < 512 { (16, anchor / 2) } else { (8, (anchor - 512) / 6) };
    [index % cells, index / cells].map(|i| (i as f32 + 0.5) / cells as f32)
}

fn decode(raw: &[f32], [ax, ay]: [f32; 2]) -> [f32; NUMBERS] {
    let mut numbers = [0.0; NUMBERS];
    for (k, pair) in raw.chunks_exact(2).enumerate().take(NUMBERS / 2) {
        numbers[2 * k] = pair[0] / INPUT as f32 + ax;
        numbers[2 * k + 1] = pair[1] / INPUT as f32 + ay;
    }
    let (cx, cy) = (numbers[0], numbers[1]);
    let (w, h) = (raw[2] / INPUT as f32, raw[3] / INPUT as f32);
    numbers[..4].copy_from_slice(&[cx - w / 2.0, cy - h / 2.0, cx + w / 2.0, cy + h / 2.0]);
    numbers
}

/// Applies weighted non-maximum suppression: the best candidate becomes the mean, weighted by score, of all that
/// overlap it. Empties `candidates`.
pub fn suppress(candidates: &mut Vec<Detection>, faces: &mut Vec<Detection>) {
    faces.clear();
    // Candidates of equal score are ordered by their boxes, which needs no memory for a stable sort.
    candidates.sort_unstable_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| {
            a.numbers
                .iter()
                .zip(&b.numbers)
                .map(|(x, y)| x.total_cmp(y))
                .find(|o| o.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        })
    });
    while let Some(&best) = candidates.first() {
        let mut sum = [0.0f32; NUMBERS];
        let mut weight = 0.0;
        candidates.retain(|other| {
            let same = overlap(&best.bounds(), &other.bounds()) > MAX_OVERLAP;
            if same {
                weight += other.score;
                for (s, n) in sum.iter_mut().zip(other.numbers) {
                    *s += other.score * n;
                }
            }
            !same
        });
        if weight > 0.0 {
            faces.push(Detection { score: best.score, numbers: sum.map(|s| s / weight) });
        } else {
            // A box without area does not overlap even itself.
            candidates.remove(0);
        }
    }
}

/// Returns the intersection over the union, 0 to 1.
fn overlap(p: &[f32; 4], q: &[f32; 4]) -> f32 {
    let w = p[2].min(q[2]) - p[0].max(q[0]);
    let h = p[3].min(q[3]) - p[1].max(q[1]);
    if w <= 0.0 || h <= 0.0 {
        return 0.0;
    }
    let area = |r: &[f32; 4]| (r[2] - r[0]) * (r[3] - r[1]);
    w * h / (area(p) + area(q) - w * h)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn detection(score: f32, [x, y, w, h]: [f32; 4]) -> Detection {
        let mut numbers = [0.5; NUMBERS];
        numbers[..4].copy_from_slice(&[x, y, x + w, y + h]);
        Detection { score, numbers }
    }

    fn run(mut candidates: Vec<Detection>) -> Vec<Detection> {
        let mut faces = Vec::new();
        suppress(&mut candidates, &mut faces);
        assert!(candidates.is_empty());
        faces
    }

    fn candidate() -> impl Strategy<Value = Detection> {
        (0.5f32..1.0, 0.0f32..0.9, 0.0f32..0.9, 0.01f32..0.5, 0.01f32..0.5)
            .prop_map(|(score, x, y, w, h)| detection(score, [x, y, w, h]))
    }

    proptest! {
        #[test]
        fn faces_are_no_more_than_candidates_and_come_best_first(candidates in prop::collection::vec(candidate(), 0..40)) {
            let faces = run(candidates.clone());
            prop_assert!(faces.len() <= candidates.len() && faces.is_empty() == candidates.is_empty());
            prop_assert!(faces.windows(2).all(|w| w[0].score >= w[1].score));
            // A mean lies within the range of its values.
            let all = |k: usize| candidates.iter().map(move |c| c.numbers[k]);
            for face in &faces {
                for k in 0..4 {
                    let (low, high) = (all(k).fold(f32::MAX, f32::min), all(k).fold(f32::MIN, f32::max));
                    prop_assert!(face.numbers[k] >= low - 1e-5 && face.numbers[k] <= high + 1e-5);
                }
            }
        }

        #[test]
        fn the_order_of_the_candidates_does_not_matter(
            candidates in prop::collection::vec(candidate(), 0..20).prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle())),
        ) {
            prop_assert_eq!(run(candidates.0), run(candidates.1));
        }

        #[test]
        fn faces_apart_from_each_other_all_stay_as_they_are(scores in prop::collection::vec(0.5f32..1.0, 1..8)) {
            let apart: Vec<Detection> =
                scores.iter().enumerate().map(|(k, &s)| detection(s, [k as f32, 0.0, 0.5, 0.5])).collect();
            let faces = run(apart.clone());
            prop_assert_eq!(faces.len(), apart.len());
            for face in faces {
                let near = apart.iter().any(|a| a.numbers.iter().zip(face.numbers).all(|(x, y)| (x - y).abs() < 1e-5));
                prop_assert!(near);
            }
        }

        #[test]
        fn no_output_of_the_network_breaks_the_decoding(
            boxes in prop::collection::vec(any::<f32>(), 0..600),
            logits in prop::collection::vec(any::<f32>(), 0..60),
        ) {
            let (mut candidates, mut found) = (Vec::new(), Vec::new());
            faces(&boxes, &logits, &mut candidates, &mut found);
            prop_assert!(found.len() <= logits.len());
        }
    }

    #[test]
    fn two_views_of_one_face_become_their_mean_weighted_by_score() {
        let faces = run(vec![detection(0.9, [0.0, 0.0, 0.4, 0.4]), detection(0.6, [0.1, 0.0, 0.4, 0.4])]);
        assert_eq!(faces.len(), 1);
        assert_eq!(faces[0].score, 0.9, "the score is the best one's");
        assert!((faces[0].numbers[0] - 0.04).abs() < 1e-6, "0.6 of 1.5 parts of 0.1");
    }

    #[test]
    fn anchors_are_two_per_cell_of_16_by_16_then_six_per_cell_of_8_by_8() {
        assert_eq!(centre(0), [0.5 / 16.0, 0.5 / 16.0]);
        assert_eq!(centre(1), centre(0));
        assert_eq!(centre(2), [1.5 / 16.0, 0.5 / 16.0]);
        assert_eq!(centre(511), [15.5 / 16.0, 15.5 / 16.0]);
        assert_eq!(centre(512), [0.5 / 8.0, 0.5 / 8.0]);
        assert_eq!(centre(ANCHORS - 1), [7.5 / 8.0, 7.5 / 8.0]);
    }
}
