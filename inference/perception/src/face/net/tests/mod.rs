//! Kernels beside plain loops and beside each other, a small network beside an interpreter, and files that are damaged.

mod damaged;
mod kernels;
mod network;
mod small;

use super::simd::{Avx2, Avx512, Block, LANES, Portable, Simd};

/// Numbers that are the same in every run, of half precision, and not all positive.
pub struct Numbers(pub u32);

impl Numbers {
    pub fn one(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        half::f16::from_f32((self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0).to_f32()
    }

    pub fn many(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.one()).collect()
    }

    pub fn blocks(&mut self, count: usize) -> Vec<Block> {
        (0..count).map(|_| Block(std::array::from_fn(|_| self.one()))).collect()
    }
}

pub fn bits(blocks: &[Block]) -> Vec<u32> {
    blocks.iter().flat_map(|block| block.0.map(f32::to_bits)).collect()
}

/// Work that gives blocks, done on every kind of processor that this one is.
pub trait Work {
    fn on<S: Simd>(&self, simd: S) -> Vec<Block>;
}

/// Does the work on all kinds, asserts that all give the same bits, and returns them.
pub fn everywhere(work: &impl Work) -> Vec<Block> {
    let reference = work.on(Portable);
    if let Some(simd) = Avx2::detect() {
        assert_eq!(bits(&work.on(simd)), bits(&reference), "AVX2");
    }
    if let Some(simd) = Avx512::detect() {
        assert_eq!(bits(&work.on(simd)), bits(&reference), "AVX-512");
    }
    reference
}

/// The value of a channel at a pixel.
pub fn at(blocks: &[Block], channels: usize, channel: usize, pixel: usize) -> f64 {
    f64::from(blocks[pixel / LANES * channels + channel].0[pixel % LANES])
}
