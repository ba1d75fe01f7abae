//! Measures the clip of the device check.

use super::models::Models;
use super::observer::{Event, Observer, Options};
use super::workers::Workers;
use coach_core::journal::{Calibration, Line, QualityReason, Stream};
use coach_insight::calibration::{self, Finding};
use coach_media::file;
use coach_media::process::Decoding;
use serde::Serialize;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Longest clip, ms.
const LONGEST_MS: i64 = 15_000;
/// Shortest clip, ms.
const SHORTEST_MS: i64 = 1_000;
/// Longest wait for an answer of a decoder or a worker when the clip has been read.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Why a clip cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The clip is not media that can be decoded.
    #[error("the clip cannot be read: {0}")]
    NotMedia(String),
    /// The clip can be decoded, but is too short or too long.
    #[error("the clip cannot be used: {0}")]
    Unusable(String),
    /// The measurement failed or the server is stopping.
    #[error("the device check cannot be measured now: {0}")]
    Unavailable(String),
    /// A fault of the server.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// What the device check found.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CalibrationOutcome {
    /// The baseline that was measured.
    pub calibration: Calibration,
    /// What the person can improve; empty when nothing.
    pub advice: Vec<Advice>,
    /// Whether light, position and audio are good enough to begin.
    pub ok: bool,
}

/// One piece of advice of the device check.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Advice {
    /// What is wrong.
    pub reason: AdviceReason,
    /// One or two sentences for the person that say what to do.
    pub text: String,
}

/// What is wrong with light, position or audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdviceReason {
    /// The face is too dark.
    Dark,
    /// The face is too bright.
    Bright,
    /// The face is too far away.
    Small,
    /// The head is turned away.
    Turned,
    /// The face is partly out of the frame.
    Cut,
    /// No face was found.
    NoFace,
    /// Nothing can be heard.
    Quiet,
    /// The background noise is loud.
    LoudNoise,
}

/// Measures a clip of the device check: a baseline, and advice about light, position and noise. Blocks for about a tenth of the
/// clip's length.
///
/// # Errors
/// The clip is not media, is shorter than 1 s or longer than 15 s, or its analysis gives no answer for a minute.
pub fn calibrate(
    clip: &Path,
    models: &Models,
    workers: Option<&Arc<Workers>>,
) -> Result<CalibrationOutcome, CalibrateError> {
    let limits = file::Limits::default();
    let not_media = |e: &dyn std::fmt::Display| CalibrateError::NotMedia(e.to_string());
    let decoding = Decoding::new();
    let mut source = decoding.open(clip, limits).map_err(|e| not_media(&e))?;
    let (post, events) = mpsc::channel::<Event>();
    let options = Options { rate_hz: 15, landmarks: false, words: false, live: false };
    let mut observer = Observer::new(models, workers, options, Arc::new(move |event| drop(post.send(event))));
    observer.decode_in(&decoding);
    observer.formats(source.formats()).map_err(|e| not_media(&e))?;
    let mut end = 0;
    while let Some(item) = source.next().map_err(|e| not_media(&e))? {
        end = end.max(item.t().map_or(0, |t| t.ms()));
        if end > LONGEST_MS {
            return Err(CalibrateError::Unusable("it is longer than 15 s".into()));
        }
        observer.item(&item);
        events.try_iter().for_each(|event| observer.event(event));
    }
    observer.end();
    while !(observer.is_over(Stream::Face) && observer.is_over(Stream::Voice)) {
        let silent = |_| CalibrateError::Unavailable("its analysis does not answer; try again in a minute".into());
        observer.event(events.recv_timeout(ANSWER_WITHIN).map_err(silent)?);
    }
    if end < SHORTEST_MS {
        return Err(CalibrateError::Unusable("it is shorter than 1 s".into()));
    }
    let lines: Vec<Line> = observer.take_lines().collect();
    let measured = calibration::measure(&lines);
    // Without a face model no face is ever found. Only the operator can change that, so the person gets no advice about it.
    let no_face_model = workers.is_none();
    let advice: Vec<Advice> = measured
        .findings
        .iter()
        .filter(|f| !(no_face_model && matches!(f, Finding::NoFace | Finding::Video(_))))
        .map(|f| advice(*f))
        .collect();
    let ok = measured.ok() || advice.iter().all(|a| a.reason == AdviceReason::Quiet);
    Ok(CalibrationOutcome { calibration: measured.calibration, advice, ok })
}

/// Returns what to tell the person about a finding.
fn advice(finding: Finding) -> Advice {
    let (reason, text) = match finding {
        Finding::NoFace => (AdviceReason::NoFace, "I can't see your face. Sit in front of the camera and look at it."),
        Finding::Video(QualityReason::Dark) => {
            (AdviceReason::Dark, "It is rather dark. Turn on a lamp or face a window.")
        }
        Finding::Video(QualityReason::Bright) => {
            (AdviceReason::Bright, "The video is very bright. Move the light away from your face.")
        }
        Finding::Video(QualityReason::Small) => {
            (AdviceReason::Small, "You are far away. Come a little closer to the camera.")
        }
        Finding::Video(QualityReason::Turned) => {
            (AdviceReason::Turned, "Your head is turned away. Put the camera in front of you.")
        }
        Finding::Video(QualityReason::Cut) => {
            (AdviceReason::Cut, "Your face is partly out of the frame. Move into the middle.")
        }
        Finding::LoudNoise => {
            (AdviceReason::LoudNoise, "There is a lot of background noise. A quieter place will help.")
        }
        Finding::Quiet => (AdviceReason::Quiet, "I can't hear anything. Check that the microphone is on."),
    };
    Advice { reason, text: text.into() }
}
