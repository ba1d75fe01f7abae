//! The small network beside the interpreter, and networks that are not the one that the kernels compute.

use super::super::plan::Plan;
use super::super::simd::{Avx2, Avx512, Block, Portable, Simd};
use super::super::stream::Landmarks;
use super::small::{NUMBERS, SIDE, interpret, network};
use super::{Numbers, bits};
use crate::face::import::Cause;
use crate::face::import::tflite::{Data, Kind, Model};
use std::sync::Arc;

fn output<S: Simd>(simd: S, plan: &Arc<Plan>, input: &[f32], runs: usize) -> Vec<f32> {
    let mut network = Landmarks::new(simd, Arc::clone(plan));
    for _ in 0..runs {
        network.input().copy_from_slice(input);
        network.run();
    }
    network.output().to_vec()
}

fn as_bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn a_streamed_network_gives_what_an_interpreter_gives_and_the_same_bits_everywhere() {
    for seed in 0..4 {
        let model = network(seed);
        let plan = Arc::new(Plan::read(&model).expect("a plan"));
        assert_eq!((plan.side, plan.numbers, plan.stages.len()), (SIDE, NUMBERS, 5));
        let input: Vec<f32> = Numbers(seed + 9).many(3 * SIDE * SIDE);
        let reference = output(Portable, &plan, &input, 1);
        let expected = interpret(&model, &input);
        assert_eq!(reference.len(), expected.len());
        let largest = expected.iter().fold(1.0f64, |largest, v| largest.max(v.abs()));
        for (ours, theirs) in reference.iter().zip(&expected) {
            assert!((f64::from(*ours) - theirs).abs() <= 1e-5 * largest, "{ours} and {theirs}");
        }
        // A second run begins with what the first left behind.
        assert_eq!(as_bits(&output(Portable, &plan, &input, 2)), as_bits(&reference));
        if let Some(simd) = Avx2::detect() {
            assert_eq!(as_bits(&output(simd, &plan, &input, 2)), as_bits(&reference), "AVX2");
        }
        if let Some(simd) = Avx512::detect() {
            assert_eq!(as_bits(&output(simd, &plan, &input, 2)), as_bits(&reference), "AVX-512");
        }
    }
}

#[test]
fn an_input_that_is_no_number_ends_without_a_panic() {
    let plan = Arc::new(Plan::read(&network(1)).expect("a plan"));
    for value in [f32::NAN, f32::INFINITY, f32::MAX] {
        let input = vec![value; 3 * SIDE * SIDE];
        let numbers = output(Portable, &plan, &input, 1);
        assert_eq!(numbers.len(), NUMBERS + 1);
    }
}

/// The network with one thing changed.
fn changed(change: impl FnOnce(&mut Model)) -> Result<Plan, Cause> {
    let mut model = network(3);
    change(&mut model);
    Plan::read(&model)
}

#[test]
fn a_network_with_another_operator_size_or_wire_is_refused() {
    assert!(changed(|_| {}).is_ok());
    assert!(changed(|m| m.inputs.clear()).is_err());
    assert!(changed(|m| m.outputs.truncate(1)).is_err());
    assert!(changed(|m| m.outputs.swap(0, 1)).is_err());
    assert!(changed(|m| m.operators.clear()).is_err());
    assert!(changed(|m| m.operators.truncate(20)).is_err());
    assert!(changed(|m| m.tensors[0].shape = vec![1, 96, 96, 3]).is_err());
    assert!(changed(|m| m.tensors[0].shape = vec![1, 1 << 20, 1 << 20, 3]).is_err());
    let operators = network(3).operators.len();
    for index in 0..operators - 2 {
        assert!(changed(|m| drop(m.operators.remove(index))).is_err(), "without operator {index}");
        assert!(changed(|m| m.operators[index].kind = Kind::Logistic).is_err(), "operator {index} of another kind");
        assert!(changed(|m| m.operators[index].inputs[0] = usize::MAX).is_err(), "operator {index} without an input");
        assert!(changed(|m| m.operators[index].inputs.clear()).is_err(), "operator {index} without inputs");
        assert!(changed(|m| m.operators[index].output = 0).is_err(), "operator {index} into the input");
    }
}

#[test]
fn an_image_or_a_kernel_of_another_size_is_refused() {
    let model = network(3);
    let rank_4 = |index: &usize| model.tensors[*index].shape.len() == 4;
    for index in (0..model.tensors.len()).filter(rank_4) {
        let larger = |m: &mut Model| m.tensors[index].shape.iter_mut().for_each(|size| *size += 1);
        assert!(changed(larger).is_err(), "tensor {index}");
        assert!(changed(|m| m.tensors[index].shape.clear()).is_err(), "tensor {index} without axes");
    }
}

#[test]
fn weights_that_are_cut_off_are_refused() {
    let model = network(3);
    for (index, tensor) in model.tensors.iter().enumerate().filter(|(_, tensor)| tensor.data.is_some()) {
        let cut = |m: &mut Model| match &mut m.tensors[index].data {
            Some(Data::F32(values)) => drop(values.pop()),
            Some(Data::I32(values)) => drop(values.pop()),
            None => {}
        };
        assert!(changed(cut).is_err(), "tensor {index} of {:?}", tensor.shape);
        assert!(changed(|m| m.tensors[index].data = None).is_err(), "tensor {index} without values");
    }
}

#[test]
fn weights_of_more_than_half_precision_are_refused_where_half_is_kept() {
    let heads = |m: &mut Model| {
        let weights = m.operators.last().expect("operators").inputs[1];
        if let Some(Data::F32(values)) = &mut m.tensors[weights].data {
            values[0] = 0.1;
        }
    };
    assert!(matches!(changed(heads), Err(Cause::Unsupported(_))));
}

#[test]
fn blocks_of_zeros_are_what_they_say() {
    assert!(bits(&[Block::ZERO]).iter().all(|&b| b == 0));
    assert_eq!(align_of::<Block>(), 64);
}
