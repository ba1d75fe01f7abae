//! Resampling a rotated rectangle of an image into planes of red, green and blue, straight from I420 or RGB.
//!
//! Only the crop is converted, never the frame. All kernels do the same integer arithmetic and therefore agree bit for bit:
//! positions in 1/65536 pixel, rounded to 1/32 for the weights of the four neighbours. OpenCV's `warpPerspective`, with which
//! MediaPipe crops, rounds so too, and the landmarks of small faces notice.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;
#[cfg(test)]
mod tests;

use super::roi::{Affine, to_stored};
use coach_core::frame::{Matrix, Range, holds};
use coach_core::{I420, RgbFrame};

/// The largest side of an image; positions are 16.16 fixed point.
pub const MAX_SIDE: usize = 16_384;

/// What lies beyond the edge of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The pixel at the edge goes on.
    Replicate,
    /// Black.
    Black,
}

/// An image to crop from.
#[derive(Clone, Copy)]
pub enum Image<'a> {
    I420(I420<'a>),
    Rgb(RgbFrame<'a>),
}

impl Image<'_> {
    /// Width and height as people see it, rotation applied.
    pub fn upright_size(&self) -> (usize, usize) {
        match self {
            Image::I420(f) => super::roi::upright_size(f.width, f.height, f.rotation),
            Image::Rgb(f) => (f.width, f.height),
        }
    }

    /// Whether the planes are as long as the sizes say, and the sizes are such that can be cropped from.
    pub fn is_consistent(&self) -> bool {
        let (w, h) = self.upright_size();
        let sized = (1..=MAX_SIDE).contains(&w) && (1..=MAX_SIDE).contains(&h);
        sized
            && match self {
                Image::I420(f) => f.is_consistent(),
                Image::Rgb(f) => holds(f.data.len(), f.stride, 3 * f.width, f.height),
            }
    }

    /// Luma at a pixel of the upright image, 0 black to 1 white; pixels outside are those at the edge.
    pub fn luma(&self, x: f64, y: f64) -> f32 {
        match self {
            Image::I420(f) => {
                let m = to_stored([1.0, 0.0, 0.0, 0.0, 1.0, 0.0], f.width, f.height, f.rotation);
                let sx = (m[0] * x + m[1] * y + m[2]).clamp(0.0, f.width as f64 - 1.0) as usize;
                let sy = (m[3] * x + m[4] * y + m[5]).clamp(0.0, f.height as f64 - 1.0) as usize;
                let luma = f32::from(f.y[sy * f.y_stride + sx]);
                match f.range {
                    Range::Limited => ((luma - 16.0) / 219.0).clamp(0.0, 1.0),
                    Range::Full => luma / 255.0,
                }
            }
            Image::Rgb(f) => {
                let (x, y) =
                    (x.clamp(0.0, f.width as f64 - 1.0) as usize, y.clamp(0.0, f.height as f64 - 1.0) as usize);
                let [r, g, b] = [0, 1, 2].map(|c| f32::from(f.data[y * f.stride + 3 * x + c]));
                (0.299 * r + 0.587 * g + 0.114 * b) / 255.0
            }
        }
    }
}

/// What to cut out and how to write it.
#[derive(Clone, Copy, Debug)]
pub struct Crop {
    /// From pixels of the crop to pixels of the upright image.
    pub map: Affine,
    /// Side of the crop in pixels.
    pub size: usize,
    pub border: Border,
    /// Written is `value * scale + offset` of each colour's 0 to 255.
    pub scale: f32,
    pub offset: f32,
}

/// Positions of a crop in 1/65536 pixel of the stored image.
#[derive(Clone, Copy, Debug)]
struct Steps {
    /// Step of x and y from one pixel of a row to the next.
    ax: i32,
    ay: i32,
    map: Affine,
}

impl Steps {
    fn new(map: Affine) -> Steps {
        Steps { ax: fixed(map[0]), ay: fixed(map[3]), map }
    }

    /// Where row `v` begins, with half of 1/32 added, so that cutting off rounds.
    fn row(&self, v: usize) -> (i32, i32) {
        let v = v as f64;
        (fixed(self.map[1] * v + self.map[2]) + 0x400, fixed(self.map[4] * v + self.map[5]) + 0x400)
    }

    /// Where pixel `i` of a row lies that begins at `start`.
    fn position(&self, start: (i32, i32), i: usize) -> (i32, i32) {
        let i = i as i32;
        (start.0.wrapping_add(self.ax.wrapping_mul(i)), start.1.wrapping_add(self.ay.wrapping_mul(i)))
    }
}

/// 16.16 fixed point; far outside is as good as outside.
fn fixed(value: f64) -> i32 {
    (value * 65536.0).round().clamp(-1.0e9, 1.0e9) as i32
}

/// Colour from luma and chroma: r = ky (y - y0) + rv v, and so on, v and u around zero.
#[derive(Clone, Copy, Debug)]
struct Colour {
    y0: f32,
    ky: f32,
    rv: f32,
    gu: f32,
    gv: f32,
    bu: f32,
}

impl Colour {
    /// ITU-R BT.601-7 and BT.709-6, section "signal format".
    fn new(matrix: Matrix, range: Range) -> Colour {
        let (kr, kb) = match matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
        };
        let kg = 1.0 - kr - kb;
        let (y0, ky, kc) = match range {
            Range::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
            Range::Full => (0.0, 1.0, 1.0),
        };
        let (cr, cb) = (2.0 * (1.0 - kr) * kc, 2.0 * (1.0 - kb) * kc);
        Colour {
            y0,
            ky: ky as f32,
            rv: cr as f32,
            gu: (-cb * kb / kg) as f32,
            gv: (-cr * kr / kg) as f32,
            bu: cb as f32,
        }
    }
}

/// Writes the crop: `size * size` values of red, then green, then blue. The image must be consistent, `out` as long as that.
pub fn crop(image: &Image<'_>, crop: &Crop, out: &mut [f32]) {
    match image {
        Image::I420(frame) => {
            #[cfg(target_arch = "x86_64")]
            if avx2::i420(frame, crop, out) {
                return;
            }
            portable::i420(frame, crop, out);
        }
        Image::Rgb(frame) => {
            #[cfg(target_arch = "x86_64")]
            if avx2::rgb(frame, crop, out) {
                return;
            }
            portable::rgb(frame, crop, out);
        }
    }
}
