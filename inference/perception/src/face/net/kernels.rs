//! The arithmetic of the networks. Pixels lie in blocks of sixteen, and a block holds all its channels: `[block][channel][16]`.

#![allow(
    clippy::needless_range_loop,
    reason = "iterators over several arrays are closures, and vectors in closures do not inline"
)]

use super::pack::{Dense, Depthwise, Matrix, OUTPUTS, TILE};
use super::simd::{Block, Kernel, LANES, Simd};

/// Where a product begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the bias.
    Bias,
    /// At what is in the output, plus the bias.
    Output,
}

/// `output = prelu(weights * input + bias [+ output])` for each pixel: a 1x1 convolution, or any over gathered taps.
pub fn dense<S: Simd>(simd: S, layer: &Dense, input: &[Block], output: &mut [Block], start: Start) {
    match start {
        Start::Bias => simd.run(Product::<false> { layer, input, output }),
        Start::Output => simd.run(Product::<true> { layer, input, output }),
    }
}

struct Product<'a, const ADD: bool> {
    layer: &'a Dense,
    input: &'a [Block],
    output: &'a mut [Block],
}

impl<const ADD: bool> Kernel for Product<'_, ADD> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Product { layer, input, output } = self;
        let (k, n) = (layer.inputs, layer.outputs);
        for (x, to) in input.chunks(S::WIDE * k).zip(output.chunks_mut(S::WIDE * n)) {
            if S::WIDE == 4 && x.len() == 4 * k {
                tiles::<S, 4, ADD>(simd, layer, x, to);
            } else if S::WIDE == 4 && x.len() == 2 * k {
                tiles::<S, 2, ADD>(simd, layer, x, to);
            } else {
                for (x, to) in x.chunks_exact(k).zip(to.chunks_exact_mut(n)) {
                    tiles::<S, 1, ADD>(simd, layer, x, to);
                }
            }
        }
    }
}

/// All outputs of `B` blocks of pixels.
#[inline(always)]
fn tiles<S: Simd, const B: usize, const ADD: bool>(simd: S, layer: &Dense, input: &[Block], output: &mut [Block]) {
    let (k, n) = (layer.inputs, layer.outputs);
    let mut x = [&input[..k]; B];
    for b in 1..B {
        x[b] = &input[b * k..][..k];
    }
    let tiles = layer.weights.chunks_exact(k).zip(&layer.bias).zip(&layer.slope);
    for (tile, ((weights, bias), slope)) in tiles.enumerate() {
        let at = tile * TILE;
        let mut sums = [[simd.splat(0.0); B]; TILE];
        for j in 0..TILE {
            let bias = simd.splat(bias[j]);
            for b in 0..B {
                sums[j][b] = if ADD { simd.add(simd.load(&output[b * n + at + j].0), bias) } else { bias };
            }
        }
        let weights = &weights[..k];
        for i in 0..k {
            let mut v = [simd.splat(0.0); B];
            for b in 0..B {
                v[b] = simd.load(&x[b][i].0);
            }
            for j in 0..TILE {
                let w = simd.splat(weights[i][j]);
                for b in 0..B {
                    sums[j][b] = simd.fma(w, v[b], sums[j][b]);
                }
            }
        }
        for j in 0..TILE {
            let slope = simd.splat(slope[j]);
            for b in 0..B {
                simd.store(simd.prelu(sums[j][b], slope), &mut output[b * n + at + j].0);
            }
        }
    }
}

/// A 3x3 depthwise convolution of one row of pixels, from the rows above, of and below it.
pub fn depthwise_row<S: Simd>(simd: S, layer: &Depthwise, rows: [&[Block]; 3], output: &mut [Block]) {
    simd.run(Row { layer, rows, output });
}

struct Row<'a> {
    layer: &'a Depthwise,
    rows: [&'a [Block]; 3],
    output: &'a mut [Block],
}

impl Kernel for Row<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let channels = self.layer.weights.len();
        let blocks = self.output.len() / channels;
        let zero = simd.splat(0.0);
        for (c, (weights, &bias)) in self.layer.weights.iter().zip(&self.layer.bias).enumerate() {
            let mut w = [zero; 9];
            for i in 0..9 {
                w[i] = simd.splat(weights[i]);
            }
            let bias = simd.splat(bias);
            let mut left_before = zero;
            let [mut left, mut middle, mut right] = columns(simd, &w, bias, self.rows, c);
            for b in 1..blocks {
                let [left_next, middle_next, right_next] = columns(simd, &w, bias, self.rows, b * channels + c);
                let sum =
                    simd.add(simd.add(middle, simd.shift_up(left_before, left)), simd.shift_down(right, right_next));
                simd.store(sum, &mut self.output[(b - 1) * channels + c].0);
                left_before = left;
                (left, middle, right) = (left_next, middle_next, right_next);
            }
            let sum = simd.add(simd.add(middle, simd.shift_up(left_before, left)), simd.shift_down(right, zero));
            simd.store(sum, &mut self.output[(blocks - 1) * channels + c].0);
        }
    }
}

