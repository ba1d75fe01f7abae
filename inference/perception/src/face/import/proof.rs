//! The rewrites proved on small graphs: an interpreter runs the graph before and after on random weights and inputs.

use super::onnx::{Array, Attribute, Graph, Node, Values};
use super::rewrite::{NARROW, Rewrites, rewrite};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Channels by height by width, or rows by columns with height 1.
#[derive(Clone, Debug)]
struct Value {
    shape: [usize; 3],
    data: Vec<f64>,
}

impl Value {
    fn map(&self, f: impl Fn(usize, f64) -> f64) -> Value {
        let area = self.shape[1] * self.shape[2];
        let data = self.data.iter().enumerate().map(|(i, &v)| f(i / area, v)).collect();
        Value { shape: self.shape, data }
    }
}

fn ints(node: &Node, name: &str, default: [i64; 4]) -> Vec<usize> {
    let values = match node.attribute(name) {
        Some(Attribute::Ints(v)) => v.clone(),
        Some(Attribute::Int(v)) => vec![*v],
        _ => default.to_vec(),
    };
    values.iter().map(|&v| v as usize).collect()
}

fn conv(node: &Node, x: &Value, w: &Array, bias: Option<&[f32]>) -> Value {
    let weights = w.floats().expect("floats");
    let [o, i, kh, kw] = w.shape[..] else { panic!("four axes") };
    let (pads, groups) = (ints(node, "pads", [0; 4]), ints(node, "group", [1; 4])[0]);
    let [channels, h, width] = x.shape;
    assert_eq!((channels / groups, w.shape[0] % groups), (i, 0), "groups fit");
    let (oh, ow) = (h + pads[0] + pads[2] + 1 - kh, width + pads[1] + pads[3] + 1 - kw);
    let mut data = Vec::new();
    for f in 0..o {
        for (y, z) in (0..oh).flat_map(|y| (0..ow).map(move |z| (y, z))) {
            let mut sum = bias.map_or(0.0, |b| f64::from(b[f]));
            for (c, ky, kx) in (0..i).flat_map(|c| (0..kh * kw).map(move |k| (c, k / kw, k % kw))) {
                let (sy, sx) = ((y + ky).wrapping_sub(pads[0]), (z + kx).wrapping_sub(pads[1]));
                if sy < h && sx < width {
                    let channel = f / (o / groups) * i + c;
                    let weight = weights[((f * i + c) * kh + ky) * kw + kx];
                    sum += f64::from(weight) * x.data[(channel * h + sy) * width + sx];
                }
            }
            data.push(sum);
        }
    }
    Value { shape: [o, oh, ow], data }
}

