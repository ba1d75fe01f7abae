//! Rewrites of the graph: three here, one in `first_row`. Each is exact algebra and changes speed only: ONNX Runtime has no blocked (NCHWc) PReLU, so
//! the plain graph spends more than half its time there and in reordering around it.

use super::first_row::keep_first_row;
use super::onnx::{Array, Attribute, Graph, Node};
use std::collections::BTreeMap;

/// Bottlenecks of at most this many channels are doubled; wider ones lose more in the convolutions than they gain.
pub const NARROW: usize = 8;

/// Which rewrites to make; tests compare with and without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrites {
    pub bottleneck: bool,
    pub prelu_pairs: bool,
    pub layer_norm: bool,
    pub first_row: bool,
}

impl Rewrites {
    pub const ALL: Rewrites = Rewrites { bottleneck: true, prelu_pairs: true, layer_norm: true, first_row: true };
    pub const NONE: Rewrites = Rewrites { bottleneck: false, prelu_pairs: false, layer_norm: false, first_row: false };
}

/// Applies them, in the one order that works: bottlenecks contain PReLUs that must not become pairs before, and the first row
/// of a layer normalisation is known when it is one node.
pub fn rewrite(graph: &mut Graph, which: Rewrites) {
    if which.bottleneck {
        double_narrow_bottlenecks(graph);
    }
    if which.prelu_pairs {
        prelus_to_depthwise_pairs(graph);
    }
    if which.layer_norm {
        fuse_layer_norms(graph);
    }
    if which.first_row {
        keep_first_row(graph);
    }
}

/// The one node that reads `name`, if it is one only (and `name` is no output).
pub fn only_reader(graph: &Graph, name: &str) -> Option<usize> {
    let mut readers = graph.nodes.iter().enumerate().filter(|(_, n)| n.inputs.iter().any(|i| i == name));
    let (index, _) = readers.next()?;
    (readers.next().is_none() && !graph.outputs.iter().any(|(o, _)| o == name)).then_some(index)
}

fn group(node: &Node) -> usize {
    match node.attribute("group") {
        Some(Attribute::Int(g)) => usize::try_from(*g).unwrap_or(0),
        _ => 1,
    }
}

/// Weights and bias of a convolution.
fn weights<'a>(graph: &'a Graph, node: &Node) -> Option<(&'a Array, &'a Array)> {
    let [_, w, b] = &node.inputs[..] else { return None };
    (node.op == "Conv").then_some(())?;
    Some((graph.constants.get(w)?, graph.constants.get(b)?))
}

/// conv A -> PReLU(a) -> depthwise D -> conv B becomes conv [A; -A] -> Relu -> depthwise [D; -aD] -> conv [B B].
///
/// PReLU(x) = relu(x) - a relu(-x). The depthwise and the last convolution are linear, so both halves may be carried through
/// and added there. Eight channels become sixteen, which is one block of AVX-512.
fn double_narrow_bottlenecks(graph: &mut Graph) {
    let found: Vec<[usize; 4]> = (0..graph.nodes.len()).filter_map(|p| bottleneck(graph, p)).collect();
    for [first, prelu, depthwise, last] in found {
        double(graph, [first, prelu, depthwise, last]);
    }
}

/// The four nodes around the PReLU at `prelu`, when it is such a bottleneck.
fn bottleneck(graph: &Graph, prelu: usize) -> Option<[usize; 4]> {
    let node = &graph.nodes[prelu];
    if node.op != "PRelu" {
        return None;
    }
    let first = graph.nodes.iter().position(|n| n.output == node.inputs[0])?;
    only_reader(graph, &graph.nodes[first].output)?;
    let depthwise = only_reader(graph, &node.output)?;
    let last = only_reader(graph, &graph.nodes[depthwise].output)?;
    let (a, d, b) = (&graph.nodes[first], &graph.nodes[depthwise], &graph.nodes[last]);
    let (wa, wd, wb) = (weights(graph, a)?.0, weights(graph, d)?.0, weights(graph, b)?.0);
    let channels = wa.shape[0];
    let fits = group(a) == 1
        && group(b) == 1
        && group(d) == channels
        && wd.shape[..2] == [channels, 1]
        && wb.shape[1] == channels
        && channels <= NARROW;
    fits.then_some([first, prelu, depthwise, last])
}

fn double(graph: &mut Graph, [first, prelu, depthwise, last]: [usize; 4]) {
    let slopes = graph.constants.get(&graph.nodes[prelu].inputs[1]).and_then(Array::floats).unwrap_or(&[]).to_vec();
    let names = [first, depthwise, last].map(|n| graph.nodes[n].inputs.clone());
    let floats = |name: &str| graph.constants.get(name).and_then(Array::floats).unwrap_or(&[]).to_vec();
    let shape = |name: &str| graph.constants.get(name).map_or(Vec::new(), |a| a.shape.clone());
    let channels = slopes.len();

    let mut wa = floats(&names[0][1]);
    wa.extend(wa.clone().iter().map(|v| -v));
    let mut ba = floats(&names[0][2]);
    ba.extend(ba.clone().iter().map(|v| -v));
    let mut sa = shape(&names[0][1]);
    sa[0] *= 2;

    let mut wd = floats(&names[1][1]);
    let kernel = wd.len() / channels;
    wd.extend(wd.clone().iter().enumerate().map(|(i, v)| -slopes[i / kernel] * v));
    let mut bd = floats(&names[1][2]);
    bd.resize(2 * channels, 0.0);
    let mut sd = shape(&names[1][1]);
    sd[0] *= 2;

    let mut sb = shape(&names[2][1]);
    let filter = floats(&names[2][1]).len() / sb[0];
    let wb = floats(&names[2][1]).chunks(filter).flat_map(|f| [f, f].concat()).collect();
    sb[1] *= 2;

    graph.constants.insert(names[0][1].clone(), Array::f32(sa, wa));
    graph.constants.insert(names[0][2].clone(), Array::f32(vec![2 * channels], ba));
    graph.constants.insert(names[1][1].clone(), Array::f32(sd, wd));
    graph.constants.insert(names[1][2].clone(), Array::f32(vec![2 * channels], bd));
    graph.constants.insert(names[2][1].clone(), Array::f32(sb, wb));
    let input = graph.nodes[prelu].inputs[0].clone();
    let output = graph.nodes[prelu].output.clone();
    graph.nodes[prelu] = Node::new("Relu", vec![input], output);
    for (name, value) in &mut graph.nodes[depthwise].attributes {
        if *name == "group" {
            *value = Attribute::Int(2 * channels as i64);
        }
    }
}

