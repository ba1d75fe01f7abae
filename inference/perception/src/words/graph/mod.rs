//! Changes to Moonshine's networks, from ONNX bytes to ONNX bytes: word times made readable, and two that save CPU time.
//!
//! The numbers of fields and types are those of `onnx.proto3`. Whatever is not changed stays as it is, byte for byte.

mod head;
#[cfg(test)]
mod proof;
mod signed;
mod wire;

pub use head::output_layer_in_integers;
pub use signed::signed_weights;

use wire::{Malformed, Message};

/// Layers of the decoder whose cross-attention tells where a word was heard: the upper three of six.
pub const ALIGNED_LAYERS: [usize; 3] = [3, 4, 5];

/// Why a network cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("it is no ONNX model, or is damaged")]
    Malformed,
    #[error("it is another network: it has no {0}")]
    Another(&'static str),
}

impl From<Malformed> for Error {
    fn from(_: Malformed) -> Error {
        Error::Malformed
    }
}

const MODEL_GRAPH: u32 = 7;
const GRAPH_NODE: u32 = 1;
const GRAPH_INITIALIZER: u32 = 5;
const GRAPH_OUTPUT: u32 = 12;
const NODE_INPUT: u32 = 1;
const NODE_OUTPUT: u32 = 2;
const NODE_NAME: u32 = 3;
const NODE_TYPE: u32 = 4;
const NODE_ATTRIBUTE: u32 = 5;
const ATTRIBUTE_NAME: u32 = 1;
const ATTRIBUTE_INT: u32 = 3;
const ATTRIBUTE_GRAPH: u32 = 6;
const ATTRIBUTE_TYPE: u32 = 20;
const TENSOR_DIMENSIONS: u32 = 1;
const TENSOR_TYPE: u32 = 2;
const TENSOR_INT32: u32 = 5;
const TENSOR_NAME: u32 = 8;
const TENSOR_RAW: u32 = 9;
const TYPE_FLOAT: u64 = 1;
const TYPE_U8: u64 = 2;
const TYPE_I8: u64 = 3;

/// Returns the name under which [`attention_outputs`] gives out the cross-attention of a layer: `f32 [1, heads, tokens, frames]`.
pub fn attention_name(layer: usize) -> String {
    format!("/model/decoder/layers.{layer}/encoder_attn/Softmax_output_0")
}

/// Makes the cross-attention of [`ALIGNED_LAYERS`] outputs of the decoder, in both of its branches. Its other outputs stay the same.
///
/// # Errors
/// [`Error`]: the bytes are no model, or one without branches.
pub fn attention_outputs(decoder: &[u8]) -> Result<Vec<u8>, Error> {
    let names = ALIGNED_LAYERS.map(attention_name);
    let described: Vec<Vec<u8>> = names.iter().map(|name| float_value(name)).collect();
    let mut branches = 0;
    let changed = with_graph(decoder, |graph| {
        with_nodes(graph, "If", |node| {
            node.rewrite(NODE_ATTRIBUTE, |attribute| {
                with_branch(attribute, |branch| {
                    branches += 1;
                    described.iter().for_each(|value| branch.push(GRAPH_OUTPUT, value.clone()));
                    Ok(())
                })
            })?;
            names.iter().for_each(|name| node.push(NODE_OUTPUT, name.clone().into_bytes()));
            Ok(())
        })?;
        described.iter().for_each(|value| graph.push(GRAPH_OUTPUT, value.clone()));
        Ok(())
    })?;
    if branches == 2 { Ok(changed) } else { Err(Error::Another("pair of branches")) }
}

/// The description of a float tensor of four axes whose lengths are not fixed.
fn float_value(name: &str) -> Vec<u8> {
    let mut shape = Message::default();
    for axis in ["batch", "heads", "tokens", "frames"] {
        let mut dimension = Message::default();
        dimension.push(2, axis.as_bytes());
        shape.push(1, dimension.to_bytes());
    }
    let mut tensor = Message::default();
    tensor.push_number(1, TYPE_FLOAT);
    tensor.push(2, shape.to_bytes());
    let mut kind = Message::default();
    kind.push(1, tensor.to_bytes());
    let mut value = Message::default();
    value.push(1, name.as_bytes());
    value.push(2, kind.to_bytes());
    value.to_bytes()
}

/// Changes the graph of a model.
fn with_graph(model: &[u8], change: impl FnOnce(&mut Message) -> Result<(), Error>) -> Result<Vec<u8>, Error> {
    let mut model = Message::read(model)?;
    let bytes = model.one(MODEL_GRAPH).ok_or(Error::Another("graph"))?.to_vec();
    let mut graph = Message::read(&bytes)?;
    change(&mut graph)?;
    model.remove(MODEL_GRAPH);
    model.push(MODEL_GRAPH, graph.to_bytes());
    Ok(model.to_bytes())
}

/// Changes the nodes of one type in a graph.
fn with_nodes(
    graph: &mut Message,
    kind: &str,
    mut change: impl FnMut(&mut Message) -> Result<(), Error>,
) -> Result<(), Error> {
    graph.rewrite(GRAPH_NODE, |bytes| {
        let mut node = Message::read(bytes)?;
        if node.one(NODE_TYPE) != Some(kind.as_bytes()) {
            return Ok(None);
        }
        change(&mut node)?;
        Ok(Some(node.to_bytes()))
    })
}

/// Changes the graph in an attribute; an attribute without one is left.
fn with_branch(
    attribute: &[u8],
    change: impl FnOnce(&mut Message) -> Result<(), Error>,
) -> Result<Option<Vec<u8>>, Error> {
    let mut attribute = Message::read(attribute)?;
    let Some(bytes) = attribute.one(ATTRIBUTE_GRAPH).map(<[u8]>::to_vec) else { return Ok(None) };
    let mut branch = Message::read(&bytes)?;
    change(&mut branch)?;
    attribute.remove(ATTRIBUTE_GRAPH);
    attribute.push(ATTRIBUTE_GRAPH, branch.to_bytes());
    Ok(Some(attribute.to_bytes()))
}

/// Changes the graphs of a model: the whole one, and the branches within it.
fn with_all_graphs(
    graph: &mut Message,
    change: &mut impl FnMut(&mut Message) -> Result<(), Error>,
) -> Result<(), Error> {
    change(graph)?;
    with_nodes(graph, "If", |node| {
        node.rewrite(NODE_ATTRIBUTE, |attribute| with_branch(attribute, |branch| change(branch)))
    })
}

/// Returns the input `index` of a node, if it has one.
fn input<'m>(node: &'m Message, index: usize) -> Option<&'m [u8]> {
    node.all(NODE_INPUT).nth(index)
}

/// Returns the initializer of a name.
fn initializer<'m>(graph: &'m Message, name: &[u8]) -> Option<Message<'m>> {
    let tensors = graph.all(GRAPH_INITIALIZER).filter_map(|bytes| Message::read(bytes).ok());
    tensors.into_iter().find(|tensor| tensor.one(TENSOR_NAME) == Some(name))
}
