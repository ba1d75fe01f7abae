//! A TFLite file as plain data: tensors, constants and the operators that our models use.
//!
//! Field numbers are those of TensorFlow Lite's `schema.fbs` (version 3). Half-precision constants are widened to `f32`
//! and `DEQUANTIZE` is folded away, so that everything below computes in `f32`, as the TFLite interpreter does.

use super::Cause;
use super::flat::Table;

/// More tensors or operators than this is no face model.
const MAX_ITEMS: usize = 4096;
/// More elements than this in one tensor is no face model (the largest has 2 million).
const MAX_ELEMENTS: usize = 1 << 24;
/// A field that no table has, for windows without dilation.
const NO_FIELD: usize = 1 << 20;

pub struct Model {
    pub tensors: Vec<Tensor>,
    pub operators: Vec<Operator>,
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
}

#[derive(Clone)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Option<Data>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    F32(Vec<f32>),
    I32(Vec<i32>),
}

pub struct Operator {
    pub kind: Kind,
    /// Indices into [`Model::tensors`], all valid.
    pub inputs: Vec<usize>,
    pub output: usize,
}

/// Size of a window over height and width and how it moves.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub same_padding: bool,
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
}

#[derive(Clone, Debug)]
pub enum Kind {
    Conv { window: Window, relu: bool },
    Depthwise { window: Window, relu: bool },
    MaxPool { window: Window, size: [usize; 2] },
    Add { relu: bool },
    Sub { relu: bool },
    Mul { relu: bool },
    Div { relu: bool },
    SquaredDifference,
    Concat { axis: i32 },
    Mean { keep: bool },
    Sum { keep: bool },
    StridedSlice { begin_mask: i32, end_mask: i32, shrink_mask: i32 },
    Prelu,
    Relu,
    Logistic,
    Neg,
    Sqrt,
    Rsqrt,
    Pad,
    Reshape,
    Transpose,
}

impl Model {
    /// Reads a `.tflite` file.
    pub fn read(file: &[u8]) -> Result<Model, Cause> {
        let model = Table::root(file, b"TFL3")?;
        let codes = bounded(model.vector(1, 4)?)?.tables().map(|c| c.and_then(code)).collect::<Result<Vec<_>, _>>()?;
        let buffers = bounded(model.vector(4, 4)?)?.tables().collect::<Result<Vec<_>, _>>()?;
        let graph = model.vector(2, 4)?.tables().next().ok_or(Cause::Truncated)??;
        let mut tensors =
            bounded(graph.vector(0, 4)?)?.tables().map(|t| tensor(&t?, &buffers)).collect::<Result<Vec<_>, Cause>>()?;
        let mut operators = Vec::new();
        for table in bounded(graph.vector(3, 4)?)?.tables() {
            let table = table?;
            let code = *usize::try_from(table.i32(0, 0)?).ok().and_then(|i| codes.get(i)).ok_or(Cause::BadIndex)?;
            let inputs = indices(&table, 1, tensors.len())?;
            let output = *indices(&table, 2, tensors.len())?.first().ok_or(Cause::BadIndex)?;
            if code == 6 {
                // DEQUANTIZE: the f16 constant was widened when it was read.
                let source = *inputs.first().ok_or(Cause::BadIndex)?;
                let data =
                    tensors[source].data.clone().ok_or(Cause::Unsupported("DEQUANTIZE of an activation".into()))?;
                if tensors[source].shape != tensors[output].shape {
                    return Err(Cause::Shape("DEQUANTIZE"));
                }
                tensors[output].data = Some(data);
            } else {
                operators.push(Operator { kind: kind(code, &table)?, inputs, output });
            }
        }
        let (inputs, outputs) = (indices(&graph, 1, tensors.len())?, indices(&graph, 2, tensors.len())?);
        Ok(Model { tensors, operators, inputs, outputs })
    }
}

