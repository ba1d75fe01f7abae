//! A landmark network of the right kind and small sizes, and an interpreter that runs it in f64.

use super::super::super::import::tflite::{Data, Kind, Model, Operator, Tensor, Window};
use super::Numbers;

/// Side of the input.
pub const SIDE: usize = 64;
/// Numbers of the first output.
pub const NUMBERS: usize = 6;

struct Builder {
    model: Model,
    numbers: Numbers,
}

impl Builder {
    fn tensor(&mut self, shape: &[usize], data: Option<Data>) -> usize {
        self.model.tensors.push(Tensor { shape: shape.to_vec(), data });
        self.model.tensors.len() - 1
    }

    fn constant(&mut self, shape: &[usize], scale: f32) -> usize {
        let values = self.numbers.many(shape.iter().product()).iter().map(|v| v * scale).collect();
        self.tensor(shape, Some(Data::F32(values)))
    }

    fn operator(&mut self, kind: Kind, inputs: &[usize], shape: &[usize]) -> usize {
        let output = self.tensor(shape, None);
        self.model.operators.push(Operator { kind, inputs: inputs.to_vec(), output });
        output
    }

    fn shape(&self, tensor: usize) -> [usize; 4] {
        self.model.tensors[tensor].shape[..].try_into().expect("four axes")
    }

    fn conv(&mut self, input: usize, n: usize, kernel: usize, stride: usize) -> usize {
        let [_, h, _, channels] = self.shape(input);
        let (weights, bias) = (self.constant(&[n, kernel, kernel, channels], 0.25), self.constant(&[n], 0.25));
        let window = Window { same_padding: true, stride: [stride; 2], dilation: [1, 1] };
        self.operator(Kind::Conv { window, relu: false }, &[input, weights, bias], &[1, h / stride, h / stride, n])
    }

    fn prelu(&mut self, input: usize) -> usize {
        let shape = self.shape(input);
        let slopes = self.constant(&[1, 1, shape[3]], 1.0);
        self.operator(Kind::Prelu, &[input, slopes], &shape)
    }

    fn block(&mut self, input: usize, middle: usize, channels: usize, stride: usize) -> usize {
        let [_, h, _, before] = self.shape(input);
        let narrow = self.conv(input, middle, stride, stride);
        let mut skip = input;
        if stride == 2 {
            let window = Window { same_padding: true, stride: [2, 2], dilation: [1, 1] };
            skip = self.operator(Kind::MaxPool { window, size: [2, 2] }, &[input], &[1, h / 2, h / 2, before]);
            if channels > before {
                let pads = vec![0, 0, 0, 0, 0, 0, 0, (channels - before) as i32];
                let pads = self.tensor(&[4, 2], Some(Data::I32(pads)));
                skip = self.operator(Kind::Pad, &[skip, pads], &[1, h / 2, h / 2, channels]);
            }
        }
        let narrow = self.prelu(narrow);
        let (weights, bias) = (self.constant(&[1, 3, 3, middle], 0.5), self.constant(&[middle], 0.25));
        let window = Window { same_padding: true, stride: [1, 1], dilation: [1, 1] };
        let shape = self.shape(narrow);
        let deep = self.operator(Kind::Depthwise { window, relu: false }, &[narrow, weights, bias], &shape);
        let wide = self.conv(deep, channels, 1, 1);
        let shape = self.shape(skip);
        let sum = self.operator(Kind::Add { relu: false }, &[skip, wide], &shape);
        self.prelu(sum)
    }
}

