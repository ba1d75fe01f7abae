//! Volume level: how loud the speech is beside the device check (or the first 15 s), in dB.

use super::{Measure, Metric, Priority};
use crate::baseline::{LevelFrom, NOMINAL_DB};
use crate::curve::{Curve, Side};
use crate::scene::Scene;
use crate::texts;

pub const CURVE: Curve = Curve::Rise { zero: -12.0, full: -3.0 };

pub const METRIC: Metric = Metric {
    id: "volume_level",
    name: "Volume",
    unit: "dB",
    window: "the answer; live the last 8 s",
    baseline: "the level of the device check, else of the first 15 s of speech",
    source: "Louder speech is heard as surer (Scherer 1973); a camera's microphone knows no absolute level, so only the change counts. \
             Not judged while automatic gain is on.",
    priority: Priority::First,
    phrase: Some(|v| match v {
        v if v >= 0.0 => "as loud as usual".into(),
        v => format!("about {} as loud as usual", texts::loudness(v)),
    }),
    reads: Some(|t| {
        let than = t.measure.than.unwrap_or("a voice that is easy to hear");
        if t.side == Side::Within {
            format!("as loud as {than}")
        } else {
            format!("about {} as loud as {than}", texts::loudness(t.value))
        }
    }),
    target: Some(|full| format!("at least {} as loud as usual", texts::loudness(full))),
    advice: Some(|t| match t.measure.than {
        Some(than) => format!(
            "You were quiet: about {} as loud as {than}. Speak to the far end of the room.",
            texts::loudness(t.value)
        ),
        None => {
            "You were faint and hard to hear. Come nearer to the microphone or raise its level, and speak up.".into()
        }
    }),
    praise: Some(|_| "you could be heard well throughout".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let from = scene.baseline.level_from();
    let (usual, than) = match from {
        LevelFrom::Check(db) => (Some(db), Some("in the device check")),
        LevelFrom::Usual(db) => (Some(db), Some("you usually are")),
        LevelFrom::Start(db) => (Some(db), Some("at the start")),
        LevelFrom::Nothing => (scene.baseline.usual.map(|_| NOMINAL_DB), None),
    };
    let relative = |level: Option<f32>| level.zip(usual).map(|(level, usual)| level - usual);
    let value = relative(scene.totals.level_db()).filter(|_| !scene.agc);
    let measure = scene.voiced(value).with_windows(
        scene,
        8000,
        |t| relative(t.level_db().filter(|_| t.speech_s >= 2.0)),
        |v| CURVE.quality(v),
        |v| METRIC.say(v),
    );
    Measure { baseline: usual, than, ..measure }
}
