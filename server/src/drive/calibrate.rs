//! The device check's clip: through the offline door's decoders, then measured.

use super::models::Models;
use super::observer::{Event, Observer, Options};
use super::workers::Workers;
use super::{Advice, AdviceReason, CalibrateError, CalibrationOutcome};
use coach_core::journal::{Line, QualityReason, Stream};
use coach_insight::calibration::{self, Finding};
use coach_media::file;
use std::path::Path;
use std::sync::{Arc, mpsc};

/// A check takes 3 s; more than this is not a check.
const LONGEST_MS: i64 = 15_000;
const SHORTEST_MS: i64 = 1_000;

/// Measures a clip of the device check. Takes about a tenth of its length: call it from a thread that may wait.
///
/// # Errors
/// The clip is not media, is too short or too long.
pub fn calibrate(
    clip: &Path,
    models: &Models,
    workers: Option<&Arc<Workers>>,
) -> Result<CalibrationOutcome, CalibrateError> {
    let limits = file::Limits::default();
    let not_media = |e: &dyn std::fmt::Display| CalibrateError::NotMedia(e.to_string());
    let mut source = file::Source::open(clip, limits).map_err(|e| not_media(&e))?;
    let (post, events) = mpsc::channel::<Event>();
    let options = Options { rate_hz: 15, landmarks: false, live: false };
    let mut observer = Observer::new(models, workers, options, Arc::new(move |event| drop(post.send(event))));
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
        match events.recv() {
            Ok(event) => observer.event(event),
            Err(_) => break,
        }
    }
    if end < SHORTEST_MS {
        return Err(CalibrateError::Unusable("it is shorter than 1 s".into()));
    }
    let lines: Vec<Line> = observer.take_lines().collect();
    let measured = calibration::measure(&lines);
    // Without a face model nobody can see a face: that is the operator's to cure, not the candidate's.
    let blind = workers.is_none();
    let advice: Vec<Advice> = measured
        .findings
        .iter()
        .filter(|f| !(blind && matches!(f, Finding::NoFace | Finding::Picture(_))))
        .map(|f| advice(*f))
        .collect();
    let ok = measured.ok() || advice.iter().all(|a| a.reason == AdviceReason::Quiet);
    Ok(CalibrationOutcome { calibration: measured.calibration, advice, ok })
}

fn advice(finding: Finding) -> Advice {
    let (reason, text) = match finding {
        Finding::NoFace => (AdviceReason::NoFace, "I can't see your face. Sit in front of the camera and look at it."),
        Finding::Picture(QualityReason::Dark) => {
            (AdviceReason::Dark, "It is rather dark. Turn on a lamp or face a window.")
        }
        Finding::Picture(QualityReason::Bright) => {
            (AdviceReason::Bright, "The picture is very bright. Move the light away from your face.")
        }
        Finding::Picture(QualityReason::Small) => {
            (AdviceReason::Small, "You are far away. Come a little closer to the camera.")
        }
        Finding::Picture(QualityReason::Turned) => {
            (AdviceReason::Turned, "Your head is turned away. Put the camera in front of you.")
        }
        Finding::Picture(QualityReason::Cut) => {
            (AdviceReason::Cut, "Your face is partly out of the picture. Move into the middle.")
        }
        Finding::LoudNoise => {
            (AdviceReason::LoudNoise, "There is a lot of background noise. A quieter place will help.")
        }
        Finding::Quiet => (AdviceReason::Quiet, "I can't hear anything. Check that the microphone is on."),
    };
    Advice { reason, text: text.into() }
}
