//! Model files: golden outputs of the converted networks, rewrites that change nothing, hostile bundles, the cache.

mod shared;

use coach_perception::face::Models;
use coach_perception::face::import::bundle::members;
use coach_perception::face::import::rewrite::Rewrites;
use coach_perception::face::import::{MAX_FILE, convert_bundle, tflite_to_onnx, tflite_to_onnx_with};
use coach_perception::runtime::{Net, Runtime};
use shared::References;

/// SHA-256 of the bundle, as models.toml has it.
const BUNDLE_SHA256: &str = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff";

/// The formula of the golden outputs, in TFLite's layout.
fn formula(i: usize) -> f32 {
    ((i as u64 * 2_654_435_761) % 1000) as f32 / 1000.0
}

/// Runs a network on the formula; `shape` is height, width, channels of an image, or nothing for a plain list.
fn run(runtime: &Runtime, onnx: &[u8], shape: Option<[usize; 3]>, outputs: usize) -> Vec<Vec<f32>> {
    let mut net = Net::new(runtime, "network under test", onnx).expect("a network");
    let input = net.input();
    match shape {
        None => input.iter_mut().enumerate().for_each(|(i, v)| *v = formula(i)),
        Some([h, w, c]) => {
            for (i, v) in input.iter_mut().enumerate() {
                let (channel, pixel) = (i / (h * w), i % (h * w));
                *v = formula(pixel * c + channel);
            }
        }
    }
    net.run().expect("a run");
    (0..outputs).map(|k| net.output(k).to_vec()).collect()
}

fn furthest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

#[test]
fn converted_networks_give_the_outputs_of_tflite() {
    let what = "golden outputs of the networks";
    let (Some(references), Some(runtime)) = (References::find(what), shared::runtime(what)) else { return };
    let Some(bundle) = shared::model("face_landmarker.task", what) else { return };
    let files = members(&bundle).expect("a bundle");
    let golden = references.json("golden_model_outputs.json");
    // The bounds are about ten times what was measured: boxes reach 300, scores 340, landmarks 256 pixels.
    for (name, file, shape, bounds) in [
        ("face_detector", files.detector, Some([128, 128, 3]), &[2e-3, 3e-3][..]),
        ("face_landmarks_detector", files.landmarks, Some([256, 256, 3]), &[1e-2, 1e-3, 1e-3]),
        ("face_blendshapes", files.blendshapes, None, &[5e-5]),
    ] {
        let outputs = run(&runtime, &tflite_to_onnx(&file).expect("a network"), shape, bounds.len());
        for (k, (ours, bound)) in outputs.iter().zip(bounds).enumerate() {
            let values = golden["models"][name]["outputs"][k].as_array().expect("values");
            let theirs: Vec<f32> = values.iter().map(|v| v.as_f64().expect("a number") as f32).collect();
            let apart = furthest(ours, &theirs);
            println!("{name} output {k}: at most {apart:.2e} from TFLite");
            assert!(apart <= *bound, "{name} output {k}: {apart}");
        }
    }
}

#[test]
fn each_rewrite_changes_nothing_in_the_real_networks() {
    let what = "rewrites of the real networks";
    let (Some(runtime), Some(bundle)) = (shared::runtime(what), shared::model("face_landmarker.task", what)) else {
        return;
    };
    let files = members(&bundle).expect("a bundle");
    let none = Rewrites::NONE;
    let landmarks = [Rewrites { bottleneck: true, ..none }, Rewrites { prelu_pairs: true, ..none }];
    let blendshapes = [Rewrites { layer_norm: true, ..none }, Rewrites { layer_norm: true, first_row: true, ..none }];
    for (file, shape, outputs, rewrites, bound) in [
        (&files.landmarks, Some([256, 256, 3]), 3, &landmarks[..], 5e-3),
        (&files.blendshapes, None, 1, &blendshapes[..], 2e-5),
    ] {
        let convert = |which| tflite_to_onnx_with(file, which).expect("a network");
        let plain = run(&runtime, &convert(none), shape, outputs);
        for &which in rewrites {
            let onnx = convert(which);
            assert_ne!(onnx, convert(none), "{which:?} does something");
            for (a, b) in plain.iter().zip(run(&runtime, &onnx, shape, outputs)) {
                let apart = furthest(a, &b);
                println!("{which:?}: at most {apart:.2e}");
                assert!(apart <= bound, "{which:?}: {apart}");
            }
        }
    }
}

#[test]
fn a_wrong_or_damaged_bundle_is_refused_by_name_and_with_the_checksum_that_is_needed() {
    let names = |bytes: &[u8], words: &str| {
        let Err(error) = Models::full(bytes) else { panic!("{words}: accepted") };
        let text = error.to_string();
        assert!(
            text.contains("face_landmarker.task") && text.contains(BUNDLE_SHA256) && text.contains(words),
            "{text}"
        );
    };
    names(b"", "no bundle");
    names(b"PK\x05\x06 and then nothing of sense", "no bundle");
    names(&vec![0; MAX_FILE + 1], "larger than");
    let Some(bundle) = shared::model("face_landmarker.task", "damage to the real bundle") else { return };
    names(&bundle[..bundle.len() / 2], "no bundle");
    for at in [40, 100_000, bundle.len() - 30] {
        let mut damaged = bundle.clone();
        damaged[at] ^= 0x40;
        names(&damaged, "it is");
    }
    let Err(error) = Models::lite(&bundle, &bundle) else { panic!("a bundle is no detector") };
    assert!(error.to_string().starts_with("face_detection_short_range.tflite: "), "{error}");
}

#[test]
fn a_network_cut_off_anywhere_is_an_error() {
    let what = "truncated networks";
    let Some(bundle) = shared::model("face_landmarker.task", what) else { return };
    let files = members(&bundle).expect("a bundle");
    for file in [&files.detector, &files.blendshapes] {
        for k in 0..64 {
            let cut = file.len() * k / 64;
            assert!(tflite_to_onnx(&file[..cut]).is_err(), "{cut} of {} bytes", file.len());
        }
    }
}

#[test]
fn a_bundle_survives_flipped_bytes_of_its_directory_without_a_panic() {
    let Some(bundle) = shared::model("face_landmarker.task", "damage to the directory of the bundle") else { return };
    let tail = bundle.len().saturating_sub(420);
    for at in (0..60).chain(tail..bundle.len()).step_by(3) {
        let mut damaged = bundle.clone();
        damaged[at] = damaged[at].wrapping_add(127);
        // Any outcome but a panic will do: not all bytes of a zip mean something.
        let _ = convert_bundle(&damaged);
    }
}

#[test]
fn a_cached_conversion_comes_back_as_it_was_and_a_damaged_one_does_not() {
    let Some(models) = shared::full_models("the cache of conversions") else { return };
    let cache = models.to_cache();
    let again = Models::from_cache(&cache).expect("just written");
    assert_eq!((again.kind(), again.sha256()), (models.kind(), BUNDLE_SHA256));
    assert_eq!(again.to_cache(), cache);
    for at in [0, 9, 12, 30, cache.len() / 2, cache.len() - 1] {
        let mut damaged = cache.clone();
        damaged[at] ^= 1;
        assert!(Models::from_cache(&damaged).is_err(), "byte {at}");
    }
    assert!(Models::from_cache(&cache[..cache.len() - 1]).is_err());
    assert!(Models::from_cache(b"").is_err());
}
