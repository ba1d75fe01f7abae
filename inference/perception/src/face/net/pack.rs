//! Weights in the order in which the kernels read them.

use super::super::import::Cause;
use super::simd::{Block, LANES};

/// Outputs of a tile of a matrix product.
pub const TILE: usize = 4;
/// Vectors of outputs of a tile of [`Matrix`].
pub const OUTPUTS: usize = 6;

/// A 1x1 convolution, or any over gathered taps, and the PReLU behind it.
pub struct Dense {
    pub inputs: usize,
    pub outputs: usize,
    /// `[outputs / TILE][inputs][TILE]`.
    pub weights: Vec<[f32; TILE]>,
    pub bias: Vec<[f32; TILE]>,
    pub slope: Vec<[f32; TILE]>,
}

impl Dense {
    /// Packs a matrix `[outputs][inputs]`. Outputs are filled up to whole tiles with zeros.
    ///
    /// # Errors
    /// The lengths do not fit together, or there is nothing to compute.
    pub fn pack(weights: &[f32], bias: &[f32], slope: &[f32]) -> Result<Dense, Cause> {
        let rows = bias.len();
        let inputs = weights.len().checked_div(rows).unwrap_or(0);
        if inputs == 0 || weights.len() != rows * inputs || slope.len() != rows {
            return Err(Cause::Shape("a layer"));
        }
        let outputs = rows.next_multiple_of(TILE);
        let row = |n: usize| weights.chunks_exact(inputs).nth(n);
        let mut packed = vec![[0.0; TILE]; outputs / TILE * inputs];
        for (tile, packed) in packed.chunks_exact_mut(inputs).enumerate() {
            for j in 0..TILE {
                let Some(row) = row(tile * TILE + j) else { continue };
                packed.iter_mut().zip(row).for_each(|(to, &w)| to[j] = w);
            }
        }
        Ok(Dense { inputs, outputs, weights: packed, bias: in_tiles(bias), slope: in_tiles(slope) })
    }
}

fn in_tiles(values: &[f32]) -> Vec<[f32; TILE]> {
    let tile = |values: &[f32]| std::array::from_fn(|i| values.get(i).copied().unwrap_or(0.0));
    values.chunks(TILE).map(tile).collect()
}

/// A 3x3 convolution of each channel by itself.
pub struct Depthwise {
    pub weights: Vec<[f32; 9]>,
    pub bias: Vec<f32>,
}

impl Depthwise {
    /// Packs weights `[3][3][channels]`, as TFLite has them.
    ///
    /// # Errors
    /// The lengths do not fit together, or there is nothing to compute.
    pub fn pack(weights: &[f32], bias: &[f32]) -> Result<Depthwise, Cause> {
        let channels = bias.len();
        if channels == 0 || weights.len() != 9 * channels {
            return Err(Cause::Shape("a depthwise layer"));
        }
        let weights = (0..channels).map(|c| std::array::from_fn(|tap| weights[tap * channels + c])).collect();
        Ok(Depthwise { weights, bias: bias.to_vec() })
    }
}

/// A matrix that is too large for the caches, in half precision.
pub struct Matrix {
    pub inputs: usize,
    /// `[outputs / (OUTPUTS * LANES)][inputs][OUTPUTS][LANES]`, bits of half precision.
    pub weights: Vec<[[u16; LANES]; OUTPUTS]>,
    pub bias: Vec<Block>,
}

impl Matrix {
    /// Packs a matrix `[outputs][inputs]`. Outputs are filled up to whole tiles with zeros.
    ///
    /// # Errors
    /// The lengths do not fit together, or a weight is not a number of half precision.
    pub fn pack(weights: &[f32], bias: &[f32]) -> Result<Matrix, Cause> {
        let rows = bias.len();
        let inputs = weights.len().checked_div(rows).unwrap_or(0);
        if inputs == 0 || weights.len() != rows * inputs {
            return Err(Cause::Shape("a matrix"));
        }
        let tiles = rows.div_ceil(OUTPUTS * LANES);
        let mut packed = vec![[[0; LANES]; OUTPUTS]; tiles * inputs];
        for (n, row) in weights.chunks_exact(inputs).enumerate() {
            let (tile, vector, lane) = (n / (OUTPUTS * LANES), n / LANES % OUTPUTS, n % LANES);
            for (to, &w) in packed[tile * inputs..].iter_mut().zip(row) {
                let half = half::f16::from_f32(w);
                if half.to_f32() != w {
                    return Err(Cause::Unsupported("weights of more than half precision".into()));
                }
                to[vector][lane] = half.to_bits();
            }
        }
        let mut biases = vec![Block::ZERO; tiles * OUTPUTS];
        for (n, &b) in bias.iter().enumerate() {
            biases[n / LANES].0[n % LANES] = b;
        }
        Ok(Matrix { inputs, weights: packed, bias: biases })
    }
}
