//! Stress: several signals that rise together above the person's own usual, and how long until they are calm again.
//!
//! Version 3. Every 200 ms, each signal that is known (arousal up, valence down, brow and lip tension, pitch up, pace changed) is
//! smoothed over two seconds and read as z against its own mean and spread; the composite is their sum over the root of their
//! number (Stouffer). No signal counts for more than 1.5 over the next one: a lively voice alone is no stress. A spike: over 2 for
//! 1 s, with three signals over 1 at least, of which one of the voice and one of the face where both are known. Recovered: under 1
//! for 2 s, counted from where it fell. A smile, and an expression that is pleasanter than usual, is no stress: nothing begins
//! within them and 3 s after them, nor while the face cannot be seen. A proxy of what can be seen and heard.

use crate::stats::smooth;
use crate::timeline::{Timeline, push};
use coach_core::MediaTime;
use coach_core::report::StressSpike;

pub const VERSION: u32 = 3;

/// Name and least spread of each signal.
const SIGNALS: [(&str, f32); 6] =
    [("arousal", 0.06), ("valence", 0.08), ("brow", 0.04), ("lip", 0.04), ("pitch", 1.0), ("pace", 0.6)];
const N: usize = SIGNALS.len();

const SPIKE: f32 = 2.0;
const CALM: f32 = 1.0;
/// How far one signal may stand out over the next, z.
const ALONE: f32 = 1.5;
const SPIKE_MS: i64 = 1000;
const CALM_MS: i64 = 2000;
/// Ticks (of 200 ms) of a signal before its usual is known: 15 s.
const LEARN: u32 = 75;
/// Ticks after which a spike is sure enough to be hinted at: 60 s.
const SURE: u32 = 300;
/// So many signals rise together.
const TOGETHER: usize = 3;
/// A smile over this much above rest, and a valence so far over its usual, z, are joy; for so long after them nothing begins.
const JOY_SMILE: f32 = 0.3;
const JOY_VALENCE: f32 = 0.75;
const JOY_MS: i64 = 3000;
/// Usual follows the calm person with this time constant, ticks.
const FOLLOW: f32 = 600.0;

/// What is known at one tick; `None`: not now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals {
    pub arousal: Option<f32>,
    pub valence: Option<f32>,
    pub brow: Option<f32>,
    pub lip: Option<f32>,
    pub pitch_st: Option<f32>,
    /// Syllables per second.
    pub pace: Option<f32>,
    /// Mouth corners above rest, 0 to 1.
    pub smile: f32,
    /// The face cannot be seen: away, dark, turned.
    pub blind: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Usual {
    n: u32,
    mean: f32,
    var: f32,
}

#[derive(Debug, Default)]
pub struct Stress {
    usual: [Usual; N],
    composite: Option<f32>,
    over_since: Option<MediaTime>,
    /// The spike in progress, whether announced or not, with z of each signal at its peak.
    spike: Option<StressSpike>,
    calm_since: Option<MediaTime>,
    /// Joy was seen, or nothing, until then.
    vetoed_until: Option<MediaTime>,
}

/// How much a spike counts: none at a height of 2 or after 1 s, all from 3 and 2 s on. So no threshold is a cliff.
pub fn weight(spike: &StressSpike) -> f32 {
    let lasted = spike.recovered.map_or(i64::MAX, |t| t - spike.start) as f32 / 1000.0;
    smooth(spike.height - SPIKE) * smooth(lasted - 1.0)
}

impl Stress {
    /// One tick. Writes the composite into the cell before `t` and the spikes that have begun into the timeline.
    pub fn tick(&mut self, t: MediaTime, signals: &Signals, timeline: &mut Timeline) {
        let now =
            [signals.arousal, signals.valence.map(|v| -v), signals.brow, signals.lip, signals.pitch_st, signals.pace];
        let mut z = [None; N];
        for i in 0..N {
            let Some(x) = now[i] else { continue };
            let usual = &self.usual[i];
            if usual.n >= LEARN {
                let mut value = (x - usual.mean) / usual.var.max(0.0).sqrt().max(SIGNALS[i].1);
                if i == 5 {
                    value = value.abs();
                }
                z[i] = Some(value.clamp(-2.0, 4.0));
            }
        }
        let joy = signals.smile > JOY_SMILE || z[1].is_some_and(|z| z < -JOY_VALENCE);
        if joy || signals.blind {
            self.vetoed_until = Some(t + JOY_MS);
        }
        let vetoed = self.vetoed_until.is_some_and(|until| t < until);
        let composite = together(&z).map(|z| if vetoed { z.min(CALM - 0.1) } else { z });
        let followed = match (self.composite, composite) {
            (Some(was), Some(now)) => Some(was + 0.4 * (now - was)),
            (_, now) => now,
        };
        self.composite = followed;
        if !vetoed {
            self.learn(&now, followed);
        }
        if let Some(value) = followed {
            for back in [200, 100] {
                if let Some(cell) = timeline.cell_mut(t - back) {
                    cell.stress = Some(value);
                }
            }
            self.follow(t, value, &z, timeline);
        }
    }

