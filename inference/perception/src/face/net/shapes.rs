//! The blendshape network: four blocks over 97 tokens of 64 channels. The last one computes the first token alone, because no other
//! is read (exact, and a sixth of all products less).
//!
//! Tokens lie as `[vector of channels][token][16]`, so that mixing tokens is the product of a 1x1 convolution whose pixels are the
//! channels. Mixing channels has outputs across the vectors. Sums over a token are made in a fixed order, whatever the processor.

#![allow(
    clippy::needless_range_loop,
    reason = "iterators over several arrays are closures, and vectors in closures do not inline"
)]

use super::kernels::{Start, dense, matrix_times};
use super::pack::TILE;
use super::shapes_plan::{CHANNELS, HIDDEN, Mixer, Norm, POINTS, Rows, SHAPES, ShapesPlan, TOKENS, VECTORS, WIDE};
use super::simd::{Block, Kernel, LANES, Simd};
use std::sync::Arc;

/// Tokens with those that fill up the last tile.
const FILLED: usize = TOKENS.next_multiple_of(TILE);

/// The blendshape network of one thread.
pub struct Blendshapes<S> {
    simd: S,
    plan: Arc<ShapesPlan>,
    input: Vec<f32>,
    axes: [Vec<Block>; 2],
    x: Vec<Block>,
    normal: Vec<Block>,
    hidden: Vec<Block>,
    first: Vec<Block>,
    sums: Vec<Block>,
    output: Vec<f32>,
}

impl<S: Simd> Blendshapes<S> {
    pub fn new(simd: S, plan: Arc<ShapesPlan>) -> Blendshapes<S> {
        let zeros = |n: usize| vec![Block::ZERO; n];
        Blendshapes {
            input: vec![0.0; 2 * POINTS],
            axes: [zeros(plan.points.bias.len()), zeros(plan.points.bias.len())],
            x: zeros(VECTORS * FILLED),
            normal: zeros(VECTORS * TOKENS),
            hidden: zeros(VECTORS * HIDDEN),
            first: zeros(VECTORS * TILE),
            sums: zeros(plan.last.bias.len()),
            output: vec![0.0; SHAPES],
            simd,
            plan,
        }
    }

    /// The points as x, y, x, y, to be written before [`Blendshapes::run`].
    pub fn input(&mut self) -> &mut [f32] {
        &mut self.input
    }

    /// The blendshapes, 0 to 1.
    pub fn output(&self) -> &[f32] {
        &self.output
    }

    pub fn run(&mut self) {
        let plan = Arc::clone(&self.plan);
        let simd = self.simd;
        for (axis, to) in centred(&self.input, plan.scale).iter().zip(&mut self.axes) {
            matrix_times(simd, &plan.points, axis, to);
        }
        self.embed(&plan);
        let Some((last, others)) = plan.mixers.split_last() else { return };
        for mixer in others {
            self.mix_tokens(mixer);
            dense(simd, &mixer.down, &self.hidden, &mut self.x, Start::Output);
            simd.run(Channels { mixer, x: &mut self.x });
        }
        self.mix_tokens(last);
        self.first.fill(Block::ZERO);
        for (to, from) in self.first.chunks_exact_mut(TILE).zip(self.x.chunks_exact(FILLED)) {
            to[0] = from[0];
        }
        dense(simd, &last.down, &self.hidden, &mut self.first, Start::Output);
        simd.run(Channels { mixer: last, x: &mut self.first });
        let mut token = [0.0; CHANNELS];
        for (to, from) in token.chunks_exact_mut(LANES).zip(self.first.chunks_exact(TILE)) {
            to.copy_from_slice(&from[0].0);
        }
        matrix_times(simd, &plan.last, &token, &mut self.sums);
        for (to, sum) in self.output.iter_mut().zip(self.sums.iter().flat_map(|block| block.0)) {
            *to = 1.0 / (1.0 + (-sum).exp());
        }
    }

    /// The constant token, and those of the points.
    fn embed(&mut self, plan: &ShapesPlan) {
        let [along_x, along_y] = &self.axes;
        for (v, x) in self.x.chunks_exact_mut(FILLED).enumerate() {
            let channel =
                |values: &[f32; CHANNELS]| -> [f32; LANES] { std::array::from_fn(|lane| values[v * LANES + lane]) };
            let [of_x, of_y, bias] = [channel(&plan.axes[0]), channel(&plan.axes[1]), channel(&plan.axes[2])];
            x[0] = Block(channel(&plan.first_token));
            for (t, to) in x[1..TOKENS].iter_mut().enumerate() {
                let (a, b) = (along_x[t / LANES].0[t % LANES], along_y[t / LANES].0[t % LANES]);
                for lane in 0..LANES {
                    to.0[lane] = bias[lane] + a * of_x[lane] + b * of_y[lane];
                }
            }
        }
    }

    fn mix_tokens(&mut self, mixer: &Mixer) {
        self.simd.run(Normalise { norm: &mixer.tokens, x: &self.x, to: &mut self.normal });
        dense(self.simd, &mixer.up, &self.normal, &mut self.hidden, Start::Bias);
    }
}

