//! Each kernel beside a plain loop in f64, and the bits of all processors.

use super::super::kernels::{
    STEM_TAPS, Start, dense, depthwise_plane, depthwise_row, halve, halve_16, matrix_times, stem_taps,
};
use super::super::pack::{Dense, Depthwise, Matrix};
use super::super::simd::{Block, LANES, Simd};
use super::{Numbers, Work, at, everywhere};
use proptest::prelude::*;

fn close(a: f64, b: f64, terms: usize) {
    assert!((a - b).abs() <= 1e-6 * (terms + 1) as f64, "{a} and {b}");
}

fn prelu(v: f64, slope: f32) -> f64 {
    if v < 0.0 { v * f64::from(slope) } else { v }
}

struct DenseWork {
    layer: Dense,
    input: Vec<Block>,
    before: Vec<Block>,
    start: Start,
}

impl Work for DenseWork {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block> {
        let mut output = self.before.clone();
        dense(simd, &self.layer, &self.input, &mut output, self.start);
        output
    }
}

struct RowWork {
    layer: Depthwise,
    rows: [Vec<Block>; 3],
}

impl Work for RowWork {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block> {
        let mut output = vec![Block::ZERO; self.rows[0].len()];
        depthwise_row(simd, &self.layer, [&self.rows[0], &self.rows[1], &self.rows[2]], &mut output);
        output
    }
}

struct PlaneWork {
    layer: Depthwise,
    side: usize,
    input: Vec<Block>,
}

impl Work for PlaneWork {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block> {
        let mut output = vec![Block::ZERO; self.input.len()];
        depthwise_plane(simd, &self.layer, self.side, &self.input, &mut output);
        output
    }
}

/// Taps, and behind them the maxima.
struct HalveWork {
    rows: Vec<Block>,
    channels: usize,
    width: usize,
    blocks: usize,
    planes: bool,
}

impl Work for HalveWork {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block> {
        let mut taps = vec![Block::ZERO; self.blocks * 4 * self.channels];
        let mut pooled = vec![Block([1.0; LANES]); self.blocks * self.width];
        if self.planes {
            halve_16(simd, &self.rows, self.channels, &mut taps, &mut pooled, self.width);
        } else {
            let (top, bottom) = self.rows.split_at(self.rows.len() / 2);
            halve(simd, [top, bottom], self.channels, &mut taps, &mut pooled, self.width);
        }
        [taps, pooled].concat()
    }
}

struct StemWork {
    planes: [Vec<f32>; 3],
    blocks: usize,
}

impl Work for StemWork {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block> {
        let side = 2 * LANES * self.blocks;
        let row = |plane: &Vec<f32>| std::array::from_fn(|dy| plane[dy * side..][..side].to_vec());
        let rows: [[Vec<f32>; 3]; 3] = std::array::from_fn(|p| row(&self.planes[p]));
        let rows = std::array::from_fn(|p| std::array::from_fn(|dy| &rows[p][dy][..]));
        let mut taps = vec![Block::ZERO; self.blocks * STEM_TAPS];
        stem_taps(simd, rows, &mut taps);
        taps
    }
}

struct MatrixWork {
    matrix: Matrix,
    vector: Vec<f32>,
}

impl Work for MatrixWork {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block> {
        let mut output = vec![Block::ZERO; self.matrix.bias.len()];
        matrix_times(simd, &self.matrix, &self.vector, &mut output);
        output
    }
}

