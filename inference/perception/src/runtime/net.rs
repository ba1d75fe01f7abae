//! A network of fixed shapes whose input and output tensors stay in place, so that a run allocates nothing in this
//! crate.
//!
//! `ort` wraps the outputs of every run in new reference-counted values. Here the tensors are bound once and a run is
//! the plain C call, the only unsafe code of this module.

use super::{Error, Runtime};
use ort::AsPointer;
use ort::memory::Allocator;
use ort::session::{IoBinding, Session};
use ort::value::{Tensor, ValueType};

type Bound = (IoBinding, Tensor<f32>, Vec<Tensor<f32>>);

/// A network with one input and any number of outputs, all `f32` and of fixed shape.
pub struct Net {
    name: &'static str,
    // Declared before the tensors and the session, so that it is dropped first.
    binding: IoBinding,
    input: Tensor<f32>,
    outputs: Vec<Tensor<f32>>,
    session: Session,
}

impl Net {
    /// Creates the session and binds its tensors. `name` is for error messages.
    ///
    /// # Errors
    /// [`Error::Model`]: the bytes are no model, or it has more than one input or shapes that are not fixed.
    pub fn new(runtime: &Runtime, name: &'static str, onnx: &[u8]) -> Result<Net, Error> {
        let session = runtime.session(name, onnx)?;
        let refused = |reason: String| Error::Model { model: name.to_owned(), reason };
        let bind = || -> Result<Bound, String> {
            let [input] = session.inputs() else { return Err("it must have one input".to_owned()) };
            let mut binding = session.create_binding().map_err(|e| e.to_string())?;
            let input_tensor = zeros(input.dtype())?;
            binding.bind_input(input.name(), &input_tensor).map_err(|e| e.to_string())?;
            let mut outputs = Vec::with_capacity(session.outputs().len());
            for output in session.outputs() {
                let mut tensor = zeros(output.dtype())?;
                binding.bind_output(output.name(), &mut tensor).map_err(|e| e.to_string())?;
                outputs.push(tensor);
            }
            Ok((binding, input_tensor, outputs))
        };
        let (binding, input, outputs) = bind().map_err(refused)?;
        Ok(Net { name, binding, input, outputs, session })
    }

    /// Returns the input tensor, row-major, to be written before [`Net::run`].
    pub fn input(&mut self) -> &mut [f32] {
        self.input.extract_tensor_mut().1
    }

    /// Runs the network on the input tensor.
    ///
    /// # Errors
    /// [`Error::Run`], for a loaded model with bound tensors only when memory is exhausted.
    pub fn run(&mut self) -> Result<(), Error> {
        // SAFETY: session and binding are alive (owned by self), the binding was made from this session, and `&mut self`
        // keeps everybody else out. All bound tensors were made by ONNX Runtime's own allocator and live as long as the
        // binding, which holds references to them. Null run options mean the defaults.
        let status =
            unsafe { (ort::api().RunWithBinding)(self.session.ptr().cast_mut(), std::ptr::null(), self.binding.ptr()) };
        // SAFETY: the status comes straight from the call above and is used once.
        unsafe { ort::Error::<()>::result_from_status(status) }
            .map_err(|e| Error::Run { model: self.name.to_owned(), reason: e.to_string() })
    }

    /// Returns output `index` of the last run, row-major; empty when there is no such output.
    pub fn output(&self, index: usize) -> &[f32] {
        self.outputs.get(index).map_or(&[], |tensor| tensor.extract_tensor().1)
    }
}

/// Returns a tensor of zeros of this type.
fn zeros(kind: &ValueType) -> Result<Tensor<f32>, String> {
    let ValueType::Tensor { shape, .. } = kind else { return Err("inputs and outputs must be tensors".to_owned()) };
    if shape.is_empty() || shape.iter().any(|&d| d <= 0) {
        return Err(format!("its shapes must be fixed, not {:?}", &shape[..]));
    }
    let mut tensor = Tensor::<f32>::new(&Allocator::default(), &shape[..]).map_err(|e| e.to_string())?;
    tensor.extract_tensor_mut().1.fill(0.0);
    Ok(tensor)
}
