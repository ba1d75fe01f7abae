//! Sanity on real faces: posed expressions, sides, gaze and blinks, images without a face, the lite model.

mod shared;

use coach_core::MediaTime;
use coach_core::face::ActionUnits;
use coach_core::frame::Rotation;
use coach_core::journal::{Face, QualityReason};
use coach_perception::face::{Detail, Track, Worker};
use shared::{Pixels, References};

const EVERYTHING: Detail = Detail { blendshapes: true, landmarks: true };

const SURPRISE: &str = "0-f1-su-ph.jpg";
const HAPPY: &str = "0-f15-hao-ph.jpg";
const ANGER: &str = "15-f13-anc-ph.jpg";
const DISGUST: &str = "45-m7-di-ph.jpg";

fn still(references: &References, worker: &mut Worker, file: &str) -> Face {
    let image = references.image(file, &references.read(file));
    worker.still(&image.frame(), EVERYTHING).expect("an image").swap_remove(0)
}

/// The formula of the valence proxy without a baseline, as insight has it: only its sign is looked at here.
fn valence(a: &ActionUnits) -> f32 {
    let v = |unit: Option<f32>| unit.unwrap_or(0.0);
    let smile = v(a.au12);
    (1.2 * smile + 0.3 * v(a.au07).min(smile)
        - 1.1 * v(a.au04)
        - 0.8 * v(a.au15)
        - 0.6 * v(a.au10) * (1.0 - smile)
        - 0.4 * v(a.au20)
        - 0.3 * v(a.au17)
        - 0.3 * v(a.au24))
    .tanh()
}

#[test]
fn posed_expressions_show_in_their_action_units_and_in_the_sign_of_valence() {
    let what = "posed expressions";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::full_worker(what)) else { return };
    let [surprise, happy, anger, disgust] =
        [SURPRISE, HAPPY, ANGER, DISGUST].map(|f| still(&references, &mut worker, f).action_units.expect("units"));
    for (name, units) in [("surprise", &surprise), ("happy", &happy), ("anger", &anger), ("disgust", &disgust)] {
        println!("{name}: valence {:.2}, {units:?}", valence(units));
    }
    assert!(happy.au12 > Some(0.5) && valence(&happy) > 0.4, "a smile");
    assert!(happy.au06 > anger.au06 && happy.au06 > surprise.au06, "cheeks rise with the smile");
    assert!(anger.au04 > Some(0.3) && valence(&anger) < -0.2, "lowered brows");
    assert!(disgust.au04 > Some(0.1) && valence(&disgust) < -0.1);
    assert!(
        surprise.au01 > Some(0.3) && surprise.au26 > Some(0.3) && surprise.au25 > Some(0.3),
        "brows up, mouth open"
    );
    assert!(valence(&surprise).abs() < 0.25, "neither good nor bad");
}

#[test]
fn the_lite_model_sees_the_same_signs_from_geometry() {
    let what = "posed expressions, lite";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::lite_worker(what)) else { return };
    let faces = [SURPRISE, HAPPY, ANGER, DISGUST].map(|f| still(&references, &mut worker, f));
    for face in &faces {
        println!("lite: {:?}", face.action_units.expect("units"));
        assert!(face.blendshapes.is_none() && face.iris.is_none(), "the lite model has neither");
        assert!(face.pose.is_some() && face.eye_opening.is_some() && face.outline.is_some());
        assert_eq!(face.landmarks.as_ref().map(Vec::len), Some(468));
    }
    let [surprise, happy, anger, disgust] = faces.map(|f| f.action_units.expect("units"));
    assert!(happy.au12 > Some(0.4) && [&surprise, &anger, &disgust].iter().all(|o| o.au12 < Some(0.2)), "a smile");
    assert!([&happy, &anger, &disgust].iter().all(|o| o.au26 < surprise.au26), "a dropped jaw");
    assert!(anger.au04 > Some(0.3) && disgust.au04 > Some(0.2), "lowered brows");
    assert!(surprise.au04 < Some(0.2) && happy.au04 < Some(0.2));
}

