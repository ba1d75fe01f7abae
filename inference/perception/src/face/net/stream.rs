//! The landmark network, streamed: rows of 128, 64 and 32 pixels run through all blocks of their stage as they come, so that only
//! a few rows of each tensor exist at a time and stay in the caches; from 16x16 on whole planes are worked on in place.

use super::kernels::{
    STEM_TAPS, Start, dense, depthwise_plane, depthwise_row, halve, halve_16, matrix_times, stem_taps,
};
use super::plan::{Plan, STREAMED, Stage};
use super::simd::{Block, LANES, Simd};
use std::sync::Arc;

/// Rows of planes of 16x16 pixels whose taps are multiplied together.
const GROUP: usize = 4;

/// The landmark network of one thread.
pub struct Landmarks<S> {
    simd: S,
    plan: Arc<Plan>,
    input: Vec<f32>,
    streams: Vec<Stream>,
    taps: Vec<Block>,
    /// Taps of [`GROUP`] rows.
    group: Vec<Block>,
    scratch: Vec<Block>,
    zeros: Vec<Block>,
    planes: Planes,
    output: Vec<Block>,
    numbers: Vec<f32>,
}

/// What a streamed stage keeps.
struct Stream {
    /// The last rows of the values between the blocks, in a ring.
    x: Vec<Block>,
    ring: usize,
    /// The last three rows inside each block.
    middles: Vec<Vec<Block>>,
}

/// What the other stages keep.
struct Planes {
    x: Vec<Block>,
    next: Vec<Block>,
    middle: Vec<Block>,
    deep: Vec<Block>,
    vector: Vec<f32>,
}

/// Blocks of a row of a streamed stage, or of a whole plane of another.
fn blocks(stage: &Stage) -> usize {
    let pixels = if stage.side >= STREAMED { stage.side } else { stage.side * stage.side };
    pixels.div_ceil(LANES)
}

impl<S: Simd> Landmarks<S> {
    pub fn new(simd: S, plan: Arc<Plan>) -> Landmarks<S> {
        let zeros = |n: usize| vec![Block::ZERO; n];
        let most = |size: &dyn Fn(&Stage) -> usize| plan.stages.iter().map(size).max().unwrap_or(0);
        let streams = plan.stages.iter().filter(|s| s.side >= STREAMED).map(|stage| {
            // From the row that comes in to the two that the next stage reads.
            let ring = stage.blocks.len() + 2;
            let middle = zeros(3 * blocks(stage) * stage.middle);
            Stream { x: zeros(ring * blocks(stage) * stage.channels), ring, middles: vec![middle; stage.blocks.len()] }
        });
        let streams = streams.collect();
        let plane = |stage: &Stage| if stage.side < STREAMED { blocks(stage) } else { 0 };
        let planes = Planes {
            x: zeros(most(&|s| plane(s) * s.channels)),
            next: zeros(most(&|s| plane(s) * s.channels)),
            middle: zeros(most(&|s| plane(s) * s.middle)),
            deep: zeros(most(&|s| plane(s) * s.middle)),
            vector: vec![0.0; plan.heads.inputs],
        };
        // A quarter of a stage's pixels with four taps each.
        let taps = most(&|s| blocks(s) * 4 * s.channels).max(plan.side / 2 / LANES * STEM_TAPS);
        Landmarks {
            input: vec![0.0; 3 * plan.side * plan.side],
            streams,
            taps: zeros(taps),
            group: zeros(GROUP * 4 * most(&|s| s.channels)),
            scratch: zeros(most(&|s| blocks(s) * s.middle)),
            zeros: zeros(most(&|s| blocks(s) * s.middle)),
            planes,
            output: zeros(plan.heads.bias.len()),
            numbers: vec![0.0; plan.numbers + 1],
            simd,
            plan,
        }
    }

    /// The input, `[3][side][side]`, to be written before [`Landmarks::run`].
    pub fn input(&mut self) -> &mut [f32] {
        &mut self.input
    }

    /// The numbers of the landmarks, and behind them the score before its sigmoid.
    pub fn output(&self) -> &[f32] {
        &self.numbers
    }

    pub fn run(&mut self) {
        let plan = Arc::clone(&self.plan);
        for row in 0..plan.side / 2 {
            self.stem(&plan, row);
            self.advance(&plan, 0, row);
        }
        for (s, stage) in plan.stages.iter().enumerate().take(self.streams.len()) {
            for row in stage.side..stage.side + stage.blocks.len() {
                self.advance(&plan, s, row);
            }
        }
        self.planes(&plan);
    }

