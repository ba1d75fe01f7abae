//! Vectors of sixteen floats on each kind of processor: the only unsafe code of the networks.
//!
//! A value of [`Avx2`] or [`Avx512`] can be made by its `detect` alone, which asks the processor. Whoever holds one may therefore
//! use the instructions that it stands for, and every function here takes one. Memory is reached through references to arrays of
//! the length that is read or written, so nothing else has to be proved.
//!
//! Everything is `inline(always)` and becomes part of a kernel that [`Simd::run`] compiles for its processor. Closures around
//! vectors do not inline and are not used.

/// Sixteen floats on a cache line of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Block(pub [f32; LANES]);

/// Floats in a vector.
pub const LANES: usize = 16;

impl Block {
    pub const ZERO: Block = Block([0.0; LANES]);
}

/// Work that is compiled once for each kind of processor.
pub trait Kernel {
    fn run<S: Simd>(self, simd: S);
}

/// A kind of processor. All give the same bits: an output is one chain of fused multiply-adds in a fixed order.
pub trait Simd: Copy {
    /// Sixteen floats in registers.
    type V: Copy;
    /// How many vectors of pixels a tile of a matrix product has.
    const WIDE: usize;

    /// Runs a kernel with the instructions of this processor.
    fn run<K: Kernel>(self, kernel: K);
    fn load(self, from: &[f32; LANES]) -> Self::V;
    /// Loads numbers of half precision.
    fn load_half(self, from: &[u16; LANES]) -> Self::V;
    fn store(self, v: Self::V, to: &mut [f32; LANES]);
    fn splat(self, value: f32) -> Self::V;
    /// `a * b + c`, rounded once.
    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// The larger of each pair; `b` where one is not a number.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// `v`, or `slope * v` where `v` is below zero.
    fn prelu(self, v: Self::V, slope: Self::V) -> Self::V;
    /// The last of `before`, and all of `v` but its last.
    fn shift_up(self, before: Self::V, v: Self::V) -> Self::V;
    /// All of `v` but its first, and the first of `after`.
    fn shift_down(self, v: Self::V, after: Self::V) -> Self::V;
    /// The even and the odd elements of `a` and `b` in a row.
    fn split(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
}

/// Any processor: the reference of the others. Too slow for a product, because most have no fused multiply-add by default.
#[derive(Clone, Copy)]
#[cfg_attr(not(test), expect(dead_code, reason = "the reference of the tests"))]
pub struct Portable;

impl Simd for Portable {
    type V = [f32; LANES];
    const WIDE: usize = 1;

    fn run<K: Kernel>(self, kernel: K) {
        kernel.run(self);
    }

    fn load(self, from: &[f32; LANES]) -> Self::V {
        *from
    }

    fn load_half(self, from: &[u16; LANES]) -> Self::V {
        from.map(|h| half::f16::from_bits(h).to_f32())
    }

    fn store(self, v: Self::V, to: &mut [f32; LANES]) {
        *to = v;
    }

    fn splat(self, value: f32) -> Self::V {
        [value; LANES]
    }

    fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
    }

