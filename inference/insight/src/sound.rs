//! Which lines the engine lets in: every number finite, every stamp within a session's length.
//!
//! A number that is not finite cannot be written as JSON, so a line that holds one could not be replayed. Numbers that are finite
//! but absurd are let in, because they were observed, and are bent into range where they are used.

use crate::stats::finite as all;
use crate::timeline::LONGEST;
use coach_core::MediaTime;
use coach_core::journal::{Line, Pose};

/// The longest notice, in bytes: 300 characters of any script.
const LONGEST_NOTICE: usize = 1200;

pub(crate) fn is_sound(line: &Line) -> bool {
    let t = line.t();
    if t < MediaTime::ZERO || t > LONGEST {
        return false;
    }
    match line {
        Line::Header(_) => false,
        Line::Mark(_) | Line::Rate(_) => true,
        Line::Notice(x) => x.text.len() <= LONGEST_NOTICE && !x.text.chars().any(char::is_control),
        Line::Gap(x) => within(x.start) && within(x.end),
        Line::Face(x) => {
            all(&[x.score, x.quality.light, x.quality.size])
                && all(&x.bounds)
                && x.blendshapes.as_ref().is_none_or(|b| all(&b.0))
                && x.action_units.as_ref().is_none_or(crate::watch::units::finite)
                && x.pose.as_ref().is_none_or(pose)
                && x.iris.as_ref().is_none_or(|i| all(&i.left) && all(&i.right))
                && x.eye_opening.as_ref().is_none_or(|e| all(e))
                && x.smile.is_none_or(f32::is_finite)
                && x.landmarks.as_ref().is_none_or(|l| l.iter().all(|p| all(p)))
        }
        Line::Voice(x) => {
            x.hop == 10
                && x.f0.iter().flatten().all(|v| v.is_finite())
                && all(&x.strength)
                && all(&x.intensity)
                && all(&x.speech)
                && x.snr_db.is_none_or(f32::is_finite)
        }
        Line::Other(x) => x.hop == 10 && all(&x.speech),
        Line::VoicedRun(x) => {
            within(x.start)
                && within(x.end)
                && [x.jitter_local, x.jitter_rap, x.jitter_ppq5, x.shimmer_local, x.hnr_db]
                    .iter()
                    .flatten()
                    .all(|v| v.is_finite())
        }
        Line::Nucleus(x) => within(x.at),
        Line::Hesitation(x) => within(x.start) && within(x.end) && x.confidence.is_finite(),
        Line::Phrase(x) => {
            within(x.start)
                && within(x.end)
                && x.logp.is_finite()
                && x.words.iter().all(|w| within(w.start) && within(w.end) && w.logp.is_finite())
        }
    }
}

/// What happened may lie a little before t = 0 of the timeline, never far.
fn within(t: MediaTime) -> bool {
    MediaTime(-60_000) <= t && t <= LONGEST
}

fn pose(pose: &Pose) -> bool {
    all(&[pose.yaw, pose.pitch, pose.roll]) && all(&pose.matrix)
}