/// The sum over nine neighbours of a pixel; what `value` does not have is zero.
fn nine(weights: &[f32], channels: usize, c: usize, value: impl Fn(isize, isize) -> f64) -> f64 {
    let tap = |k: usize| f64::from(weights[k * channels + c]) * value(k as isize / 3 - 1, k as isize % 3 - 1);
    (0..9).map(tap).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_matrix_product_is_that_of_a_plain_loop(k in 1usize..40, tiles in 1usize..5, blocks in 1usize..8, seed in any::<u32>(), add in any::<bool>()) {
        let mut numbers = Numbers(seed);
        let n = 4 * tiles;
        let (weights, bias, slope) = (numbers.many(n * k), numbers.many(n), numbers.many(n));
        let (input, before) = (numbers.blocks(blocks * k), numbers.blocks(blocks * n));
        let start = if add { Start::Output } else { Start::Bias };
        let layer = Dense::pack(&weights, &bias, &slope).expect("a layer");
        let work = DenseWork { layer, input, before, start };
        let output = everywhere(&work);
        for (pixel, o) in (0..blocks * LANES).flat_map(|p| (0..n).map(move |o| (p, o))) {
            let products = (0..k).map(|i| f64::from(weights[o * k + i]) * at(&work.input, k, i, pixel));
            let was = if add { at(&work.before, n, o, pixel) } else { 0.0 };
            close(prelu(was + f64::from(bias[o]) + products.sum::<f64>(), slope[o]), at(&output, n, o, pixel), k);
        }
    }

    #[test]
    fn a_depthwise_row_is_that_of_a_plain_loop(channels in 1usize..6, blocks in 1usize..5, seed in any::<u32>()) {
        let mut numbers = Numbers(seed);
        let (weights, bias) = (numbers.many(9 * channels), numbers.many(channels));
        let rows = std::array::from_fn(|_| numbers.blocks(blocks * channels));
        let work = RowWork { layer: Depthwise::pack(&weights, &bias).expect("a layer"), rows };
        let output = everywhere(&work);
        for (c, pixel) in (0..channels).flat_map(|c| (0..blocks * LANES).map(move |p| (c, p))) {
            let sum = nine(&weights, channels, c, |dy, dx| {
                let x = pixel as isize + dx;
                let inside = (0..(blocks * LANES) as isize).contains(&x);
                if inside { at(&work.rows[(dy + 1) as usize], channels, c, x as usize) } else { 0.0 }
            });
            close(f64::from(bias[c]) + sum, at(&output, channels, c, pixel), 9);
        }
    }

    #[test]
    fn depthwise_planes_are_those_of_a_plain_loop(channels in 1usize..6, half in 0usize..3, seed in any::<u32>()) {
        let side = 2usize << half;
        let mut numbers = Numbers(seed);
        let (weights, bias) = (numbers.many(9 * channels), numbers.many(channels));
        let input = numbers.blocks((side * side).div_ceil(LANES) * channels);
        let work = PlaneWork { layer: Depthwise::pack(&weights, &bias).expect("a layer"), side, input };
        let output = everywhere(&work);
        for (c, pixel) in (0..channels).flat_map(|c| (0..side * side).map(move |p| (c, p))) {
            let sum = nine(&weights, channels, c, |dy, dx| {
                let (y, x) = ((pixel / side) as isize + dy, (pixel % side) as isize + dx);
                let inside = (0..side as isize).contains(&y) && (0..side as isize).contains(&x);
                if inside { at(&work.input, channels, c, y as usize * side + x as usize) } else { 0.0 }
            });
            close(f64::from(bias[c]) + sum, at(&output, channels, c, pixel), 9);
        }
    }

    #[test]
    fn halving_gives_four_taps_and_their_maximum(channels in 1usize..5, more in 0usize..4, blocks in 1usize..4, planes in any::<bool>(), seed in any::<u32>()) {
        let mut numbers = Numbers(seed);
        let width = channels + more;
        let blocks = if planes { 4 } else { blocks };
        let work = HalveWork { rows: numbers.blocks(4 * blocks * channels), channels, width, blocks, planes };
        let output = everywhere(&work);
        let (taps, pooled) = output.split_at(blocks * 4 * channels);
        // Two rows one behind the other, or a plane of sixteen.
        let (from, to) = if planes { (LANES, LANES / 2) } else { (2 * LANES * blocks, LANES * blocks) };
        for (c, pixel) in (0..channels).flat_map(|c| (0..blocks * LANES).map(move |p| (c, p))) {
            let (y, x) = (pixel / to, pixel % to);
            let four: Vec<f64> = (0..4).map(|k| at(&work.rows, channels, c, (2 * y + k / 2) * from + 2 * x + k % 2)).collect();
            for (k, &value) in four.iter().enumerate() {
                prop_assert_eq!(at(taps, 4 * channels, 4 * c + k, pixel), value);
            }
            prop_assert_eq!(at(pooled, width, c, pixel), four.iter().copied().fold(f64::MIN, f64::max));
        }
        for (c, pixel) in (channels..width).flat_map(|c| (0..blocks * LANES).map(move |p| (c, p))) {
            prop_assert_eq!(at(pooled, width, c, pixel), 0.0);
        }
    }

    #[test]
    fn taps_of_the_first_convolution_are_its_neighbours(blocks in 1usize..5, seed in any::<u32>()) {
        let mut numbers = Numbers(seed);
        let side = 2 * LANES * blocks;
        let work = StemWork { planes: std::array::from_fn(|_| numbers.many(3 * side)), blocks };
        let taps = everywhere(&work);
        for (tap, pixel) in (0..STEM_TAPS).flat_map(|t| (0..blocks * LANES).map(move |p| (t, p))) {
            let (plane, dy, x) = (tap / 9, tap / 3 % 3, 2 * pixel + tap % 3);
            let value = if x < side { work.planes[plane][dy * side + x] } else { 0.0 };
            prop_assert_eq!(at(&taps, STEM_TAPS, tap, pixel), f64::from(value));
        }
    }

    #[test]
    fn a_matrix_of_half_precision_times_a_vector_is_that_of_a_plain_loop(n in 1usize..220, k in 1usize..40, seed in any::<u32>()) {
        let mut numbers = Numbers(seed);
        let (weights, bias, vector) = (numbers.many(n * k), numbers.many(n), numbers.many(k));
        let work = MatrixWork { matrix: Matrix::pack(&weights, &bias).expect("a matrix"), vector };
        let output = everywhere(&work);
        for o in 0..n {
            let sum: f64 = (0..k).map(|i| f64::from(weights[o * k + i]) * f64::from(work.vector[i])).sum();
            close(f64::from(bias[o]) + sum, f64::from(output[o / LANES].0[o % LANES]), k);
        }
    }
}

