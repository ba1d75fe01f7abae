//! The blendshape network as it is computed, from the operators of its TFLite file.
//!
//! Points are centred and scaled, a matrix makes 96 tokens of them, a constant one comes first, and four blocks mix tokens and then
//! channels, each behind a normalisation. The first token gives the blendshapes. All sizes are fixed and every wire is checked: a
//! file with other operators is refused, and ONNX Runtime runs it.

use super::super::import::Cause;
use super::super::import::tflite::{Data, Kind, Model, Operator};
use super::pack::{Dense, Matrix};
use super::simd::{Block, LANES};

pub const POINTS: usize = 146;
pub const TOKENS: usize = 97;
pub const CHANNELS: usize = 64;
/// Vectors of the channels of a token.
pub const VECTORS: usize = CHANNELS / LANES;
/// Inner sizes of the two halves of a block.
pub const HIDDEN: usize = 384;
pub const WIDE: usize = 256;
pub const SHAPES: usize = 52;
const BLOCKS: usize = 4;

/// The blendshape network.
pub struct ShapesPlan {
    /// What the centred points are multiplied with after they were divided by their size.
    pub scale: f32,
    /// From the points of one axis to tokens.
    pub points: Matrix,
    /// From the two axes to channels: weights of x, weights of y, bias.
    pub axes: [[f32; CHANNELS]; 3],
    pub first_token: [f32; CHANNELS],
    pub mixers: Vec<Mixer>,
    pub last: Matrix,
}

/// A block of the network.
pub struct Mixer {
    pub tokens: Norm,
    pub up: Dense,
    /// Of the last block only the row of the first token.
    pub down: Dense,
    pub channels: Norm,
    pub wide: Rows,
    pub narrow: Rows,
}

/// The normalisation of a token.
pub struct Norm {
    pub scale: [f32; CHANNELS],
    pub epsilon: f32,
}

/// A matrix whose outputs lie across vectors: `[outputs / LANES][inputs]`.
pub struct Rows {
    pub weights: Vec<Block>,
    pub bias: Vec<Block>,
}

impl Rows {
    fn pack(weights: &[f32], bias: &[f32]) -> Rows {
        let inputs = weights.len() / bias.len().max(1);
        let block =
            |values: &mut dyn Iterator<Item = f32>| Block(std::array::from_fn(|_| values.next().unwrap_or(0.0)));
        let column = |rows: &[f32], k: usize| block(&mut rows.chunks_exact(inputs).map(|row| row[k]));
        let weights =
            weights.chunks(LANES * inputs).flat_map(|rows| (0..inputs).map(move |k| column(rows, k))).collect();
        Rows { weights, bias: bias.chunks(LANES).map(|b| block(&mut b.iter().copied())).collect() }
    }
}

impl ShapesPlan {
    /// Reads the network.
    ///
    /// # Errors
    /// It is not the network that the kernels compute.
    pub fn read(model: &Model) -> Result<ShapesPlan, Cause> {
        let ([input], [output]) = (&model.inputs[..], &model.outputs[..]) else {
            return Err(Cause::Shape("inputs and outputs"));
        };
        let mut walk = Walk { model, at: 0 };
        walk.is(*input, &[1, POINTS, 2])?;
        let (scale, points) = walk.centred(*input)?;
        let turned = walk.turned(points, &[1, 1, 2, POINTS])?;
        let (to_tokens, tokens_bias, tokens) = walk.product(turned, POINTS, TOKENS - 1, false)?;
        let tokens = walk.turned(tokens, &[1, 1, TOKENS - 1, 2])?;
        let (to_channels, channels_bias, tokens) = walk.product(tokens, 2, CHANNELS, false)?;
        let operator = walk.next(|k| matches!(k, Kind::Concat { axis: 2 | -2 }))?;
        let &[first, rest] = &operator.inputs[..] else { return Err(Cause::Shape("a concatenation")) };
        let mut x = operator.output;
        if rest != tokens {
            return Err(Cause::Shape("a concatenation"));
        }
        walk.is(x, &[1, 1, TOKENS, CHANNELS])?;
        let first_token = channels(walk.floats(first)?)?;
        let mut mixers = Vec::with_capacity(BLOCKS);
        for index in 0..BLOCKS {
            let (mixer, next) = walk.mixer(x, index + 1 == BLOCKS)?;
            mixers.push(mixer);
            x = next;
        }
        let first = walk.first_token(x)?;
        let (last, last_bias, shapes) = walk.product(first, CHANNELS, SHAPES, false)?;
        walk.ends(shapes, *output)?;
        let column = |axis: usize| channels(&to_channels.iter().skip(axis).step_by(2).copied().collect::<Vec<f32>>());
        Ok(ShapesPlan {
            scale,
            points: Matrix::pack(to_tokens, tokens_bias)?,
            axes: [column(0)?, column(1)?, channels(channels_bias)?],
            first_token,
            mixers,
            last: Matrix::pack(last, last_bias)?,
        })
    }
}