    fn learn(&mut self, now: &[Option<f32>; N], composite: Option<f32>) {
        for (usual, x) in self.usual.iter_mut().zip(now) {
            let Some(x) = *x else { continue };
            if usual.n >= LEARN && composite.is_none_or(|c| c > CALM) {
                continue;
            }
            usual.n = usual.n.saturating_add(1);
            let a = 1.0 / (usual.n as f32).min(FOLLOW);
            let d = x - usual.mean;
            usual.mean += a * d;
            usual.var = (1.0 - a) * (usual.var + a * d * d);
        }
    }

    fn follow(&mut self, t: MediaTime, value: f32, z: &[Option<f32>; N], timeline: &mut Timeline) {
        let Some(mut spike) = self.spike.take() else {
            if value <= SPIKE || !rose_together(z) {
                self.over_since = None;
                return;
            }
            let since = *self.over_since.get_or_insert(t);
            if t - since >= SPIKE_MS {
                self.calm_since = None;
                let spike = StressSpike { start: since, peak: t, height: value, signals: named(z), recovered: None };
                push(&mut timeline.spikes, spike.clone());
                self.spike = Some(spike);
            }
            return;
        };
        if value > spike.height {
            (spike.height, spike.peak, spike.signals) = (value, t, named(z));
        }
        let calm_since = if value < CALM { Some(*self.calm_since.get_or_insert(t)) } else { None };
        self.calm_since = calm_since;
        let recovered = calm_since.filter(|since| t - *since >= CALM_MS);
        spike.recovered = recovered;
        if let Some(last) = timeline.spikes.last_mut()
            && last.start == spike.start
        {
            *last = spike.clone();
        }
        if recovered.is_some() {
            (self.over_since, self.calm_since) = (None, None);
        } else {
            self.spike = Some(spike);
        }
    }

    /// The spike in progress, while it is known that it has not calmed down.
    pub fn spike(&self) -> Option<&StressSpike> {
        let sure = self.usual.iter().any(|usual| usual.n >= SURE);
        self.spike.as_ref().filter(|_| sure && self.composite.is_some_and(|c| c >= CALM))
    }

    /// The answer ended or paused: nothing is carried over it.
    pub fn interrupt(&mut self) {
        (self.composite, self.over_since, self.spike, self.calm_since) = (None, None, None, None);
    }
}

/// The composite of what is known; `None` with less than two signals.
fn together(z: &[Option<f32>; N]) -> Option<f32> {
    let (mut sum, mut known) = (0.0, 0u8);
    let (mut highest, mut next) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for &value in z.iter().flatten() {
        sum += value;
        known += 1;
        (highest, next) = if value > highest { (value, highest) } else { (highest, next.max(value)) };
    }
    (known >= 2).then(|| (sum - (highest - next - ALONE).max(0.0)) / f32::from(known).sqrt())
}

/// Enough signals rose, of the voice and of the face where both are known.
fn rose_together(z: &[Option<f32>; N]) -> bool {
    let rose = |i: usize| z[i].is_some_and(|v| v >= 1.0);
    let known = |i: usize| z[i].is_some();
    let (face, voice) = ([1, 2, 3], [4, 5]);
    let of = |part: &[usize]| !part.iter().copied().any(known) || part.iter().copied().any(rose);
    (0..N).filter(|i| rose(*i)).count() >= TOGETHER && of(&face) && of(&voice)
}

