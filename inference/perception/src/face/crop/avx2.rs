//! The kernels for AVX2: eight pixels at a time. [`edge`] has the groups that reach beyond the image.
//!
//! Why the unsafe code is sound:
//! * the functions are `target_feature(avx2)` and called only after `is_x86_feature_detected!("avx2")`;
//! * a gather reads four bytes at `y * stride + x` (of RGB six, at `y * stride + 3 x`), and is done only for groups whose first
//!   and last pixel satisfy `0 <= x <= width - 4` (of RGB `width - 2`) and `0 <= y <= height - 2`. Positions of a row go in equal steps too small to wrap around, so all
//!   eight lie between these two, and the bytes read end at most at `(height - 1) * stride + width`, which
//!   `Image::is_consistent` promises to exist; planes are short enough for 32-bit offsets.
//!
//! The arithmetic is that of the portable kernel, operation by operation, without fused multiply-adds: same bits.

mod edge;

use super::super::roi::to_stored;
use super::portable::{CHROMA_SHIFT, Plane, UNIT, chroma, i420_span, planes, rgb_span};
use super::{Border, Colour, Crop, Image, Steps};
use coach_core::{I420, RgbFrame};
use std::arch::x86_64::*;

/// Pixels per step.
const LANES: usize = 8;
/// Larger steps could wrap around within eight pixels; no crop of an image has them.
const MAX_STEP: u32 = 1 << 27;

/// A crop from I420, or `false` when this machine has no AVX2 and nothing was done.
pub fn i420(frame: &I420<'_>, crop: &Crop, out: &mut [f32]) -> bool {
    let steps = Steps::new(to_stored(crop.map, frame.width, frame.height, frame.rotation));
    if !possible(&steps, Image::I420(*frame), &[frame.y, frame.u, frame.v]) {
        return false;
    }
    // SAFETY: AVX2 is there.
    unsafe { i420_avx2(frame, crop, &steps, out) };
    true
}

/// As [`i420`], from RGB.
pub fn rgb(frame: &RgbFrame<'_>, crop: &Crop, out: &mut [f32]) -> bool {
    let steps = Steps::new(crop.map);
    if !possible(&steps, Image::Rgb(*frame), &[frame.data]) {
        return false;
    }
    // SAFETY: AVX2 is there.
    unsafe { rgb_avx2(frame, crop, &steps, out) };
    true
}

/// Whether this machine and these numbers are such that the proof above holds.
fn possible(steps: &Steps, image: Image<'_>, planes: &[&[u8]]) -> bool {
    let addressable = planes.iter().all(|plane| i32::try_from(plane.len()).is_ok());
    let monotonic = steps.ax.unsigned_abs() < MAX_STEP && steps.ay.unsigned_abs() < MAX_STEP;
    is_x86_feature_detected!("avx2") && addressable && monotonic && image.is_consistent()
}

#[target_feature(enable = "avx2")]
fn i420_avx2(frame: &I420<'_>, crop: &Crop, steps: &Steps, out: &mut [f32]) {
    let colour = Colour::new(frame.matrix, frame.range);
    let planes = planes(frame, colour.y0 as u8);
    let replicated = crop.border == Border::Replicate && planes.iter().all(edge::wide);
    let n = crop.size;
    let (red, rest) = out.split_at_mut(n * n);
    let (green, blue) = rest.split_at_mut(n * n);
    for v in 0..n {
        let start = steps.row(v);
        let row = v * n..(v + 1) * n;
        let [r, g, b] = [&mut red[row.clone()], &mut green[row.clone()], &mut blue[row]];
        let mut at = 0;
        while at + LANES <= n {
            let to = at..at + LANES;
            let [r, g, b] = [&mut r[to.clone()], &mut g[to.clone()], &mut b[to]];
            let (x, y) = steps.position(start, at);
            let (x_end, y_end) = steps.position(start, at + LANES - 1);
            let inside = planes[0].holds(x, y)
                && planes[0].holds(x_end, y_end)
                && planes[1].holds(chroma(x), chroma(y))
                && planes[1].holds(chroma(x_end), chroma(y_end));
            if inside {
                eight::<false>(&planes, crop, &colour, steps, (x, y), [r, g, b]);
            } else if replicated {
                eight::<true>(&planes, crop, &colour, steps, (x, y), [r, g, b]);
            } else {
                i420_span(&planes, crop, &colour, steps, start, at, [r, g, b]);
            }
            at += LANES;
        }
        if at < n {
            i420_span(&planes, crop, &colour, steps, start, at, [&mut r[at..], &mut g[at..], &mut b[at..]]);
        }
    }
}

impl Plane<'_> {
    /// Whether four bytes may be read at this position and in the row below it.
    fn holds(&self, x: i32, y: i32) -> bool {
        let (x, y) = (x >> 16, y >> 16);
        x >= 0 && y >= 0 && x <= self.width - 4 && y <= self.height - 2
    }
}

