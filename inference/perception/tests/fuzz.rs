//! Hostile bytes for the importers of models. Damaged copies of the real face models have a run of their own:
//! `examples/face_import_soak.rs`.

use coach_perception::face::import::{convert_bundle, tflite_to_onnx};
use coach_perception::words::graph::{attention_outputs, output_layer_in_integers, signed_weights};
use coach_perception::words::vocabulary::Vocabulary;
use coach_testing::fuzz;

/// A protocol buffer's field of bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, bytes.len() as u8][..], bytes].concat()
}

/// An ONNX model with one node that multiplies, one initializer and one output.
fn model() -> Vec<u8> {
    let node =
        [field(1, b"x"), field(1, b"w"), field(2, b"y"), field(3, b"/layers.3/attn"), field(4, b"MatMul")].concat();
    let weights = [&[8, 2, 8, 2, 16, 1][..], &field(8, b"w"), &field(9, &[0; 16])].concat();
    let output = field(1, b"y");
    let graph =
        [field(1, &node), field(2, b"g"), field(5, &weights), field(11, &field(1, b"x")), field(12, &output)].concat();
    [&[8, 8][..], &field(7, &graph), &field(8, &[16, 17])].concat()
}

#[test]
fn hostile_bytes_as_a_speech_model_are_converted_or_refused() {
    fuzz("speech models", vec![model()], |bytes| {
        let _ = (attention_outputs(bytes), output_layer_in_integers(bytes), signed_weights(bytes));
    });
}

#[test]
fn hostile_bytes_as_a_vocabulary_are_read_or_refused() {
    let small = r#"{"model":{"vocab":{"<s>":0,"\u2581um":1,"\u2581Um":2,"\u2581u":3,"\u2581U":4,"h":5,"<0xC3>":6}},"added_tokens":[{"id":0}]}"#;
    fuzz("vocabularies", vec![small.as_bytes().to_vec()], |bytes| {
        if let Ok(vocabulary) = Vocabulary::read(bytes) {
            let all: Vec<u32> = (0..64).chain([u32::MAX]).collect();
            let _ = (vocabulary.text(&all), vocabulary.words(&all), vocabulary.fillers());
        }
    });
}

/// The networks of the corpus were written with the schema of TensorFlow Lite, version 3 (Python package tflite 2.18.0).
#[test]
fn hostile_bytes_as_a_tflite_network_are_converted_or_refused() {
    fuzz("TFLite networks", Vec::new(), |bytes| {
        let _ = tflite_to_onnx(bytes);
    });
}

#[test]
fn hostile_bytes_as_a_bundle_of_face_models_are_converted_or_refused() {
    fuzz("face bundles", Vec::new(), |bytes| drop(convert_bundle(bytes)));
}
