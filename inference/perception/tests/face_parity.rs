//! Parity with MediaPipe 1.2.2 on images and videos, frame by frame, from RGB and from I420. Prints its figures.

mod shared;

use coach_core::MediaTime;
use coach_core::journal::Face;
use coach_perception::face::{Detail, Track, Worker};
use coach_testing::{Need, not_checked};
use shared::{Reference, References};

const EVERYTHING: Detail = Detail { blendshapes: true, landmarks: true };

/// Sums over a file of how far we are from the reference.
#[derive(Default)]
struct Distance {
    frames: usize,
    faces: usize,
    disagreements: usize,
    landmarks: Vec<f64>,
    blendshapes: Vec<f64>,
    rotation: Vec<f64>,
}

impl Distance {
    fn add(&mut self, ours: &Face, reference: Option<&Reference>, size: (usize, usize)) {
        self.frames += 1;
        self.disagreements += usize::from(ours.present != reference.is_some());
        let (Some(reference), true) = (reference, ours.present) else { return };
        self.faces += 1;
        self.landmarks.push(landmark_distance(ours, reference, size));
        let shapes = ours.blendshapes.expect("asked for").0;
        let apart: f64 = shapes.iter().zip(&reference.blendshapes).map(|(a, b)| f64::from((a - b).abs())).sum();
        self.blendshapes.push(apart / 52.0);
        self.rotation.push(rotation_distance(&ours.pose.expect("a pose").matrix, &reference.matrix));
    }

    fn print(&self, name: &str) -> [f64; 3] {
        let [l, b, r] = [&self.landmarks, &self.blendshapes, &self.rotation].map(|v| mean(v));
        let mut sorted = self.landmarks.clone();
        sorted.sort_by(f64::total_cmp);
        let p95 = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(0.0);
        println!(
            "{name}: {} frames, {} with a face, {} disagree; landmarks {l:.4} % of the eye distance (p95 {p95:.3}), blendshapes {b:.5}, rotation {r:.3} degrees",
            self.frames, self.faces, self.disagreements
        );
        [l, b, r]
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, v| sum + v) / values.len().max(1) as f64
}

/// Mean distance of all landmarks in the frame, in percent of the distance between the irises.
fn landmark_distance(ours: &Face, reference: &Reference, (width, height): (usize, usize)) -> f64 {
    let px = |p: &[f32; 3]| [f64::from(p[0]) * width as f64, f64::from(p[1]) * height as f64];
    let apart = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let theirs = &reference.landmarks;
    let eyes = apart(px(&theirs[468]), px(&theirs[473]));
    let ours = ours.landmarks.as_ref().expect("asked for");
    let sum: f64 = ours.iter().zip(theirs).map(|(a, b)| apart(px(a), px(b))).sum();
    100.0 * sum / ours.len() as f64 / eyes
}

/// The angle between two rotations in degrees, scale taken out.
fn rotation_distance(a: &[f32; 16], b: &[f32; 16]) -> f64 {
    let columns = |m: &[f32; 16]| -> [[f64; 3]; 3] {
        [0, 1, 2].map(|j| {
            let c = [0, 1, 2].map(|i| f64::from(m[4 * i + j]));
            let n = c.iter().map(|v| v * v).sum::<f64>().sqrt();
            c.map(|v| v / n)
        })
    };
    let (a, b) = (columns(a), columns(b));
    let trace: f64 = a.iter().zip(&b).map(|(p, q)| p.iter().zip(q).map(|(x, y)| x * y).sum::<f64>()).sum();
    // For small angles the arc cosine loses its digits; the chord does not.
    let chord = (3.0 - trace).max(0.0) / 4.0;
    2.0 * chord.sqrt().min(1.0).asin().to_degrees()
}

#[test]
fn stills_from_rgb_match_mediapipe() {
    let Some((references, mut worker)) = setup("parity of stills") else { return };
    for (file, bound) in [
        ("0-f1-su-ph.jpg", 0.2),
        ("0-f15-hao-ph.jpg", 0.2),
        ("15-f13-anc-ph.jpg", 0.2),
        ("45-m7-di-ph.jpg", 0.2),
        ("single_face.jpg", 0.2),
        ("astronaut.png", 0.2),
        ("multi_face.jpg", 0.5),
        ("BWPictureHuman.jpg", 0.2),
    ] {
        let reference = references.read(file);
        let image = references.image(file, &reference);
        let faces = worker.still(&image.frame(), EVERYTHING).expect("an image");
        let theirs = &reference.frames[0].faces;
        assert_eq!(faces.len(), theirs.len(), "{file}: as many faces");
        let mut distance = Distance::default();
        for face in &faces {
            let size = (image.width, image.height);
            let nearest = theirs
                .iter()
                .min_by(|a, b| landmark_distance(face, a, size).total_cmp(&landmark_distance(face, b, size)));
            distance.add(face, nearest, size);
        }
        let [l, b, r] = distance.print(file);
        if image.sha256() == reference.rgb_sha256 {
            assert!(l <= bound && b <= 0.003 && r <= 0.5, "{file}");
        } else {
            let what = format!("the distance to MediaPipe on {file}");
            not_checked(Need::Other, &what, "this machine decodes the file to other pixels than the reference's");
        }
    }
}

#[test]
fn videos_from_rgb_match_mediapipe() {
    let Some((references, mut worker)) = setup("parity of videos from RGB") else { return };
    for file in ["single_face.mp4", "no_face.mp4", "WolfgangLanger_Pexels.mp4"] {
        let reference = references.read(file);
        let size = (reference.width, reference.height);
        let (mut track, mut distance) = (Track::new(), Distance::default());
        references.video(file, "rgb24", &reference, |index, image| {
            let expected = &reference.frames[index];
            let t = MediaTime(expected.ts_ms);
            let face = worker.observe_rgb(&mut track, t, &image.frame(), EVERYTHING).expect("a frame");
            distance.add(&face, expected.faces.first(), size);
        });
        let [l, b, r] = distance.print(file);
        assert_eq!((distance.frames, distance.disagreements), (reference.frames.len(), 0), "{file}");
        assert!(l <= 0.2 && b <= 0.003 && r <= 0.5, "{file}");
    }
}

#[test]
fn videos_from_i420_match_mediapipe() {
    let Some((references, mut worker)) = setup("parity of videos from I420") else { return };
    for file in ["single_face.mp4", "no_face.mp4", "WolfgangLanger_Pexels.mp4"] {
        let reference = references.read(file);
        let size = (reference.width, reference.height);
        let (mut track, mut distance) = (Track::new(), Distance::default());
        references.video(file, "yuv420p", &reference, |index, image| {
            let expected = &reference.frames[index];
            let t = MediaTime(expected.ts_ms);
            let face = worker.observe(&mut track, t, &image.i420(), EVERYTHING).expect("a frame");
            distance.add(&face, expected.faces.first(), size);
        });
        let [l, b, r] = distance.print(&format!("{file} (I420)"));
        assert_eq!((distance.frames, distance.disagreements), (reference.frames.len(), 0), "{file}");
        assert!(l <= 0.5 && b <= 0.006 && r <= 1.0, "{file}");
    }
}

fn setup(what: &str) -> Option<(References, Worker)> {
    let references = References::find(what)?;
    let worker = shared::full_worker(what)?;
    Some((references, worker))
}
