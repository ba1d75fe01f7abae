//! Kernels agree, borders hold, colours are those of the standards, rotation turns.

use super::super::roi::Roi;
use super::*;
use coach_core::frame::Rotation;
use proptest::prelude::*;

/// An image of pseudo-random samples with its own strides.
struct Noise {
    width: usize,
    height: usize,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
    strides: [usize; 2],
}

impl Noise {
    fn new(width: usize, height: usize, padding: usize, seed: u32) -> Noise {
        let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
        let strides = [width + padding, cw + padding];
        // Exactly as long as needed: nothing behind the last pixel.
        let plane = |w: usize, h: usize, stride: usize, seed: u32| {
            let mut state = seed | 1;
            (0..stride * (h - 1) + w)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect()
        };
        Noise {
            width,
            height,
            y: plane(width, height, strides[0], seed),
            u: plane(cw, ch, strides[1], seed ^ 0x5555),
            v: plane(cw, ch, strides[1], seed ^ 0xaaaa),
            strides,
        }
    }

    fn frame(&self, rotation: Rotation) -> I420<'_> {
        I420 {
            width: self.width,
            height: self.height,
            y: &self.y,
            u: &self.u,
            v: &self.v,
            y_stride: self.strides[0],
            u_stride: self.strides[1],
            v_stride: self.strides[1],
            matrix: Matrix::Bt601,
            range: Range::Limited,
            rotation,
        }
    }
}

fn grey(width: usize, height: usize, y: u8, u: u8, v: u8) -> Noise {
    let mut noise = Noise::new(width, height, 0, 1);
    noise.y.fill(y);
    noise.u.fill(u);
    noise.v.fill(v);
    noise
}

fn plain(roi: Roi, size: usize, border: Border) -> Crop {
    Crop { map: roi.crop_map(size), size, border, scale: 1.0, offset: 0.0 }
}