/// PReLU(x) = a x + (1 - a) relu(x), written as two depthwise 1x1 convolutions and an Add, all of which have a blocked form.
///
/// `max(x, a x)` would be shorter and wrong: most slopes are negative or above 1.
fn prelus_to_depthwise_pairs(graph: &mut Graph) {
    let mut nodes = Vec::with_capacity(graph.nodes.len() + 3 * 69);
    for node in std::mem::take(&mut graph.nodes) {
        let slopes = match graph.constants.get(node.inputs.get(1).map_or("", String::as_str)) {
            Some(array) if node.op == "PRelu" && array.shape.len() == 3 => array.floats().unwrap_or(&[]).to_vec(),
            _ => {
                nodes.push(node);
                continue;
            }
        };
        let channels = slopes.len();
        let [line, bend, bent, bent_line] =
            ["line", "bend", "bent", "bent_line"].map(|n| format!("{}_{n}", node.output));
        let shape = vec![channels, 1, 1, 1];
        let rest = slopes.iter().map(|a| 1.0 - a).collect();
        graph.constants.insert(line.clone() + "_weights", Array::f32(shape.clone(), slopes));
        graph.constants.insert(bend.clone() + "_weights", Array::f32(shape, rest));
        let pointwise = |input: &str, weights: String, output: &str| {
            Node::new("Conv", vec![input.to_owned(), weights], output)
                .with("kernel_shape", Attribute::Ints(vec![1, 1]))
                .with("group", Attribute::Int(channels as i64))
        };
        nodes.push(Node::new("Relu", vec![node.inputs[0].clone()], &bent));
        nodes.push(pointwise(&node.inputs[0], line.clone() + "_weights", &line));
        nodes.push(pointwise(&bent, bend + "_weights", &bent_line));
        nodes.push(Node::new("Add", vec![line, bent_line], node.output));
    }
    graph.nodes = nodes;
}

/// mean, variance, 1 / sqrt(variance + e), and x r g + (-mean) r g, which is LayerNormalization over the last axis.
fn fuse_layer_norms(graph: &mut Graph) {
    const PATTERN: [&str; 12] =
        ["ReduceMean", "Neg", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Reciprocal", "Mul", "Mul", "Mul", "Add"];
    let mut at = 0;
    while at + PATTERN.len() <= graph.nodes.len() {
        let window = &graph.nodes[at..at + PATTERN.len()];
        let fused = (window.iter().map(|n| n.op).eq(PATTERN)).then(|| layer_norm(window, &graph.constants)).flatten();
        if let Some((node, scale)) = fused {
            graph.constants.insert(node.inputs[1].clone(), scale);
            graph.nodes.splice(at..at + PATTERN.len(), [node]);
        }
        at += 1;
    }
}

/// The node that does what the twelve do, if their wires are those of a layer normalisation.
fn layer_norm(w: &[Node], constants: &BTreeMap<String, Array>) -> Option<(Node, Array)> {
    let (x, axes) = (&w[0].inputs[0], constants.get(&w[0].inputs[1])?);
    let is = |node: &Node, a: &str, b: &str| {
        node.inputs.len() == 2
            && ((node.inputs[0] == a && node.inputs[1] == b) || (node.inputs[0] == b && node.inputs[1] == a))
    };
    let constant_beside = |node: &Node, value: &str| {
        let other = node.inputs.iter().find(|i| *i != value)?;
        node.inputs.iter().any(|i| i == value).then_some(())?;
        constants.get(other)?.floats().map(<[f32]>::to_vec)
    };
    let epsilon = constant_beside(&w[5], &w[4].output)?;
    let scale = constant_beside(&w[8], &w[7].output)?;
    let wired = w[1].inputs == [w[0].output.clone()]
        && is(&w[2], x, &w[0].output)
        && is(&w[3], &w[2].output, &w[2].output)
        && w[4].inputs[0] == w[3].output
        && w[6].inputs[0] == w[5].output
        && w[7].inputs[0] == w[6].output
        && is(&w[9], x, &w[8].output)
        && is(&w[10], &w[1].output, &w[8].output)
        && is(&w[11], &w[9].output, &w[10].output)
        && constants.get(&w[4].inputs[1]).is_some_and(|a| format!("{:?}", a.data) == format!("{:?}", axes.data))
        && epsilon.len() == 1;
    wired.then(|| {
        let name = format!("{}_scale", w[11].output);
        let node = Node::new("LayerNormalization", vec![x.clone(), name], &w[11].output)
            .with("axis", Attribute::Int(-1))
            .with("epsilon", Attribute::Float(epsilon[0]));
        (node, Array::f32(vec![scale.len()], scale))
    })
}