/// Runs the graph in f64.
fn run(graph: &Graph, input: &Value) -> Value {
    let mut values = BTreeMap::from([(graph.input.0.clone(), input.clone())]);
    let rows = |v: &Value, f: &dyn Fn(&[f64]) -> Vec<f64>| {
        let data: Vec<f64> = v.data.chunks(v.shape[2]).flat_map(f).collect();
        Value { shape: [v.shape[0], v.shape[1], data.len() / (v.shape[0] * v.shape[1])], data }
    };
    for node in &graph.nodes {
        let floats = |i: usize| graph.constants.get(&node.inputs[i]).and_then(Array::floats);
        let value = |i: usize| values.get(&node.inputs[i]).cloned();
        // An operand is a value or a constant; either may be one number per row or one for all.
        let operand = |i: usize| -> Vec<f64> {
            value(i)
                .map(|v| v.data)
                .or(floats(i).map(|f| f.iter().map(|&v| f64::from(v)).collect()))
                .expect("an operand")
        };
        let binary = |f: &dyn Fn(f64, f64) -> f64| {
            let (a, b) = (operand(0), operand(1));
            let shape = (0..2)
                .filter_map(&value)
                .map(|v| v.shape)
                .max_by_key(|s| s.iter().product::<usize>())
                .expect("a value");
            // A column beside a row of numbers makes a table of both.
            let columns =
                if shape[2] == 1 && a.len().max(b.len()) != shape[1] { a.len().max(b.len()) } else { shape[2] };
            let shape = [shape[0], shape[1], columns];
            let n = shape.iter().product::<usize>();
            let pick = |v: &[f64], k: usize| match v.len() {
                1 => v[0],
                len if len == n => v[k],
                len if len == columns => v[k % columns],
                _ => v[k / columns],
            };
            Value { shape, data: (0..n).map(|k| f(pick(&a, k), pick(&b, k))).collect() }
        };
        let mean = |row: &[f64]| row.iter().sum::<f64>() / row.len() as f64;
        let x = || value(0).expect("a value");
        let result = match node.op {
            "Conv" => conv(
                node,
                &x(),
                &graph.constants[&node.inputs[1]],
                (node.inputs.len() > 2).then(|| floats(2)).flatten(),
            ),
            "Relu" => x().map(|_, v| v.max(0.0)),
            "PRelu" => x().map(|c, v| if v < 0.0 { v * f64::from(floats(1).expect("slopes")[c]) } else { v }),
            "Add" => binary(&|a, b| a + b),
            "Sub" => binary(&|a, b| a - b),
            "Mul" => binary(&|a, b| a * b),
            "Neg" => x().map(|_, v| -v),
            "Sqrt" => x().map(|_, v| v.sqrt()),
            "Reciprocal" => x().map(|_, v| 1.0 / v),
            "ReduceMean" => rows(&x(), &|row| vec![mean(row)]),
            "LayerNormalization" => {
                let Some(Attribute::Float(epsilon)) = node.attribute("epsilon") else { panic!("an epsilon") };
                let scale = floats(1).expect("a scale").to_vec();
                rows(&x(), &|row| {
                    let m = mean(row);
                    let variance = row.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / row.len() as f64;
                    let root = (variance + f64::from(*epsilon)).sqrt();
                    row.iter().zip(&scale).map(|(v, s)| (v - m) / root * f64::from(*s)).collect()
                })
            }
            other => panic!("{other}"),
        };
        values.insert(node.output.clone(), result);
    }
    values.remove(&graph.outputs[0].0).expect("an output")
}

fn assert_same(graph: &mut Graph, which: Rewrites, input: &Value) {
    let before = run(graph, input);
    rewrite(graph, which);
    let after = run(graph, input);
    // New weights are rounded to f32, so an output is as exact as the terms it is summed from are large, and not as it is itself:
    // where they cancel, a value near zero keeps their error. The largest output stands for the size of the terms.
    let largest = before.data.iter().fold(0.0f64, |largest, a| largest.max(a.abs()));
    for (a, b) in before.data.iter().zip(&after.data) {
        assert!((a - b).abs() <= 1e-5 * (1.0 + largest), "{a} became {b}");
    }
}

fn pick(pool: &[f32], len: usize, at: usize) -> Vec<f32> {
    (0..len).map(|i| pool[(at + i * 7) % pool.len()]).collect()
}

fn count(graph: &Graph, op: &str) -> usize {
    graph.nodes.iter().filter(|n| n.op == op).count()
}

/// input -> conv 1x1 -> PReLU -> depthwise 3x3 -> conv 1x1 -> output, with an optional second reader of the PReLU.
fn bottleneck(channels: usize, pool: &[f32], second_reader: bool) -> Graph {
    let constants = [
        ("a", vec![channels, 3, 1, 1]),
        ("ab", vec![channels]),
        ("slopes", vec![channels, 1, 1]),
        ("d", vec![channels, 1, 3, 3]),
        ("db", vec![channels]),
        ("b", vec![2, channels, 1, 1]),
        ("bb", vec![2]),
    ];
    let constants = constants.into_iter().enumerate().map(|(k, (name, shape))| {
        let data = pick(pool, shape.iter().product(), 11 * k);
        (name.to_owned(), Array::f32(shape, data))
    });
    let s = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<String>>();
    let mut nodes = vec![
        Node::new("Conv", s(&["input", "a", "ab"]), "x"),
        Node::new("PRelu", s(&["x", "slopes"]), "y"),
        Node::new("Conv", s(&["y", "d", "db"]), "z")
            .with("pads", Attribute::Ints(vec![1, 0, 1, 2]))
            .with("group", Attribute::Int(channels as i64)),
        Node::new("Conv", s(&["z", "b", "bb"]), "out"),
    ];
    if second_reader {
        nodes.push(Node::new("Relu", s(&["y"]), "aside"));
    }
    Graph {
        input: ("input".into(), vec![1, 3, 4, 5]),
        outputs: vec![("out".into(), 0)],
        nodes,
        constants: constants.collect(),
    }
}

