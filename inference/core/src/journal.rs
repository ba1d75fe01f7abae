//! The journal, version 2: every input of the engine, one JSON object a line, in order of [`Line::order`].
//!
//! The journal is what was seen and heard; it carries no baseline and no fusion. The engine is fed exactly the
//! values written here (f32, shortest round trip), so that metrics, hints and scores recompute from it bit for bit.
//!
//! Conventions: `t` in whole milliseconds of media time. Angles in degrees; left and right are the **subject's own**.
//! Image coordinates run 0 to 1 over the upright frame (rotation applied), x to the viewer's right, y down.
//! Levels in dB re 2e-5 for samples of ±1, as Praat.

mod header;
mod words;

pub use header::{Calibration, Capture, FaceModel, Header, HintSettings, Models, Part, Source, VoiceActivityModel};
pub use words::{Phrase, Word, is_filler};

use crate::face::{ActionUnits, Blendshapes, fixed};
use crate::{MediaTime, Span};
use serde::{Deserialize, Serialize};

/// The version written by this code. Version 1, which has no words, stays readable for ever.
pub const VERSION: u32 = 2;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    Header(Box<Header>),
    Mark(Mark),
    Gap(Gap),
    Rate(Rate),
    Face(Box<Face>),
    Voice(Voice),
    Other(Other),
    VoicedRun(VoicedRun),
    Nucleus(Nucleus),
    Hesitation(Hesitation),
    Phrase(Box<Phrase>),
    Notice(Notice),
}

/// The inputs of the engine that progress on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    Face,
    Voice,
    Marks,
    Words,
    /// The interviewer's voice, in sessions with a room.
    Other,
}

impl Stream {
    pub const ALL: [Stream; 5] = [Stream::Face, Stream::Voice, Stream::Marks, Stream::Words, Stream::Other];
}

impl Line {
    /// The time it counts from; the header counts from before everything.
    pub fn t(&self) -> MediaTime {
        match self {
            Line::Header(_) => MediaTime(i64::MIN),
            Line::Mark(x) => x.t,
            Line::Gap(x) => x.t,
            Line::Rate(x) => x.t,
            Line::Face(x) => x.t,
            Line::Voice(x) => x.t,
            Line::Other(x) => x.t,
            Line::VoicedRun(x) => x.t,
            Line::Nucleus(x) => x.t,
            Line::Hesitation(x) => x.t,
            Line::Phrase(x) => x.t,
            Line::Notice(x) => x.t,
        }
    }

    /// The order of lines in a journal: time, then kind, then what tells two of a kind apart.
    pub fn order(&self) -> (MediaTime, u8, i64) {
        let (rank, tie) = match self {
            Line::Header(_) => (0, 0),
            Line::Mark(x) => (1, x.what as i64),
            Line::Gap(x) => (2, (x.start.ms() << 2) | x.what as i64),
            Line::Rate(_) => (3, 0),
            Line::Face(_) => (4, 0),
            Line::Voice(_) => (5, 0),
            Line::VoicedRun(x) => (6, x.start.ms()),
            Line::Nucleus(x) => (7, x.at.ms()),
            Line::Hesitation(x) => (8, x.start.ms()),
            Line::Phrase(x) => (9, x.start.ms()),
            Line::Notice(_) => (10, 0),
            Line::Other(_) => (11, 0),
        };
        (self.t(), rank, tie)
    }

    /// The stream whose progress covers this line. The header belongs to none: it is always first.
    pub fn stream(&self) -> Option<Stream> {
        match self {
            Line::Header(_) => None,
            Line::Mark(_) | Line::Notice(_) => Some(Stream::Marks),
            Line::Face(_) | Line::Rate(_) => Some(Stream::Face),
            Line::Gap(gap) => Some(match gap.what {
                GapKind::Audio => Stream::Voice,
                GapKind::Video | GapKind::Face => Stream::Face,
                GapKind::Words => Stream::Words,
            }),
            Line::Voice(_) | Line::VoicedRun(_) | Line::Nucleus(_) | Line::Hesitation(_) => Some(Stream::Voice),
            Line::Phrase(_) => Some(Stream::Words),
            Line::Other(_) => Some(Stream::Other),
        }
    }
}

