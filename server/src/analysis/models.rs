//! The models of faces, voices and words of the process, loaded once from the models folder. Each is optional.

use super::words::Words;
use crate::config::models::{self, Config, Face, FaceRuntime};
use coach_core::journal::{self, FaceModel, VoiceActivityModel};
use coach_perception::words::{Files, Recognizer};
use coach_perception::{face, runtime::Runtime, voice::Activity};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A model or library that is missing, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What is missing, and why.
    pub what: String,
    /// How to install it.
    pub cure: String,
}

/// The loaded models. Cheap to clone.
#[derive(Clone)]
pub struct Models {
    runtime: Option<Runtime>,
    face: Option<face::Models>,
    /// The lite face model, for the last step of the overload ladder. `None` when it is missing or is in use as `face`.
    lite: Option<face::Models>,
    silero: Option<Arc<[u8]>>,
    words: Option<Words>,
    missing: Arc<[Missing]>,
}

/// File name of ONNX Runtime in the models folder.
const RUNTIME: &str = "libonnxruntime.so.1.32.0";
/// File name of the full face model.
const BUNDLE: &str = "face_landmarker.task";
/// File names of the lite face model: detector and mesh.
const LITE: [&str; 2] = ["face_detection_short_range.tflite", "face_landmark.tflite"];
/// File name of the voice activity model.
const SILERO: &str = "silero_vad_16k_op15.onnx";
/// File names of the speech recognizer: encoder, decoder and vocabulary.
const MOONSHINE: [&str; 3] =
    ["moonshine_tiny_en_encoder.onnx", "moonshine_tiny_en_decoder.onnx", "moonshine_tiny_en_vocabulary.json"];

impl Models {
    /// Loads what the configured folder holds; converted networks are kept in the folder `cache`. Never fails: what cannot be
    /// loaded is listed by [`Models::missing`].
    pub fn load(config: &Config, cache: &Path) -> Models {
        let folder = config.dir.as_path();
        let mut missing = Vec::new();
        let cure = "run `make setup`, or put the file into the models folder by hand";
        let mut lacks = |what: String| missing.push(Missing { what, cure: cure.into() });

        let library = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from).unwrap_or_else(|| folder.join(RUNTIME));
        let runtime = Runtime::load(&library).map_err(|e| lacks(format!("ONNX Runtime: {e}"))).ok();
        let (mut full, mut lite, mut silero) = (None, None, None);
        if runtime.is_some() {
            if matches!(config.face, Face::Auto | Face::Full) {
                full = bundle(folder, cache).map_err(|e| lacks(format!("full face model: {e}"))).ok();
                full = full.map(|models| models.run_by(choice(config.face_runtime)));
            }
            lite = lite_model(folder, cache).map_err(|e| lacks(format!("lite face model: {e}"))).ok();
            silero = std::fs::read(folder.join(SILERO))
                .map_err(|e| lacks(format!("voice activity model {SILERO}: {e}; level alone is used")))
                .ok()
                .map(Arc::from);
        }
        let mut words = None;
        if let (Some(runtime), Some(_), models::Words::Auto) = (&runtime, &silero, config.words) {
            words = recognizer(folder, runtime)
                .map_err(|e| lacks(format!("speech recognizer: {e}; nothing is written down")))
                .ok();
        }
        match config.face {
            Face::None => lite = None,
            Face::Full if full.is_none() => lite = None,
            _ => {}
        }
        let (face, lite) = match full {
            Some(full) => (Some(full), lite),
            None => (lite, None),
        };
        Models { runtime, face, lite, silero, words, missing: missing.into() }
    }

    /// Returns the models as a journal's header describes them.
    pub fn describe(&self) -> journal::Models {
        journal::Models {
            face: self.face_kind(),
            face_sha256: self.face.as_ref().map(|m| m.sha256().to_owned()).unwrap_or_default(),
            voice_activity: if self.silero.is_some() { VoiceActivityModel::Silero } else { VoiceActivityModel::Energy },
            words: self.words.as_ref().map(|words| words.source().to_owned()),
            face_runtime: self.face.as_ref().map(|m| m.run_by_name().to_owned()),
        }
    }

    /// Returns which face model is used in full analysis.
    pub fn face_kind(&self) -> FaceModel {
        self.face.as_ref().map_or(FaceModel::None, face::Models::kind)
    }

    /// Returns what writes words down; `None` where the configuration has it off, or without the recognizer's files or the neural voice
    /// activity detector.
    pub fn words(&self) -> Option<&Words> {
        self.words.as_ref()
    }

    /// Returns what is missing, each with how to install it.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Returns a new face worker for the calling thread; `None` without a face model.
    pub fn worker(&self) -> Option<Result<face::Worker, face::Error>> {
        Some(face::Worker::new(self.runtime.as_ref()?, self.face.as_ref()?))
    }

    /// Returns a new worker with the lite face model, for the last step of the overload ladder; `None` when there is no
    /// smaller model than that of [`Models::worker`].
    pub fn lite_worker(&self) -> Option<Result<face::Worker, face::Error>> {
        Some(face::Worker::new(self.runtime.as_ref()?, self.lite.as_ref()?))
    }

    /// Returns whether there is a lite face model for the last step of the overload ladder.
    pub fn has_lite_step(&self) -> bool {
        self.lite.is_some()
    }

    /// Returns voice activity detection for one stream: Silero, or the level alone where the model is missing or does not
    /// load.
    pub fn activity(&self) -> Activity {
        match (&self.runtime, &self.silero) {
            (Some(runtime), Some(onnx)) => Activity::silero(runtime, onnx).unwrap_or_else(|error| {
                tracing::error!(%error, "the voice activity model does not load; level alone is used");
                Activity::energy()
            }),
            _ => Activity::energy(),
        }
    }
}

