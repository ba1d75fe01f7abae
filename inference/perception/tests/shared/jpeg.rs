//! From the planes of a JPEG to RGB as libjpeg does it ("fancy upsampling"), which is how the references were decoded.

use super::Pixels;

/// Triangle filter: three quarters of the nearer sample and one of the further, in both directions, then JFIF's colours.
pub fn to_rgb(planes: &Pixels) -> Pixels {
    let (w, h) = (planes.width, planes.height);
    let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
    let (luma, chroma) = planes.data.split_at(w * h);
    let (cb, cr) = chroma.split_at(cw * ch);
    let chroma_at = |plane: &[u8], x: usize, y: usize| -> i32 {
        let (cx, cy) = (x / 2, y / 2);
        let further = if y % 2 == 0 { cy.saturating_sub(1) } else { (cy + 1).min(ch - 1) };
        let column = |cx: usize| 3 * i32::from(plane[cy * cw + cx]) + i32::from(plane[further * cw + cx]);
        let (beside, rounding) = if x % 2 == 0 { (cx.saturating_sub(1), 8) } else { ((cx + 1).min(cw - 1), 7) };
        ((3 * column(cx) + column(beside) + rounding) >> 4) - 128
    };
    let fixed = |factor: f64| (factor * 65_536.0 + 0.5) as i32;
    let mut data = Vec::with_capacity(3 * w * h);
    for (i, &l) in luma.iter().enumerate() {
        let (l, b, r) = (i32::from(l), chroma_at(cb, i % w, i / w), chroma_at(cr, i % w, i / w));
        let green = (-fixed(0.344_14) * b - fixed(0.714_14) * r + 32_768) >> 16;
        let rgb = [l + ((fixed(1.402) * r + 32_768) >> 16), l + green, l + ((fixed(1.772) * b + 32_768) >> 16)];
        data.extend(rgb.map(|v| v.clamp(0, 255) as u8));
    }
    Pixels { width: w, height: h, data }
}
