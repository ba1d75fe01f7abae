//! The landmark network as it is computed, from the operators of its TFLite file.
//!
//! It is a first convolution and then stages, each half as wide as the one before. A stage is a chain of residual blocks: a 1x1
//! convolution to fewer channels, PReLU, a 3x3 depthwise convolution, a 1x1 convolution back, the sum with the block's input, PReLU.
//! In the first block of a stage the first convolution is 2x2 with stride 2, and the input is pooled and filled up with channels
//! of zeros. Two convolutions over all that is left give the landmarks and the score. Every shape is checked: a file with other
//! operators, sizes or wires is refused, and ONNX Runtime runs it.

use super::super::import::Cause;
use super::super::import::tflite::{Data, Kind, Model, Operator, Window};
use super::kernels::STEM_TAPS;
use super::pack::{Dense, Depthwise, Matrix, TILE};

/// The narrowest stage that is streamed by rows; narrower ones are computed as planes.
pub const STREAMED: usize = 32;
/// More channels or blocks than this is no face model.
const MOST_CHANNELS: usize = 512;
const MOST_BLOCKS: usize = 16;
/// Inputs that can be computed.
const SIDES: std::ops::RangeInclusive<usize> = 64..=256;

/// The landmark network.
pub struct Plan {
    /// Side of the input, which has three planes.
    pub side: usize,
    pub stem: Dense,
    pub stages: Vec<Stage>,
    /// Landmarks and then the score, from `[channel][pixel]` of the last stage.
    pub heads: Matrix,
    /// Numbers of the first output.
    pub numbers: usize,
}

/// A chain of blocks of one size.
pub struct Stage {
    pub side: usize,
    /// Channels between the blocks, and inside of them.
    pub channels: usize,
    pub middle: usize,
    pub blocks: Vec<Residual>,
}

/// A residual block.
pub struct Residual {
    pub narrow: Dense,
    pub depthwise: Depthwise,
    pub widen: Dense,
}

impl Plan {
    /// Reads the network.
    ///
    /// # Errors
    /// It is not the network that the kernels compute, or its sizes do not fit together.
    pub fn read(model: &Model) -> Result<Plan, Cause> {
        let ([input], [landmarks, score, ..]) = (&model.inputs[..], &model.outputs[..]) else {
            return Err(Cause::Shape("inputs and outputs"));
        };
        let mut walk = Walk { model, at: 0 };
        let &[1, side, width, 3] = walk.shape(*input)? else { return Err(Cause::Shape("the input")) };
        if side != width || !SIDES.contains(&side) || !side.is_power_of_two() {
            return Err(Cause::Shape("the input"));
        }
        let (stem, mut tensor) = walk.activated(*input, [3, 3], 2)?;
        if stem.inputs != STEM_TAPS {
            return Err(Cause::Shape("the first convolution"));
        }
        let mut stages = vec![Stage { side: side / 2, channels: stem.outputs, middle: 0, blocks: Vec::new() }];
        while let Some(stride) = walk.next_block(tensor)? {
            if stride == 2 {
                let Some(last) = stages.last() else { break };
                let side = last.side / 2;
                stages.push(Stage { side, channels: 0, middle: 0, blocks: Vec::new() });
            }
            let Some(stage) = stages.last_mut() else { break };
            let (block, next) = walk.block(tensor, stride)?;
            let (channels, middle) = (block.widen.outputs, block.narrow.outputs);
            let same = stage.blocks.is_empty() || (stage.channels, stage.middle) == (channels, middle);
            if !same || stage.blocks.len() == MOST_BLOCKS || stage.side < 2 {
                return Err(Cause::Shape("a block"));
            }
            (stage.channels, stage.middle) = (channels, middle);
            stage.blocks.push(block);
            tensor = next;
        }
        let streams = stages.iter().filter(|s| s.side >= STREAMED).count();
        if stages.iter().any(|s| s.blocks.is_empty()) || streams == 0 || streams == stages.len() {
            return Err(Cause::Shape("a stage"));
        }
        let (weights, bias) = walk.heads(tensor, [*landmarks, *score])?;
        let numbers = bias.len() - 1;
        let heads = Matrix::pack(&weights, &bias)?;
        Ok(Plan { side, stem, stages, heads, numbers })
    }
}

struct Walk<'a> {
    model: &'a Model,
    at: usize,
}

