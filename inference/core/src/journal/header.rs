//! The first line of a journal: the source of the media, the models, the device check, the settings of the session.

#[cfg(doc)]
use super::{Face, Iris, Pose, VERSION};
use crate::MediaTime;
use crate::face::ActionUnits;
use serde::{Deserialize, Serialize};

/// Where the media came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Live,
    File,
}

/// The first line: under which conditions everything after it was observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`].
    pub version: u32,
    pub source: Source,
    /// Wall time of t = 0 in microseconds since 1970 (UTC); 0 for a file.
    pub started_us: i64,
    /// Id of the owner; empty for a file analyzed on the command line.
    pub owner: String,
    pub models: Models,
    /// Analyzed frames per second at the start; 0 = every frame.
    pub rate_hz: u32,
    pub capture: Capture,
    /// `null`: none was made, the engine learns from the first seconds.
    pub calibration: Option<Calibration>,
    pub hints: HintSettings,
    /// False: the operator switched affect (valence, arousal, stress from the face) off.
    pub affect: bool,
    /// The parts that the recording was joined from.
    pub parts: Vec<Part>,
    /// Whether an interviewer may take part, whose voice then is a stream of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub room: bool,
}

/// Which models looked and listened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Models {
    pub face: FaceModel,
    /// SHA-256 of the model file in hex; empty with [`FaceModel::None`].
    pub face_sha256: String,
    pub voice_activity: VoiceActivityModel,
    /// Name and version of the speech recognizer ("moonshine-tiny-en 0.1.29"); `null`: nothing is written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What ran the landmarks and blendshapes: "avx512" or "avx2", the kernels of coach-perception, or "onnxruntime". `null`: no face
    /// model, or a journal of version 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face_runtime: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FaceModel {
    /// 478 landmarks with iris, 52 blendshapes.
    Full,
    /// 468 landmarks; action units from geometry, of low confidence; no iris, no blendshapes.
    Lite,
    /// No model: nothing is said about faces.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VoiceActivityModel {
    Silero,
    /// Level alone.
    Energy,
}

/// The settings the browser really applied, or what the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Capture {
    /// Pixels of the upright frame; 0 = no video.
    pub width: u32,
    pub height: u32,
    /// Automatic gain control was on (levels then say little).
    pub agc: bool,
    pub noise_suppression: bool,
    /// The echo of somebody else was taken out of the microphone, which changes the voice while both speak.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub echo_cancellation: bool,
}

/// What the device check measured: the person's neutral look at the camera and the room's quiet.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Calibration {
    /// Degrees; as [`Pose`].
    pub yaw: Option<f32>,
    pub pitch: Option<f32>,
    pub roll: Option<f32>,
    /// Mean of both eyes, as [`Iris`].
    pub iris: Option<[f32; 2]>,
    /// Left, right, as [`Face::eye_opening`].
    pub eye_opening: Option<[f32; 2]>,
    /// Neutral action units.
    pub action_units: Option<ActionUnits>,
    pub smile: Option<f32>,
    /// Level of the quiet room, dB.
    pub noise_floor_db: Option<f32>,
    /// Level of the voice when something was said, dB.
    pub level_db: Option<f32>,
    /// Median pitch of the voice when something was said, Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pitch_hz: Option<f32>,
}

/// Which hints the person allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HintSettings {
    /// Ids of the hints that may be shown ("slow_down", …).
    pub enabled: Vec<String>,
    /// At most one hint per this many milliseconds.
    pub budget_ms: i64,
}

/// One publishing of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub n: u32,
    /// Media time at which it begins.
    pub offset: MediaTime,
}
