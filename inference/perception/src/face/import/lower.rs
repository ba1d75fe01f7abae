//! TFLite operators to ONNX nodes, one to one, before any rewriting.
//!
//! Convolutional networks (an image comes in) are emitted channels-first, because the crop writes planes anyway and ONNX
//! Runtime wants them so; everything else keeps TFLite's layout. `SAME` padding puts the odd row at the bottom and right.

use super::Cause;
use super::onnx::{Array, Attribute, Graph, Node};
use super::tflite::{Data, Kind, Model, Operator, Window};
use std::collections::BTreeMap;

/// How the axes of a rank-4 activation are ordered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Layout {
    ChannelsFirst,
    ChannelsLast,
}
use Layout::{ChannelsFirst, ChannelsLast};

const TO_FIRST: [i64; 4] = [0, 3, 1, 2];
const TO_LAST: [i64; 4] = [0, 2, 3, 1];

/// The whole graph of a model with one input.
pub fn lower(model: &Model) -> Result<Graph, Cause> {
    let [input] = model.inputs[..] else { return Err(Cause::Unsupported("a model without exactly one input".into())) };
    let shape = &model.tensors[input].shape;
    let layout = if shape.len() == 4 { ChannelsFirst } else { ChannelsLast };
    let onnx_shape = match (layout, &shape[..]) {
        (ChannelsFirst, &[n, h, w, c]) => vec![n, c, h, w],
        _ => shape.clone(),
    };
    let mut lowering = Lowering {
        model,
        main: layout,
        nodes: Vec::new(),
        constants: BTreeMap::new(),
        values: BTreeMap::from([(input, ("input".to_owned(), layout))]),
        turned: BTreeMap::new(),
    };
    for operator in &model.operators {
        lowering.operator(operator)?;
    }
    let mut outputs = Vec::new();
    for (k, &tensor) in model.outputs.iter().enumerate() {
        let elements: usize = model.tensors[tensor].shape.iter().product();
        let value = lowering.value(tensor, ChannelsLast)?;
        let shape = lowering.ints(format!("out{k}_shape"), vec![1, elements as i64]);
        let name = format!("out{k}");
        lowering.nodes.push(Node::new("Reshape", vec![value, shape], &name));
        outputs.push((name, elements));
    }
    Ok(Graph { input: ("input".to_owned(), onnx_shape), outputs, nodes: lowering.nodes, constants: lowering.constants })
}

struct Lowering<'a> {
    model: &'a Model,
    /// The layout in which elementwise operators work.
    main: Layout,
    nodes: Vec<Node>,
    constants: BTreeMap<String, Array>,
    /// The value name of each activation and its layout.
    values: BTreeMap<usize, (String, Layout)>,
    /// Transposed copies made so far.
    turned: BTreeMap<(usize, Layout), String>,
}

