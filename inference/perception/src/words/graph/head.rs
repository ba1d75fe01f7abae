//! The decoder's output layer in integers: the largest product of each step, 288 x 32 768.
//!
//! As shipped, its weights are 8-bit numbers that every step transposes and turns into floats. Here they are stored
//! transposed once and multiplied as the other layers' are: the input is quantized to 8 bits, the product is of integers.

use super::wire::{Malformed, Message};
use super::*;

/// The decoder's word embeddings, which are its output layer's weights too.
const WEIGHTS: &str = "model.decoder.embed_tokens.weight_merged_0";
const TRANSPOSED: &str = "output_layer_transposed";
const ZERO: &str = "output_layer_zero_point";

/// Replaces the output layer's float product by one of integers. The logits change by the rounding of the layer's input to 8 bits.
///
/// # Errors
/// [`Error`]: the bytes are no model, or one without this output layer.
pub fn output_layer_in_integers(decoder: &[u8]) -> Result<Vec<u8>, Error> {
    let quantized = format!("{WEIGHTS}_quantized");
    let mut replaced = 0;
    let changed = with_graph(decoder, |graph| {
        let weights = initializer(graph, quantized.as_bytes()).ok_or(Error::Another("output layer"))?;
        let transposed = transposed(&weights)?;
        let zero =
            initializer(graph, format!("{WEIGHTS}_zero_point").as_bytes()).ok_or(Error::Another("output layer"))?;
        let zero = renamed(zero, ZERO);
        graph.push(GRAPH_INITIALIZER, transposed);
        graph.push(GRAPH_INITIALIZER, zero);
        with_nodes(graph, "If", |node| {
            node.rewrite(NODE_ATTRIBUTE, |attribute| {
                with_branch(attribute, |branch| {
                    replaced += usize::from(replace(branch, quantized.as_bytes())?);
                    Ok(())
                })
            })
        })
    })?;
    if replaced == 2 { Ok(changed) } else { Err(Error::Another("output layer")) }
}

/// The weights with rows and columns exchanged, under a name of their own.
fn transposed(weights: &Message) -> Result<Vec<u8>, Error> {
    let mut dimensions = Vec::new();
    for field in weights.0.iter().filter(|field| field.number == TENSOR_DIMENSIONS) {
        match &field.value {
            wire::Value::Varint(x) => dimensions.push(*x),
            wire::Value::Bytes(bytes) => dimensions.extend(wire::packed(bytes)?),
            _ => return Err(Error::Malformed),
        }
    }
    let raw = weights.one(TENSOR_RAW).ok_or(Error::Another("weights of bytes"))?;
    let [rows, columns] = dimensions[..] else { return Err(Error::Another("weights of two axes")) };
    let fits = rows.checked_mul(columns).is_some_and(|n| n == raw.len() as u64 && n > 0);
    if !fits || weights.number(TENSOR_TYPE) != Some(TYPE_U8) {
        return Err(Error::Another("weights of bytes"));
    }
    let (rows, columns) = (rows as usize, columns as usize);
    let mut turned = vec![0u8; raw.len()];
    // In blocks, so that reads and writes stay in the cache.
    for first in (0..rows).step_by(64) {
        for column in 0..columns {
            for row in first..rows.min(first + 64) {
                turned[column * rows + row] = raw[row * columns + column];
            }
        }
    }
    let mut tensor = Message::default();
    tensor.push_number(TENSOR_DIMENSIONS, columns as u64);
    tensor.push_number(TENSOR_DIMENSIONS, rows as u64);
    tensor.push_number(TENSOR_TYPE, TYPE_U8);
    tensor.push(TENSOR_NAME, TRANSPOSED.as_bytes());
    tensor.push(TENSOR_RAW, turned);
    Ok(tensor.to_bytes())
}

/// The tensor under another name.
fn renamed(mut tensor: Message, name: &str) -> Vec<u8> {
    tensor.remove(TENSOR_NAME);
    tensor.push(TENSOR_NAME, name.as_bytes().to_vec());
    tensor.to_bytes()
}

/// Replaces transposition, dequantization and product of one branch; false where it has them not.
fn replace(branch: &mut Message, quantized: &[u8]) -> Result<bool, Error> {
    let nodes: Vec<Vec<u8>> = branch.all(GRAPH_NODE).map(<[u8]>::to_vec).collect();
    let nodes: Vec<Message> = nodes.iter().map(|bytes| Message::read(bytes)).collect::<Result<_, Malformed>>()?;
    let find = |kind: &str, place: usize, name: &[u8]| {
        nodes.iter().find(|node| node.one(NODE_TYPE) == Some(kind.as_bytes()) && input(node, place) == Some(name))
    };
    let Some(transpose) = find("Transpose", 0, quantized) else { return Ok(false) };
    let Some(dequantize) = transpose.one(NODE_OUTPUT).and_then(|name| find("DequantizeLinear", 0, name)) else {
        return Ok(false);
    };
    let Some(product) = dequantize.one(NODE_OUTPUT).and_then(|name| find("MatMul", 1, name)) else { return Ok(false) };
    let (Some(from), Some(to)) = (input(product, 0), product.one(NODE_OUTPUT)) else { return Err(Error::Malformed) };
    let scale = format!("{WEIGHTS}_scale");
    let integers = [
        node("DynamicQuantizeLinear", &[from], &[b"head_q", b"head_s", b"head_z"], None),
        node("MatMulInteger", &[b"head_q", TRANSPOSED.as_bytes(), b"head_z", ZERO.as_bytes()], &[b"head_i"], None),
        node("Cast", &[b"head_i"], &[b"head_f"], Some(("to", TYPE_FLOAT))),
        node("Mul", &[b"head_s", scale.as_bytes()], &[b"head_c"], None),
        node("Mul", &[b"head_f", b"head_c"], &[to], None),
    ];
    let gone = [transpose.to_bytes(), dequantize.to_bytes()];
    let product = product.to_bytes();
    let mut kept = Message::default();
    for field in std::mem::take(&mut branch.0) {
        match &field.value {
            wire::Value::Bytes(bytes) if field.number == GRAPH_NODE && gone.iter().any(|g| **g == **bytes) => {}
            wire::Value::Bytes(bytes) if field.number == GRAPH_NODE && product == **bytes => {
                integers.iter().for_each(|node| kept.push(GRAPH_NODE, node.clone()));
            }
            _ => kept.0.push(field),
        }
    }
    *branch = kept;
    Ok(true)
}

fn node(kind: &str, inputs: &[&[u8]], outputs: &[&[u8]], attribute: Option<(&str, u64)>) -> Vec<u8> {
    let mut node = Message::default();
    inputs.iter().for_each(|name| node.push(NODE_INPUT, name.to_vec()));
    outputs.iter().for_each(|name| node.push(NODE_OUTPUT, name.to_vec()));
    node.push(NODE_NAME, [b"output_layer_", outputs[0]].concat());
    node.push(NODE_TYPE, kind.as_bytes().to_vec());
    if let Some((name, value)) = attribute {
        let mut attribute = Message::default();
        attribute.push(ATTRIBUTE_NAME, name.as_bytes().to_vec());
        attribute.push_number(ATTRIBUTE_INT, value);
        attribute.push_number(ATTRIBUTE_TYPE, 2);
        node.push(NODE_ATTRIBUTE, attribute.to_bytes());
    }
    node.to_bytes()
}
