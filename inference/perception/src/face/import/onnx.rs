//! An ONNX graph as plain data, and its bytes. Only what our networks need; numbers are those of `onnx.proto3`.

use prost::Message;
use std::collections::BTreeMap;

/// The operator set that the lowering speaks. LayerNormalization came with 17, ReduceMean's axes as input with 18.
const OPSET: i64 = 18;
const IR_VERSION: i64 = 9;

pub struct Graph {
    pub input: (String, Vec<usize>),
    /// Names of the outputs and how many elements each has.
    pub outputs: Vec<(String, usize)>,
    /// In the order of execution.
    pub nodes: Vec<Node>,
    pub constants: BTreeMap<String, Array>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub op: &'static str,
    pub inputs: Vec<String>,
    pub output: String,
    pub attributes: Vec<(&'static str, Attribute)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    Int(i64),
    Ints(Vec<i64>),
    Float(f32),
}

#[derive(Clone, Debug)]
pub struct Array {
    pub shape: Vec<usize>,
    pub data: Values,
}

#[derive(Clone, Debug)]
pub enum Values {
    F32(Vec<f32>),
    I64(Vec<i64>),
}

impl Array {
    pub fn f32(shape: Vec<usize>, data: Vec<f32>) -> Array {
        Array { shape, data: Values::F32(data) }
    }

    pub fn i64s(data: Vec<i64>) -> Array {
        Array { shape: vec![data.len()], data: Values::I64(data) }
    }

    /// The values, if they are floats.
    pub fn floats(&self) -> Option<&[f32]> {
        match &self.data {
            Values::F32(v) => Some(v),
            Values::I64(_) => None,
        }
    }
}

impl Node {
    pub fn new(op: &'static str, inputs: Vec<String>, output: impl Into<String>) -> Node {
        Node { op, inputs, output: output.into(), attributes: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: Attribute) -> Node {
        self.attributes.push((name, value));
        self
    }

    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }
}

impl Graph {
    /// The bytes of an ONNX model; constants that no node uses are left out.
    pub fn to_bytes(&self) -> Vec<u8> {
        let used = |name: &String| self.nodes.iter().any(|n| n.inputs.contains(name));
        let graph = proto::Graph {
            node: self.nodes.iter().enumerate().map(|(i, node)| proto_node(i, node)).collect(),
            name: "face".to_owned(),
            initializer: self.constants.iter().filter(|(name, _)| used(name)).map(proto_tensor).collect(),
            input: vec![proto_value(&self.input.0, &self.input.1)],
            output: self.outputs.iter().map(|(name, n)| proto_value(name, &[1, *n])).collect(),
        };
        proto::Model {
            ir_version: IR_VERSION,
            producer_name: "coach-perception".to_owned(),
            graph: Some(graph),
            opset_import: vec![proto::OperatorSet { domain: String::new(), version: OPSET }],
        }
        .encode_to_vec()
    }
}

fn proto_node(index: usize, node: &Node) -> proto::Node {
    let attribute = node
        .attributes
        .iter()
        .map(|(name, value)| {
            let mut a = proto::Attribute { name: (*name).to_owned(), ..Default::default() };
            match value {
                Attribute::Float(f) => (a.f, a.kind) = (*f, 1),
                Attribute::Int(i) => (a.i, a.kind) = (*i, 2),
                Attribute::Ints(v) => (a.ints, a.kind) = (v.clone(), 7),
            }
            a
        })
        .collect();
    proto::Node {
        input: node.inputs.clone(),
        output: vec![node.output.clone()],
        name: format!("{}_{index}", node.op),
        op_type: node.op.to_owned(),
        attribute,
    }
}

fn proto_tensor((name, array): (&String, &Array)) -> proto::Tensor {
    let (data_type, raw_data) = match &array.data {
        Values::F32(v) => (1, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Values::I64(v) => (7, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
    };
    proto::Tensor { dims: array.shape.iter().map(|&d| d as i64).collect(), data_type, name: name.clone(), raw_data }
}

fn proto_value(name: &str, shape: &[usize]) -> proto::ValueInfo {
    let dim = shape.iter().map(|&d| proto::Dimension { dim_value: d as i64 }).collect();
    let tensor = proto::TensorType { elem_type: 1, shape: Some(proto::Shape { dim }) };
    proto::ValueInfo { name: name.to_owned(), kind: Some(proto::Type { tensor_type: Some(tensor) }) }
}

/// The messages of `onnx.proto3` that are written.
mod proto {
    use prost::Message;

    #[derive(Message)]
    pub struct Model {
        #[prost(int64, tag = "1")]
        pub ir_version: i64,
        #[prost(string, tag = "2")]
        pub producer_name: String,
        #[prost(message, optional, tag = "7")]
        pub graph: Option<Graph>,
        #[prost(message, repeated, tag = "8")]
        pub opset_import: Vec<OperatorSet>,
    }

    #[derive(Message)]
    pub struct OperatorSet {
        #[prost(string, tag = "1")]
        pub domain: String,
        #[prost(int64, tag = "2")]
        pub version: i64,
    }

    #[derive(Message)]
    pub struct Graph {
        #[prost(message, repeated, tag = "1")]
        pub node: Vec<Node>,
        #[prost(string, tag = "2")]
        pub name: String,
        #[prost(message, repeated, tag = "5")]
        pub initializer: Vec<Tensor>,
        #[prost(message, repeated, tag = "11")]
        pub input: Vec<ValueInfo>,
        #[prost(message, repeated, tag = "12")]
        pub output: Vec<ValueInfo>,
    }

    #[derive(Message)]
    pub struct Node {
        #[prost(string, repeated, tag = "1")]
        pub input: Vec<String>,
        #[prost(string, repeated, tag = "2")]
        pub output: Vec<String>,
        #[prost(string, tag = "3")]
        pub name: String,
        #[prost(string, tag = "4")]
        pub op_type: String,
        #[prost(message, repeated, tag = "5")]
        pub attribute: Vec<Attribute>,
    }

    #[derive(Message)]
    pub struct Attribute {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(float, tag = "2")]
        pub f: f32,
        #[prost(int64, tag = "3")]
        pub i: i64,
        #[prost(int64, repeated, tag = "8")]
        pub ints: Vec<i64>,
        #[prost(int32, tag = "20")]
        pub kind: i32,
    }

    #[derive(Message)]
    pub struct Tensor {
        #[prost(int64, repeated, tag = "1")]
        pub dims: Vec<i64>,
        #[prost(int32, tag = "2")]
        pub data_type: i32,
        #[prost(string, tag = "8")]
        pub name: String,
        #[prost(bytes = "vec", tag = "9")]
        pub raw_data: Vec<u8>,
    }

    #[derive(Message)]
    pub struct ValueInfo {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(message, optional, tag = "2")]
        pub kind: Option<Type>,
    }

    #[derive(Message)]
    pub struct Type {
        #[prost(message, optional, tag = "1")]
        pub tensor_type: Option<TensorType>,
    }

    #[derive(Message)]
    pub struct TensorType {
        #[prost(int32, tag = "1")]
        pub elem_type: i32,
        #[prost(message, optional, tag = "2")]
        pub shape: Option<Shape>,
    }

    #[derive(Message)]
    pub struct Shape {
        #[prost(message, repeated, tag = "1")]
        pub dim: Vec<Dimension>,
    }

    #[derive(Message)]
    pub struct Dimension {
        #[prost(int64, tag = "1")]
        pub dim_value: i64,
    }
}