impl Lowering<'_> {
    fn shape(&self, tensor: usize) -> &[usize] {
        &self.model.tensors[tensor].shape
    }

    fn floats(&self, tensor: usize) -> Result<&[f32], Cause> {
        match &self.model.tensors[tensor].data {
            Some(Data::F32(v)) => Ok(v),
            _ => Err(Cause::Unsupported("weights that are no constant floats".into())),
        }
    }

    fn integers(&self, tensor: usize) -> Result<Vec<i64>, Cause> {
        match &self.model.tensors[tensor].data {
            Some(Data::I32(v)) => Ok(v.iter().map(|&x| i64::from(x)).collect()),
            _ => Err(Cause::Unsupported("parameters that are no constant integers".into())),
        }
    }

    fn constant(&mut self, name: String, array: Array) -> String {
        self.constants.entry(name.clone()).or_insert(array);
        name
    }

    fn ints(&mut self, name: String, values: Vec<i64>) -> String {
        self.constant(name, Array::i64s(values))
    }

    /// The name of an activation or constant, in that layout if it has four axes.
    fn value(&mut self, tensor: usize, layout: Layout) -> Result<String, Cause> {
        if self.model.tensors[tensor].data.is_some() {
            return self.constant_operand(tensor, layout);
        }
        let (name, own) = self.values.get(&tensor).cloned().ok_or(Cause::BadIndex)?;
        if own == layout || self.shape(tensor).len() != 4 {
            return Ok(name);
        }
        if let Some(name) = self.turned.get(&(tensor, layout)) {
            return Ok(name.clone());
        }
        let turned = format!("t{tensor}_{layout:?}");
        let order = if layout == ChannelsFirst { TO_FIRST } else { TO_LAST };
        let node = Node::new("Transpose", vec![name], &turned).with("perm", Attribute::Ints(order.to_vec()));
        self.nodes.push(node);
        self.turned.insert((tensor, layout), turned.clone());
        Ok(turned)
    }

    /// A constant as operand of an elementwise operator.
    fn constant_operand(&mut self, tensor: usize, layout: Layout) -> Result<String, Cause> {
        let (shape, data) = (self.shape(tensor).to_vec(), self.floats(tensor)?.to_vec());
        let (shape, data) = match (layout, &shape[..]) {
            (ChannelsFirst, &[a, b, c, d]) => (vec![a, d, b, c], permute(&data, [a, b, c, d], [0, 3, 1, 2])),
            (ChannelsFirst, &[c]) => (vec![c, 1, 1], data),
            (ChannelsFirst, s) if s.len() > 1 => {
                return Err(Cause::Unsupported("a constant operand of rank 2 or 3 beside an image".into()));
            }
            _ => (shape, data),
        };
        Ok(self.constant(format!("c{tensor}_{layout:?}"), Array::f32(shape, data)))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each operator of the format")]
    fn operator(&mut self, operator: &Operator) -> Result<(), Cause> {
        let output = operator.output;
        let name = format!("t{output}");
        let main = self.main;
        let mut layout = main;
        let argument = |i: usize| operator.inputs.get(i).copied().ok_or(Cause::BadIndex);
        match &operator.kind {
            Kind::Conv { window, relu } if main == ChannelsFirst => self.conv(operator, *window, *relu, false)?,
            Kind::Conv { window, relu } => self.matmul(operator, *window, *relu)?,
            Kind::Depthwise { window, relu } if main == ChannelsFirst => self.conv(operator, *window, *relu, true)?,
            Kind::Depthwise { .. } => {
                return Err(Cause::Unsupported("a depthwise convolution without an image".into()));
            }
            Kind::MaxPool { window, size } => {
                let pads = self.pads(argument(0)?, *window, *size)?;
                let input = self.value(argument(0)?, ChannelsFirst)?;
                layout = ChannelsFirst;
                self.nodes.push(
                    Node::new("MaxPool", vec![input], &name)
                        .with("kernel_shape", ints(*size))
                        .with("strides", ints(window.stride))
                        .with("pads", Attribute::Ints(pads)),
                );
            }
            Kind::Add { relu } => self.binary("Add", operator, *relu)?,
            Kind::Sub { relu } => self.binary("Sub", operator, *relu)?,
            Kind::Mul { relu } => self.binary("Mul", operator, *relu)?,
            Kind::Div { relu } => self.binary("Div", operator, *relu)?,
            Kind::SquaredDifference => {
                let (a, b) = (self.value(argument(0)?, main)?, self.value(argument(1)?, main)?);
                let difference = format!("{name}_difference");
                self.nodes.push(Node::new("Sub", vec![a, b], &difference));
                self.nodes.push(Node::new("Mul", vec![difference.clone(), difference], &name));
            }
            Kind::Concat { axis } => {
                layout = ChannelsLast;
                let inputs =
                    operator.inputs.iter().map(|&i| self.value(i, ChannelsLast)).collect::<Result<Vec<_>, Cause>>()?;
                self.nodes.push(Node::new("Concat", inputs, &name).with("axis", Attribute::Int(i64::from(*axis))));
            }
            Kind::Mean { keep } => {
                layout = ChannelsLast;
                self.reduce("ReduceMean", operator, *keep)?;
            }
            Kind::Sum { keep } => {
                layout = ChannelsLast;
                self.reduce("ReduceSum", operator, *keep)?;
            }
            Kind::StridedSlice { begin_mask, end_mask, shrink_mask } => {
                layout = ChannelsLast;
                self.slice(operator, *begin_mask, *end_mask, *shrink_mask)?;
            }
            Kind::Prelu => {
                let alpha = self.floats(argument(1)?)?.to_vec();
                let channels = *self.shape(argument(0)?).last().ok_or(Cause::Shape("PRELU"))?;
                if alpha.len() != channels {
                    return Err(Cause::Shape("the slopes of a PRELU"));
                }
                let shape = if main == ChannelsFirst { vec![channels, 1, 1] } else { vec![channels] };
                let alpha = self.constant(format!("alpha{}", argument(1)?), Array::f32(shape, alpha));
                let input = self.value(argument(0)?, main)?;
                self.nodes.push(Node::new("PRelu", vec![input, alpha], &name));
            }
            Kind::Relu => self.unary("Relu", operator)?,
            Kind::Logistic => self.unary("Sigmoid", operator)?,
            Kind::Neg => self.unary("Neg", operator)?,
            Kind::Sqrt => self.unary("Sqrt", operator)?,
            Kind::Rsqrt => {
                let input = self.value(argument(0)?, main)?;
                let root = format!("{name}_root");
                self.nodes.push(Node::new("Sqrt", vec![input], &root));
                self.nodes.push(Node::new("Reciprocal", vec![root], &name));
            }
            Kind::Pad => {
                let mut pads = self.integers(argument(1)?)?;
                let rank = self.shape(argument(0)?).len();
                if pads.len() != 2 * rank || pads.iter().any(|p| !(0..=4096).contains(p)) {
                    return Err(Cause::Shape("PAD"));
                }
                if rank == 4 && main == ChannelsFirst {
                    pads = TO_FIRST.iter().flat_map(|&i| pads[2 * i as usize..][..2].to_vec()).collect();
                }
                // TFLite has (before, after) per axis, ONNX all befores, then all afters.
                let pads = pads.iter().step_by(2).chain(pads.iter().skip(1).step_by(2)).copied().collect();
                let pads = self.ints(format!("{name}_pads"), pads);
                let input = self.value(argument(0)?, main)?;
                self.nodes.push(Node::new("Pad", vec![input, pads], &name));
            }
            Kind::Reshape => {
                layout = ChannelsLast;
                let input = self.value(argument(0)?, ChannelsLast)?;
                let shape = self.shape(output).iter().map(|&d| d as i64).collect();
                let shape = self.ints(format!("{name}_shape"), shape);
                self.nodes.push(Node::new("Reshape", vec![input, shape], &name));
            }
            Kind::Transpose => {
                layout = ChannelsLast;
                let order = self.integers(argument(1)?)?;
                let input = self.value(argument(0)?, ChannelsLast)?;
                self.nodes.push(Node::new("Transpose", vec![input], &name).with("perm", Attribute::Ints(order)));
            }
        }
        self.values.insert(output, (name, layout));
        Ok(())
    }

    fn unary(&mut self, op: &'static str, operator: &Operator) -> Result<(), Cause> {
        let input = self.value(*operator.inputs.first().ok_or(Cause::BadIndex)?, self.main)?;
        self.nodes.push(Node::new(op, vec![input], format!("t{}", operator.output)));
        Ok(())
    }

    fn binary(&mut self, op: &'static str, operator: &Operator, relu: bool) -> Result<(), Cause> {
        let [a, b] = operator.inputs[..] else { return Err(Cause::BadIndex) };
        let inputs = vec![self.value(a, self.main)?, self.value(b, self.main)?];
        self.activated(Node::new(op, inputs, ""), operator.output, relu);
        Ok(())
    }

    /// Pushes a node that computes tensor `output`, with a Relu behind it where TFLite has fused one.
    fn activated(&mut self, mut node: Node, output: usize, relu: bool) {
        let name = format!("t{output}");
        if relu {
            let before = format!("{name}_before");
            node.output.clone_from(&before);
            self.nodes.push(node);
            self.nodes.push(Node::new("Relu", vec![before], name));
        } else {
            node.output = name;
            self.nodes.push(node);
        }
    }

    /// Top, left, bottom, right.
    fn pads(&self, input: usize, window: Window, kernel: [usize; 2]) -> Result<Vec<i64>, Cause> {
        let &[_, h, w, _] = self.shape(input) else { return Err(Cause::Shape("the input of a window")) };
        if !window.same_padding {
            return Ok(vec![0; 4]);
        }
        let total = |size: usize, axis: usize| {
            let reach = (size.div_ceil(window.stride[axis]).max(1) - 1) * window.stride[axis];
            (reach + (kernel[axis] - 1) * window.dilation[axis] + 1).saturating_sub(size) as i64
        };
        let (v, h) = (total(h, 0), total(w, 1));
        Ok(vec![v / 2, h / 2, v - v / 2, h - h / 2])
    }

    fn conv(&mut self, operator: &Operator, window: Window, relu: bool, depthwise: bool) -> Result<(), Cause> {
        let [input, weights, bias] = operator.inputs[..] else { return Err(Cause::BadIndex) };
        let (&[o, kh, kw, i], &[_, _, _, channels]) = (self.shape(weights), self.shape(input)) else {
            return Err(Cause::Shape("a convolution"));
        };
        let kernel = [kh, kw];
        let data = self.floats(weights)?;
        let (shape, data, filters, fits) = if depthwise {
            (vec![i, 1, kh, kw], permute(data, [o, kh, kw, i], [3, 0, 1, 2]), i, o == 1 && i == channels)
        } else {
            (vec![o, i, kh, kw], permute(data, [o, kh, kw, i], [0, 3, 1, 2]), o, i == channels)
        };
        let bias_data = self.floats(bias)?.to_vec();
        if !fits || bias_data.len() != filters || kernel.iter().any(|k| !(1..=64).contains(k)) {
            return Err(Cause::Shape("a convolution's weights"));
        }
        let pads = self.pads(input, window, kernel)?;
        // Named after the operator, not the tensor: a rewrite may change the weights of one use only.
        let output = operator.output;
        let w = self.constant(format!("t{output}_weights"), Array::f32(shape, data));
        let b = self.constant(format!("t{output}_bias"), Array::f32(vec![filters], bias_data));
        let x = self.value(input, ChannelsFirst)?;
        let node = Node::new("Conv", vec![x, w, b], "")
            .with("kernel_shape", ints(kernel))
            .with("strides", ints(window.stride))
            .with("pads", Attribute::Ints(pads))
            .with("dilations", ints(window.dilation))
            .with("group", Attribute::Int(if depthwise { channels as i64 } else { 1 }));
        self.activated(node, output, relu);
        Ok(())
    }

    /// A 1x1 convolution over something that is no image is a matrix product over its last axis.
    fn matmul(&mut self, operator: &Operator, window: Window, relu: bool) -> Result<(), Cause> {
        let [input, weights, bias] = operator.inputs[..] else { return Err(Cause::BadIndex) };
        let &[o, 1, 1, i] = self.shape(weights) else { return Err(Cause::Shape("a 1x1 convolution")) };
        if window.stride != [1, 1] || self.shape(input).last() != Some(&i) || self.floats(bias)?.len() != o {
            return Err(Cause::Shape("a 1x1 convolution"));
        }
        let data = permute(self.floats(weights)?, [1, 1, o, i], [0, 1, 3, 2]);
        let bias_data = self.floats(bias)?.to_vec();
        let output = operator.output;
        let w = self.constant(format!("t{output}_weights"), Array::f32(vec![i, o], data));
        let b = self.constant(format!("t{output}_bias"), Array::f32(vec![o], bias_data));
        let x = self.value(input, ChannelsLast)?;
        let product = format!("t{output}_product");
        self.nodes.push(Node::new("MatMul", vec![x, w], &product));
        self.activated(Node::new("Add", vec![product, b], ""), output, relu);
        Ok(())
    }

    fn reduce(&mut self, op: &'static str, operator: &Operator, keep: bool) -> Result<(), Cause> {
        let [input, axes] = operator.inputs[..] else { return Err(Cause::BadIndex) };
        let axes = self.integers(axes)?;
        let axes = self.ints(format!("t{}_axes", operator.output), axes);
        let input = self.value(input, ChannelsLast)?;
        let node = Node::new(op, vec![input, axes], format!("t{}", operator.output));
        self.nodes.push(node.with("keepdims", Attribute::Int(i64::from(keep))));
        Ok(())
    }

    fn slice(&mut self, operator: &Operator, begin_mask: i32, end_mask: i32, shrink: i32) -> Result<(), Cause> {
        let [input, begin, end, strides] = operator.inputs[..] else { return Err(Cause::BadIndex) };
        let (mut begin, mut end) = (self.integers(begin)?, self.integers(end)?);
        let (strides, rank) = (self.integers(strides)?, self.shape(input).len());
        if [begin.len(), end.len(), strides.len()] != [rank; 3] || rank > 8 || strides.iter().any(|&s| s < 1) {
            return Err(Cause::Shape("STRIDED_SLICE"));
        }
        let mut dropped = Vec::new();
        for axis in 0..rank {
            if begin_mask >> axis & 1 == 1 {
                begin[axis] = 0;
            }
            if end_mask >> axis & 1 == 1 {
                end[axis] = i64::MAX;
            }
            if shrink >> axis & 1 == 1 {
                end[axis] = if begin[axis] == -1 { i64::MAX } else { begin[axis] + 1 };
                dropped.push(axis as i64);
            }
        }
        let name = format!("t{}", operator.output);
        let inputs = vec![
            self.value(input, ChannelsLast)?,
            self.ints(format!("{name}_begin"), begin),
            self.ints(format!("{name}_end"), end),
            self.ints(format!("{name}_axes"), (0..rank as i64).collect()),
            self.ints(format!("{name}_steps"), strides),
        ];
        if dropped.is_empty() {
            self.nodes.push(Node::new("Slice", inputs, name));
        } else {
            let whole = format!("{name}_whole");
            self.nodes.push(Node::new("Slice", inputs, &whole));
            let dropped = self.ints(format!("{name}_dropped"), dropped);
            self.nodes.push(Node::new("Squeeze", vec![whole, dropped], name));
        }
        Ok(())
    }
}

fn ints(pair: [usize; 2]) -> Attribute {
    Attribute::Ints(pair.iter().map(|&v| v as i64).collect())
}

/// Reorders the axes: axis `k` of the result is axis `order[k]` of `data`.
fn permute(data: &[f32], shape: [usize; 4], order: [usize; 4]) -> Vec<f32> {
    let strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
    let [s, n] = [order.map(|o| strides[o]), order.map(|o| shape[o])];
    let mut out = Vec::with_capacity(data.len());
    for a in 0..n[0] {
        for b in 0..n[1] {
            for c in 0..n[2] {
                out.extend((0..n[3]).filter_map(|d| data.get(a * s[0] + b * s[1] + c * s[2] + d * s[3])));
            }
        }
    }
    out
}
