//! The kernels in plain Rust: the reference of the vector ones, and what runs where there are none.

use super::super::roi::to_stored;
use super::{Border, Colour, Crop, Steps};
use coach_core::{I420, RgbFrame};

/// One plane of samples.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    pub data: &'a [u8],
    pub stride: usize,
    pub width: i32,
    pub height: i32,
    /// Bytes from one sample to the next.
    pub step: usize,
    /// What lies outside, with a black border.
    pub black: u8,
}

impl Plane<'_> {
    fn at(&self, x: i32, y: i32, border: Border) -> i32 {
        let (cx, cy) = (x.clamp(0, self.width - 1), y.clamp(0, self.height - 1));
        if border == Border::Black && (cx != x || cy != y) {
            return i32::from(self.black);
        }
        i32::from(self.data[cy as usize * self.stride + cx as usize * self.step])
    }

    /// The sample at a position in 1/65536, times 16384.
    pub fn sample(&self, x: i32, y: i32, border: Border) -> i32 {
        let (x0, y0) = (x >> 16, y >> 16);
        let (fx, fy) = ((x >> 9) & 127, (y >> 9) & 127);
        let top = self.at(x0, y0, border) * (128 - fx) + self.at(x0 + 1, y0, border) * fx;
        let bottom = self.at(x0, y0 + 1, border) * (128 - fx) + self.at(x0 + 1, y0 + 1, border) * fx;
        top * (128 - fy) + bottom * fy
    }
}

/// 1 / 16384, exact.
pub const UNIT: f32 = 1.0 / 16384.0;

pub fn planes<'a>(frame: &I420<'a>, black_luma: u8) -> [Plane<'a>; 3] {
    let (w, h) = (frame.width as i32, frame.height as i32);
    let chroma = |data, stride| Plane { data, stride, width: (w + 1) / 2, height: (h + 1) / 2, step: 1, black: 128 };
    [
        Plane { data: frame.y, stride: frame.y_stride, width: w, height: h, step: 1, black: black_luma },
        chroma(frame.u, frame.u_stride),
        chroma(frame.v, frame.v_stride),
    ]
}

/// A crop from I420.
pub fn i420(frame: &I420<'_>, crop: &Crop, out: &mut [f32]) {
    let steps = Steps::new(to_stored(crop.map, frame.width, frame.height, frame.rotation));
    let colour = Colour::new(frame.matrix, frame.range);
    let planes = planes(frame, colour.y0 as u8);
    let n = crop.size;
    let (red, rest) = out.split_at_mut(n * n);
    let (green, blue) = rest.split_at_mut(n * n);
    for v in 0..n {
        let (x, y) = steps.row(v);
        let row = v * n..(v + 1) * n;
        let [r, g, b] = [&mut red[row.clone()], &mut green[row.clone()], &mut blue[row]];
        i420_span(&planes, crop, &colour, &steps, (x, y), 0, [r, g, b]);
    }
}

/// Pixels `from..` of a row that begins at `start`.
pub fn i420_span(
    [luma, u, v]: &[Plane<'_>; 3],
    crop: &Crop,
    colour: &Colour,
    steps: &Steps,
    start: (i32, i32),
    from: usize,
    [red, green, blue]: [&mut [f32]; 3],
) {
    for (k, ((r, g), b)) in red.iter_mut().zip(green).zip(blue).enumerate() {
        let i = (from + k) as i32;
        let (x, y) = (start.0.wrapping_add(steps.ax.wrapping_mul(i)), start.1.wrapping_add(steps.ay.wrapping_mul(i)));
        // Chroma lies in the middle of four luma samples.
        let (cx, cy) = ((x >> 1) - 0x4000, (y >> 1) - 0x4000);
        let l = (luma.sample(x, y, crop.border) as f32 * UNIT - colour.y0) * colour.ky;
        let cb = u.sample(cx, cy, crop.border) as f32 * UNIT - 128.0;
        let cr = v.sample(cx, cy, crop.border) as f32 * UNIT - 128.0;
        *r = (l + colour.rv * cr).clamp(0.0, 255.0) * crop.scale + crop.offset;
        *g = (l + colour.gu * cb + colour.gv * cr).clamp(0.0, 255.0) * crop.scale + crop.offset;
        *b = (l + colour.bu * cb).clamp(0.0, 255.0) * crop.scale + crop.offset;
    }
}

/// A crop from packed RGB.
pub fn rgb(frame: &RgbFrame<'_>, crop: &Crop, out: &mut [f32]) {
    let steps = Steps::new(crop.map);
    let n = crop.size;
    for v in 0..n {
        let (x, y) = steps.row(v);
        for (channel, plane) in out.chunks_exact_mut(n * n).enumerate() {
            let source = Plane {
                data: &frame.data[channel..],
                stride: frame.stride,
                width: frame.width as i32,
                height: frame.height as i32,
                step: 3,
                black: 0,
            };
            for (i, value) in plane[v * n..(v + 1) * n].iter_mut().enumerate() {
                let i = i as i32;
                let (x, y) = (x.wrapping_add(steps.ax.wrapping_mul(i)), y.wrapping_add(steps.ay.wrapping_mul(i)));
                *value = source.sample(x, y, crop.border) as f32 * UNIT * crop.scale + crop.offset;
            }
        }
    }
}