impl<'a> Walk<'a> {
    fn shape(&self, tensor: usize) -> Result<&'a [usize], Cause> {
        self.model.tensors.get(tensor).map(|t| &t.shape[..]).ok_or(Cause::BadIndex)
    }

    fn floats(&self, tensor: usize) -> Result<&'a [f32], Cause> {
        match self.model.tensors.get(tensor).map(|t| &t.data) {
            Some(Some(Data::F32(values))) => Ok(values),
            _ => Err(Cause::Unsupported("weights that are no constant floats".into())),
        }
    }

    /// The next operator, which must read `input` first and has `N` inputs.
    fn operator<const N: usize>(&mut self, input: usize) -> Result<(&'a Operator, [usize; N]), Cause> {
        let operator = self.model.operators.get(self.at).ok_or(Cause::Shape("the operators"))?;
        self.at += 1;
        let inputs: [usize; N] = operator.inputs[..].try_into().map_err(|_| Cause::Shape("an operator's inputs"))?;
        if inputs[0] == input { Ok((operator, inputs)) } else { Err(Cause::Shape("an operator's inputs")) }
    }

    /// The stride of the block that begins here; `None` where the heads begin.
    fn next_block(&self, input: usize) -> Result<Option<usize>, Cause> {
        let operator = self.model.operators.get(self.at).ok_or(Cause::Shape("the operators"))?;
        let to = self.shape(operator.output)?;
        let (&[_, h, ..], &[_, to_h, ..]) = (self.shape(input)?, to) else { return Err(Cause::Shape("a block")) };
        Ok(match to_h {
            1 => None,
            same if same == h => Some(1),
            half if 2 * half == h => Some(2),
            _ => return Err(Cause::Shape("a block")),
        })
    }

    /// A convolution of an image: weights `[outputs][channel][row][column]`, bias, and its output.
    fn convolution(
        &mut self,
        input: usize,
        kernel: [usize; 2],
        stride: usize,
    ) -> Result<(Vec<f32>, &'a [f32], usize), Cause> {
        let (operator, [_, weights, bias]) = self.operator(input)?;
        let Kind::Conv { window, relu: false } = &operator.kind else { return Err(Cause::Shape("a convolution")) };
        let (&[1, h, w, channels], &[n, kh, kw, i]) = (self.shape(input)?, self.shape(weights)?) else {
            return Err(Cause::Shape("a convolution"));
        };
        let (values, bias) = (self.floats(weights)?, self.floats(bias)?);
        let to = [1, h.div_ceil(stride), w.div_ceil(stride), n];
        let fits = [kh, kw] == kernel
            && i == channels
            && i <= MOST_CHANNELS
            && bias.len() == n
            && values.len() == n * kh * kw * i
            && (moves(*window, stride) || kernel == [h, w] && !window.same_padding)
            // Without padding only where none is needed.
            && (window.same_padding || kernel == [stride, stride])
            && h % stride == 0
            && self.shape(operator.output)? == to;
        if !fits || values.is_empty() {
            return Err(Cause::Shape("a convolution"));
        }
        let at = |o: usize, c: usize, tap: usize| values[(o * kh * kw + tap) * i + c];
        let mut planar = Vec::with_capacity(values.len());
        for o in 0..n {
            for c in 0..i {
                planar.extend((0..kh * kw).map(|tap| at(o, c, tap)));
            }
        }
        Ok((planar, bias, operator.output))
    }

    /// The slopes of the PReLU that follows, and its output.
    fn slopes(&mut self, input: usize) -> Result<(&'a [f32], usize), Cause> {
        let (operator, [_, slopes]) = self.operator(input)?;
        let slopes = self.floats(slopes)?;
        let shape = self.shape(input)?;
        let fits = matches!(operator.kind, Kind::Prelu)
            && shape.last() == Some(&slopes.len())
            && self.shape(operator.output)? == shape;
        if fits { Ok((slopes, operator.output)) } else { Err(Cause::Shape("a PReLU")) }
    }

    /// A convolution and its PReLU.
    fn activated(&mut self, input: usize, kernel: [usize; 2], stride: usize) -> Result<(Dense, usize), Cause> {
        let (weights, bias, output) = self.convolution(input, kernel, stride)?;
        let (slopes, output) = self.slopes(output)?;
        Ok((layer(&weights, bias, slopes)?, output))
    }

    fn block(&mut self, input: usize, stride: usize) -> Result<(Residual, usize), Cause> {
        let (weights, bias, mut tensor) = self.convolution(input, [stride, stride], stride)?;
        let skip = if stride == 1 { input } else { self.pooled(input)? };
        let slopes;
        (slopes, tensor) = self.slopes(tensor)?;
        let narrow = layer(&weights, bias, slopes)?;

        let (operator, [_, weights, bias]) = self.operator(tensor)?;
        let Kind::Depthwise { window, relu: false } = &operator.kind else {
            return Err(Cause::Shape("a depthwise convolution"));
        };
        let shape = self.shape(tensor)?;
        let fits = moves(*window, 1)
            && window.same_padding
            && self.shape(weights)? == [1, 3, 3, narrow.outputs]
            && shape.last() == Some(&narrow.outputs)
            && self.shape(operator.output)? == shape;
        if !fits {
            return Err(Cause::Shape("a depthwise convolution"));
        }
        let depthwise = Depthwise::pack(self.floats(weights)?, self.floats(bias)?)?;
        if depthwise.bias.len() != narrow.outputs {
            return Err(Cause::Shape("a depthwise convolution"));
        }

        let (weights, bias, widened) = self.convolution(operator.output, [1, 1], 1)?;
        let (operator, [_, other]) = self.operator(skip)?;
        let shape = self.shape(skip)?;
        let fits = matches!(operator.kind, Kind::Add { relu: false })
            && other == widened
            && self.shape(other)? == shape
            && self.shape(operator.output)? == shape;
        if !fits {
            return Err(Cause::Shape("a sum"));
        }
        let (slopes, output) = self.slopes(operator.output)?;
        let widen = layer(&weights, bias, slopes)?;
        Ok((Residual { narrow, depthwise, widen }, output))
    }

    /// A maximum of 2x2 with stride 2, filled up with channels of zeros where there are more behind it.
    fn pooled(&mut self, input: usize) -> Result<usize, Cause> {
        let (operator, [_]) = self.operator(input)?;
        let &[1, h, w, channels] = self.shape(input)? else { return Err(Cause::Shape("a pooling")) };
        let fits = matches!(operator.kind, Kind::MaxPool { window, size: [2, 2] } if moves(window, 2))
            && h % 2 == 0
            && self.shape(operator.output)? == [1, h / 2, w / 2, channels];
        if !fits {
            return Err(Cause::Shape("a pooling"));
        }
        let pooled = operator.output;
        if !self.model.operators.get(self.at).is_some_and(|next| matches!(next.kind, Kind::Pad)) {
            return Ok(pooled);
        }
        let (operator, [_, pads]) = self.operator(pooled)?;
        let &[1, _, _, wide] = self.shape(operator.output)? else { return Err(Cause::Shape("a padding")) };
        let Some(Some(Data::I32(pads))) = self.model.tensors.get(pads).map(|t| &t.data) else {
            return Err(Cause::Shape("a padding"));
        };
        let behind = i32::try_from(wide.wrapping_sub(channels)).map_err(|_| Cause::Shape("a padding"))?;
        let fits = pads[..] == [0, 0, 0, 0, 0, 0, 0, behind]
            && behind >= 0
            && self.shape(operator.output)? == [1, h / 2, w / 2, wide];
        if fits { Ok(operator.output) } else { Err(Cause::Shape("a padding")) }
    }

    /// The convolutions that read all of the last stage and give the two outputs, as one matrix `[outputs][channel][pixel]`.
    /// Operators of further outputs are not computed.
    fn heads(&self, input: usize, outputs: [usize; 2]) -> Result<(Vec<f32>, Vec<f32>), Cause> {
        let &[1, h, w, _] = self.shape(input)? else { return Err(Cause::Shape("the last stage")) };
        let (mut all, mut biases) = (Vec::new(), Vec::new());
        for output in outputs {
            let makes = |(_, operator): &(usize, &Operator)| operator.output == output;
            let rest = self.model.operators.iter().enumerate().skip(self.at);
            let (at, _) = rest.into_iter().find(makes).ok_or(Cause::Shape("an output"))?;
            let mut head = Walk { model: self.model, at };
            let (weights, bias, _) = head.convolution(input, [h, w], h)?;
            all.extend(weights);
            biases.extend(bias);
        }
        let score_is_one = biases.len() >= 2 && self.shape(outputs[1])? == [1, 1, 1, 1];
        if score_is_one { Ok((all, biases)) } else { Err(Cause::Shape("the outputs")) }
    }
}

/// Whether a window moves by this stride and is not dilated.
fn moves(window: Window, stride: usize) -> bool {
    window.dilation == [1, 1] && window.stride == [stride; 2]
}

/// A layer whose outputs are whole tiles, so that it writes as many channels as the next one reads.
fn layer(weights: &[f32], bias: &[f32], slopes: &[f32]) -> Result<Dense, Cause> {
    if !bias.len().is_multiple_of(TILE) || bias.len() > MOST_CHANNELS {
        return Err(Cause::Shape("a layer's channels"));
    }
    Dense::pack(weights, bias, slopes)
}