    /// Computes one row of the first convolution into the first stage.
    fn stem(&mut self, plan: &Plan, row: usize) {
        let side = plan.side;
        // The row below the last and the column behind the last are zeros.
        let zeros = [0.0; 1 << 9];
        let mut rows = [[&zeros[..side.min(zeros.len())]; 3]; 3];
        for (plane, rows) in self.input.chunks_exact(side * side).zip(&mut rows) {
            for (pixels, to) in plane[2 * row * side..].chunks_exact(side).zip(rows) {
                *to = pixels;
            }
        }
        let taps = &mut self.taps[..side / 2 / LANES * STEM_TAPS];
        stem_taps(self.simd, rows, taps);
        let stage = &plan.stages[0];
        let length = blocks(stage) * stage.channels;
        let stream = &mut self.streams[0];
        let x = &mut stream.x[row % stream.ring * length..][..length];
        dense(self.simd, &plan.stem, taps, x, Start::Bias);
    }

    /// Moves on all blocks by one row, after row `row` of the input of stage `s` was written (or would have been, behind the last),
    /// and the next stages with it.
    fn advance(&mut self, plan: &Plan, mut s: usize, mut row: usize) {
        loop {
            let stage = &plan.stages[s];
            self.blocks(stage, s, row);
            let Some(done) = row.checked_sub(stage.blocks.len()) else { return };
            if done % 2 == 0 || done >= stage.side {
                return;
            }
            row = done / 2;
            if s + 1 == self.streams.len() {
                self.leave(plan, s, done);
                return;
            }
            self.down(plan, s, done);
            s += 1;
        }
    }

    /// Row `row` of the input of the stage is there: block `i` computes its first layer for row `row - i` and the others for the row above.
    fn blocks(&mut self, stage: &Stage, s: usize, row: usize) {
        let Landmarks { simd, streams, scratch, zeros, .. } = self;
        let Stream { x, ring, middles } = &mut streams[s];
        let (length, inner) = (blocks(stage) * stage.channels, blocks(stage) * stage.middle);
        for (i, (block, middle)) in stage.blocks.iter().zip(middles).enumerate() {
            let Some(row) = row.checked_sub(i) else { return };
            if row > stage.side {
                continue;
            }
            // The first block of a later stage has its first layer from `down`.
            if row < stage.side && (s == 0 || i > 0) {
                let to = &mut middle[row % 3 * inner..][..inner];
                dense(*simd, &block.narrow, &x[row % *ring * length..][..length], to, Start::Bias);
            }
            let Some(y) = row.checked_sub(1) else { continue };
            let at = |y: usize| if y < stage.side { &middle[y % 3 * inner..][..inner] } else { &zeros[..inner] };
            let deep = &mut scratch[..inner];
            depthwise_row(*simd, &block.depthwise, [at(y.wrapping_sub(1)), at(y), at(y + 1)], deep);
            dense(*simd, &block.widen, deep, &mut x[y % *ring * length..][..length], Start::Output);
        }
    }

    /// Rows `done - 1` and `done` of stage `s` are final: computes a row of the next stage's input and of its first layer.
    fn down(&mut self, plan: &Plan, s: usize, done: usize) {
        let (from, to) = (&plan.stages[s], &plan.stages[s + 1]);
        let (upper, lower) = self.streams.split_at_mut(s + 1);
        let (source, target) = (&upper[s], &mut lower[0]);
        let (length, y) = (blocks(from) * from.channels, done / 2);
        let row = |y: usize| &source.x[y % source.ring * length..][..length];
        let taps = &mut self.taps[..blocks(to) * 4 * from.channels];
        let length = blocks(to) * to.channels;
        let pooled = &mut target.x[y % target.ring * length..][..length];
        halve(self.simd, [row(done - 1), row(done)], from.channels, taps, pooled, to.channels);
        let inner = blocks(to) * to.middle;
        let middle = &mut target.middles[0][y % 3 * inner..][..inner];
        dense(self.simd, &to.blocks[0].narrow, taps, middle, Start::Bias);
    }

