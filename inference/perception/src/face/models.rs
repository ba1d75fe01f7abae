//! The face models as workers load them: ONNX bytes and the canonical face, shared between threads.

use super::import::geometry::{Anchor, Geometry};
use super::import::{CONVERTER_VERSION, Cause, Error, MAX_FILE, convert_bundle, tflite_to_onnx};
use super::net::{Choice, Network, Plans, Processor};
use coach_core::journal::FaceModel;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

/// Google's bundle, float16/1.
const BUNDLE: (&str, &str) =
    ("face_landmarker.task", "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff");
/// From the `mediapipe` 0.10.21 wheel.
const DETECTOR: (&str, &str) =
    ("face_detection_short_range.tflite", "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8");
/// From the `mediapipe` 0.10.21 wheel.
const MESH: (&str, &str) = ("face_landmark.tflite", "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814");

/// The first bytes of a cached conversion.
const MAGIC: &[u8; 8] = b"COACHFM\0";

/// Converted face models. Cheap to clone; shared by all workers.
#[derive(Clone)]
pub struct Models(Arc<Inner>, Option<Processor>);

struct Inner {
    kind: FaceModel,
    sha256: String,
    detector: Vec<u8>,
    landmarks: Vec<u8>,
    /// Empty with the lite model.
    blendshapes: Vec<u8>,
    geometry: Geometry,
    /// The landmark and the blendshape network as TFLite files; empty with the lite model.
    tflite: [Vec<u8>; 2],
    /// The two for our own kernels.
    plans: Option<Plans>,
}

/// Returns both networks for our own kernels, where they are the ones that these compute.
fn plans(tflite: &[Vec<u8>; 2]) -> Option<Plans> {
    let plans = Plans::read(&tflite[0], &tflite[1]).ok()?;
    (plans.landmarks_size() == (256, 3 * 478)).then_some(plans)
}

impl Models {
    /// Converts the full model: 478 landmarks with irises and 52 blendshapes, from the bytes of `face_landmarker.task`.
    ///
    /// # Errors
    /// The bytes are another file or damaged; the error names the file and its expected SHA-256.
    pub fn full(bundle: &[u8]) -> Result<Models, Error> {
        let refused = |cause| Error { file: BUNDLE.0, expected: BUNDLE.1, cause };
        let sha256 = known(bundle, BUNDLE.1, |b| convert_bundle(b).err()).map_err(refused)?;
        let converted = convert_bundle(bundle).map_err(refused)?;
        Ok(Models::of(Inner {
            kind: FaceModel::Full,
            sha256,
            detector: converted.detector,
            landmarks: converted.landmarks,
            blendshapes: converted.blendshapes,
            geometry: converted.geometry,
            plans: plans(&converted.tflite),
            tflite: converted.tflite,
        }))
    }

    /// Converts the lite model: 468 landmarks, no irises, no blendshapes, from `face_detection_short_range.tflite` and
    /// `face_landmark.tflite` of the `mediapipe` 0.10.21 wheel.
    ///
    /// # Errors
    /// The bytes are other files or damaged; the error names the file and its expected SHA-256.
    pub fn lite(detector_tflite: &[u8], mesh_tflite: &[u8]) -> Result<Models, Error> {
        let convert = |file: (&'static str, &'static str), bytes: &[u8]| {
            let refused = |cause| Error { file: file.0, expected: file.1, cause };
            known(bytes, file.1, |b| tflite_to_onnx(b).err()).map_err(refused)?;
            tflite_to_onnx(bytes).map_err(refused)
        };
        let (detector, landmarks) = (convert(DETECTOR, detector_tflite)?, convert(MESH, mesh_tflite)?);
        Ok(Models::of(Inner {
            kind: FaceModel::Lite,
            sha256: MESH.1.to_owned(),
            detector,
            landmarks,
            blendshapes: Vec::new(),
            geometry: Geometry::canonical(),
            tflite: [Vec::new(), Vec::new()],
            plans: None,
        }))
    }

    fn of(inner: Inner) -> Models {
        Models(Arc::new(inner), Processor::find(Choice::Auto))
    }

    /// Returns the same models, run by what is asked for.
    #[must_use]
    pub fn run_by(&self, choice: Choice) -> Models {
        Models(Arc::clone(&self.0), Processor::find(choice))
    }