/// Eight pixels, all inside the image, or with `EDGE` anywhere.
#[target_feature(enable = "avx2")]
fn eight<const EDGE: bool>(
    [luma, u, v]: &[Plane<'_>; 3],
    crop: &Crop,
    colour: &Colour,
    steps: &Steps,
    (x, y): (i32, i32),
    [red, green, blue]: [&mut [f32]; 3],
) {
    let (x, y) = (lanes(x, steps.ax), lanes(y, steps.ay));
    let shift = _mm256_set1_epi32(CHROMA_SHIFT);
    let cx = _mm256_add_epi32(_mm256_srai_epi32::<1>(x), shift);
    let cy = _mm256_add_epi32(_mm256_srai_epi32::<1>(y), shift);
    let set = |value: f32| _mm256_set1_ps(value);
    let (of_luma, of_chroma) = (Weights::new(x, y), Weights::new(cx, cy));
    let [l, cb, cr] = if EDGE {
        [of_luma.sample_replicated(luma), of_chroma.sample_replicated(u), of_chroma.sample_replicated(v)]
    } else {
        [of_luma.sample(luma), of_chroma.sample(u), of_chroma.sample(v)]
    };
    let l = _mm256_mul_ps(_mm256_sub_ps(l, set(colour.y0)), set(colour.ky));
    let cb = _mm256_sub_ps(cb, set(128.0));
    let cr = _mm256_sub_ps(cr, set(128.0));
    let finish = |value: __m256| {
        let clamped = _mm256_min_ps(_mm256_max_ps(value, _mm256_setzero_ps()), set(255.0));
        _mm256_add_ps(_mm256_mul_ps(clamped, set(crop.scale)), set(crop.offset))
    };
    let r = finish(_mm256_add_ps(l, _mm256_mul_ps(set(colour.rv), cr)));
    let g = _mm256_add_ps(l, _mm256_mul_ps(set(colour.gu), cb));
    let g = finish(_mm256_add_ps(g, _mm256_mul_ps(set(colour.gv), cr)));
    let b = finish(_mm256_add_ps(l, _mm256_mul_ps(set(colour.bu), cb)));
    store([red, green, blue], [r, g, b]);
}

/// Eight positions in equal steps.
#[target_feature(enable = "avx2")]
fn lanes(start: i32, step: i32) -> __m256i {
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_add_epi32(_mm256_set1_epi32(start), _mm256_mullo_epi32(lane, _mm256_set1_epi32(step)))
}

#[target_feature(enable = "avx2")]
fn store(to: [&mut [f32]; 3], values: [__m256; 3]) {
    for (to, value) in to.into_iter().zip(values) {
        assert!(to.len() >= LANES);
        // SAFETY: eight values fit, as asserted; unaligned stores need no more.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), value) };
    }
}

#[target_feature(enable = "avx2")]
fn rgb_avx2(frame: &RgbFrame<'_>, crop: &Crop, steps: &Steps, out: &mut [f32]) {
    let n = crop.size;
    let (red, rest) = out.split_at_mut(n * n);
    let (green, blue) = rest.split_at_mut(n * n);
    let holds = |(x, y): (i32, i32)| {
        let (x, y) = (x >> 16, y >> 16);
        x >= 0 && y >= 0 && x <= frame.width as i32 - 2 && y <= frame.height as i32 - 2
    };
    let replicated = crop.border == Border::Replicate && edge::wide_rgb(frame);
    for v in 0..n {
        let start = steps.row(v);
        for at in (0..n).step_by(LANES) {
            let end = n.min(at + LANES);
            let to = v * n + at..v * n + end;
            let colours = [&mut red[to.clone()], &mut green[to.clone()], &mut blue[to]];
            let first = steps.position(start, at);
            if end - at == LANES && holds(first) && holds(steps.position(start, end - 1)) {
                eight_rgb(frame, crop, steps, first, colours);
            } else if end - at == LANES && replicated {
                edge::eight_rgb_replicated(frame, crop, steps, first, colours);
            } else {
                rgb_span(frame, crop, steps, start, at, colours);
            }
        }
    }
}

#[target_feature(enable = "avx2")]
fn eight_rgb(frame: &RgbFrame<'_>, crop: &Crop, steps: &Steps, (x, y): (i32, i32), to: [&mut [f32]; 3]) {
    let weights = Weights::new(lanes(x, steps.ax), lanes(y, steps.ay));
    let stride = _mm256_set1_epi32(frame.stride as i32);
    let column = _mm256_mullo_epi32(weights.x, _mm256_set1_epi32(3));
    let at = _mm256_add_epi32(_mm256_mullo_epi32(weights.y, stride), column);
    // Red, green, blue of a pixel and red of the next; blue of the pixel and the whole next one.
    let row = |at: __m256i| {
        let data = frame.data.as_ptr();
        // SAFETY: `rgb_avx2` came here only with positions that it found to hold; see the top of this file. The second read
        // begins two bytes later and ends with the second pixel.
        unsafe {
            [
                _mm256_i32gather_epi32::<1>(data.cast(), at),
                _mm256_i32gather_epi32::<1>(data.cast(), _mm256_add_epi32(at, _mm256_set1_epi32(2))),
            ]
        }
    };
    let (top, bottom) = (row(at), row(_mm256_add_epi32(at, stride)));
    let (low, high) = (_mm256_set1_epi32(0xff), _mm256_set1_epi32(0x00ff_0000));
    let red = |[a, _]: [__m256i; 2]| {
        _mm256_or_si256(_mm256_and_si256(a, low), _mm256_and_si256(_mm256_srli_epi32::<8>(a), high))
    };
    let green = |[a, b]: [__m256i; 2]| {
        _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi32::<8>(a), low), _mm256_and_si256(b, high))
    };
    let blue = |[a, b]: [__m256i; 2]| {
        let first = _mm256_and_si256(_mm256_srli_epi32::<16>(a), low);
        _mm256_or_si256(first, _mm256_and_si256(_mm256_srli_epi32::<8>(b), high))
    };
    let r = weights.byte(crop, red(top), red(bottom));
    let g = weights.byte(crop, green(top), green(bottom));
    let b = weights.byte(crop, blue(top), blue(bottom));
    store(to, [r, g, b]);
}

