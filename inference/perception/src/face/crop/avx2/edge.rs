//! Groups of eight pixels of which some lie beyond the edge of the image, where the pixel at the edge goes on.
//!
//! Why the gathers are sound: a group reads, for each pixel, the four bytes (of RGB the six) that begin at a column clamped to
//! `0..=width - 4` (of RGB `0..=width - 2`) in two rows clamped to `0..=height - 1`. They end at most at
//! `(height - 1) * stride + width`, which `Image::is_consistent` promises to exist. [`wide`] and [`wide_rgb`] say whether an image
//! has that many columns and is short enough for 32-bit offsets; the callers ask them first.

use super::super::portable::{Plane, UNIT};
use super::super::{Crop, Steps};
use super::{Weights, lanes, store};
use coach_core::RgbFrame;
use std::arch::x86_64::*;

/// Returns whether groups at the edge of this plane can be read by [`Weights::sample_replicated`].
pub fn wide(plane: &Plane<'_>) -> bool {
    plane.width >= 4
        && plane.height >= 1
        && plane.step == 1
        && holds(plane.data, plane.stride, plane.height, plane.width)
}

/// Returns whether groups at the edge of this image can be read by [`eight_rgb_replicated`].
pub fn wide_rgb(frame: &RgbFrame<'_>) -> bool {
    let (width, height) = (frame.width as i32, frame.height as i32);
    width >= 2 && height >= 1 && holds(frame.data, frame.stride, height, 3 * width)
}

/// Returns whether the last row ends inside the data, and every offset fits into 32 bits.
fn holds(data: &[u8], stride: usize, height: i32, row: i32) -> bool {
    let end = (height as usize - 1).checked_mul(stride).and_then(|start| start.checked_add(row as usize));
    end.is_some_and(|end| end <= data.len()) && i32::try_from(data.len()).is_ok() && i32::try_from(stride).is_ok()
}

#[target_feature(enable = "avx2")]
fn clamp(value: __m256i, last: i32) -> __m256i {
    _mm256_max_epi32(_mm256_min_epi32(value, _mm256_set1_epi32(last)), _mm256_setzero_si256())
}

/// The two rows that a pixel lies between, as offsets of their first byte.
#[target_feature(enable = "avx2")]
fn rows(y: __m256i, height: i32, stride: usize) -> [__m256i; 2] {
    let stride = _mm256_set1_epi32(stride as i32);
    let below = _mm256_add_epi32(y, _mm256_set1_epi32(1));
    [_mm256_mullo_epi32(clamp(y, height - 1), stride), _mm256_mullo_epi32(clamp(below, height - 1), stride)]
}

impl Weights {
    /// The eight samples of a plane, in its own values; samples beyond the edge are those at the edge. The plane must be [`wide`].
    #[target_feature(enable = "avx2")]
    pub fn sample_replicated(&self, plane: &Plane<'_>) -> __m256 {
        let base = clamp(self.x, plane.width - 4);
        // How many bits the left and the right neighbour lie behind the first byte that is read.
        let left = _mm256_slli_epi32::<3>(_mm256_sub_epi32(clamp(self.x, plane.width - 1), base));
        let next = _mm256_add_epi32(self.x, _mm256_set1_epi32(1));
        let right = _mm256_slli_epi32::<3>(_mm256_sub_epi32(clamp(next, plane.width - 1), base));
        let byte = _mm256_set1_epi32(0xff);
        let [top, bottom] = rows(self.y, plane.height, plane.stride);
        let pairs = |row: __m256i| {
            // SAFETY: the plane is wide and the columns and rows are clamped; see the top of this file.
            let four = unsafe { _mm256_i32gather_epi32::<1>(plane.data.as_ptr().cast(), _mm256_add_epi32(row, base)) };
            let first = _mm256_and_si256(_mm256_srlv_epi32(four, left), byte);
            let second = _mm256_and_si256(_mm256_srlv_epi32(four, right), byte);
            _mm256_or_si256(first, _mm256_slli_epi32::<16>(second))
        };
        let sum = self.mix(pairs(top), pairs(bottom));
        _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(UNIT))
    }
}

/// Eight pixels of RGB; those beyond the edge are those at the edge. The image must be [`wide_rgb`].
#[target_feature(enable = "avx2")]
pub fn eight_rgb_replicated(frame: &RgbFrame<'_>, crop: &Crop, steps: &Steps, (x, y): (i32, i32), to: [&mut [f32]; 3]) {
    let (width, height) = (frame.width as i32, frame.height as i32);
    let weights = Weights::new(lanes(x, steps.ax), lanes(y, steps.ay));
    let base = clamp(weights.x, width - 2);
    let next = _mm256_add_epi32(weights.x, _mm256_set1_epi32(1));
    let left_is_first = _mm256_cmpeq_epi32(clamp(weights.x, width - 1), base);
    let right_is_first = _mm256_cmpeq_epi32(clamp(next, width - 1), base);
    let column = _mm256_mullo_epi32(base, _mm256_set1_epi32(3));
    // The left and the right pixel of every pair, as three bytes each.
    let pair = |row: __m256i| {
        let at = _mm256_add_epi32(row, column);
        let data = frame.data.as_ptr();
        // SAFETY: the image is wide and the columns and rows are clamped; see the top of this file. The second read begins two
        // bytes later and ends with the second pixel.
        let (a, b) = unsafe {
            (
                _mm256_i32gather_epi32::<1>(data.cast(), at),
                _mm256_i32gather_epi32::<1>(data.cast(), _mm256_add_epi32(at, _mm256_set1_epi32(2))),
            )
        };
        let second = _mm256_srli_epi32::<8>(b);
        [_mm256_blendv_epi8(second, a, left_is_first), _mm256_blendv_epi8(second, a, right_is_first)]
    };
    let [top, bottom] = rows(weights.y, height, frame.stride);
    let (top, bottom) = (pair(top), pair(bottom));
    let byte = _mm256_set1_epi32(0xff);
    let red = |[a, b]: [__m256i; 2]| {
        _mm256_or_si256(_mm256_and_si256(a, byte), _mm256_slli_epi32::<16>(_mm256_and_si256(b, byte)))
    };
    let green = |[a, b]: [__m256i; 2]| red([_mm256_srli_epi32::<8>(a), _mm256_srli_epi32::<8>(b)]);
    let blue = |[a, b]: [__m256i; 2]| red([_mm256_srli_epi32::<16>(a), _mm256_srli_epi32::<16>(b)]);
    let r = weights.byte(crop, red(top), red(bottom));
    let g = weights.byte(crop, green(top), green(bottom));
    let b = weights.byte(crop, blue(top), blue(bottom));
    store(to, [r, g, b]);
}
