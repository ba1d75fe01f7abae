//! Weights of integer products from 0..255 to -128..127: the same product, by the faster instructions of newer processors.
//!
//! A product of integers subtracts a zero point from each weight. Less 128 on both is no change: (w - 128) - (z - 128) = w - z.
//! ONNX Runtime takes the VNNI kernel for unsigned x signed alone. On x86 processors **without** VNNI that kernel saturates its
//! 16-bit sums, so there the weights have to stay unsigned.

use super::wire::{Message, Value};
use super::*;
use std::collections::BTreeSet;

/// Makes the weights of all integer products signed. What the network computes stays the same, bit for bit, on processors with VNNI.
///
/// # Errors
/// [`Error`]: the bytes are no model, or its integer products have no weights and zero points of their own.
pub fn signed_weights(model: &[u8]) -> Result<Vec<u8>, Error> {
    let mut changed = BTreeSet::new();
    let mut wanted = BTreeSet::new();
    let bytes = with_graph(model, |graph| {
        wanted = weights_and_zeros(graph)?;
        graph.rewrite(GRAPH_INITIALIZER, |bytes| {
            let tensor = Message::read(bytes)?;
            let Some(name) = tensor.one(TENSOR_NAME).filter(|name| wanted.contains(*name)) else { return Ok(None) };
            changed.insert(name.to_vec());
            signed(&tensor).map(Some)
        })
    })?;
    if changed.is_empty() || changed != wanted { Err(Error::Another("constant weights of bytes")) } else { Ok(bytes) }
}

/// Names of the weights and zero points of integer products.
fn weights_and_zeros(graph: &mut Message) -> Result<BTreeSet<Vec<u8>>, Error> {
    let (mut ours, mut others) = (BTreeSet::new(), BTreeSet::new());
    with_all_graphs(graph, &mut |graph| {
        for bytes in graph.all(GRAPH_NODE) {
            let node = Message::read(bytes)?;
            let integer = node.one(NODE_TYPE) == Some(b"MatMulInteger");
            if integer && input(&node, 3).is_none() {
                return Err(Error::Another("zero point of each product"));
            }
            for (place, name) in node.all(NODE_INPUT).enumerate() {
                let set = if integer && (place == 1 || place == 3) { &mut ours } else { &mut others };
                set.insert(name.to_vec());
            }
        }
        Ok(())
    })?;
    if ours.is_disjoint(&others) { Ok(ours) } else { Err(Error::Another("weights that one product reads alone")) }
}

/// A tensor of bytes less 128.
fn signed(tensor: &Message) -> Result<Vec<u8>, Error> {
    if tensor.number(TENSOR_TYPE) != Some(TYPE_U8) {
        return Err(Error::Another("weights of bytes"));
    }
    let mut out = Message::default();
    for field in &tensor.0 {
        let value = match (&field.value, field.number) {
            (_, TENSOR_TYPE) => Value::Varint(TYPE_I8),
            (Value::Bytes(raw), TENSOR_RAW) => {
                Value::Bytes(raw.iter().map(|w| w.wrapping_sub(128)).collect::<Vec<u8>>().into())
            }
            (Value::Bytes(list), TENSOR_INT32) => {
                Value::Bytes(wire::pack(wire::packed(list)?.into_iter().map(less_128)).into())
            }
            (Value::Varint(x), TENSOR_INT32) => Value::Varint(less_128(*x)),
            (value, _) => value.clone(),
        };
        out.0.push(wire::Field { number: field.number, value });
    }
    Ok(out.to_bytes())
}

/// A number from 0 to 255 less 128, as protobuf writes an `int32`.
fn less_128(x: u64) -> u64 {
    (x as i64).wrapping_sub(128) as u64
}
