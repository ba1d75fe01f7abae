//! A worker: the networks of one thread, and what they do with a frame.

use super::crop::{Border, Crop, Image, crop};
use super::detect::{self, Detection};
use super::networks::Networks;
use super::points::Points;
use super::roi::{Roi, rivals};
use super::track::{NUMBERS, Track};
use super::{Models, action_units, eyes, outline, pose, quality};
use crate::runtime::{self, Runtime};
use coach_core::face::Blendshapes;
use coach_core::journal::{Face, FaceModel};
use coach_core::{I420, MediaTime, RgbFrame};

/// The presence score of the landmark model below which the face is lost.
const MIN_PRESENCE: f32 = 0.5;
/// How often the detector counts faces while one is followed.
const COUNT_EVERY_MS: i64 = 1000;

/// The 146 landmarks that the blendshape model reads (MediaPipe's `kLandmarksSubsetIdxs`).
#[rustfmt::skip]
pub const BLENDSHAPE_POINTS: [u16; 146] = [
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81, 82,
    84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157,
    158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270,
    276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334,
    336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398,
    400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
];

/// The optional parts of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// The 52 blendshapes and the action units from them. Without this the full model gives neither.
    pub blendshapes: bool,
    /// All landmarks in the observation.
    pub landmarks: bool,
}

