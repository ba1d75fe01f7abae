//! BlazeFace, short range: what its 896 anchors say, and which of it are faces.
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
    pub fn bounds(&self) -> [f32; 4] {
        let [x0, y0, x1, y1, ..] = self.numbers;
        [x0, y0, x1, y1]
    }

    /// Key point 0 or 1: the eyes.
    pub fn eye(&self, which: usize) -> [f32; 2] {
        [self.numbers[4 + 2 * which], self.numbers[5 + 2 * which]]
    }

    pub fn area(&self) -> f32 {
        let [x0, y0, x1, y1] = self.bounds();
        (x1 - x0).max(0.0) * (y1 - y0).max(0.0)
    }
}

/// Turns the network's outputs into faces, best first. `candidates` is scratch; `faces` is emptied first.
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

/// The centre of an anchor, 0 to 1; all anchors have size 1.
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

/// Weighted non-maximum suppression: the best takes the mean, weighted by score, of all that overlap it. Empties `candidates`.
pub fn suppress(candidates: &mut Vec<Detection>, faces: &mut Vec<Detection>) {
    faces.clear();
    // Stable among equals without allocating: the order of equal scores is that of their boxes.
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
            // A box without area does not even overlap itself.
            candidates.remove(0);
        }
    }
}

/// Intersection over union, 0 to 1.
fn overlap(p: &[f32; 4], q: &[f32; 4]) -> f32 {
    let w = p[2].min(q[2]) - p[0].max(q[0]);
    let h = p[3].min(q[3]) - p[1].max(q[1]);
    if w <= 0.0 || h <= 0.0 {
        return 0.0;
    }
    let area = |r: &[f32; 4]| (r[2] - r[0]) * (r[3] - r[1]);
    w * h / (area(p) + area(q) - w * h)
}
