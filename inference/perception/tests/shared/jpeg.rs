//! A JPEG to RGB as libjpeg does it, bit for bit, which is how the references were decoded.

use super::Pixels;
use std::path::Path;
use std::process::Command;

/// The planes come from libjpeg by way of GStreamer, the colours from here. `None` for anything but a 4:2:0 JPEG.
pub fn decode(file: &Path, width: usize, height: usize) -> Option<Pixels> {
    let location = format!("location={}", file.display());
    let decoder = ["!", "jpegdec", "idct-method=islow", "!", "video/x-raw,format=I420", "!", "fdsink", "fd=1"];
    let out = Command::new("gst-launch-1.0").args(["-q", "filesrc", &location]).args(decoder).output().ok()?;
    // GStreamer's rows are padded to four bytes, its height is even.
    let (stride, rows) = (width.next_multiple_of(4), height.next_multiple_of(2));
    let chroma_stride = width.div_ceil(2).next_multiple_of(4);
    let (luma, chroma) = (stride * rows, chroma_stride * rows / 2);
    if !out.status.success() || out.stdout.len() != luma + 2 * chroma {
        return None;
    }
    let (y, rest) = out.stdout.split_at(luma);
    let (cb, cr) = rest.split_at(chroma);
    let (columns, lines) = (width.div_ceil(2), height.div_ceil(2));
    // "Fancy upsampling": three quarters of the nearer sample and one of the further, in both directions.
    let upsampled = |plane: &[u8], x: usize, y: usize| -> i32 {
        let (cx, cy) = (x / 2, y / 2);
        let further = if y.is_multiple_of(2) { cy.saturating_sub(1) } else { (cy + 1).min(lines - 1) };
        let sample = |cx: usize, cy: usize| i32::from(plane[cy * chroma_stride + cx]);
        let column = |cx: usize| 3 * sample(cx, cy) + sample(cx, further);
        let (beside, rounding) =
            if x.is_multiple_of(2) { (cx.saturating_sub(1), 8) } else { ((cx + 1).min(columns - 1), 7) };
        ((3 * column(cx) + column(beside) + rounding) >> 4) - 128
    };
    let fixed = |factor: f64| (factor * 65_536.0 + 0.5) as i32;
    let mut data = Vec::with_capacity(3 * width * height);
    for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
        let (b, r) = (upsampled(cb, column, row), upsampled(cr, column, row));
        let l = i32::from(y[row * stride + column]);
        let green = (-fixed(0.344_14) * b - fixed(0.714_14) * r + 32_768) >> 16;
        let rgb = [l + ((fixed(1.402) * r + 32_768) >> 16), l + green, l + ((fixed(1.772) * b + 32_768) >> 16)];
        data.extend(rgb.map(|v| v.clamp(0, 255) as u8));
    }
    Some(Pixels { width, height, data })
}