/// Why a frame could not be observed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the planes of the frame are shorter than its size says, or it is larger than 16384 pixels")]
    Image,
    #[error(transparent)]
    Runtime(#[from] runtime::Error),
    #[error("the {0} network does not have the inputs and outputs of a face model")]
    Network(&'static str),
}

/// The networks of one thread. Workers share nothing, so results do not depend on other workers.
pub struct Worker {
    models: Models,
    networks: Networks,
    candidates: Vec<Detection>,
    detections: Vec<Detection>,
    /// The landmarks of the frame, pixels.
    raw: Vec<f64>,
}

impl Worker {
    /// Loads the networks and runs each once, so that the first frame is as fast as the others.
    ///
    /// # Errors
    /// [`Error::Runtime`]: ONNX Runtime refuses a network. [`Error::Network`]: its sizes are not those of a converted
    /// model.
    pub fn new(runtime: &Runtime, models: &Models) -> Result<Worker, Error> {
        Ok(Worker {
            models: models.clone(),
            networks: Networks::new(runtime, models)?,
            candidates: Vec::with_capacity(detect::ANCHORS),
            detections: Vec::with_capacity(detect::ANCHORS),
            raw: vec![0.0; NUMBERS],
        })
    }

    /// Observes one frame of a stream. Frames of one track come in order of `t`.
    ///
    /// # Errors
    /// [`Error::Image`]: the planes are too short. Otherwise an error of ONNX Runtime.
    pub fn observe(
        &mut self,
        track: &mut Track,
        t: MediaTime,
        frame: &I420<'_>,
        detail: Detail,
    ) -> Result<Face, Error> {
        self.look(track, t, &Image::I420(*frame), detail)
    }

    /// Observes one frame as [`Worker::observe`] does, from packed RGB.
    ///
    /// # Errors
    /// [`Error::Image`]: the data is too short. Otherwise an error of ONNX Runtime.
    pub fn observe_rgb(
        &mut self,
        track: &mut Track,
        t: MediaTime,
        frame: &RgbFrame<'_>,
        detail: Detail,
    ) -> Result<Face, Error> {
        self.look(track, t, &Image::Rgb(*frame), detail)
    }

    /// Returns every face of a still image, best first, each observed by itself and not smoothed.
    ///
    /// # Errors
    /// [`Error::Image`]: the data is too short. Otherwise an error of ONNX Runtime.
    pub fn still(&mut self, frame: &RgbFrame<'_>, detail: Detail) -> Result<Vec<Face>, Error> {
        let image = Image::Rgb(*frame);
        if !image.is_consistent() {
            return Err(Error::Image);
        }
        self.detect(&image)?;
        let rois: Vec<Roi> = self.detections.iter().map(|d| roi_of(d, image.upright_size())).collect();
        let mut faces = Vec::new();
        for roi in rois {
            let Some(score) = self.find_landmarks(&image, &roi)? else { continue };
            let mut track = Track::new();
            track.faces = self.detections.len() as u32;
            faces.push(self.describe(&mut track, MediaTime::ZERO, &image, score, detail)?);
        }
        Ok(faces)
    }

    fn look(&mut self, track: &mut Track, t: MediaTime, image: &Image<'_>, detail: Detail) -> Result<Face, Error> {
        if !image.is_consistent() {
            return Err(Error::Image);
        }
        let size = image.upright_size();
        track.begin(t, size);
        let due = track.counted.is_none_or(|counted| t - counted >= COUNT_EVERY_MS);
        if track.roi.is_none() || due {
            self.detect(image)?;
            let found = self.detections.iter().map(|d| roi_of(d, size));
            track.faces = rivals(found, track.roi.as_ref()) as u32;
            track.counted = Some(t);
        }
        let roi = track.roi.or_else(|| {
            let largest = self.detections.iter().max_by(|a, b| a.area().total_cmp(&b.area()))?;
            Some(roi_of(largest, size))
        });
        let score = match roi {
            Some(roi) => self.find_landmarks(image, &roi)?,
            None => None,
        };
        let Some(score) = score else {
            track.lose();
            let faces = track.faces;
            return Ok(Face { faces, ..Face::absent(t, quality::of_image(image)) });
        };
        track.faces = track.faces.max(1);
        // Landmarks before smoothing, since smoothed ones lag behind the face.
        let points = Points(&self.raw[..3 * self.networks.points]);
        let next = Roi::around_landmarks(points.bounds(), points.xy(33), points.xy(263));
        track.roi = next.is_sound().then_some(next);
        self.describe(track, t, image, score, detail)
    }

    /// Fills `detections`.
    fn detect(&mut self, image: &Image<'_>) -> Result<(), Error> {
        let (width, height) = image.upright_size();
        let cut = Crop {
            map: Roi::letterbox(width, height).crop_map(detect::INPUT),
            size: detect::INPUT,
            border: Border::Black,
            scale: 2.0 / 255.0,
            offset: -1.0,
        };
        crop(image, &cut, self.networks.detector.input());
        self.networks.detector.run()?;
        detect::faces(
            self.networks.detector.output(0),
            self.networks.detector.output(1),
            &mut self.candidates,
            &mut self.detections,
        );
        self.detections.retain(|d| roi_of(d, (width, height)).is_sound());
        Ok(())
    }

    /// Fills `raw` with the landmarks inside `roi`. Returns the presence score, or `None` when there is no face in it.
    fn find_landmarks(&mut self, image: &Image<'_>, roi: &Roi) -> Result<Option<f32>, Error> {
        let cut = Crop {
            map: roi.crop_map(self.networks.side),
            size: self.networks.side,
            border: Border::Replicate,
            scale: 1.0 / 255.0,
            offset: 0.0,
        };
        let numbers = 3 * self.networks.points;
        crop(image, &cut, self.networks.landmarks.input());
        self.networks.landmarks.run()?;
        let score = 1.0 / (1.0 + (-self.networks.landmarks.output(1, numbers)[0]).exp());
        if score.is_nan() || score <= MIN_PRESENCE {
            return Ok(None);
        }
        let (sin, cos) = roi.rotation.sin_cos();
        let (width, height) = image.upright_size();
        let (w, h, side) = (width as f64, height as f64, self.networks.side as f64);
        // MediaPipe measures z in the length of the crop's upper edge, in normalised coordinates of the frame.
        let depth = (roi.width * cos / w).hypot(roi.width * sin / h) * w / side;
        for (to, from) in self.raw.chunks_exact_mut(3).zip(self.networks.landmarks.output(0, numbers).chunks_exact(3)) {
            let u = (f64::from(from[0]) / side - 0.5) * roi.width;
            let v = (f64::from(from[1]) / side - 0.5) * roi.height;
            to[0] = cos * u - sin * v + roi.cx;
            to[1] = sin * u + cos * v + roi.cy;
            to[2] = f64::from(from[2]) * depth;
        }
        Ok(self.raw[..3 * self.networks.points].iter().all(|v| v.is_finite()).then_some(score))
    }

    /// Smooths the landmarks in `raw` and takes all measures.
    fn describe(
        &mut self,
        track: &mut Track,
        t: MediaTime,
        image: &Image<'_>,
        score: f32,
        detail: Detail,
    ) -> Result<Face, Error> {
        let [x0, y0, x1, y1] = Points(&self.raw[..3 * self.networks.points]).bounds();
        track.smooth(t, &mut self.raw[..3 * self.networks.points], f64::midpoint(x1 - x0, y1 - y0));
        let blendshapes = if detail.blendshapes { self.run_blendshapes()? } else { None };
        let points = Points(&self.raw[..3 * self.networks.points]);
        let (width, height) = image.upright_size();
        let action_units = match (&blendshapes, self.models.kind()) {
            (Some(shapes), _) => Some(action_units::from_blendshapes(shapes, points)),
            (None, FaceModel::Lite) => Some(action_units::from_geometry(points)),
            (None, _) => None,
        };
        let pose = pose::pose(&points.0[..3 * 468], width, height, self.models.geometry());
        let (w, h) = (width as f64, height as f64);
        let [x0, y0, x1, y1] = points.bounds();
        let landmarks = detail.landmarks.then(|| {
            points.0.chunks_exact(3).map(|p| [(p[0] / w) as f32, (p[1] / h) as f32, (p[2] / w) as f32]).collect()
        });
        Ok(Face {
            t,
            present: true,
            score,
            faces: track.faces,
            bounds: [x0 / w, y0 / h, (x1 - x0) / w, (y1 - y0) / h].map(|v| v as f32),
            quality: quality::of_face(image, points, pose.as_ref()),
            smile: action_units.and_then(|a| a.au12),
            action_units,
            blendshapes,
            pose,
            iris: eyes::iris(points),
            eye_opening: eyes::eye_opening(points),
            outline: Some(outline::outline(points, width, height)),
            landmarks,
        })
    }

    fn run_blendshapes(&mut self) -> Result<Option<Blendshapes>, Error> {
        let Some(net) = &mut self.networks.blendshapes else { return Ok(None) };
        for (to, &point) in net.input().chunks_exact_mut(2).zip(&BLENDSHAPE_POINTS) {
            let at = 3 * usize::from(point);
            to.copy_from_slice(&[self.raw[at] as f32, self.raw[at + 1] as f32]);
        }
        net.run()?;
        let mut shapes = [0.0; 52];
        for (to, from) in shapes.iter_mut().zip(net.output(0, 52)) {
            *to = if from.is_finite() { from.clamp(0.0, 1.0) } else { 0.0 };
        }
        Ok(Some(Blendshapes(shapes)))
    }
}

/// Returns the region of a detection, converted from the square letterbox to pixels of the frame.
fn roi_of(detection: &Detection, (width, height): (usize, usize)) -> Roi {
    let (w, h) = (width as f64, height as f64);
    let side = w.max(h);
    let to_px = |[x, y]: [f32; 2]| [f64::from(x) * side + (w - side) / 2.0, f64::from(y) * side + (h - side) / 2.0];
    let [x0, y0, x1, y1] = detection.bounds();
    let ([x0, y0], [x1, y1]) = (to_px([x0, y0]), to_px([x1, y1]));
    Roi::around_detection([x0, y0, x1, y1], to_px(detection.eye(0)), to_px(detection.eye(1)))
}