#[test]
fn an_image_turned_clockwise_by_20_degrees_shows_a_head_rolled_by_20_degrees() {
    let what = "sign of the roll";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::full_worker(what)) else { return };
    let image = references.image("single_face.jpg", &references.read("single_face.jpg"));
    let (w, h) = (image.width as f64, image.height as f64);
    let (sin, cos) = 20f64.to_radians().sin_cos();
    let mut turned = Pixels { data: image.data.clone(), ..image };
    for (i, pixel) in turned.data.chunks_exact_mut(3).enumerate() {
        let (x, y) = ((i % image.width) as f64 - w / 2.0, (i / image.width) as f64 - h / 2.0);
        let from_x = (x * cos + y * sin + w / 2.0).clamp(0.0, w - 1.0) as usize;
        let from_y = (y * cos - x * sin + h / 2.0).clamp(0.0, h - 1.0) as usize;
        pixel.copy_from_slice(&image.data[3 * (from_y * image.width + from_x)..][..3]);
    }
    let roll = |worker: &mut Worker, p: &Pixels| {
        worker.still(&p.frame(), EVERYTHING).expect("an image")[0].pose.expect("a pose").roll
    };
    let apart = roll(&mut worker, &turned) - roll(&mut worker, &image);
    assert!((apart - 20.0).abs() < 3.0, "{apart}");
}

#[test]
fn a_turned_head_and_eyes_that_look_aside_have_the_signs_of_the_journal() {
    let what = "signs of yaw and gaze";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::full_worker(what)) else { return };
    let file = "WolfgangLanger_Pexels.mp4";
    let expected = references.read(file);
    let mut track = Track::new();
    let (mut turned, mut gazes) = (0, 0);
    references.video(file, "yuv420p", &expected, |k, pixels| {
        if k % 4 != 0 {
            return;
        }
        let t = MediaTime(expected.frames[k].ts_ms);
        let face = worker.observe(&mut track, t, &pixels.i420(), EVERYTHING).expect("a frame");
        let (pose, points) = (face.pose.expect("a pose"), face.landmarks.expect("asked for"));
        // Turned to the subject's left, the tip of the nose moves to the viewer's right between the cheeks.
        let side = (points[4][0] - points[234][0]) / (points[454][0] - points[234][0]) - 0.5;
        if side.abs() > 0.12 {
            turned += 1;
            assert_eq!(side > 0.0, pose.yaw > 0.0, "frame {k}: {side} and {}", pose.yaw);
        }
        let shapes = face.blendshapes.expect("asked for");
        let [out, inwards] = ["eyeLookOutLeft", "eyeLookInLeft"].map(|n| shapes.get(n).expect("a name"));
        let left = face.iris.expect("irises").left[0];
        if (out - inwards).abs() > 0.4 {
            gazes += 1;
            assert_eq!(out > inwards, left > 0.0, "frame {k}: the left eye looks to the subject's left");
        }
    });
    println!("signs: {turned} turned, {gazes} looking aside");
    assert!(turned > 5 && gazes > 5);
}

#[test]
fn a_lowered_gaze_leaves_the_eye_more_open_than_a_blink_does() {
    let what = "gaze and blinks";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::full_worker(what)) else { return };
    let file = "WolfgangLanger_Pexels.mp4";
    let expected = references.read(file);
    let mut track = Track::new();
    let (mut openings, mut blinks) = (Vec::new(), Vec::new());
    references.video(file, "yuv420p", &expected, |k, pixels| {
        let t = MediaTime(expected.frames[k].ts_ms);
        let face = worker.observe(&mut track, t, &pixels.i420(), EVERYTHING).expect("a frame");
        let [l, r] = face.eye_opening.expect("eyes");
        openings.push(f32::midpoint(l, r));
        blinks.push(face.action_units.and_then(|a| a.au43).expect("AU43"));
    });
    let correlation = correlation(&openings, &blinks);
    let (least, most) = (openings.iter().copied().fold(1.0, f32::min), openings.iter().copied().fold(0.0, f32::max));
    println!("eye opening {least:.2} to {most:.2}, correlation with eyeBlink {correlation:.3}");
    assert!(correlation < -0.9, "both measures see the lids");
    assert!(least < 0.12 && most > 0.28, "closed and open");
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |v: &[f32]| v.iter().map(|&x| f64::from(x)).sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter().zip(b).map(|(&x, &y)| f(f64::from(x) - ma, f64::from(y) - mb)).sum()
    };
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