/// Something the candidate or the page said about the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub t: MediaTime,
    pub what: MarkKind,
    /// The question's text with `question` and `follow_up`, the note's with `note`, the hint's id with `hint_off` and `hint_on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The question's id in the bank, so that two answers to one question can be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// How long an answer is suggested to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MarkKind {
    /// The answer before it ends where the next question is asked, unless it ended already. Declared first: at equal times an
    /// answer's end comes before the next question.
    AnswerEnd,
    Question,
    Pause,
    Resume,
    Note,
    /// The answer that has ended goes on with a further question, whose text is `question`.
    FollowUp,
    /// The hint whose id is `question` is not shown from here on, because the person called it not helpful.
    HintOff,
    /// It is shown again.
    HintOn,
}

/// What one analyzed frame showed.
///
/// Example: `present` true, `pose.yaw` +12: the candidate has turned towards their own left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// Stamp of the frame.
    pub t: MediaTime,
    /// Whether a face was found. False: every measure below is `None` and the box is zero.
    pub present: bool,
    /// Presence score of the landmark model, 0 to 1; 0 when there is none.
    pub score: f32,
    /// Faces seen when the detector last ran, without those that are less than half as wide as the one that is followed (at first the
    /// largest): people in the background, faces on posters.
    pub faces: u32,
    /// x, y, width, height of the landmarks' bounds, 0 to 1 of the upright frame (may reach beyond it).
    #[serde(rename = "box")]
    pub bounds: [f32; 4],
    pub quality: Quality,
    /// 52 in MediaPipe's order, 0 to 1. `None` with the lite model, or held back by overload.
    pub blendshapes: Option<Blendshapes>,
    pub action_units: Option<ActionUnits>,
    pub pose: Option<Pose>,
    /// `None` with the lite model.
    pub iris: Option<Iris>,
    /// Eye aspect ratio, subject's left and right: lid distance over corner distance, about 0.3 open, under 0.15 closed.
    pub eye_opening: Option<[f32; 2]>,
    /// 0 to 1: mean of both mouth corners' pull.
    pub smile: Option<f32>,
    /// 40 points for the replay.
    pub outline: Option<Outline>,
    /// 478 (or 468) points x, y, z, only when asked for. x and y 0 to 1; z in units of the frame's width, towards the camera negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmarks: Option<Vec<[f32; 3]>>,
}

impl Face {
    /// The observation of a frame without a face.
    pub fn absent(t: MediaTime, quality: Quality) -> Face {
        Face {
            t,
            present: false,
            score: 0.0,
            faces: 0,
            bounds: [0.0; 4],
            quality,
            blendshapes: None,
            action_units: None,
            pose: None,
            iris: None,
            eye_opening: None,
            smile: None,
            outline: None,
            landmarks: None,
        }
    }
}

/// Whether the image allows a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Mean luma of the face (of the whole frame when there is none), 0 black to 1 white.
    pub light: f32,
    /// Height of the face over the height of the frame, 0 to about 1.
    pub size: f32,
    /// The worst thing wrong, if any.
    pub reason: Option<QualityReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum QualityReason {
    Dark,
    Bright,
    Small,
    /// Turned by more than 45 degrees.
    Turned,
    /// Partly out of the frame.
    Cut,
}

/// Where the head points, in degrees.
///
/// Example: yaw +20, pitch +10, roll +5: turned to the subject's own left, looking down, tilted clockwise as the camera sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Positive: to the subject's own left (the viewer's right).
    pub yaw: f32,
    /// Positive: down.
    pub pitch: f32,
    /// Positive: clockwise as seen by the camera.
    pub roll: f32,
    /// Facial transformation matrix, row-major, centimetres, camera at the origin looking along -z (MediaPipe's convention).
    pub matrix: [f32; 16],
}