/// The sums over three rows with the left, the middle and the right column of the kernel. What they add to the neighbours is
/// shifted afterwards, so that no unaligned load is needed.
#[inline(always)]
fn columns<S: Simd>(simd: S, w: &[S::V; 9], bias: S::V, rows: [&[Block]; 3], at: usize) -> [S::V; 3] {
    let (a, b, c) = (simd.load(&rows[0][at].0), simd.load(&rows[1][at].0), simd.load(&rows[2][at].0));
    let zero = simd.splat(0.0);
    [
        simd.fma(w[6], c, simd.fma(w[3], b, simd.fma(w[0], a, zero))),
        simd.fma(w[7], c, simd.fma(w[4], b, simd.fma(w[1], a, bias))),
        simd.fma(w[8], c, simd.fma(w[5], b, simd.fma(w[2], a, zero))),
    ]
}

/// A 3x3 depthwise convolution of whole planes of 8x8, 4x4 or 2x2 pixels.
pub fn depthwise_plane<S: Simd>(simd: S, layer: &Depthwise, side: usize, input: &[Block], output: &mut [Block]) {
    match side {
        8 => simd.run(Plane::<8> { layer, input, output }),
        4 => simd.run(Plane::<4> { layer, input, output }),
        _ => simd.run(Plane::<2> { layer, input, output }),
    }
}

struct Plane<'a, const SIDE: usize> {
    layer: &'a Depthwise,
    input: &'a [Block],
    output: &'a mut [Block],
}

impl<const SIDE: usize> Kernel for Plane<'_, SIDE> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let channels = self.layer.weights.len();
        let pixels = SIDE * SIDE;
        let blocks = pixels.div_ceil(LANES);
        // Lanes that have a left, any, and a right neighbour.
        let mut masks = [[1.0; LANES]; 3];
        for lane in 0..LANES {
            masks[0][lane] = if lane % SIDE == 0 { 0.0 } else { 1.0 };
            masks[2][lane] = if lane % SIDE == SIDE - 1 { 0.0 } else { 1.0 };
        }
        let masks = [simd.load(&masks[0]), simd.load(&masks[1]), simd.load(&masks[2])];
        let zero = simd.splat(0.0);
        // A plane between zeros, at least one row and one pixel of them on either side.
        let mut padded = [0.0f32; 6 * LANES];
        for (c, (weights, &bias)) in self.layer.weights.iter().zip(&self.layer.bias).enumerate() {
            for b in 0..blocks {
                let count = LANES.min(pixels - b * LANES);
                padded[(b + 1) * LANES..][..count].copy_from_slice(&self.input[b * channels + c].0[..count]);
            }
            for b in 0..blocks {
                let mut sum = simd.splat(bias);
                for tap in 0..9 {
                    let w = simd.fma(simd.splat(weights[tap]), masks[tap % 3], zero);
                    let at = (b + 1) * LANES + tap / 3 * SIDE + tap % 3 - SIDE - 1;
                    let Some(pixels) = padded[at..].first_chunk() else { continue };
                    sum = simd.fma(w, simd.load(pixels), sum);
                }
                simd.store(sum, &mut self.output[b * channels + c].0);
            }
        }
    }
}

/// Rows of a 2x2 convolution with stride 2: of two rows of `channels` channels the four taps of each output pixel, as `4 * channels`
/// channels, and their maximum into the first channels of `pooled`, which has `width` of them; the others become zero.
pub fn halve<S: Simd>(
    simd: S,
    rows: [&[Block]; 2],
    channels: usize,
    taps: &mut [Block],
    pooled: &mut [Block],
    width: usize,
) {
    simd.run(Halve { rows, second: channels, step: 2 * channels, channels, taps, pooled, width });
}

/// As [`halve`], from planes of 16x16 into a block of 8x8 pixels, which holds two rows: `rows` are the two upper of four rows.
pub fn halve_16<S: Simd>(
    simd: S,
    plane: &[Block],
    channels: usize,
    taps: &mut [Block],
    pooled: &mut [Block],
    width: usize,
) {
    let rows = [plane, plane.get(channels..).unwrap_or(&[])];
    simd.run(Halve { rows, second: 2 * channels, step: 4 * channels, channels, taps, pooled, width });
}