#[test]
fn values_that_are_no_numbers_and_signed_zeros_have_the_same_bits_everywhere() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, f32::MIN_POSITIVE / 2.0, 1.0, -1.0];
    let block = |shift: usize| Block(std::array::from_fn(|lane| odd[(lane + shift) % odd.len()]));
    // One weight of one, so that nothing meets a value that is no number: its bits are those of the input everywhere.
    let layer = Dense::pack(&[1.0; 4], &[-0.0; 4], &[-2.0, 2.0, 0.0, 1.0]).expect("a layer");
    let work = DenseWork { layer, input: vec![block(0), block(3)], before: vec![Block::ZERO; 8], start: Start::Bias };
    let output = everywhere(&work);
    assert!(output[0].0[0].is_nan() && output[0].0[1] == f32::INFINITY);
}

#[test]
fn layers_whose_lengths_do_not_fit_are_refused() {
    assert!(Dense::pack(&[1.0; 5], &[0.0; 4], &[0.0; 4]).is_err());
    assert!(Dense::pack(&[], &[], &[]).is_err());
    assert!(Dense::pack(&[1.0; 4], &[0.0; 4], &[0.0; 3]).is_err());
    assert!(Depthwise::pack(&[1.0; 10], &[0.0]).is_err());
    assert!(Depthwise::pack(&[], &[]).is_err());
    assert!(Matrix::pack(&[1.0; 3], &[0.0; 2]).is_err());
    assert!(Matrix::pack(&[0.1], &[0.0]).is_err(), "0.1 is no number of half precision");
    assert!(Matrix::pack(&[f32::NAN], &[0.0]).is_err());
}