/// Returns what the configuration asks for, in the words of the face engine.
fn choice(runtime: FaceRuntime) -> face::Choice {
    match runtime {
        FaceRuntime::Auto => face::Choice::Auto,
        FaceRuntime::Avx512 => face::Choice::Avx512,
        FaceRuntime::Avx2 => face::Choice::Avx2,
        FaceRuntime::OnnxRuntime => face::Choice::OnnxRuntime,
    }
}

/// Returns the full face model, from the cache if this file was converted before.
fn bundle(folder: &Path, cache: &Path) -> anyhow::Result<face::Models> {
    let bytes = read(folder, BUNDLE)?;
    cached(cache, &[&bytes], || Ok(face::Models::full(&bytes)?))
}

/// Loads the speech recognizer and starts its thread.
fn recognizer(folder: &Path, runtime: &Runtime) -> anyhow::Result<Words> {
    let [encoder, decoder, vocabulary] = MOONSHINE.map(|name| read(folder, name));
    let (encoder, decoder, vocabulary) = (encoder?, decoder?, vocabulary?);
    let files = Files { encoder: &encoder, decoder: &decoder, vocabulary: &vocabulary };
    Ok(Words::start(Recognizer::load(runtime, files)?)?)
}

/// Returns the lite face model, from the cache if these files were converted before.
fn lite_model(folder: &Path, cache: &Path) -> anyhow::Result<face::Models> {
    let (detector, mesh) = (read(folder, LITE[0])?, read(folder, LITE[1])?);
    cached(cache, &[&detector, &mesh], || Ok(face::Models::lite(&detector, &mesh)?))
}

/// Reads a file of the models folder; an error names the file.
fn read(folder: &Path, name: &str) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(name);
    std::fs::read(&path).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))
}

/// Returns the networks that `convert` makes from the bytes in `from`, from the cache where possible. The file name in the
/// cache holds the SHA-256 of `from` and the converter's version; a damaged file is replaced.
fn cached(
    cache: &Path,
    from: &[&[u8]],
    convert: impl FnOnce() -> anyhow::Result<face::Models>,
) -> anyhow::Result<face::Models> {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    from.iter().for_each(|bytes| hash.update(bytes));
    let key: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    let path = cache.join(format!("face-{key}-v{}.onnx-set", face::import::CONVERTER_VERSION));
    if let Some(models) = std::fs::read(&path).ok().and_then(|bytes| face::Models::from_cache(&bytes).ok()) {
        return Ok(models);
    }
    let models = convert()?;
    // The cache only saves time, so a folder that cannot be written is no error.
    let kept = std::fs::create_dir_all(cache).and_then(|()| {
        // Another process may be converting the same model: each writes a file of its own, and the last one stays.
        let mut part = tempfile::NamedTempFile::new_in(cache)?;
        part.write_all(&models.to_cache())?;
        part.persist(&path)?;
        Ok(())
    });
    if let Err(error) = kept {
        tracing::warn!(path = %path.display(), %error, "the converted face model is not cached");
    }
    Ok(models)
}
