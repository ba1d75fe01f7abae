//! Judges whether an image can be used: light, size, how far the face is turned, whether it is cut off.

use super::crop::Image;
use super::points::Points;
use coach_core::journal::{Pose, Quality, QualityReason};

/// The mean luma below which a face is too dark, whatever its skin.
const DARK: f32 = 0.10;
/// The mean luma below which a face is too dark when the whole image is below [`DIM_IMAGE`] too. A dark skin in good
/// light is not too dark.
const DIM_FACE: f32 = 0.20;
const DIM_IMAGE: f32 = 0.22;
/// The mean luma above which a face is washed out.
const BRIGHT: f32 = 0.88;
/// The height of a face, as a share of the frame's, below which it is too small.
const SMALL: f32 = 0.12;
/// The height of a face in pixels below which it is too small: its crop holds too little detail.
const SMALL_PX: f64 = 48.0;
const TURNED_DEGREES: f32 = 45.0;
/// The share of landmarks beyond the edge from which a face is cut off.
const CUT: f64 = 0.04;
/// Samples per side when light is measured.
const GRID: usize = 24;

/// Returns the quality of a frame with a face.
pub fn of_face(image: &Image<'_>, points: Points<'_>, pose: Option<&Pose>) -> Quality {
    let (width, height) = image.upright_size();
    let (w, h) = (width as f64, height as f64);
    let bounds = points.bounds();
    let light = mean_luma(image, bounds, Shape::Ellipse);
    let face_px = bounds[3] - bounds[1];
    let size = (face_px / h) as f32;
    let outside = |p: &&[f64]| p[0] < 0.0 || p[1] < 0.0 || p[0] >= w || p[1] >= h;
    let cut = points.0.chunks_exact(3).filter(outside).count() as f64 / points.len() as f64;
    let turned = pose.is_some_and(|p| p.yaw.abs() > TURNED_DEGREES || p.pitch.abs() > TURNED_DEGREES);
    let dark = light < DARK || (light < DIM_FACE && mean_luma(image, [0.0, 0.0, w, h], Shape::Rectangle) < DIM_IMAGE);
    let reasons = [
        (cut > CUT, QualityReason::Cut),
        (dark, QualityReason::Dark),
        (light > BRIGHT, QualityReason::Bright),
        (turned, QualityReason::Turned),
        (size < SMALL || face_px < SMALL_PX, QualityReason::Small),
    ];
    let reason = reasons.into_iter().find(|(is, _)| *is).map(|(_, reason)| reason);
    Quality { light, size, reason }
}

/// Returns the quality of a frame without a face; only light can be the reason.
pub fn of_image(image: &Image<'_>) -> Quality {
    let (w, h) = image.upright_size();
    let light = mean_luma(image, [0.0, 0.0, w as f64, h as f64], Shape::Rectangle);
    let reason = match light {
        l if l < DARK => Some(QualityReason::Dark),
        // A shared screen shows a white page: nothing is wrong with the light, and there is no face in it.
        l if l > BRIGHT && !is_page(image) => Some(QualityReason::Bright),
        _ => None,
    };
    Quality { light, size: 0.0, reason }
}

/// Whether most of a frame has one and the same luma, as drawn pages have and cameras have not.
fn is_page(image: &Image<'_>) -> bool {
    let (width, height) = image.upright_size();
    let mut counts = [0u16; 256];
    for n in 0..GRID * GRID {
        let place = |n: usize, of: usize| (n as f64 + 0.5) / GRID as f64 * of as f64;
        let luma = image.luma(place(n % GRID, width), place(n / GRID, height));
        counts[(luma.clamp(0.0, 1.0) * 255.0) as usize] += 1;
    }
    // Compression leaves a page within two neighbouring values.
    let most = counts.windows(2).map(|pair| pair[0] + pair[1]).max().unwrap_or(0);
    usize::from(most) > GRID * GRID * 6 / 10
}

#[derive(PartialEq)]
enum Shape {
    Rectangle,
    /// The ellipse inside the rectangle: a face without the background in its corners.
    Ellipse,
}

/// Returns the mean luma of a grid of samples inside the image, 0 to 1.
fn mean_luma(image: &Image<'_>, [x0, y0, x1, y1]: [f64; 4], shape: Shape) -> f32 {
    let (width, height) = image.upright_size();
    let (mut sum, mut count) = (0.0f32, 0u16);
    for j in 0..GRID {
        for i in 0..GRID {
            let (u, v) = ((i as f64 + 0.5) / GRID as f64, (j as f64 + 0.5) / GRID as f64);
            let (x, y) = (x0 + u * (x1 - x0), y0 + v * (y1 - y0));
            let inside = x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64;
            if inside && (shape == Shape::Rectangle || (2.0 * u - 1.0).hypot(2.0 * v - 1.0) <= 1.0) {
                sum += image.luma(x, y);
                count += 1;
            }
        }
    }
    if count == 0 { 0.0 } else { sum / f32::from(count) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::RgbFrame;

    /// The reason against a frame of 160x120 whose luma is this at each pixel.
    fn reason(luma: impl Fn(usize, usize) -> u8) -> Option<QualityReason> {
        let data: Vec<u8> = (0..160 * 120).flat_map(|n| [luma(n % 160, n / 160); 3]).collect();
        of_image(&Image::Rgb(RgbFrame { width: 160, height: 120, data: &data, stride: 3 * 160 })).reason
    }

    #[test]
    fn a_white_page_is_not_too_bright_and_an_overexposed_camera_is() {
        assert_eq!(reason(|_, _| 255), None);
        // A page with lines of text on it.
        assert_eq!(reason(|x, y| if y % 12 == 0 && x % 3 == 0 { 40 } else { 250 }), None);
        // A camera against the light: noise over a slope.
        assert_eq!(reason(|x, y| 228 + (x / 8) as u8 + ((x * 7 + y * 13) % 5) as u8), Some(QualityReason::Bright));
        assert_eq!(reason(|x, _| 90 + (x / 4) as u8), None);
        assert_eq!(reason(|_, _| 8), Some(QualityReason::Dark));
    }
}
