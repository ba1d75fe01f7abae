//! Where tests find models and references, and how they read them. What is not there is said in one line, and the test passes.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, dead_code)]

mod jpeg;

use coach_core::frame::{Matrix, Range, Rotation};
use coach_core::{I420, RgbFrame};
use coach_perception::face::{Choice, Models, Worker};
use coach_perception::runtime::Runtime;
use coach_testing::{Need, not_checked};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The library of models.toml.
pub const LIBRARY: &str = "libonnxruntime.so.1.32.0";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn directory(variable: &str, fallback: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| root().join(fallback), PathBuf::from)
}

/// The bytes of a file of `./models` or `$COACH_MODELS`.
pub fn model(name: &str, what: &str) -> Option<Vec<u8>> {
    let path = directory("COACH_MODELS", "models").join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        not_checked(Need::Models, what, format_args!("{} is missing (`make setup`)", path.display()));
    }
    bytes
}

pub fn runtime(what: &str) -> Option<Runtime> {
    let path = directory("COACH_MODELS", "models").join(LIBRARY);
    match Runtime::load(&path) {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            not_checked(Need::Models, what, error);
            None
        }
    }
}

/// The full model, run by what `COACH_FACE_RUNTIME` says.
pub fn full_models(what: &str) -> Option<Models> {
    let models = Models::full(&model("face_landmarker.task", what)?).expect("the bundle of models.toml");
    Some(match std::env::var("COACH_FACE_RUNTIME").as_deref() {
        Ok("onnxruntime") => models.run_by(Choice::OnnxRuntime),
        Ok("avx2") => models.run_by(Choice::Avx2),
        Ok("avx512") => models.run_by(Choice::Avx512),
        _ => models,
    })
}

pub fn lite_models(what: &str) -> Option<Models> {
    let detector = model("face_detection_short_range.tflite", what)?;
    let mesh = model("face_landmark.tflite", what)?;
    Some(Models::lite(&detector, &mesh).expect("the files of models.toml"))
}

pub fn full_worker(what: &str) -> Option<Worker> {
    Some(Worker::new(&runtime(what)?, &full_models(what)?).expect("a worker"))
}

pub fn lite_worker(what: &str) -> Option<Worker> {
    Some(Worker::new(&runtime(what)?, &lite_models(what)?).expect("a worker"))
}

/// `data/face` of the shared material, with MediaPipe's answers in `reference`.
pub struct References {
    folder: PathBuf,
}

/// MediaPipe's answer for one file.
pub struct Expected {
    pub width: usize,
    pub height: usize,
    pub frames: Vec<ExpectedFrame>,
    /// SHA-256 in hex of the RGB of a still as it was shown to MediaPipe.
    pub rgb_sha256: String,
}

pub struct ExpectedFrame {
    pub ts_ms: i64,
    pub faces: Vec<Reference>,
}

/// One face as MediaPipe saw it.
pub struct Reference {
    pub landmarks: Vec<[f32; 3]>,
    pub blendshapes: Vec<f32>,
    pub matrix: [f32; 16],
}

/// A decoded image, RGB or I420 by how it was asked for.
pub struct Pixels {
    pub width: usize,
    pub height: usize,
    pub data: Vec<u8>,
}

impl Pixels {
    pub fn frame(&self) -> RgbFrame<'_> {
        RgbFrame { width: self.width, height: self.height, data: &self.data, stride: 3 * self.width }
    }

    pub fn sha256(&self) -> String {
        Sha256::digest(&self.data).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn i420(&self) -> I420<'_> {
        let (w, h) = (self.width, self.height);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        let (y, chroma) = self.data.split_at(w * h);
        let (u, v) = chroma.split_at(cw * ch);
        I420 {
            width: w,
            height: h,
            y,
            u,
            v,
            y_stride: w,
            u_stride: cw,
            v_stride: cw,
            matrix: Matrix::Bt601,
            range: Range::Limited,
            rotation: Rotation::None,
        }
    }
}

impl References {
    pub fn find(what: &str) -> Option<References> {
        let folder = directory("COACH_SHARED", "../shared").join("data/face");
        let found = folder.join("reference").is_dir();
        if !found {
            not_checked(Need::Reference, what, format_args!("{} is missing", folder.display()));
        }
        found.then_some(References { folder })
    }

    pub fn json(&self, name: &str) -> serde_json::Value {
        let bytes = std::fs::read(self.folder.join("reference").join(name)).expect("the reference");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    pub fn read(&self, file: &str) -> Expected {
        let json = self.json(&format!("{file}.json"));
        let size = |key: &str| json[key].as_u64().expect("a size") as usize;
        let frames = json["frames"].as_array().expect("frames").iter().map(|frame| ExpectedFrame {
            ts_ms: frame["ts_ms"].as_i64().unwrap_or(0),
            faces: frame["faces"].as_array().expect("faces").iter().map(reference).collect(),
        });
        let rgb_sha256 = json["rgb_sha256"].as_str().unwrap_or_default().to_owned();
        Expected { width: size("width"), height: size("height"), frames: frames.collect(), rgb_sha256 }
    }

    /// A still as RGB: a JPEG bit for bit as libjpeg decodes it where GStreamer's `jpegdec` is installed, else by `ffmpeg`.
    pub fn image(&self, file: &str, expected: &Expected) -> Pixels {
        if let Some(pixels) = jpeg::decode(&self.folder.join(file), expected.width, expected.height) {
            return pixels;
        }
        let mut found = None;
        self.video(file, "rgb24", expected, |_, p| found = Some(Pixels { data: p.data.clone(), ..*p }));
        found.expect("one image")
    }

    /// Decodes a file by `ffmpeg` and shows every frame.
    pub fn video(&self, file: &str, format: &str, expected: &Expected, mut show: impl FnMut(usize, &Pixels)) {
        let path = self.folder.join(file);
        let (width, height) = (expected.width, expected.height);
        let bytes = match format {
            "rgb24" => 3 * width * height,
            _ => width * height + 2 * width.div_ceil(2) * height.div_ceil(2),
        };
        let mut child = Command::new("ffmpeg")
            .args(["-v", "error", "-noautorotate", "-i"])
            .arg(&path)
            // OpenCV's flags for video; every frame that the file has, once.
            .args(["-fps_mode", "passthrough", "-sws_flags", "bicubic", "-pix_fmt", format, "-f", "rawvideo", "-"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("ffmpeg");
        let mut out = child.stdout.take().expect("a pipe");
        let mut pixels = Pixels { width, height, data: vec![0; bytes] };
        let mut index = 0;
        while out.read_exact(&mut pixels.data).is_ok() {
            show(index, &pixels);
            index += 1;
        }
        assert!(child.wait().expect("ffmpeg ends").success(), "ffmpeg decodes {file}");
    }
}

fn reference(face: &serde_json::Value) -> Reference {
    let number = |v: &serde_json::Value| v.as_f64().expect("a number") as f32;
    let numbers = |v: &serde_json::Value| v.as_array().expect("a list").iter().map(number).collect::<Vec<f32>>();
    let rows = |v: &serde_json::Value| v.as_array().expect("rows").iter().map(numbers).collect::<Vec<_>>();
    let landmarks = rows(&face["landmarks"]).into_iter().map(|p| p.try_into().expect("x, y, z")).collect();
    let blendshapes = coach_core::face::BLENDSHAPES.iter().map(|name| number(&face["blendshapes"][*name])).collect();
    let matrix = rows(&face["matrix"]).concat().try_into().expect("sixteen numbers");
    Reference { landmarks, blendshapes, matrix }
}
