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

    /// The sample at a position in 1/65536, times 1024.
    pub fn sample(&self, x: i32, y: i32, border: Border) -> i32 {
        let (x0, y0) = (x >> 16, y >> 16);
        let (fx, fy) = ((x >> 11) & 31, (y >> 11) & 31);
        let top = self.at(x0, y0, border) * (32 - fx) + self.at(x0 + 1, y0, border) * fx;
        let bottom = self.at(x0, y0 + 1, border) * (32 - fx) + self.at(x0 + 1, y0 + 1, border) * fx;
        top * (32 - fy) + bottom * fy
    }
}

/// 1 / 1024, exact.
pub const UNIT: f32 = 1.0 / 1024.0;

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

/// The position in a chroma plane: its samples lie in the middle of four luma samples. Half of the rounding is given back.
pub fn chroma(position: i32) -> i32 {
    (position >> 1) + CHROMA_SHIFT
}

/// -1/4 pixel, and 1/128.
pub const CHROMA_SHIFT: i32 = -0x4000 + 0x200;

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
        let (x, y) = steps.position(start, from + k);
        let (cx, cy) = (chroma(x), chroma(y));
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
    let (red, rest) = out.split_at_mut(n * n);
    let (green, blue) = rest.split_at_mut(n * n);
    for v in 0..n {
        let row = v * n..(v + 1) * n;
        let colours = [&mut red[row.clone()], &mut green[row.clone()], &mut blue[row]];
        rgb_span(frame, crop, &steps, steps.row(v), 0, colours);
    }
}

/// Pixels `from..` of a row that begins at `start`.
pub fn rgb_span(
    frame: &RgbFrame<'_>,
    crop: &Crop,
    steps: &Steps,
    start: (i32, i32),
    from: usize,
    colours: [&mut [f32]; 3],
) {
    let (width, height) = (frame.width as i32, frame.height as i32);
    for (channel, plane) in colours.into_iter().enumerate() {
        let data = &frame.data[channel..];
        let source = Plane { data, stride: frame.stride, width, height, step: 3, black: 0 };
        for (k, value) in plane.iter_mut().enumerate() {
            let (x, y) = steps.position(start, from + k);
            // To whole values, as OpenCV leaves them.
            let byte = (source.sample(x, y, crop.border) + 512) >> 10;
            *value = byte as f32 * crop.scale + crop.offset;
        }
    }
}
