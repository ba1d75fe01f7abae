//! Borrowed pixels. Perception samples straight from these planes, so nobody converts a whole frame.

use serde::{Deserialize, Serialize};

/// How luma and chroma make colours (ITU-R recommendations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matrix {
    /// BT.601, standard definition; what WebRTC sends unless it says otherwise.
    #[default]
    Bt601,
    /// BT.709, high definition.
    Bt709,
}

/// What the sample values mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// Luma 16 to 235, chroma 16 to 240.
    #[default]
    Limited,
    /// 0 to 255.
    Full,
}

/// How far the stored image must be turned **clockwise** to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    #[default]
    None,
    Clockwise90,
    Half,
    Clockwise270,
}

/// A planar 4:2:0 image, 8 bits per sample, as decoders give it.
///
/// `y` has `height` rows of `y_stride` bytes; `u` and `v` have `ceil(height / 2)` rows of `u_stride` and `v_stride` bytes.
#[derive(Debug, Clone, Copy)]
pub struct I420<'a> {
    /// Stored width in pixels, before rotation.
    pub width: usize,
    /// Stored height in pixels, before rotation.
    pub height: usize,
    pub y: &'a [u8],
    pub u: &'a [u8],
    pub v: &'a [u8],
    pub y_stride: usize,
    pub u_stride: usize,
    pub v_stride: usize,
    pub matrix: Matrix,
    pub range: Range,
    pub rotation: Rotation,
}

/// Whether `height` rows of `row` bytes, each `stride` bytes after the one before, end inside `len` bytes.
pub fn holds(len: usize, stride: usize, row: usize, height: usize) -> bool {
    let end = height.checked_sub(1).and_then(|n| stride.checked_mul(n)).and_then(|start| start.checked_add(row));
    stride >= row && end.is_some_and(|end| len >= end)
}

impl I420<'_> {
    /// Whether the planes are as long as the sizes say; decoders promise it, callers from outside are checked.
    pub fn is_consistent(&self) -> bool {
        let (cw, ch) = (self.width.div_ceil(2), self.height.div_ceil(2));
        self.width > 0
            && self.height > 0
            && holds(self.y.len(), self.y_stride, self.width, self.height)
            && holds(self.u.len(), self.u_stride, cw, ch)
            && holds(self.v.len(), self.v_stride, cw, ch)
    }
}

/// A packed 8-bit RGB image, for still images and for parity with references. Row `r` starts at `r * stride`.
#[derive(Debug, Clone, Copy)]
pub struct RgbFrame<'a> {
    pub width: usize,
    pub height: usize,
    pub data: &'a [u8],
    pub stride: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_need_the_rounded_up_chroma() {
        let (y, c) = ([0u8; 15], [0u8; 6]);
        let mut frame = I420 {
            width: 5,
            height: 3,
            y: &y,
            u: &c,
            v: &c,
            y_stride: 5,
            u_stride: 3,
            v_stride: 3,
            matrix: Matrix::Bt601,
            range: Range::Limited,
            rotation: Rotation::None,
        };
        assert!(frame.is_consistent());
        frame.u = &c[..5];
        assert!(!frame.is_consistent());
        // Three of these strides are three bytes more than a usize holds.
        (frame.u, frame.y_stride) = (&c, usize::MAX / 2 + 3);
        assert!(!frame.is_consistent());
    }
}
