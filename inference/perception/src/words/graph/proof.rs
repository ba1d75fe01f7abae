//! The changes to the networks proved on the real ones: the changed network beside the shipped one on the same input.
#![allow(clippy::disallowed_methods)]

use super::{attention_outputs, output_layer_in_integers, signed_weights};
use crate::runtime::{Runtime, Seq2Seq};
use crate::words::recognizer::{has_vnni, names};
use coach_testing::{Need, not_checked};
use std::path::Path;

struct Real {
    runtime: Runtime,
    encoder: Vec<u8>,
    decoder: Vec<u8>,
}

impl Real {
    fn find(what: &str) -> Option<Real> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = std::env::var_os("COACH_MODELS").map_or_else(|| root.join("models"), Into::into);
        let read = |name: &str| std::fs::read(folder.join(format!("moonshine_tiny_en_{name}.onnx"))).ok();
        let runtime = Runtime::load(&folder.join("libonnxruntime.so.1.32.0")).ok();
        let (Some(runtime), Some(encoder), Some(decoder)) = (runtime, read("encoder"), read("decoder")) else {
            not_checked(Need::Models, what, "Moonshine is missing (`make setup`)");
            return None;
        };
        Some(Real { runtime, encoder, decoder })
    }

    /// Scores of eight steps on two seconds of a chord with a beat, and the sum of the attention of the first head.
    fn run(&self, encoder: &[u8], decoder: &[u8], attention: bool) -> (Vec<f32>, Vec<f32>) {
        let mut names = names();
        if !attention {
            names.attention.clear();
        }
        let mut network = Seq2Seq::new(&self.runtime, encoder, decoder, names).expect("a network");
        let audio: Vec<f32> = (0..32_000)
            .map(|i| {
                let t = i as f32 / 16_000.0;
                let tone = |hz: f32| (2.0 * std::f32::consts::PI * hz * t).sin();
                0.2 * (tone(180.0) + tone(720.0) + tone(1900.0)) * (0.5 + 0.5 * tone(4.0))
            })
            .collect();
        let frames = network.read(&audio).expect("a run");
        let (mut scores, mut sums) = (Vec::new(), Vec::new());
        for token in [1, 450, 1900, 338, 278, 1243, 29889, 306] {
            network.step(token).expect("a step");
            scores.extend_from_slice(network.logits());
            if attention {
                sums.extend(network.attention().chunks(frames).map(|head| head.iter().sum::<f32>()));
            }
        }
        (scores, sums)
    }
}

fn furthest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

#[test]
fn attention_outputs_change_no_score_and_each_head_attends_to_the_whole_once() {
    let Some(real) = Real::find("attention outputs") else { return };
    let (plain, _) = real.run(&real.encoder, &real.decoder, false);
    let changed = attention_outputs(&real.decoder).expect("a decoder");
    let (scores, sums) = real.run(&real.encoder, &changed, true);
    println!("attention outputs: scores at most {:.1e} apart", furthest(&plain, &scores));
    assert_eq!(furthest(&plain, &scores), 0.0);
    assert_eq!(sums.len(), 8 * 24, "eight steps of three layers of eight heads");
    assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-3), "a softmax sums up to 1");
}

#[test]
fn signed_weights_change_nothing() {
    let Some(real) = Real::find("signed weights") else { return };
    if !has_vnni() {
        not_checked(Need::Other, "signed weights", "this processor has no VNNI");
        return;
    }
    let (plain, _) = real.run(&real.encoder, &real.decoder, false);
    let (encoder, decoder) = (signed_weights(&real.encoder), signed_weights(&real.decoder));
    let (encoder, decoder) = (encoder.expect("an encoder"), decoder.expect("a decoder"));
    let (scores, _) = real.run(&encoder, &decoder, false);
    println!("signed weights: scores at most {:.1e} apart", furthest(&plain, &scores));
    assert_eq!(furthest(&plain, &scores), 0.0);
}

#[test]
fn the_output_layer_in_integers_moves_scores_by_less_than_separates_words() {
    let Some(real) = Real::find("the output layer in integers") else { return };
    let (plain, _) = real.run(&real.encoder, &real.decoder, false);
    let decoder = output_layer_in_integers(&real.decoder).expect("a decoder");
    let (scores, _) = real.run(&real.encoder, &decoder, false);
    let apart = furthest(&plain, &scores);
    let mean = plain.iter().zip(&scores).map(|(a, b)| (a - b).abs()).sum::<f32>() / plain.len() as f32;
    println!("output layer in integers: scores at most {apart:.3} apart, {mean:.4} on average");
    assert!(apart > 0.0 && apart < 0.5 && mean < 0.1);
    let (signed, _) = real.run(&real.encoder, &signed_weights(&decoder).expect("weights"), false);
    assert!(!has_vnni() || furthest(&scores, &signed) == 0.0, "signed weights change nothing here either");
}

#[test]
fn a_damaged_network_is_an_error_or_another_network_and_never_a_panic() {
    let Some(real) = Real::find("damaged networks") else { return };
    type Change = fn(&[u8]) -> Result<Vec<u8>, super::Error>;
    let changes: [Change; 3] = [attention_outputs, output_layer_in_integers, signed_weights];
    for change in changes {
        assert!(change(b"").is_err() && change(&[0xff; 64]).is_err());
        for k in 1..12 {
            let cut = real.decoder.len() * k / 12;
            assert!(change(&real.decoder[..cut]).is_err(), "cut to {cut} bytes");
        }
        for at in (0..400).chain(real.decoder.len() - 400..real.decoder.len()).step_by(7) {
            let mut damaged = real.decoder.clone();
            damaged[at] ^= 0x5a;
            let _ = change(&damaged);
        }
    }
    assert!(attention_outputs(&real.encoder).is_err() && output_layer_in_integers(&real.encoder).is_err());
}