fn image(pool: &[f32]) -> Value {
    Value { shape: [3, 4, 5], data: pick(pool, 60, 5).iter().map(|&v| f64::from(v)).collect() }
}

const BOTTLENECK: Rewrites = Rewrites { bottleneck: true, ..Rewrites::NONE };
const PAIRS: Rewrites = Rewrites { prelu_pairs: true, ..Rewrites::NONE };
const NORMS: Rewrites = Rewrites { layer_norm: true, ..Rewrites::NONE };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn doubling_a_narrow_bottleneck_changes_nothing(pool in prop::collection::vec(-2.0f32..2.0, 97), channels in 1..=NARROW) {
        let mut graph = bottleneck(channels, &pool, false);
        assert_same(&mut graph, BOTTLENECK, &image(&pool));
        prop_assert_eq!((count(&graph, "PRelu"), count(&graph, "Relu")), (0, 1));
    }

    #[test]
    fn writing_a_prelu_as_a_depthwise_pair_changes_nothing(pool in prop::collection::vec(-3.0f32..3.0, 97), channels in 1..20usize) {
        let mut graph = bottleneck(channels, &pool, true);
        assert_same(&mut graph, PAIRS, &image(&pool));
        prop_assert_eq!((count(&graph, "PRelu"), count(&graph, "Conv")), (0, 5));
    }

    #[test]
    fn fusing_a_layer_normalisation_changes_nothing(pool in prop::collection::vec(-2.0f32..2.0, 97), epsilon in 1e-6f32..1e-2) {
        let mut graph = norm(&pool, epsilon);
        let input = Value { shape: [1, 6, 8], data: pick(&pool, 48, 3).iter().map(|&v| f64::from(v)).collect() };
        assert_same(&mut graph, NORMS, &input);
        prop_assert_eq!(graph.nodes.len(), 1);
    }
}

#[test]
fn a_wide_bottleneck_and_one_that_somebody_else_reads_are_left_alone() {
    let pool = [0.5, -0.25, 1.5];
    for (channels, second_reader) in [(NARROW + 1, false), (NARROW, true)] {
        let mut graph = bottleneck(channels, &pool, second_reader);
        rewrite(&mut graph, BOTTLENECK);
        assert_eq!(count(&graph, "PRelu"), 1);
    }
}

#[test]
fn twelve_nodes_in_the_right_order_with_other_wires_are_no_layer_normalisation() {
    let mut graph = norm(&[0.5, -0.25, 1.5], 1e-5);
    graph.nodes[9].inputs[0] = "m".into();
    rewrite(&mut graph, NORMS);
    assert_eq!(graph.nodes.len(), 12);
}

fn norm(pool: &[f32], epsilon: f32) -> Graph {
    let wires: [(&'static str, &[&str], &str); 12] = [
        ("ReduceMean", &["input", "axes"], "m"),
        ("Neg", &["m"], "n"),
        ("Sub", &["input", "m"], "d"),
        ("Mul", &["d", "d"], "q"),
        ("ReduceMean", &["q", "axes"], "v"),
        ("Add", &["v", "epsilon"], "e"),
        ("Sqrt", &["e"], "s"),
        ("Reciprocal", &["s"], "r"),
        ("Mul", &["r", "scale"], "g"),
        ("Mul", &["input", "g"], "p"),
        ("Mul", &["n", "g"], "o"),
        ("Add", &["p", "o"], "out"),
    ];
    let nodes = wires.map(|(op, inputs, output)| Node::new(op, inputs.iter().map(|&i| i.to_owned()).collect(), output));
    let constants = BTreeMap::from([
        ("axes".to_owned(), Array { shape: vec![1], data: Values::I64(vec![2]) }),
        ("epsilon".to_owned(), Array::f32(vec![], vec![epsilon])),
        ("scale".to_owned(), Array::f32(vec![8], pick(pool, 8, 1))),
    ]);
    Graph {
        input: ("input".into(), vec![1, 6, 8]),
        outputs: vec![("out".into(), 48)],
        nodes: nodes.to_vec(),
        constants,
    }
}