fn bounded(vector: super::flat::Vector<'_>) -> Result<super::flat::Vector<'_>, Cause> {
    if vector.len > MAX_ITEMS { Err(Cause::TooLarge { limit: MAX_ITEMS }) } else { Ok(vector) }
}

/// The newer field wins when it is larger: old writers leave it 0, new ones leave 127 in the old one.
fn code(table: Table<'_>) -> Result<i32, Cause> {
    Ok(i32::from(table.u8(0, 0)?.cast_signed()).max(table.i32(3, 0)?))
}

fn indices(table: &Table<'_>, id: usize, count: usize) -> Result<Vec<usize>, Cause> {
    bounded(table.vector(id, 4)?)?
        .i32s()
        .map(|i| usize::try_from(i).ok().filter(|&i| i < count).ok_or(Cause::BadIndex))
        .collect()
}

fn tensor(table: &Table<'_>, buffers: &[Table<'_>]) -> Result<Tensor, Cause> {
    let shape = bounded(table.vector(0, 4)?)?
        .i32s()
        .map(|d| usize::try_from(d).map_err(|_| Cause::Shape("a negative size")))
        .collect::<Result<Vec<_>, _>>()?;
    let elements = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|&n| n <= MAX_ELEMENTS);
    let elements = elements.ok_or(Cause::TooLarge { limit: MAX_ELEMENTS })?;
    let buffer = usize::try_from(table.i32(2, 0)?).ok().and_then(|i| buffers.get(i)).ok_or(Cause::BadIndex)?;
    let bytes = buffer.vector(0, 1)?.bytes();
    if bytes.is_empty() {
        return Ok(Tensor { shape, data: None });
    }
    let data = match table.u8(1, 0)? {
        0 => Data::F32(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()),
        1 => Data::F32(bytes.chunks_exact(2).map(|b| half::f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()),
        2 => Data::I32(bytes.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()),
        other => return Err(Cause::Unsupported(format!("constants of type {other}"))),
    };
    let len = match &data {
        Data::F32(v) => v.len(),
        Data::I32(v) => v.len(),
    };
    if len != elements { Err(Cause::Shape("a constant's length")) } else { Ok(Tensor { shape, data: Some(data) }) }
}

fn kind(code: i32, table: &Table<'_>) -> Result<Kind, Cause> {
    let options = || table.table(4)?.ok_or(Cause::Truncated);
    // An operator without options has the defaults: no fused activation.
    let relu = |id: usize| table.table(4)?.map_or(Ok(false), |o| activation(&o, id));
    Ok(match code {
        0 => Kind::Add { relu: relu(0)? },
        2 => Kind::Concat { axis: options()?.i32(0, 0)? },
        3 => Kind::Conv { window: window(&options()?, [1, 2], [4, 5])?, relu: activation(&options()?, 3)? },
        4 => {
            if options()?.i32(3, 0)? > 1 {
                return Err(Cause::Unsupported("a depth multiplier".into()));
            }
            Kind::Depthwise { window: window(&options()?, [1, 2], [5, 6])?, relu: activation(&options()?, 4)? }
        }
        14 => Kind::Logistic,
        17 => {
            let o = options()?;
            if activation(&o, 5)? {
                return Err(Cause::Unsupported("a pooling with an activation".into()));
            }
            let size = [positive(o.i32(4, 0)?)?, positive(o.i32(3, 0)?)?];
            Kind::MaxPool { window: window(&o, [1, 2], [NO_FIELD; 2])?, size }
        }
        18 => Kind::Mul { relu: relu(0)? },
        19 => Kind::Relu,
        22 => Kind::Reshape,
        34 => Kind::Pad,
        39 => Kind::Transpose,
        40 => Kind::Mean { keep: options()?.u8(0, 0)? != 0 },
        41 => Kind::Sub { relu: relu(0)? },
        42 => Kind::Div { relu: relu(0)? },
        45 => {
            let o = options()?;
            if o.i32(2, 0)? != 0 || o.i32(3, 0)? != 0 {
                return Err(Cause::Unsupported("an ellipsis or a new axis in a slice".into()));
            }
            Kind::StridedSlice { begin_mask: o.i32(0, 0)?, end_mask: o.i32(1, 0)?, shrink_mask: o.i32(4, 0)? }
        }
        54 => Kind::Prelu,
        59 => Kind::Neg,
        74 => Kind::Sum { keep: options()?.u8(0, 0)? != 0 },
        75 => Kind::Sqrt,
        76 => Kind::Rsqrt,
        99 => Kind::SquaredDifference,
        other => return Err(Cause::Unsupported(format!("operator {other}"))),
    })
}

fn positive(value: i32) -> Result<usize, Cause> {
    usize::try_from(value).ok().filter(|v| (1..=64).contains(v)).ok_or(Cause::Shape("a window"))
}

/// `stride` and `dilation` name the fields of width and height, in this order.
fn window(options: &Table<'_>, stride: [usize; 2], dilation: [usize; 2]) -> Result<Window, Cause> {
    Ok(Window {
        same_padding: match options.u8(0, 0)? {
            0 => true,
            1 => false,
            other => return Err(Cause::Unsupported(format!("padding {other}"))),
        },
        stride: [positive(options.i32(stride[1], 0)?)?, positive(options.i32(stride[0], 0)?)?],
        dilation: [positive(options.i32(dilation[1], 1)?)?, positive(options.i32(dilation[0], 1)?)?],
    })
}

fn activation(options: &Table<'_>, id: usize) -> Result<bool, Cause> {
    match options.u8(id, 0)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Cause::Unsupported(format!("fused activation {other}"))),
    }
}