    fn add(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] + b[i])
    }

    fn max(self, a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }

    fn prelu(self, v: Self::V, slope: Self::V) -> Self::V {
        std::array::from_fn(|i| if v[i] < 0.0 { v[i] * slope[i] } else { v[i] })
    }

    fn shift_up(self, before: Self::V, v: Self::V) -> Self::V {
        std::array::from_fn(|i| if i == 0 { before[LANES - 1] } else { v[i - 1] })
    }

    fn shift_down(self, v: Self::V, after: Self::V) -> Self::V {
        std::array::from_fn(|i| if i + 1 == LANES { after[0] } else { v[i + 1] })
    }

    fn split(self, a: Self::V, b: Self::V) -> (Self::V, Self::V) {
        let at = |i: usize| if i < LANES { a[i] } else { b[i - LANES] };
        (std::array::from_fn(|i| at(2 * i)), std::array::from_fn(|i| at(2 * i + 1)))
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Kernel, LANES, Simd};
    use std::arch::x86_64::*;

    /// AVX2, FMA and F16C: two registers of eight.
    #[derive(Clone, Copy)]
    pub struct Avx2(());

    impl Avx2 {
        pub fn detect() -> Option<Avx2> {
            let there =
                is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
            there.then_some(Avx2(()))
        }
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    fn run_avx2<K: Kernel>(simd: Avx2, kernel: K) {
        kernel.run(simd);
    }

    impl Simd for Avx2 {
        type V = [__m256; 2];
        const WIDE: usize = 1;

        #[inline(always)]
        fn run<K: Kernel>(self, kernel: K) {
            // SAFETY: `self` exists, so the processor has these instructions.
            unsafe { run_avx2(self, kernel) }
        }

        #[inline(always)]
        fn load(self, from: &[f32; LANES]) -> Self::V {
            let (low, high) = (from.as_ptr(), from[8..].as_ptr());
            // SAFETY: `self` exists, so the processor has AVX; both halves of the array are eight floats, and need no alignment.
            unsafe { [_mm256_loadu_ps(low), _mm256_loadu_ps(high)] }
        }

        #[inline(always)]
        fn load_half(self, from: &[u16; LANES]) -> Self::V {
            let (low, high) = (from.as_ptr(), from[8..].as_ptr());
            // SAFETY: `self` exists, so the processor has F16C; both halves of the array are sixteen bytes, and need no alignment.
            unsafe { [_mm256_cvtph_ps(_mm_loadu_si128(low.cast())), _mm256_cvtph_ps(_mm_loadu_si128(high.cast()))] }
        }

        #[inline(always)]
        fn store(self, [low, high]: Self::V, to: &mut [f32; LANES]) {
            let (first, second) = to.split_at_mut(8);
            // SAFETY: `self` exists, so the processor has AVX; both halves of the array are eight floats, and need no alignment.
            unsafe {
                _mm256_storeu_ps(first.as_mut_ptr(), low);
                _mm256_storeu_ps(second.as_mut_ptr(), high);
            }
        }

        #[inline(always)]
        fn splat(self, value: f32) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX.
            unsafe { [_mm256_set1_ps(value); 2] }
        }

        #[inline(always)]
        fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has FMA.
            unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
        }

        #[inline(always)]
        fn add(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX.
            unsafe { [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])] }
        }

        #[inline(always)]
        fn max(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX.
            unsafe { [_mm256_max_ps(a[0], b[0]), _mm256_max_ps(a[1], b[1])] }
        }

        #[inline(always)]
        fn prelu(self, v: Self::V, slope: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX.
            unsafe {
                let zero = _mm256_setzero_ps();
                let below = [_mm256_cmp_ps::<_CMP_LT_OQ>(v[0], zero), _mm256_cmp_ps::<_CMP_LT_OQ>(v[1], zero)];
                let sloped = [_mm256_mul_ps(v[0], slope[0]), _mm256_mul_ps(v[1], slope[1])];
                [_mm256_blendv_ps(v[0], sloped[0], below[0]), _mm256_blendv_ps(v[1], sloped[1], below[1])]
            }
        }

        #[inline(always)]
        fn shift_up(self, before: Self::V, v: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX2.
            unsafe { [shift_up_half(before[1], v[0]), shift_up_half(v[0], v[1])] }
        }

        #[inline(always)]
        fn shift_down(self, v: Self::V, after: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX2.
            unsafe { [shift_down_half(v[0], v[1]), shift_down_half(v[1], after[0])] }
        }

        #[inline(always)]
        fn split(self, a: Self::V, b: Self::V) -> (Self::V, Self::V) {
            // SAFETY: `self` exists, so the processor has AVX2.
            unsafe {
                let ((a, c), (b, d)) = (split_halves(a[0], a[1]), split_halves(b[0], b[1]));
                ([a, b], [c, d])
            }
        }
    }

    /// The last of `before`, and all of `v` but its last.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn shift_up_half(before: __m256, v: __m256) -> __m256 {
        let middle = _mm256_castps_si256(_mm256_permute2f128_ps::<0x21>(before, v));
        _mm256_castsi256_ps(_mm256_alignr_epi8::<12>(_mm256_castps_si256(v), middle))
    }

    /// All of `v` but its first, and the first of `after`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn shift_down_half(v: __m256, after: __m256) -> __m256 {
        let middle = _mm256_castps_si256(_mm256_permute2f128_ps::<0x21>(v, after));
        _mm256_castsi256_ps(_mm256_alignr_epi8::<4>(middle, _mm256_castps_si256(v)))
    }

    /// The even and the odd elements of `a` and `b` in a row.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn split_halves(a: __m256, b: __m256) -> (__m256, __m256) {
        let even = _mm256_castps_pd(_mm256_shuffle_ps::<0x88>(a, b));
        let odd = _mm256_castps_pd(_mm256_shuffle_ps::<0xDD>(a, b));
        let order = |v: __m256d| _mm256_castpd_ps(_mm256_permute4x64_pd::<0xD8>(v));
        (order(even), order(odd))
    }

    /// AVX-512F: one register of sixteen.
    #[derive(Clone, Copy)]
    pub struct Avx512(());

    impl Avx512 {
        pub fn detect() -> Option<Avx512> {
            (is_x86_feature_detected!("avx512f") && Avx2::detect().is_some()).then_some(Avx512(()))
        }
    }

    #[target_feature(enable = "avx512f,avx2,fma,f16c")]
    fn run_avx512<K: Kernel>(simd: Avx512, kernel: K) {
        kernel.run(simd);
    }

    impl Simd for Avx512 {
        type V = __m512;
        const WIDE: usize = 4;

        #[inline(always)]
        fn run<K: Kernel>(self, kernel: K) {
            // SAFETY: `self` exists, so the processor has these instructions.
            unsafe { run_avx512(self, kernel) }
        }

        #[inline(always)]
        fn load(self, from: &[f32; LANES]) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F; the array is sixteen floats, and needs no alignment.
            unsafe { _mm512_loadu_ps(from.as_ptr()) }
        }

        #[inline(always)]
        fn load_half(self, from: &[u16; LANES]) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F; the array is 32 bytes, and needs no alignment.
            unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.as_ptr().cast())) }
        }

        #[inline(always)]
        fn store(self, v: Self::V, to: &mut [f32; LANES]) {
            // SAFETY: `self` exists, so the processor has AVX-512F; the array is sixteen floats, and needs no alignment.
            unsafe { _mm512_storeu_ps(to.as_mut_ptr(), v) }
        }

        #[inline(always)]
        fn splat(self, value: f32) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        fn fma(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe { _mm512_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        fn add(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe { _mm512_add_ps(a, b) }
        }

        #[inline(always)]
        fn max(self, a: Self::V, b: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe { _mm512_max_ps(a, b) }
        }

        #[inline(always)]
        fn prelu(self, v: Self::V, slope: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe {
                let below = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(v, _mm512_setzero_ps());
                _mm512_mask_mul_ps(v, below, v, slope)
            }
        }

        #[inline(always)]
        fn shift_up(self, before: Self::V, v: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe {
                let (before, v) = (_mm512_castps_si512(before), _mm512_castps_si512(v));
                _mm512_castsi512_ps(_mm512_alignr_epi32::<15>(v, before))
            }
        }

        #[inline(always)]
        fn shift_down(self, v: Self::V, after: Self::V) -> Self::V {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe {
                let (v, after) = (_mm512_castps_si512(v), _mm512_castps_si512(after));
                _mm512_castsi512_ps(_mm512_alignr_epi32::<1>(after, v))
            }
        }

        #[inline(always)]
        fn split(self, a: Self::V, b: Self::V) -> (Self::V, Self::V) {
            // SAFETY: `self` exists, so the processor has AVX-512F.
            unsafe {
                let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
                let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
                (_mm512_permutex2var_ps(a, even, b), _mm512_permutex2var_ps(a, odd, b))
            }
        }
    }
}