/// The network: stages of 32, 16, 8, 4 and 2 pixels.
pub fn network(seed: u32) -> Model {
    let model = Model { tensors: Vec::new(), operators: Vec::new(), inputs: Vec::new(), outputs: Vec::new() };
    let mut builder = Builder { model, numbers: Numbers(seed) };
    let input = builder.tensor(&[1, SIDE, SIDE, 3], None);
    let stem = builder.conv(input, 8, 3, 2);
    let mut x = builder.prelu(stem);
    for (middle, channels, blocks) in [(4, 8, 3), (8, 12, 2), (8, 12, 3), (4, 16, 2), (8, 16, 1)] {
        for block in 0..blocks {
            let first = block == 0 && (middle, channels, blocks) != (4, 8, 3);
            x = builder.block(x, middle, channels, if first { 2 } else { 1 });
        }
    }
    let score = builder.conv(x, 1, 2, 2);
    let landmarks = builder.conv(x, NUMBERS, 2, 2);
    builder.model.inputs = vec![input];
    builder.model.outputs = vec![landmarks, score];
    builder.model
}

/// Runs the network on `[3][side][side]`; both outputs in a row.
pub fn interpret(model: &Model, input: &[f32]) -> Vec<f64> {
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); model.tensors.len()];
    let area = SIDE * SIDE;
    values[model.inputs[0]] = (0..3 * area).map(|i| f64::from(input[i % 3 * area + i / 3])).collect();
    for operator in &model.operators {
        values[operator.output] = run(model, operator, &values);
    }
    model.outputs.iter().flat_map(|&output| values[output].clone()).collect()
}

fn floats(model: &Model, tensor: usize) -> &[f32] {
    match &model.tensors[tensor].data {
        Some(Data::F32(values)) => values,
        _ => &[],
    }
}

fn run(model: &Model, operator: &Operator, values: &[Vec<f64>]) -> Vec<f64> {
    let shape = |tensor: usize| -> [usize; 4] { model.tensors[tensor].shape[..].try_into().expect("four axes") };
    let (x, [_, h, w, channels]) = (&values[operator.inputs[0]], shape(operator.inputs[0]));
    let [_, to_h, to_w, n] = shape(operator.output);
    // The value at a pixel; what lies outside of the image is zero.
    let at = |y: usize, z: usize, c: usize| if y < h && z < w { x[(y * w + z) * channels + c] } else { 0.0 };
    let each = |f: &dyn Fn(usize, usize, usize) -> f64| -> Vec<f64> {
        (0..to_h * to_w * n).map(|i| f(i / n / to_w, i / n % to_w, i % n)).collect()
    };
    match &operator.kind {
        Kind::Conv { window, .. } => {
            let [_, kh, kw, _] = shape(operator.inputs[1]);
            let (weights, bias, stride) =
                (floats(model, operator.inputs[1]), floats(model, operator.inputs[2]), window.stride[0]);
            each(&|y, z, o| {
                let taps = (0..kh * kw * channels).map(|k| {
                    let (ky, kx, c) = (k / channels / kw, k / channels % kw, k % channels);
                    f64::from(weights[o * kh * kw * channels + k]) * at(stride * y + ky, stride * z + kx, c)
                });
                f64::from(bias[o]) + taps.sum::<f64>()
            })
        }
        Kind::Depthwise { .. } => {
            let (weights, bias) = (floats(model, operator.inputs[1]), floats(model, operator.inputs[2]));
            each(&|y, z, c| {
                let taps = (0..9).map(|k| {
                    let (py, pz) = ((y + k / 3).wrapping_sub(1), (z + k % 3).wrapping_sub(1));
                    f64::from(weights[k * channels + c]) * at(py, pz, c)
                });
                f64::from(bias[c]) + taps.sum::<f64>()
            })
        }
        Kind::Prelu => {
            let slopes = floats(model, operator.inputs[1]);
            each(&|y, z, c| if at(y, z, c) < 0.0 { at(y, z, c) * f64::from(slopes[c]) } else { at(y, z, c) })
        }
        Kind::Add { .. } => x.iter().zip(&values[operator.inputs[1]]).map(|(a, b)| a + b).collect(),
        Kind::MaxPool { .. } => {
            each(&|y, z, c| (0..4).map(|k| at(2 * y + k / 2, 2 * z + k % 2, c)).fold(f64::MIN, f64::max))
        }
        Kind::Pad => each(&|y, z, c| if c < channels { at(y, z, c) } else { 0.0 }),
        other => panic!("{other:?}"),
    }
}
