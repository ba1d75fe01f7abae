//! The 40 points that the replay draws over the face.
//!
//! In this order, closed lines unless said otherwise: 0..12 face oval; 12..15 right and 15..18 left brow (open); 18..22 right
//! and 22..26 left eye; 26..34 outer and 34..38 inner edge of the lips; 38..40 bridge and tip of the nose (open).

use super::points::Points;
use coach_core::journal::Outline;

const INDICES: [usize; 40] = [
    10, 338, 389, 454, 397, 378, 152, 149, 172, 234, 162, 109, // oval, clockwise from the forehead
    70, 105, 107, 336, 334, 300, // brows, from the viewer's left to the right
    33, 159, 133, 145, 362, 386, 263, 374, // eyes
    61, 39, 0, 269, 291, 405, 17, 181, // outer lips
    78, 13, 308, 14, // inner lips
    6, 4, // nose
];

/// Returns the outline; each coordinate is 0 to 1 of the frame times 65 535, clamped.
pub fn outline(points: Points<'_>, width: usize, height: usize) -> Outline {
    let quantise = |v: f64, size: usize| (v / size as f64 * 65_535.0).round().clamp(0.0, 65_535.0) as u16;
    let mut out = [0; 80];
    for (pair, &i) in out.chunks_exact_mut(2).zip(&INDICES) {
        let [x, y] = points.xy(i);
        pair.copy_from_slice(&[quantise(x, width), quantise(y, height)]);
    }
    Outline(out)
}