    /// Returns what runs landmarks and blendshapes: `avx512` or `avx2`, our own kernels, or `onnxruntime`.
    pub fn run_by_name(&self) -> &'static str {
        match (&self.0.plans, self.1) {
            (Some(_), Some(processor)) => processor.name(),
            _ => "onnxruntime",
        }
    }

    /// Returns whether this is the full or the lite model.
    pub fn kind(&self) -> FaceModel {
        self.0.kind
    }

    /// Returns the SHA-256 in hexadecimal of the bundle, or of the lite model's mesh, as the journal's header has it.
    pub fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// Returns the conversion as bytes for a cache, valid for this [`CONVERTER_VERSION`].
    pub fn to_cache(&self) -> Vec<u8> {
        let inner = &*self.0;
        let mut out = MAGIC.to_vec();
        out.extend(CONVERTER_VERSION.to_le_bytes());
        out.push(u8::from(inner.kind == FaceModel::Full));
        let anchors: Vec<u8> = inner
            .geometry
            .anchors
            .iter()
            .flat_map(|a| {
                let numbers = [a.weight, a.at[0], a.at[1], a.at[2]].map(f32::to_le_bytes).concat();
                [(a.index as u32).to_le_bytes().to_vec(), numbers].concat()
            })
            .collect();
        let [landmarks, blendshapes] = &inner.tflite;
        let onnx = [inner.sha256.as_bytes(), &inner.detector, &inner.landmarks, &inner.blendshapes];
        for section in onnx.into_iter().chain([&anchors[..], landmarks, blendshapes]) {
            out.extend((section.len() as u64).to_le_bytes());
            out.extend(section);
        }
        let sum = Sha256::digest(&out);
        out.extend(sum);
        out
    }

    /// Reads the bytes of [`Models::to_cache`].
    ///
    /// # Errors
    /// [`Cause::Cache`]: the bytes are of another version or damaged; the models must be converted again.
    pub fn from_cache(bytes: &[u8]) -> Result<Models, Error> {
        read_cache(bytes).map(Models::of).ok_or(Error { file: BUNDLE.0, expected: BUNDLE.1, cause: Cause::Cache })
    }

    /// Returns landmarks and blendshapes on our own kernels; `None` where the processor or the file has none.
    pub(super) fn own_networks(&self) -> Option<[Box<dyn Network>; 2]> {
        self.0.plans.as_ref()?.networks(self.1?)
    }

    pub(super) fn detector(&self) -> &[u8] {
        &self.0.detector
    }

    pub(super) fn landmarks(&self) -> &[u8] {
        &self.0.landmarks
    }

    pub(super) fn blendshapes(&self) -> &[u8] {
        &self.0.blendshapes
    }

    pub(super) fn geometry(&self) -> &Geometry {
        &self.0.geometry
    }
}

fn read_cache(bytes: &[u8]) -> Option<Inner> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
    if Sha256::digest(body)[..] != *sum {
        return None;
    }
    let mut rest = body.strip_prefix(MAGIC)?.strip_prefix(&CONVERTER_VERSION.to_le_bytes())?;
    let kind = if *rest.split_off_first()? == 1 { FaceModel::Full } else { FaceModel::Lite };
    let mut section = || {
        let len = u64::from_le_bytes(rest.split_off(..8)?.try_into().ok()?);
        rest.split_off(..usize::try_from(len).ok()?)
    };
    let sha256 = String::from_utf8(section()?.to_vec()).ok()?;
    let (detector, landmarks, blendshapes) = (section()?.to_vec(), section()?.to_vec(), section()?.to_vec());
    let anchors = section()?
        .chunks_exact(20)
        .map(|c| {
            let word = |i: usize| [c[4 * i], c[4 * i + 1], c[4 * i + 2], c[4 * i + 3]];
            let [weight, x, y, z] = [1, 2, 3, 4].map(|i| f32::from_le_bytes(word(i)));
            Anchor { index: u32::from_le_bytes(word(0)) as usize, weight, at: [x, y, z] }
        })
        .collect();
    let geometry = Geometry { anchors }.checked().ok()?;
    let tflite = [section()?.to_vec(), section()?.to_vec()];
    Some(Inner { kind, sha256, detector, landmarks, blendshapes, geometry, plans: plans(&tflite), tflite })
}

/// Returns the checksum in hexadecimal if it is the expected one. The error says why it is not, as far as `diagnose`
/// can tell.
fn known(bytes: &[u8], expected: &str, diagnose: impl Fn(&[u8]) -> Option<Cause>) -> Result<String, Cause> {
    if bytes.len() > MAX_FILE {
        return Err(Cause::TooLarge { limit: MAX_FILE });
    }
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(found, "{byte:02x}");
    }
    if found == expected {
        return Ok(found);
    }
    Err(match diagnose(bytes) {
        Some(what) => Cause::Damaged { found, what: Box::new(what) },
        None => Cause::OtherFile { found },
    })
}
