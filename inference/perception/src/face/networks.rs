//! The networks of one thread: on our own kernels where the processor and the file have them, else in ONNX Runtime.

use super::models::Models;
use super::net;
use super::worker::Error;
use super::{detect, worker};
use crate::runtime::{self, Net, Runtime};
use coach_core::journal::FaceModel;

/// A network, wherever it runs.
pub enum Network {
    Onnx(Box<Net>),
    Own(Box<dyn net::Network>),
}

impl Network {
    pub fn input(&mut self) -> &mut [f32] {
        match self {
            Network::Onnx(net) => net.input(),
            Network::Own(net) => net.input(),
        }
    }

    /// Runs the network on its input.
    ///
    /// # Errors
    /// As [`Net::run`]; our own kernels have none.
    pub fn run(&mut self) -> Result<(), runtime::Error> {
        match self {
            Network::Onnx(net) => net.run(),
            Network::Own(net) => {
                net.run();
                Ok(())
            }
        }
    }

    /// Returns output 0, the first `numbers` values, or output 1, the next one.
    pub fn output(&self, index: usize, numbers: usize) -> &[f32] {
        let (first, rest) = match self {
            Network::Onnx(net) => return net.output(index),
            Network::Own(net) => net.output().split_at_checked(numbers).unwrap_or((&[], &[])),
        };
        if index == 0 { first } else { rest }
    }
}

/// What a worker runs.
pub struct Networks {
    pub detector: Net,
    pub landmarks: Network,
    /// `None` with the lite model.
    pub blendshapes: Option<Network>,
    /// The side of the landmark model's input, pixels.
    pub side: usize,
    /// The number of points that the landmark model gives.
    pub points: usize,
}

impl Networks {
    /// Loads the networks and runs each once, so that the first frame is as fast as the others.
    pub fn new(runtime: &Runtime, models: &Models) -> Result<Networks, Error> {
        let full = models.kind() == FaceModel::Full;
        let (side, points) = if full { (256, 478) } else { (192, 468) };
        let mut detector = Net::new(runtime, "face detector", models.detector())?;
        let anchors = detect::ANCHORS;
        check(&mut detector, "detector", 3 * detect::INPUT * detect::INPUT, &[anchors * 16, anchors])?;
        let (landmarks, blendshapes) = match models.own_networks() {
            Some([landmarks, blendshapes]) => (Network::Own(landmarks), Some(Network::Own(blendshapes))),
            None => {
                let mut landmarks = Net::new(runtime, "face landmarks", models.landmarks())?;
                check(&mut landmarks, "landmarks", 3 * side * side, &[3 * points, 1])?;
                let mut blendshapes = None;
                if full {
                    let mut net = Net::new(runtime, "face blendshapes", models.blendshapes())?;
                    check(&mut net, "blendshapes", 2 * worker::BLENDSHAPE_POINTS.len(), &[52])?;
                    blendshapes = Some(Network::Onnx(Box::new(net)));
                }
                (Network::Onnx(Box::new(landmarks)), blendshapes)
            }
        };
        Ok(Networks { detector, landmarks, blendshapes, side, points })
    }
}

/// Runs a network once and checks its sizes.
fn check(net: &mut Net, name: &'static str, input: usize, outputs: &[usize]) -> Result<(), Error> {
    if net.input().len() != input {
        return Err(Error::Network(name));
    }
    net.run()?;
    let fits = outputs.iter().enumerate().all(|(k, &n)| net.output(k).len() == n);
    fits.then_some(()).ok_or(Error::Network(name))
}
