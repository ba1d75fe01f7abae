//! Volume level: how loud the speech is beside the device check (or the first 15 s), in dB.

use super::{Measure, Metric};
use crate::curve::Curve;
use crate::scene::Scene;

pub const CURVE: Curve = Curve::Rise { zero: -12.0, full: -3.0 };

pub const METRIC: Metric = Metric {
    id: "volume_level",
    name: "Volume",
    unit: "dB",
    window: "the answer; live the last 8 s",
    baseline: "the level of the device check, else of the first 15 s of speech",
    source: "Louder speech is heard as surer (Scherer 1973); a camera's microphone knows no absolute level, so only the change counts. \
             Not judged while automatic gain is on.",
    phrase: Some(|v| {
        if v >= 0.0 {
            format!("{v:.0} dB over your usual level")
        } else {
            format!("{:.0} dB under your usual level", -v)
        }
    }),
    target: Some(|full| format!("no more than {:.0} dB under your usual level", -full)),
    advice: Some(|t| format!("You were {:.1} dB quieter than in the device check, aim for {}.", -t.value, t.target)),
    praise: Some(|_| "a volume as in the device check".into()),
    measure,
    ..Metric::SHOWN
};

fn measure(scene: &Scene) -> Measure {
    let usual = scene.baseline.level_db();
    let relative = |level: Option<f32>| level.zip(usual).map(|(level, usual)| level - usual);
    let value = relative(scene.totals.level_db()).filter(|_| !scene.agc);
    let measure = scene.voiced(value).with_windows(
        scene,
        8000,
        |t| relative(t.level_db().filter(|_| t.speech_s >= 2.0)),
        |v| CURVE.quality(v),
        |v| METRIC.say(v),
    );
    Measure { baseline: usual, ..measure }
}
