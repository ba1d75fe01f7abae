//! What stood in the way: out of the frame, dark, noise, another face, a video that does not move, a time that ran over.

use super::{Fault, to_play};
use crate::evidence::SCORED_SPEECH_S;
use crate::metrics::{Priority, Told, answer_length, presence};
use crate::scene::Scene;
use crate::scores::Measures;
use crate::texts;
use crate::timeline::{CELL_MS, Cell};
use coach_core::{MediaTime, Span};

/// Away or dark for this long, or for this share of the answer, is told.
const TOLD_MS: i64 = 3000;
const TOLD_SHARE: f64 = 0.05;
const LEAST_TOLD_S: f64 = 2.0;
/// An answer longer than this many times the suggested time is told.
const LONG: f32 = 1.3;

/// Faults of video and audio, and notes on what could not be judged.
pub(super) fn conditions(scene: &Scene, measures: &Measures) -> (Vec<Fault>, Vec<String>) {
    let mut faults = Vec::new();
    let mut notes = Vec::new();
    faults.extend(away(scene, measures));
    faults.extend(dark(scene));
    faults.extend(several(scene));
    faults.extend(noise(scene));
    faults.extend(over_time(scene, measures));
    let t = &scene.totals;
    if scene.still_video {
        notes
            .push("The video did not move: it is a photograph or a frozen camera, so your face was not judged.".into());
    }
    if (1.0..SCORED_SPEECH_S).contains(&t.speech_s) {
        notes.push(format!(
            "Too short to judge: {} of speech, {SCORED_SPEECH_S:.0} s are needed. Say a little more.",
            texts::about_seconds(t.speech_s.floor())
        ));
    }
    if !scene.full_face_model && t.good_s > 1.0 {
        notes.push(texts::gaze_from_head());
    }
    (faults, notes)
}

/// A stretch in which something was so, but for moments of up to a second.
struct Stretch {
    span: Span,
    /// How long it was so: the moments in which it was seen not to be so are not counted.
    ms: i64,
}

/// Stretches in which it was so for at least `ms`; up to a second in between joins two. A cell without an analyzed frame, of which a camera
/// in poor light leaves many, is like those around it.
fn stretches(scene: &Scene, ms: i64, is: impl Fn(&Cell) -> Option<bool>) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for &span in &scene.spans {
        let mut unseen_ms = 0;
        for (t, cell) in scene.timeline.cells(span) {
            let Some(so) = is(cell) else {
                unseen_ms += CELL_MS;
                continue;
            };
            let between_ms = std::mem::take(&mut unseen_ms);
            if !so {
                continue;
            }
            let end = t + CELL_MS;
            match found.last_mut() {
                Some(last) if t - last.span.end <= 1000 && span.contains(last.span.start) => {
                    let between_ms = if t - last.span.end == between_ms { between_ms } else { 0 };
                    (last.span.end, last.ms) = (end, last.ms + between_ms + CELL_MS);
                }
                _ => found.push(Stretch { span: Span::new(t, end), ms: CELL_MS }),
            }
        }
    }
    found.retain(|s| s.ms >= ms);
    found
}

fn seconds(stretches: &[Stretch]) -> f64 {
    stretches.iter().map(|s| s.ms).sum::<i64>() as f64 / 1000.0
}

/// "6 s (0:22 to 0:28)", or the sum of several stretches.
fn when(stretches: &[Stretch]) -> String {
    let s = texts::about_seconds(seconds(stretches));
    let at = |t: MediaTime| texts::clock(t);
    match stretches {
        [one] => format!("{s} ({} to {})", at(one.span.start), at(one.span.end)),
        [first, ..] => format!("{s} in {} stretches, first at {}", stretches.len(), at(first.span.start)),
        [] => s,
    }
}

fn is_told(scene: &Scene, stretches: &[Stretch]) -> bool {
    let s = seconds(stretches);
    stretches.iter().any(|s| s.ms >= TOLD_MS) || (s >= LEAST_TOLD_S && s >= TOLD_SHARE * scene.totals.span_s)
}

fn severity(scene: &Scene, stretches: &[Stretch]) -> f32 {
    // A tenth of the answer is as bad as a fault of a score that has lost half of its points.
    (0.4 + seconds(stretches) / scene.totals.span_s.max(1.0)).min(1.0) as f32
}

/// What is played of the longest of them.
fn longest(scene: &Scene, stretches: &[Stretch]) -> Option<Span> {
    stretches.iter().max_by_key(|s| s.ms).and_then(|s| to_play(scene, s.span))
}

fn away(scene: &Scene, measures: &Measures) -> Option<Fault> {
    // Never there at all is no fault of the person's: no camera, or one that looks elsewhere.
    measures.get(presence::METRIC.id).and_then(|m| m.value)?;
    let gone =
        stretches(scene, 1000, |c| (c.face.analyzed_ms > 0).then_some(c.face.present_ms == 0 && c.face.dark_ms == 0));
    is_told(scene, &gone).then(|| Fault {
        id: "presence",
        priority: Priority::First,
        severity: severity(scene, &gone),
        text: format!(
            "You were out of the frame for {}. Sit so that head and shoulders stay in the frame.",
            when(&gone)
        ),
        worst: longest(scene, &gone),
    })
}

fn dark(scene: &Scene) -> Option<Fault> {
    let dark = stretches(scene, 1000, |c| (c.face.analyzed_ms > 0).then_some(2 * c.face.dark_ms > c.face.analyzed_ms));
    is_told(scene, &dark).then(|| Fault {
        id: "light",
        priority: Priority::First,
        severity: severity(scene, &dark),
        text: format!(
            "It was too dark to see you for {}. Put a lamp or a window in front of you, not behind you.",
            when(&dark)
        ),
        worst: longest(scene, &dark),
    })
}

fn several(scene: &Scene) -> Option<Fault> {
    scene.several_faces.then(|| Fault {
        id: "several_faces",
        priority: Priority::First,
        severity: 0.95,
        text: "More than one face was in the frame, so none was judged. Sit alone before the camera, with no poster or photograph of a face behind you."
            .into(),
        worst: None,
    })
}

fn noise(scene: &Scene) -> Option<Fault> {
    let noisy = scene.too_noisy() && scene.totals.snr_db().is_some();
    noisy.then(|| Fault {
        id: "noise",
        priority: Priority::First,
        severity: 0.5,
        text: "The room was loud beside your voice, so pitch and roughness were not judged. Close the window, or come nearer to the microphone."
            .into(),
        worst: None,
    })
}

fn over_time(scene: &Scene, measures: &Measures) -> Option<Fault> {
    let measure = measures.get(answer_length::METRIC.id)?;
    let value = measure.value.filter(|v| *v > LONG)?;
    let advice = answer_length::METRIC.advice?;
    let (span_s, speech_s) = (scene.totals.span_s, scene.totals.speech_s);
    let side = crate::curve::Side::Over;
    Some(Fault {
        id: "answer_length",
        priority: Priority::First,
        severity: (0.3 + 0.4 * (value - 1.0)).min(0.95),
        text: advice(&Told { value, side, measure, span_s, speech_s }),
        worst: scene
            .spans
            .last()
            .and_then(|s| to_play(scene, Span::new((s.end - super::WORST_MS).max(s.start), s.end))),
    })
}