/// Both axes of the points, centred and divided by their mean distance from the centre.
fn centred(points: &[f32], scale: f32) -> [[f32; POINTS]; 2] {
    let n = POINTS as f64;
    let mut mean = [0.0f64; 2];
    for point in points.chunks_exact(2) {
        mean = [mean[0] + f64::from(point[0]), mean[1] + f64::from(point[1])];
    }
    let apart = |point: &[f32]| [f64::from(point[0]) - mean[0] / n, f64::from(point[1]) - mean[1] / n];
    let mut size = 0.0;
    for point in points.chunks_exact(2) {
        let [x, y] = apart(point);
        size += (x * x + y * y).sqrt();
    }
    let factor = f64::from(scale) / (size / n);
    let mut axes = [[0.0; POINTS]; 2];
    for (i, point) in points.chunks_exact(2).take(POINTS).enumerate() {
        let [x, y] = apart(point);
        (axes[0][i], axes[1][i]) = ((x * factor) as f32, (y * factor) as f32);
    }
    axes
}

/// Normalises all tokens.
struct Normalise<'a> {
    norm: &'a Norm,
    x: &'a [Block],
    to: &'a mut [Block],
}

impl Kernel for Normalise<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for t in 0..TOKENS {
            let token = normal(simd, self.norm, self.x, FILLED, t);
            for v in 0..VECTORS {
                simd.store(token[v], &mut self.to[v * TOKENS + t].0);
            }
        }
    }
}

/// The sum of all elements, in the same order on every processor.
#[inline(always)]
fn sum<S: Simd>(simd: S, v: S::V) -> f32 {
    let mut lanes = [0.0; LANES];
    simd.store(v, &mut lanes);
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// A token, normalised: without its mean, with variance 1, and scaled.
#[inline(always)]
fn normal<S: Simd>(simd: S, norm: &Norm, x: &[Block], stride: usize, t: usize) -> [S::V; VECTORS] {
    let zero = simd.splat(0.0);
    let mut token = [zero; VECTORS];
    for v in 0..VECTORS {
        token[v] = simd.load(&x[v * stride + t].0);
    }
    let all = simd.add(simd.add(token[0], token[1]), simd.add(token[2], token[3]));
    let minus = simd.splat(-sum(simd, all) / CHANNELS as f32);
    let mut squares = [zero; VECTORS];
    for v in 0..VECTORS {
        token[v] = simd.add(token[v], minus);
        squares[v] = simd.fma(token[v], token[v], zero);
    }
    let all = simd.add(simd.add(squares[0], squares[1]), simd.add(squares[2], squares[3]));
    let factor = simd.splat(1.0 / (sum(simd, all) / CHANNELS as f32 + norm.epsilon).sqrt());
    let (scales, _) = norm.scale.as_chunks::<LANES>();
    for v in 0..VECTORS {
        token[v] = simd.fma(simd.fma(token[v], factor, zero), simd.load(&scales[v]), zero);
    }
    token
}

/// The second half of a block, for four tokens at a time: normalisation, two matrices, and the sum with what was there.
struct Channels<'a> {
    mixer: &'a Mixer,
    x: &'a mut [Block],
}

impl Kernel for Channels<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let stride = self.x.len() / VECTORS;
        let mut narrow = [[0.0f32; CHANNELS]; TILE];
        let mut wide = [[0.0f32; WIDE]; TILE];
        for at in (0..stride).step_by(TILE) {
            for j in 0..TILE {
                let token = normal(simd, &self.mixer.channels, self.x, stride, at + j);
                let (to, _) = narrow[j].as_chunks_mut::<LANES>();
                for v in 0..VECTORS {
                    simd.store(token[v], &mut to[v]);
                }
            }
            for v in 0..WIDE / LANES {
                let sums = [simd.splat(0.0); TILE];
                let sums = products(simd, &self.mixer.wide, v, &narrow, sums);
                for j in 0..TILE {
                    let (to, _) = wide[j].as_chunks_mut::<LANES>();
                    simd.store(simd.prelu(sums[j], simd.splat(0.0)), &mut to[v]);
                }
            }
            for v in 0..VECTORS {
                let mut sums = [simd.splat(0.0); TILE];
                for j in 0..TILE {
                    sums[j] = simd.load(&self.x[v * stride + at + j].0);
                }
                let sums = products(simd, &self.mixer.narrow, v, &wide, sums);
                for j in 0..TILE {
                    simd.store(sums[j], &mut self.x[v * stride + at + j].0);
                }
            }
        }
    }
}

/// Vector `v` of the outputs for four tokens, added to `sums`.
#[inline(always)]
fn products<S: Simd, const K: usize>(
    simd: S,
    rows: &Rows,
    v: usize,
    tokens: &[[f32; K]; TILE],
    mut sums: [S::V; TILE],
) -> [S::V; TILE] {
    let bias = simd.load(&rows.bias[v].0);
    for j in 0..TILE {
        sums[j] = simd.add(sums[j], bias);
    }
    let weights = &rows.weights[v * K..][..K];
    for k in 0..K {
        let w = simd.load(&weights[k].0);
        for j in 0..TILE {
            sums[j] = simd.fma(simd.splat(tokens[j][k]), w, sums[j]);
        }
    }
    sums
}