/// Where the irises sit between the eye corners; no unit.
///
/// The offset of the iris from the middle of its eye's corners in half corner distances: x positive to the viewer's right (the
/// subject's own left) along the line of the corners, y positive down. Example: `left: [0.2, 0.0]`: the left eye looks to the subject's left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Iris {
    pub left: [f32; 2],
    pub right: [f32; 2],
}

/// 40 points x, y of face, eyes, brows and lips; each coordinate 0 to 1 of the upright frame times 65 535, clamped.
///
/// In this order, closed lines unless said otherwise: 0..12 face oval; 12..15 right and 15..18 left brow (open); 18..22 right and
/// 22..26 left eye; 26..34 outer and 34..38 inner edge of the lips; 38..40 bridge and tip of the nose (open).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline(pub [u16; 80]);

impl Serialize for Outline {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.0)
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        fixed(Vec::<u16>::deserialize(d)?).map(Outline)
    }
}

/// 100 ms of voice in ten hops of 10 ms; a value is of its hop's centre.
///
/// Example: `t` 1200, `f0[3]` 118.2: at 1235 ms the pitch was 118.2 Hz.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Start of the first hop.
    pub t: MediaTime,
    /// Length of a hop in ms: 10.
    pub hop: u32,
    /// Hz; `null` = unvoiced.
    pub f0: [Option<f32>; 10],
    /// Strength of the best voiced candidate (normalised autocorrelation), 0 to 1.
    pub strength: [f32; 10],
    /// dB re 2e-5; at least -300, so that silence stays a number.
    pub intensity: [f32; 10],
    /// Probability of speech, 0 to 1.
    pub speech: [f32; 10],
    /// Speech level over noise level, dB; `null` until both are known.
    pub snr_db: Option<f32>,
}

/// 100 ms of the interviewer's voice in ten hops of 10 ms, on the clock of the session.
///
/// Example: `t` 1200, `speech[3]` 0.9: at 1235 ms the interviewer was speaking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// Start of the first hop.
    pub t: MediaTime,
    /// Length of a hop in ms: 10.
    pub hop: u32,
    /// Probability of speech, 0 to 1.
    pub speech: [f32; 10],
}

/// Perturbation of one voiced run, Praat's definitions. A measure is `None` where the run has too few periods for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoicedRun {
    /// When it was known.
    pub t: MediaTime,
    pub start: MediaTime,
    pub end: MediaTime,
    /// Ratio (0.01 = 1 %).
    pub jitter_local: Option<f32>,
    pub jitter_rap: Option<f32>,
    pub jitter_ppq5: Option<f32>,
    /// Ratio.
    pub shimmer_local: Option<f32>,
    /// dB.
    pub hnr_db: Option<f32>,
}

/// A syllable nucleus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nucleus {
    /// When it was known.
    pub t: MediaTime,
    /// The peak.
    pub at: MediaTime,
}

/// A possible hesitation: a sustained flat voiced segment beside a pause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hesitation {
    /// When it was known.
    pub t: MediaTime,
    pub start: MediaTime,
    pub end: MediaTime,
    /// 0 to 1.
    pub confidence: f32,
}

/// A stretch about which a stream can say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// When it was known.
    pub t: MediaTime,
    pub what: GapKind,
    pub start: MediaTime,
    pub end: MediaTime,
    pub reason: GapReason,
}

impl Gap {
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    Video,
    Audio,
    /// Video was there, but was not analyzed.
    Face,
    /// Speech was heard, but not written down.
    Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    Loss,
    Overload,
    Muted,
    /// The track ended, or never was.
    Ended,
    NoConnection,
}

/// What the person has to know about the file that was analyzed: which of its audio tracks was read, that it ends early.
///
/// Example: `text` "The file ends early: 8.5 s of 15.0 s could be read."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When it was known.
    pub t: MediaTime,
    /// A sentence, at most 300 characters.
    pub text: String,
}

/// From here on, frames are analyzed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub t: MediaTime,
    pub hz: u32,
    pub model: FaceModel,
}