struct Halve<'a> {
    rows: [&'a [Block]; 2],
    /// From the first to the second source block of an output block, and from one output block's to the next.
    second: usize,
    step: usize,
    channels: usize,
    taps: &'a mut [Block],
    pooled: &'a mut [Block],
    width: usize,
}

impl Kernel for Halve<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Halve { rows: [top, bottom], second, step, channels, taps, pooled, width } = self;
        for (b, (taps, pooled)) in taps.chunks_exact_mut(4 * channels).zip(pooled.chunks_exact_mut(width)).enumerate() {
            let (first, rest) = pooled.split_at_mut(channels);
            rest.fill(Block::ZERO);
            for (c, (pooled, taps)) in first.iter_mut().zip(taps.chunks_exact_mut(4)).enumerate() {
                let at = b * step + c;
                let (p, q) = simd.split(simd.load(&top[at].0), simd.load(&top[at + second].0));
                let (r, s) = simd.split(simd.load(&bottom[at].0), simd.load(&bottom[at + second].0));
                simd.store(p, &mut taps[0].0);
                simd.store(q, &mut taps[1].0);
                simd.store(r, &mut taps[2].0);
                simd.store(s, &mut taps[3].0);
                simd.store(simd.max(simd.max(p, q), simd.max(r, s)), &mut pooled.0);
            }
        }
    }
}

/// The taps of a row of a 3x3 convolution with stride 2 and its odd zeros behind: nine of each of the three planes, from three
/// rows of `2 * LANES * blocks` values each. Output is `[block][27][16]`.
pub fn stem_taps<S: Simd>(simd: S, rows: [[&[f32]; 3]; 3], taps: &mut [Block]) {
    simd.run(StemTaps { rows, taps });
}

/// Taps of an output of the first convolution.
pub const STEM_TAPS: usize = 27;

struct StemTaps<'a> {
    rows: [[&'a [f32]; 3]; 3],
    taps: &'a mut [Block],
}

impl Kernel for StemTaps<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let zero = simd.splat(0.0);
        for plane in 0..3 {
            for dy in 0..3 {
                let (blocks, _) = self.rows[plane][dy].as_chunks::<LANES>();
                let (pairs, _) = blocks.as_chunks::<2>();
                let Some(first) = pairs.first() else { continue };
                let (mut even, mut odd) = simd.split(simd.load(&first[0]), simd.load(&first[1]));
                for (b, taps) in self.taps.chunks_exact_mut(STEM_TAPS).enumerate() {
                    let (even_next, odd_next) = match pairs.get(b + 1) {
                        Some(next) => simd.split(simd.load(&next[0]), simd.load(&next[1])),
                        None => (zero, zero),
                    };
                    let to = 9 * plane + 3 * dy;
                    simd.store(even, &mut taps[to].0);
                    simd.store(odd, &mut taps[to + 1].0);
                    simd.store(simd.shift_down(even, even_next), &mut taps[to + 2].0);
                    (even, odd) = (even_next, odd_next);
                }
            }
        }
    }
}

/// A matrix in half precision times a vector.
pub fn matrix_times<S: Simd>(simd: S, matrix: &Matrix, vector: &[f32], output: &mut [Block]) {
    simd.run(MatrixTimes { matrix, vector, output });
}

struct MatrixTimes<'a> {
    matrix: &'a Matrix,
    vector: &'a [f32],
    output: &'a mut [Block],
}

impl Kernel for MatrixTimes<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (bias, _) = self.matrix.bias.as_chunks::<OUTPUTS>();
        let (output, _) = self.output.as_chunks_mut::<OUTPUTS>();
        let tiles = self.matrix.weights.chunks_exact(self.matrix.inputs);
        for ((weights, bias), output) in tiles.zip(bias).zip(output) {
            let mut sums = [simd.splat(0.0); OUTPUTS];
            for i in 0..OUTPUTS {
                sums[i] = simd.load(&bias[i].0);
            }
            for (weights, &value) in weights.iter().zip(self.vector) {
                let value = simd.splat(value);
                for i in 0..OUTPUTS {
                    sums[i] = simd.fma(value, simd.load_half(&weights[i]), sums[i]);
                }
            }
            for i in 0..OUTPUTS {
                simd.store(sums[i], &mut output[i].0);
            }
        }
    }
}
