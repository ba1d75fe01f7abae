//! What the voice tests share: finding the data, reading WAV files, comparing curves.
#![allow(dead_code, clippy::disallowed_methods)]

use coach_core::MediaTime;
use coach_core::journal::Line;
use coach_perception::runtime::Runtime;
use coach_perception::voice::{Activity, Listener, Tuning};
use coach_testing::{Need, not_checked};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn from_root(variable: &str, otherwise: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os(variable).map_or_else(|| root.join(otherwise), PathBuf::from)
}

/// The folder with recorded and synthetic voices; `None`, with a line that says so, where it is absent.
pub fn data(what: &str) -> Option<PathBuf> {
    let folder = from_root("COACH_SHARED", "../shared").join("data/voice");
    if !folder.join("manifest.json").is_file() {
        not_checked(Need::Reference, what, format_args!("{} is missing", folder.display()));
        return None;
    }
    Some(folder)
}

/// Silero, or `None` with a line that says what is missing.
pub fn silero() -> Option<Activity> {
    let folder = from_root("COACH_MODELS", "models");
    let (library, model) = (folder.join("libonnxruntime.so.1.32.0"), folder.join("silero_vad_16k_op15.onnx"));
    let Ok(onnx) = std::fs::read(&model) else {
        not_checked(Need::Models, "Silero", format_args!("{} is missing (`make setup`)", model.display()));
        return None;
    };
    match Runtime::load(&library) {
        Ok(runtime) => Some(Activity::silero(&runtime, &onnx).expect("the model of models.toml")),
        Err(error) => {
            not_checked(Need::Models, "Silero", error);
            None
        }
    }
}

/// Silero, else level alone.
pub fn best_activity() -> Activity {
    silero().unwrap_or_else(Activity::energy)
}

pub struct Sound {
    pub rate_hz: u32,
    pub samples: Vec<f32>,
}

/// A WAV file of 16-bit samples, channels averaged.
pub fn wav(path: &Path) -> Sound {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let u16_at = |i: usize| u16::from_le_bytes([bytes[i], bytes[i + 1]]);
    let u32_at = |i: usize| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
    assert_eq!(&bytes[..4], b"RIFF", "{}", path.display());
    let (mut at, mut rate_hz, mut channels) = (12, 0, 1);
    loop {
        let (id, size) = (&bytes[at..at + 4], u32_at(at + 4) as usize);
        if id == b"fmt " {
            channels = usize::from(u16_at(at + 10));
            rate_hz = u32_at(at + 12);
            assert_eq!(u16_at(at + 22), 16, "{}", path.display());
        }
        if id == b"data" {
            let data = &bytes[at + 8..(at + 8 + size).min(bytes.len())];
            let samples = data
                .chunks_exact(2 * channels)
                .map(|frame| {
                    let sum: i32 = frame.chunks_exact(2).map(|b| i32::from(i16::from_le_bytes([b[0], b[1]]))).sum();
                    sum as f32 / channels as f32 / 32768.0
                })
                .collect();
            return Sound { rate_hz, samples };
        }
        at += 8 + size + size % 2;
    }
}

pub fn json(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The manifest: by file name ("real/jfk.wav").
pub fn manifest(folder: &Path) -> BTreeMap<String, serde_json::Value> {
    serde_json::from_value(json(&folder.join("manifest.json"))).expect("an object")
}

pub fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().map(|a| a.iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()).unwrap_or_default()
}

/// How two pitch contours differ (0 = unvoiced).
#[derive(Debug, Clone, Default)]
pub struct Difference {
    pub frames: usize,
    pub voicing: usize,
    pub both: usize,
    pub gross: usize,
    pub cents: Vec<f64>,
}

impl Difference {
    pub fn add(&mut self, other: Difference) {
        self.frames += other.frames;
        self.voicing += other.voicing;
        self.both += other.both;
        self.gross += other.gross;
        self.cents.extend(other.cents);
    }

    /// Voicing decision error, %.
    pub fn vde(&self) -> f64 {
        100.0 * self.voicing as f64 / self.frames.max(1) as f64
    }

    /// Gross pitch error (over 20 %), % of the frames that both call voiced.
    pub fn gpe(&self) -> f64 {
        100.0 * self.gross as f64 / self.both.max(1) as f64
    }

    pub fn mean_cents(&self) -> f64 {
        self.cents.iter().sum::<f64>() / self.cents.len().max(1) as f64
    }

    pub fn p95_cents(&self) -> f64 {
        percentile(&self.cents, 0.95)
    }
}

pub fn compare(ours: &[f64], theirs: &[f64]) -> Difference {
    let mut d = Difference { frames: theirs.len(), ..Difference::default() };
    for (&a, &b) in ours.iter().zip(theirs) {
        if (a > 0.0) != (b > 0.0) {
            d.voicing += 1;
        } else if a > 0.0 {
            d.both += 1;
            if (a / b - 1.0).abs() > 0.2 {
                d.gross += 1;
            } else {
                d.cents.push((1200.0 * (a / b).log2()).abs());
            }
        }
    }
    d
}

pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() { f64::NAN } else { sorted[((sorted.len() - 1) as f64 * share).round() as usize] }
}

/// Everything a listener says about a sound.
pub fn listen(sound: &Sound, activity: Activity, tuning: Tuning) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut listener = Listener::tuned(sound.rate_hz, activity, MediaTime::ZERO, tuning).expect("a rate in range");
    listener.push(&sound.samples, &mut |line| lines.push(line)).expect("a working detector");
    listener.finish(&mut |line| lines.push(line)).expect("a working detector");
    lines
}

/// Pitch in Hz (0 = unvoiced) of every hop.
pub fn f0_of(lines: &[Line]) -> Vec<f64> {
    let voice = lines.iter().filter_map(|line| if let Line::Voice(v) = line { Some(v) } else { None });
    voice.flat_map(|v| v.f0).map(|f0| f0.map_or(0.0, f64::from)).collect()
}

/// Probability of speech of every hop.
pub fn speech_of(lines: &[Line]) -> Vec<f32> {
    let voice = lines.iter().filter_map(|line| if let Line::Voice(v) = line { Some(v) } else { None });
    voice.flat_map(|v| v.speech).collect()
}

/// Numbers that look random and are the same on every machine (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// 0 to 1.
    pub fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Normally distributed, standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(1e-300), self.uniform());
        (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }
}