/// The signals that rose, strongest first.
fn named(z: &[Option<f32>; N]) -> Vec<String> {
    let mut rose: Vec<(f32, &str)> =
        z.iter().zip(SIGNALS).filter_map(|(z, (name, _))| z.filter(|v| *v >= 1.0).map(|v| (v, name))).collect();
    rose.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    rose.into_iter().map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty seconds of a calm person who varies a little, then `then` for `n` ticks, then calm again for ten seconds.
    fn tell(then: Signals, n: i64) -> Vec<StressSpike> {
        let (mut stress, mut timeline) = (Stress::default(), Timeline::default());
        for i in 1..=100 + n + 50 {
            let sway = (i as f32 / 7.0).sin() * 0.02;
            let calm = Signals {
                arousal: Some(0.2 + sway),
                valence: Some(0.1 - sway),
                brow: Some(0.05 + sway),
                lip: Some(0.05 + sway),
                pitch_st: Some(3.0 + 20.0 * sway),
                pace: Some(2.8 + 5.0 * sway),
                ..Signals::default()
            };
            let signals = if (101..=100 + n).contains(&i) { then } else { calm };
            stress.tick(MediaTime(200 * i), &signals, &mut timeline);
        }
        timeline.spikes
    }

    fn all(by: f32) -> Signals {
        Signals {
            arousal: Some(0.2 + 0.06 * by),
            valence: Some(0.1 - 0.08 * by),
            brow: Some(0.05 + 0.04 * by),
            lip: Some(0.05 + 0.04 * by),
            pitch_st: Some(3.0 + by),
            pace: Some(2.8),
            ..Signals::default()
        }
    }

    #[test]
    fn signals_that_rise_together_are_a_spike_and_it_recovers() {
        let spikes = tell(all(2.5), 20);
        assert_eq!(spikes.len(), 1);
        assert!(spikes[0].height > 3.0 && spikes[0].recovered.is_some(), "{spikes:?}");
        assert_eq!(spikes[0].signals.len(), 5, "{spikes:?}");
    }

    #[test]
    fn one_signal_alone_however_high_is_no_spike() {
        let alone = Signals { brow: Some(1.0), ..all(0.0) };
        assert!(tell(alone, 20).is_empty());
    }

    #[test]
    fn a_lively_voice_alone_is_no_spike_though_nothing_else_is_known() {
        let alone = together(&[None, None, None, None, Some(4.0), Some(0.0)]).expect("two signals");
        assert!(alone < SPIKE - 0.5, "{alone}");
        let both = together(&[None, None, None, None, Some(4.0), Some(2.0)]).expect("two signals");
        assert!(both > SPIKE, "{both}");
        assert_eq!(together(&[Some(4.0), None, None, None, None, None]), None);
    }

    #[test]
    fn more_of_a_signal_never_lowers_the_composite() {
        let at = |first: f32, second: f32| {
            together(&[Some(first), Some(second), Some(0.5), None, None, None]).expect("three")
        };
        let steps = || (-20..=40).map(|i| i as f32 / 10.0);
        assert!(steps().all(|second| steps().zip(steps().skip(1)).all(|(a, b)| at(a, second) <= at(b, second) + 1e-6)));
    }

    #[test]
    fn the_same_in_a_smile_or_with_a_pleasanter_expression_or_unseen_is_no_spike() {
        assert!(tell(Signals { smile: 0.6, ..all(2.5) }, 20).is_empty());
        assert!(tell(Signals { valence: Some(0.4), ..all(2.5) }, 20).is_empty());
        assert!(tell(Signals { blind: true, ..all(2.5) }, 20).is_empty());
    }

    #[test]
    fn a_face_that_tightens_while_the_voice_is_as_usual_is_no_spike() {
        assert!(tell(Signals { pitch_st: Some(3.0), ..all(3.0) }, 20).is_empty());
        assert_eq!(tell(Signals { pitch_st: None, pace: None, ..all(3.0) }, 20).len(), 1, "nobody speaks");
    }

    #[test]
    fn what_is_over_in_half_a_second_is_no_spike() {
        assert!(tell(all(2.5), 3).is_empty());
    }

    #[test]
    fn a_spike_at_the_threshold_weighs_nothing_and_a_high_long_one_all() {
        let spike = |height, ms| StressSpike {
            start: MediaTime(0),
            peak: MediaTime(0),
            height,
            signals: Vec::new(),
            recovered: Some(MediaTime(ms)),
        };
        assert_eq!((weight(&spike(2.0, 5000)), weight(&spike(4.0, 1000)), weight(&spike(3.0, 2000))), (0.0, 0.0, 1.0));
    }
}