    /// As [`Landmarks::down`], from the last streamed stage into the first planes, whose rows are one block wide.
    fn leave(&mut self, plan: &Plan, s: usize, done: usize) {
        let (from, to) = (&plan.stages[s], &plan.stages[s + 1]);
        let source = &self.streams[s];
        let (length, y) = (blocks(from) * from.channels, done / 2);
        let row = |y: usize| &source.x[y % source.ring * length..][..length];
        let width = 4 * from.channels;
        let taps = &mut self.group[y % GROUP * width..][..width];
        let pooled = &mut self.planes.x[y * to.channels..][..to.channels];
        halve(self.simd, [row(done - 1), row(done)], from.channels, taps, pooled, to.channels);
        if (y + 1) % GROUP == 0 {
            let middle = &mut self.planes.middle[(y + 1 - GROUP) * to.middle..][..GROUP * to.middle];
            dense(self.simd, &to.blocks[0].narrow, &self.group[..GROUP * width], middle, Start::Bias);
        }
    }

    /// The stages that are planes, and the heads.
    fn planes(&mut self, plan: &Plan) {
        let Landmarks { simd, planes: Planes { x, next, middle, deep, vector }, taps, zeros, .. } = self;
        let simd = *simd;
        for (s, stage) in plan.stages.iter().enumerate().skip(self.streams.len()) {
            let n = blocks(stage);
            let (inner, width) = (n * stage.middle, stage.channels);
            for (i, block) in stage.blocks.iter().enumerate() {
                if i > 0 {
                    dense(simd, &block.narrow, &x[..n * width], &mut middle[..inner], Start::Bias);
                }
                if stage.side == LANES {
                    let row = |y: usize| {
                        middle.get(y * stage.middle..(y + 1) * stage.middle).unwrap_or(&zeros[..stage.middle])
                    };
                    for (y, deep) in deep[..inner].chunks_exact_mut(stage.middle).enumerate() {
                        let above = if y > 0 { row(y - 1) } else { &zeros[..stage.middle] };
                        let below = if y + 1 < LANES { row(y + 1) } else { &zeros[..stage.middle] };
                        depthwise_row(simd, &block.depthwise, [above, row(y), below], deep);
                    }
                } else {
                    depthwise_plane(simd, &block.depthwise, stage.side, &middle[..inner], &mut deep[..inner]);
                }
                dense(simd, &block.widen, &deep[..inner], &mut x[..n * width], Start::Output);
            }
            let Some(to) = plan.stages.get(s + 1) else {
                gather(stage, x, vector);
                break;
            };
            let taps = &mut taps[..blocks(to) * 4 * width];
            let pooled = &mut next[..blocks(to) * to.channels];
            if stage.side == LANES {
                halve_16(simd, x, width, taps, pooled, to.channels);
            } else {
                halve_small(stage, x, taps, pooled, to.channels);
            }
            std::mem::swap(x, next);
            dense(simd, &to.blocks[0].narrow, taps, &mut middle[..blocks(to) * to.middle], Start::Bias);
        }
        matrix_times(simd, &plan.heads, vector, &mut self.output);
        for (to, from) in self.numbers.iter_mut().zip(self.output.iter().flat_map(|block| block.0)) {
            *to = from;
        }
    }
}

/// As [`halve`], for whole planes of 8x8 pixels and less, which are too small to be worth vectors.
fn halve_small(stage: &Stage, plane: &[Block], taps: &mut [Block], pooled: &mut [Block], width: usize) {
    let (side, channels) = (stage.side, stage.channels);
    let half = side / 2;
    let at = |c: usize, pixel: usize| plane[pixel / LANES * channels + c].0[pixel % LANES];
    pooled.fill(Block::ZERO);
    for c in 0..channels {
        for pixel in 0..half * half {
            let first = pixel / half * 2 * side + pixel % half * 2;
            let four = [at(c, first), at(c, first + 1), at(c, first + side), at(c, first + side + 1)];
            let (block, lane) = (pixel / LANES, pixel % LANES);
            for (tap, value) in four.into_iter().enumerate() {
                taps[(block * channels + c) * 4 + tap].0[lane] = value;
            }
            let larger = |a: f32, b: f32| if a > b { a } else { b };
            pooled[block * width + c].0[lane] = larger(larger(four[0], four[1]), larger(four[2], four[3]));
        }
    }
}

/// The last stage as a vector `[channel][pixel]`.
fn gather(stage: &Stage, plane: &[Block], vector: &mut [f32]) {
    let pixels = stage.side * stage.side;
    for (c, to) in vector.chunks_exact_mut(pixels).enumerate() {
        for (pixel, to) in to.iter_mut().enumerate() {
            *to = plane[pixel / LANES * stage.channels + c].0[pixel % LANES];
        }
    }
}