fn take(frame: I420<'_>, cut: &Crop) -> Vec<f32> {
    let mut out = vec![f32::NAN; 3 * cut.size * cut.size];
    crop(&Image::I420(frame), cut, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn the_vector_kernel_gives_the_bits_of_the_portable_one(
        (width, height, padding) in (1usize..90, 1usize..90, 0usize..9),
        (cx, cy) in (-60.0..150.0f64, -60.0..150.0f64),
        (w, h) in (1.0..400.0f64, 1.0..400.0f64),
        angle in -4.0..4.0f64,
        (size, seed, turn, black) in (1usize..70, any::<u32>(), 0usize..4, any::<bool>()),
    ) {
        let rotation = [Rotation::None, Rotation::Clockwise90, Rotation::Half, Rotation::Clockwise270][turn];
        let noise = Noise::new(width, height, padding, seed);
        let border = if black { Border::Black } else { Border::Replicate };
        let cut = plain(Roi { cx, cy, width: w, height: h, rotation: angle }, size, border);
        let frame = noise.frame(rotation);
        let mut portable = vec![0.0; 3 * size * size];
        portable::i420(&frame, &cut, &mut portable);
        let mut vector = vec![0.0; 3 * size * size];
        if avx2::i420(&frame, &cut, &mut vector) {
            let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<u32>>();
            prop_assert_eq!(bits(&portable), bits(&vector));
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn the_vector_kernel_for_rgb_gives_the_bits_of_the_portable_one(
        (width, height, padding) in (1usize..60, 1usize..60, 0usize..9),
        (cx, cy) in (-30.0..90.0f64, -30.0..90.0f64),
        (w, h) in (1.0..200.0f64, 1.0..200.0f64),
        angle in -4.0..4.0f64,
        (size, seed, black) in (1usize..50, any::<u32>(), any::<bool>()),
    ) {
        let noise = Noise::new(3 * width, height, padding, seed);
        let frame = RgbFrame { width, height, data: &noise.y, stride: noise.strides[0] };
        let border = if black { Border::Black } else { Border::Replicate };
        let cut = plain(Roi { cx, cy, width: w, height: h, rotation: angle }, size, border);
        let mut portable = vec![0.0; 3 * size * size];
        portable::rgb(&frame, &cut, &mut portable);
        let mut vector = vec![0.0; 3 * size * size];
        if avx2::rgb(&frame, &cut, &mut vector) {
            prop_assert_eq!(portable, vector);
        }
    }

    #[test]
    fn no_rectangle_and_no_size_makes_it_read_beyond_the_image(
        (width, height) in (1usize..40, 1usize..40),
        numbers in prop::array::uniform5(-1e6..1e6f64),
        size in 1usize..40,
    ) {
        let noise = Noise::new(width, height, 0, 7);
        let [cx, cy, w, h, rotation] = numbers;
        let out = take(noise.frame(Rotation::None), &plain(Roi { cx, cy, width: w, height: h, rotation }, size, Border::Replicate));
        prop_assert!(out.iter().all(|v| (0.0..=255.0).contains(v)));
    }

    #[test]
    fn turning_the_image_and_its_mark_changes_nothing(angle in -0.7..0.7f64, seed in any::<u32>()) {
        // The same image stored upright and stored lying on its side.
        let upright = Noise::new(64, 48, 0, seed);
        let turned = |plane: &[u8], w: usize, h: usize| -> Vec<u8> {
            // Turning it clockwise by 90 degrees gives the upright one back.
            (0..w).flat_map(|y| (0..h).map(move |x| plane[x * w + (w - 1 - y)])).collect()
        };
        let lying = Noise {
            width: 48, height: 64,
            y: turned(&upright.y, 64, 48), u: turned(&upright.u, 32, 24), v: turned(&upright.v, 32, 24),
            strides: [48, 24],
        };
        let cut = plain(Roi { cx: 30.0, cy: 25.0, width: 30.0, height: 30.0, rotation: angle }, 32, Border::Replicate);
        let a = take(upright.frame(Rotation::None), &cut);
        let b = take(lying.frame(Rotation::Clockwise90), &cut);
        // The fractions of positions are cut off, in the other direction after a turn: 1/128 pixel of noise at most.
        let apart = a.iter().zip(&b).map(|(x, y)| (x - y).abs()).sum::<f32>() / a.len() as f32;
        prop_assert!(apart < 2.5, "{apart}");
    }
}

#[test]
fn colours_are_those_of_the_standards() {
    let whole = plain(Roi::letterbox(16, 16), 8, Border::Replicate);
    for (matrix, [y, u, v]) in [(Matrix::Bt601, [81, 90, 240]), (Matrix::Bt709, [63, 102, 240])] {
        let red = grey(16, 16, y, u, v);
        let out = take(I420 { matrix, ..red.frame(Rotation::None) }, &whole);
        let [r, g, b] = [out[0], out[64], out[128]];
        assert!(r > 252.0 && g < 3.0 && b < 3.0, "{matrix:?}: {r} {g} {b}");
    }
    let white = grey(16, 16, 235, 128, 128);
    assert!(take(white.frame(Rotation::None), &whole).iter().all(|&v| (v - 255.0).abs() < 0.01));
    let full = I420 { range: Range::Full, ..white.frame(Rotation::None) };
    assert!(take(full, &whole).iter().all(|&v| v == 235.0));
}

#[test]
fn beyond_the_edge_lies_black_or_the_edge() {
    let white = grey(16, 8, 235, 128, 128);
    let letterbox = Roi::letterbox(16, 8);
    let black = take(white.frame(Rotation::None), &plain(letterbox, 16, Border::Black));
    assert!(black[..16].iter().all(|&v| v == 0.0), "the upper bar");
    assert!(black[8 * 16 + 4] > 254.0, "the image");
    let replicated = take(white.frame(Rotation::None), &plain(letterbox, 16, Border::Replicate));
    assert!(replicated.iter().all(|&v| v > 254.0));
}

#[test]
fn the_same_image_in_rgb_and_in_i420_gives_the_same_crop() {
    let noise = grey(32, 32, 120, 110, 150);
    let cut = plain(Roi { rotation: 0.3, ..Roi::letterbox(32, 32) }, 16, Border::Replicate);
    let from_i420 = take(noise.frame(Rotation::None), &cut);
    let [r, g, b] = [from_i420[0], from_i420[256], from_i420[512]].map(|v| v.round() as u8);
    let data: Vec<u8> = (0..32 * 32).flat_map(|_| [r, g, b]).collect();
    let frame = RgbFrame { width: 32, height: 32, data: &data, stride: 96 };
    let mut out = vec![0.0; 3 * 256];
    crop(&Image::Rgb(frame), &cut, &mut out);
    assert!(out.iter().zip(&from_i420).all(|(a, b)| (a - b).abs() < 0.6));
}