fn channels(values: &[f32]) -> Result<[f32; CHANNELS], Cause> {
    values.try_into().map_err(|_| Cause::Shape("channels"))
}

struct Walk<'a> {
    model: &'a Model,
    at: usize,
}

/// Weights `[outputs][inputs]`, bias, and the tensor that comes out.
type Product<'a> = (&'a [f32], &'a [f32], usize);

impl<'a> Walk<'a> {
    fn is(&self, tensor: usize, shape: &[usize]) -> Result<(), Cause> {
        let found = self.model.tensors.get(tensor).map(|t| &t.shape[..]);
        if found == Some(shape) { Ok(()) } else { Err(Cause::Shape("the blendshape network")) }
    }

    fn floats(&self, tensor: usize) -> Result<&'a [f32], Cause> {
        match self.model.tensors.get(tensor).map(|t| &t.data) {
            Some(Some(Data::F32(values))) => Ok(values),
            _ => Err(Cause::Unsupported("weights that are no constant floats".into())),
        }
    }

    fn integers(&self, tensor: Option<&usize>) -> Result<&'a [i32], Cause> {
        match tensor.and_then(|&t| self.model.tensors.get(t)).map(|t| &t.data) {
            Some(Some(Data::I32(values))) => Ok(values),
            _ => Err(Cause::Unsupported("parameters that are no constant integers".into())),
        }
    }

    fn next(&mut self, is: impl Fn(&Kind) -> bool) -> Result<&'a Operator, Cause> {
        let operator = self.model.operators.get(self.at).ok_or(Cause::Shape("the operators"))?;
        self.at += 1;
        if is(&operator.kind) { Ok(operator) } else { Err(Cause::Shape("the operators")) }
    }

    /// The output of the next operator, which must be of this kind and read these tensors, and whose output has this shape.
    fn step(&mut self, is: impl Fn(&Kind) -> bool, inputs: &[usize], shape: &[usize]) -> Result<usize, Cause> {
        let operator = self.next(is)?;
        self.is(operator.output, shape)?;
        if operator.inputs == inputs { Ok(operator.output) } else { Err(Cause::Shape("an operator's inputs")) }
    }

    /// As [`Walk::step`], for a sum or mean over one axis that stays with size 1, given from the front and from the back.
    fn reduced(
        &mut self,
        is: impl Fn(&Kind) -> bool,
        input: usize,
        axis: [i32; 2],
        shape: &[usize],
    ) -> Result<usize, Cause> {
        let operator = self.next(is)?;
        self.is(operator.output, shape)?;
        let axes = self.integers(operator.inputs.get(1))?;
        let fits = operator.inputs.first() == Some(&input) && (axes == [axis[0]] || axes == [axis[1]]);
        if fits { Ok(operator.output) } else { Err(Cause::Shape("a mean")) }
    }

    /// Centred points divided by their mean distance from the centre and times a constant.
    fn centred(&mut self, input: usize) -> Result<(f32, usize), Cause> {
        let (pairs, ones) = ([1, POINTS, 2], [1, POINTS, 1]);
        let mean = |k: &Kind| matches!(k, Kind::Mean { keep: true });
        let centre = self.reduced(mean, input, [1, -2], &[1, 1, 2])?;
        let apart = self.step(|k| matches!(k, Kind::Sub { relu: false }), &[input, centre], &pairs)?;
        let squared = self.step(|k| matches!(k, Kind::Mul { relu: false }), &[apart, apart], &pairs)?;
        let sum = self.reduced(|k| matches!(k, Kind::Sum { keep: true }), squared, [2, -1], &ones)?;
        let distance = self.step(|k| matches!(k, Kind::Sqrt), &[sum], &ones)?;
        let size = self.reduced(mean, distance, [1, -2], &[1, 1, 1])?;
        let divided = self.step(|k| matches!(k, Kind::Div { relu: false }), &[apart, size], &pairs)?;
        let operator = self.next(|k| matches!(k, Kind::Reshape))?;
        self.is(operator.output, &[1, 1, POINTS, 2])?;
        let whole = self.next(|k| matches!(k, Kind::StridedSlice { shrink_mask: 0, .. }))?;
        self.is(whole.output, &[1, 1, POINTS, 2])?;
        let steps = self.integers(whole.inputs.get(3))?;
        let scaled = self.next(|k| matches!(k, Kind::Mul { relu: false }))?;
        self.is(scaled.output, &[1, 1, POINTS, 2])?;
        let wired = operator.inputs.first() == Some(&divided)
            && whole.inputs.first() == Some(&operator.output)
            && steps.iter().all(|&s| s == 1)
            && scaled.inputs.first() == Some(&whole.output);
        let &[factor] = self.floats(*scaled.inputs.get(1).ok_or(Cause::BadIndex)?)? else {
            return Err(Cause::Shape("a factor"));
        };
        if wired { Ok((factor, scaled.output)) } else { Err(Cause::Shape("the points")) }
    }

    /// The last two axes change places.
    fn turned(&mut self, input: usize, shape: &[usize]) -> Result<usize, Cause> {
        let operator = self.next(|k| matches!(k, Kind::Transpose))?;
        self.is(operator.output, shape)?;
        let order = self.integers(operator.inputs.get(1))?;
        let fits = operator.inputs.first() == Some(&input) && order == [0, 1, 3, 2];
        if fits { Ok(operator.output) } else { Err(Cause::Shape("a transposition")) }
    }

    fn product(&mut self, input: usize, inputs: usize, outputs: usize, rectified: bool) -> Result<Product<'a>, Cause> {
        let operator =
            self.next(|k| matches!(k, Kind::Conv { relu, window } if *relu == rectified && window.stride == [1, 1]))?;
        let &[from, weights, bias] = &operator.inputs[..] else { return Err(Cause::Shape("a product")) };
        self.is(weights, &[outputs, 1, 1, inputs])?;
        let (weights, bias) = (self.floats(weights)?, self.floats(bias)?);
        let fits = from == input && bias.len() == outputs && weights.len() == outputs * inputs;
        if fits { Ok((weights, bias, operator.output)) } else { Err(Cause::Shape("a product")) }
    }

    fn norm(&mut self, x: usize) -> Result<(Norm, usize), Cause> {
        let (all, one) = ([1, 1, TOKENS, CHANNELS], [1, 1, TOKENS, 1]);
        let mean = |k: &Kind| matches!(k, Kind::Mean { keep: true });
        let (mul, add) =
            (|k: &Kind| matches!(k, Kind::Mul { relu: false }), |k: &Kind| matches!(k, Kind::Add { relu: false }));
        let centre = self.reduced(mean, x, [3, -1], &one)?;
        let negative = self.step(|k| matches!(k, Kind::Neg), &[centre], &one)?;
        let squared = self.step(|k| matches!(k, Kind::SquaredDifference), &[x, centre], &all)?;
        let variance = self.reduced(mean, squared, [3, -1], &one)?;
        let sum = self.next(add)?;
        let root = self.step(|k| matches!(k, Kind::Rsqrt), &[sum.output], &one)?;
        let factor = self.next(mul)?;
        self.is(factor.output, &all)?;
        let scaled = self.step(mul, &[x, factor.output], &all)?;
        let moved = self.step(mul, &[negative, factor.output], &all)?;
        let output = self.step(add, &[scaled, moved], &all)?;
        let (&[a, epsilon], &[b, scale]) = (&sum.inputs[..], &factor.inputs[..]) else {
            return Err(Cause::Shape("a norm"));
        };
        let &[epsilon] = self.floats(epsilon)? else { return Err(Cause::Shape("a norm")) };
        let scale = channels(self.floats(scale)?)?;
        if a == variance && b == root { Ok((Norm { scale, epsilon }, output)) } else { Err(Cause::Shape("a norm")) }
    }

    fn mixer(&mut self, x: usize, last: bool) -> Result<(Mixer, usize), Cause> {
        let all = [1, 1, TOKENS, CHANNELS];
        let add = |k: &Kind| matches!(k, Kind::Add { relu: false });
        let (tokens, normal) = self.norm(x)?;
        let turned = self.turned(normal, &[1, 1, CHANNELS, TOKENS])?;
        let (w, b, hidden) = self.product(turned, TOKENS, HIDDEN, true)?;
        let up = Dense::pack(w, b, &[0.0; HIDDEN])?;
        let (w, b, mixed) = self.product(hidden, HIDDEN, TOKENS, false)?;
        let rows = if last { 1 } else { TOKENS };
        let down = Dense::pack(&w[..rows * HIDDEN], &b[..rows], &[1.0; TOKENS][..rows])?;
        let mixed = self.turned(mixed, &all)?;
        let x = self.step(add, &[mixed, x], &all)?;
        let (channels, normal) = self.norm(x)?;
        let (w, b, inner) = self.product(normal, CHANNELS, WIDE, true)?;
        let wide = Rows::pack(w, b);
        let (w, b, mixed) = self.product(inner, WIDE, CHANNELS, false)?;
        let narrow = Rows::pack(w, b);
        let output = self.step(add, &[mixed, x], &all)?;
        Ok((Mixer { tokens, up, down, channels, wide, narrow }, output))
    }

    /// Two slices of which the first token comes out.
    fn first_token(&mut self, mut x: usize) -> Result<usize, Cause> {
        for _ in 0..2 {
            let operator = self.next(|k| matches!(k, Kind::StridedSlice { shrink_mask: 0, .. }))?;
            let Kind::StridedSlice { begin_mask, .. } = operator.kind else {
                return Err(Cause::Shape("the first token"));
            };
            let begin = self.integers(operator.inputs.get(1))?;
            let steps = self.integers(operator.inputs.get(3))?;
            let from_zero = begin.iter().enumerate().all(|(axis, &b)| b == 0 || begin_mask >> axis.min(31) & 1 == 1);
            let fits = operator.inputs.first() == Some(&x) && from_zero && steps.iter().all(|&s| s == 1);
            if !fits {
                return Err(Cause::Shape("the first token"));
            }
            x = operator.output;
        }
        self.is(x, &[1, 1, 1, CHANNELS])?;
        Ok(x)
    }

    /// A sigmoid, and nothing behind it but changes of the shape.
    fn ends(&mut self, shapes: usize, output: usize) -> Result<(), Cause> {
        let mut x = self.step(|k| matches!(k, Kind::Logistic), &[shapes], &[1, 1, 1, SHAPES])?;
        while self.at < self.model.operators.len() {
            let operator = self.next(|k| matches!(k, Kind::Reshape | Kind::StridedSlice { .. }))?;
            if operator.inputs.first() != Some(&x) {
                return Err(Cause::Shape("the output"));
            }
            x = operator.output;
        }
        let elements: usize = self.model.tensors.get(x).map_or(0, |t| t.shape.iter().product());
        if x == output && elements == SHAPES { Ok(()) } else { Err(Cause::Shape("the output")) }
    }
}