#[test]
fn an_image_that_lies_on_its_side_and_says_so_shows_the_same_face() {
    let what = "rotation";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::full_worker(what)) else { return };
    let mut first = None;
    let expected = references.read("single_face.mp4");
    references.video("single_face.mp4", "yuv420p", &expected, |_, p| {
        first.get_or_insert_with(|| Pixels { data: p.data.clone(), ..*p });
    });
    let upright = first.expect("a frame");
    let straight = worker.observe(&mut Track::new(), MediaTime(0), &upright.i420(), EVERYTHING).expect("a frame");
    let source = upright.i420();
    let lying = |plane: &[u8], w: usize, h: usize| -> Vec<u8> {
        (0..w).flat_map(|y| (0..h).map(move |x| plane[x * w + (w - 1 - y)])).collect()
    };
    let (w, h) = (upright.width, upright.height);
    let data = [lying(source.y, w, h), lying(source.u, w / 2, h / 2), lying(source.v, w / 2, h / 2)].concat();
    let stored = Pixels { width: h, height: w, data };
    let frame = coach_core::I420 { rotation: Rotation::Clockwise90, ..stored.i420() };
    let turned = worker.observe(&mut Track::new(), MediaTime(0), &frame, EVERYTHING).expect("a frame");
    assert!(straight.present && turned.present);
    for (a, b) in straight.bounds.iter().zip(turned.bounds) {
        assert!((a - b).abs() < 0.004, "{:?} and {:?}", straight.bounds, turned.bounds);
    }
    let (a, b) = (straight.pose.expect("a pose"), turned.pose.expect("a pose"));
    assert!((a.yaw - b.yaw).abs() < 1.0 && (a.roll - b.roll).abs() < 1.0);
}

#[test]
fn light_size_and_edges_are_told() {
    let what = "light and size";
    let (Some(references), Some(mut worker)) = (References::find(what), shared::full_worker(what)) else { return };
    let expected = references.read("single_face.mp4");
    let mut first = None;
    references.video("single_face.mp4", "yuv420p", &expected, |_, p| {
        first.get_or_insert_with(|| Pixels { data: p.data.clone(), ..*p });
    });
    let good = first.expect("a frame");
    let see = |worker: &mut Worker, pixels: &Pixels| {
        worker.observe(&mut Track::new(), MediaTime(0), &pixels.i420(), EVERYTHING).expect("a frame")
    };
    let face = see(&mut worker, &good);
    assert_eq!(face.quality.reason, None, "{:?}", face.quality);
    let luma = good.width * good.height;
    let graded = |gain: f32, lift: f32| {
        let mut pixels = Pixels { data: good.data.clone(), ..good };
        pixels.data[..luma]
            .iter_mut()
            .for_each(|y| *y = ((f32::from(*y) - 16.0) * gain + 16.0 + lift).clamp(16.0, 235.0) as u8);
        pixels
    };
    let dark = see(&mut worker, &graded(0.15, 0.0));
    assert_eq!(dark.quality.reason, Some(QualityReason::Dark), "{:?}", dark.quality);
    let bright = see(&mut worker, &graded(0.6, 130.0));
    assert_eq!(bright.quality.reason, Some(QualityReason::Bright), "{:?}", bright.quality);
    assert!(dark.quality.light < face.quality.light && face.quality.light < bright.quality.light);
    let mut night = graded(0.0, 0.0);
    night.data[luma..].fill(128);
    let night = see(&mut worker, &night);
    assert!(!night.present && night.quality.reason == Some(QualityReason::Dark));
}
