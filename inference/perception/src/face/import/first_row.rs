//! A rewrite: what computes rows of which only the first is read computes the first alone.
//!
//! The blendshape network ends in a slice that takes one of 97 tokens. Backwards from it additions, matrix products, layer
//! normalisations and activations work on each token by itself, so that one row of each will do; where tokens are mixed, by a
//! matrix product between two transpositions, one column of the matrix will do. What is left is exact.

use super::onnx::{Array, Attribute, Graph, Node, Values};
use super::rewrite::only_reader;
use std::collections::BTreeSet;

/// The axis of tokens in values of shape `[1, 1, tokens, channels]`.
const ROWS: usize = 2;

/// Narrows every value of which only the first row is read.
pub fn keep_first_row(graph: &mut Graph) {
    let slices: Vec<usize> = (0..graph.nodes.len()).filter(|&n| takes_first_row(graph, n)).collect();
    for slice in slices {
        narrow(graph, slice);
    }
}

/// Whether this node is a slice from which only the first row can come out.
fn takes_first_row(graph: &Graph, index: usize) -> bool {
    let node = &graph.nodes[index];
    let parameter = |k: usize| match node.inputs.get(k).and_then(|name| graph.constants.get(name)).map(|a| &a.data) {
        Some(Values::I64(values)) if values.len() == 4 => Some(values.clone()),
        _ => None,
    };
    if node.op != "Slice" {
        return false;
    }
    let (Some(begin), Some(end), Some(axes), Some(steps)) = (parameter(1), parameter(2), parameter(3), parameter(4))
    else {
        return false;
    };
    let from_first = axes == [0, 1, 2, 3] && begin[ROWS] == 0 && steps[ROWS] == 1 && end[ROWS] >= 1;
    let next = || only_reader(graph, &node.output).is_some_and(|next| next > index && takes_first_row(graph, next));
    from_first && (end[ROWS] == 1 || next())
}

/// Whether rows do not meet in this node, and which of its inputs are values with rows.
fn by_row<'a>(graph: &Graph, node: &'a Node) -> Option<Vec<&'a String>> {
    let constant = |name: &String| graph.constants.get(name);
    let last_axis = |name: &String| constant(name).is_none_or(|array| array.shape.len() <= 1);
    match (node.op, &node.inputs[..]) {
        ("Add", [a, b]) if last_axis(a) && last_axis(b) => {
            Some([a, b].into_iter().filter(|name| constant(name).is_none()).collect())
        }
        ("MatMul", [x, w]) if constant(x).is_none() && constant(w).is_some_and(|w| w.shape.len() == 2) => Some(vec![x]),
        ("Relu", [x]) => Some(vec![x]),
        ("LayerNormalization", [x, _]) if node.attribute("axis") == Some(&Attribute::Int(-1)) => Some(vec![x]),
        _ => None,
    }
}

/// Matrix product, bias and transposition whose first row needs one column of the matrix: the nodes of the first two.
fn mixing(graph: &Graph, node: &Node) -> Option<[usize; 2]> {
    if node.op != "Transpose" || node.attribute("perm") != Some(&Attribute::Ints(vec![0, 1, 3, 2])) {
        return None;
    }
    let made_by = |name: &String| graph.nodes.iter().position(|n| n.output == *name);
    let bias = made_by(node.inputs.first()?)?;
    only_reader(graph, &graph.nodes[bias].output)?;
    let product = made_by(graph.nodes[bias].inputs.first()?)?;
    only_reader(graph, &graph.nodes[product].output)?;
    let weights = graph.constants.get(graph.nodes[product].inputs.get(1)?)?;
    let biases = graph.constants.get(graph.nodes[bias].inputs.get(1)?)?;
    let fits = graph.nodes[product].op == "MatMul"
        && graph.nodes[bias].op == "Add"
        && weights.shape.len() == 2
        && weights.shape[1] >= 1
        && biases.shape == [weights.shape[1]]
        && weights.floats().is_some()
        && biases.floats().is_some();
    fits.then_some([product, bias])
}

fn narrow(graph: &mut Graph, slice: usize) {
    // Values of which one row is enough, and the nodes that give it; nodes are in the order of execution.
    let mut enough = BTreeSet::from([graph.nodes[slice].inputs[0].clone()]);
    let mut narrowed = BTreeSet::from([slice]);
    for index in (0..slice).rev() {
        let node = &graph.nodes[index];
        let read_elsewhere = graph.outputs.iter().any(|(name, _)| *name == node.output)
            || graph.nodes.iter().enumerate().any(|(k, n)| n.inputs.contains(&node.output) && !narrowed.contains(&k));
        if !enough.contains(&node.output) || read_elsewhere {
            continue;
        }
        if let Some(inputs) = by_row(graph, node) {
            enough.extend(inputs.into_iter().cloned());
            narrowed.insert(index);
        } else if let Some([product, bias]) = mixing(graph, node) {
            first_column(graph, product, bias);
            narrowed.insert(index);
        }
    }
    // What is narrow already, and what is cut where it enters.
    let made: BTreeSet<String> = narrowed.iter().map(|&index| graph.nodes[index].output.clone()).collect();
    let cut: Vec<String> = enough.into_iter().filter(|name| !made.contains(name)).collect();
    narrowed.remove(&slice);
    for name in cut {
        let reads = |node: &Node| node.op != "Transpose" && node.inputs.contains(&name);
        let readers: Vec<usize> = narrowed.iter().copied().filter(|&index| reads(&graph.nodes[index])).collect();
        let Some(&first) = readers.first() else { continue };
        let row = format!("{name}_row");
        for index in readers {
            graph.nodes[index]
                .inputs
                .iter_mut()
                .filter(|input| **input == name)
                .for_each(|input| input.clone_from(&row));
        }
        let parameters = [("begin", 0), ("end", 1), ("axes", ROWS as i64), ("steps", 1)].map(|(what, value)| {
            let name = format!("{row}_{what}");
            graph.constants.insert(name.clone(), Array::i64s(vec![value]));
            name
        });
        graph.nodes.insert(first, Node::new("Slice", [vec![name], parameters.to_vec()].concat(), row));
        narrowed = narrowed.into_iter().map(|index| if index >= first { index + 1 } else { index }).collect();
    }
}

/// Leaves one column of the matrix and one bias.
fn first_column(graph: &mut Graph, product: usize, bias: usize) {
    let [weights, biases] = [&graph.nodes[product].inputs[1], &graph.nodes[bias].inputs[1]].map(Clone::clone);
    if let Some(array) = graph.constants.get_mut(&weights) {
        let columns = array.shape[1];
        let column = array.floats().unwrap_or(&[]).iter().step_by(columns).copied().collect();
        *array = Array::f32(vec![array.shape[0], 1], column);
    }
    if let Some(array) = graph.constants.get_mut(&biases) {
        let first = array.floats().unwrap_or(&[]).iter().take(1).copied().collect();
        *array = Array::f32(vec![1], first);
    }
}