/// Positions and weights of eight pixels, shared by planes of the same size.
struct Weights {
    x: __m256i,
    y: __m256i,
    /// Pairs of 16 bits: 32 - fraction, fraction.
    fx: __m256i,
    fy: __m256i,
}

impl Weights {
    #[target_feature(enable = "avx2")]
    fn new(x: __m256i, y: __m256i) -> Weights {
        let pairs = |p: __m256i| {
            let fraction = _mm256_and_si256(_mm256_srai_epi32::<11>(p), _mm256_set1_epi32(31));
            let rest = _mm256_sub_epi32(_mm256_set1_epi32(32), fraction);
            _mm256_or_si256(rest, _mm256_slli_epi32::<16>(fraction))
        };
        Weights { x: _mm256_srai_epi32::<16>(x), y: _mm256_srai_epi32::<16>(y), fx: pairs(x), fy: pairs(y) }
    }

    /// The eight samples of a plane, in its own values.
    #[target_feature(enable = "avx2")]
    fn sample(&self, plane: &Plane<'_>) -> __m256 {
        let stride = plane.stride as i32;
        let at = _mm256_add_epi32(_mm256_mullo_epi32(self.y, _mm256_set1_epi32(stride)), self.x);
        let below = _mm256_add_epi32(at, _mm256_set1_epi32(stride));
        let data = plane.data.as_ptr().cast::<i32>();
        // SAFETY: `i420_avx2` came here only with positions for which `Plane::holds`; see the top of this file.
        let (top, bottom) =
            unsafe { (_mm256_i32gather_epi32::<1>(data, at), _mm256_i32gather_epi32::<1>(data, below)) };
        // Bytes 0 and 1 become two numbers of 16 bits; their weighted sum fits into 15.
        let spread = |v: __m256i| {
            let low = _mm256_and_si256(v, _mm256_set1_epi32(0xff));
            let high = _mm256_and_si256(_mm256_slli_epi32::<8>(v), _mm256_set1_epi32(0x00ff_0000));
            _mm256_or_si256(low, high)
        };
        let sum = self.mix(spread(top), spread(bottom));
        _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(UNIT))
    }

    /// The weighted sum of two rows of pairs of 16 bits, times 1024.
    #[target_feature(enable = "avx2")]
    fn mix(&self, top: __m256i, bottom: __m256i) -> __m256i {
        let (top, bottom) = (_mm256_madd_epi16(top, self.fx), _mm256_madd_epi16(bottom, self.fx));
        _mm256_madd_epi16(_mm256_or_si256(top, _mm256_slli_epi32::<16>(bottom)), self.fy)
    }

    /// The weighted sum rounded to whole values, as OpenCV leaves them, and written as the crop asks.
    #[target_feature(enable = "avx2")]
    fn byte(&self, crop: &Crop, top: __m256i, bottom: __m256i) -> __m256 {
        let sum = _mm256_add_epi32(self.mix(top, bottom), _mm256_set1_epi32(512));
        let byte = _mm256_cvtepi32_ps(_mm256_srai_epi32::<10>(sum));
        _mm256_add_ps(_mm256_mul_ps(byte, _mm256_set1_ps(crop.scale)), _mm256_set1_ps(crop.offset))
    }
}
