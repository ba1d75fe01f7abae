//! The level of the speech band per hop, the noise floor, and how clearly the level rises above it.

use crate::voice::RATE_HZ;
use crate::voice::filter::Filter;
use crate::voice::histogram::Histogram;
use std::collections::VecDeque;

/// The number of hops that stay readable behind the newest.
const HELD: usize = 64;
/// The number of hops over which the noise floor is sought (8 s), and over which the two levels of the SNR are taken
/// (10 s).
const FLOOR_HOPS: usize = 800;
const SNR_HOPS: usize = 1_000;
/// The least number of hops of speech and of quiet before there is an SNR: half a second.
const SNR_LEAST: usize = 50;
/// The level below which nothing is speech, dB of full scale: where the level alone decides, and where a neural detector must
/// agree, which tells speech from noise at any level.
const SILENT_ALONE_DB: f64 = -62.0;
const SILENT_DB: f64 = -90.0;
/// The largest distance of speech to the loudest recent level, dB.
const BELOW_PEAK_DB: f64 = 30.0;
/// Of the leaning, what that distance is widened by.
const LEANING_OF_PEAK: f64 = 0.35;
/// How fast the remembered loudest level falls, dB per hop (0.5 dB/s).
const PEAK_FALLS_DB: f64 = 0.005;
const QUIETEST_DB: f64 = -100.0;

/// Follows the level of one stream, in dB of full scale between 100 and 4000 Hz.
pub struct Level {
    silent_db: f64,
    band: Filter,
    power: VecDeque<f64>,
    newest: i64,
    floor: Histogram,
    peak_db: f64,
    speech: Histogram,
    quiet: Histogram,
}

impl Level {
    /// Creates a measure whose answer alone decides what is speech.
    pub fn alone() -> Level {
        Level::new(SILENT_ALONE_DB)
    }

    /// Creates a measure beside a neural detector.
    pub fn beside_a_network() -> Level {
        Level::new(SILENT_DB)
    }

    fn new(silent_db: f64) -> Level {
        let mut floor = Histogram::new(FLOOR_HOPS);
        // Until two seconds are known a quiet room is assumed, so that speech may begin at once.
        for _ in 0..20 {
            floor.push(-65.0);
        }
        Level {
            silent_db,
            band: Filter::band_pass(2, 100.0, 4_000.0, f64::from(RATE_HZ)),
            power: VecDeque::with_capacity(HELD + 1),
            newest: -1,
            floor,
            peak_db: silent_db + BELOW_PEAK_DB,
            speech: Histogram::new(SNR_HOPS),
            quiet: Histogram::new(SNR_HOPS),
        }
    }

    /// Takes the next hop. `lost`: the hop is in a short gap, over which the level is assumed to continue. `counts`:
    /// the hop may change what is known of the room's noise.
    pub fn push(&mut self, hop: &[f32], lost: bool, counts: bool) {
        let mut energy = 0.0;
        for &x in hop {
            let y = self.band.next(f64::from(x));
            energy += y * y;
        }
        self.band.calm();
        let power = energy / hop.len().max(1) as f64;
        let before = self.power.back().copied().unwrap_or(power);
        if self.power.len() == HELD {
            self.power.pop_front();
        }
        self.power.push_back(if lost { before } else { power });
        self.newest += 1;
        if counts {
            let db = self.db(self.newest - 1);
            self.floor.push(db);
            self.peak_db = (self.peak_db - PEAK_FALLS_DB).max(db);
        }
    }

    /// Returns the level of a hop, smoothed over 30 ms, dB.
    pub fn db(&self, hop: i64) -> f64 {
        let at = |hop: i64| {
            let back = usize::try_from(self.newest - hop).ok()?;
            self.power.len().checked_sub(1 + back).map(|i| self.power[i])
        };
        let (mut sum, mut count) = (0.0, 0.0);
        for power in (hop - 1..=hop + 1).filter_map(at) {
            sum += power;
            count += 1.0;
        }
        if count == 0.0 { QUIETEST_DB } else { 10.0 * (sum / count + 1e-10).log10() }
    }

    /// Returns how sure the level is that the hop is more than noise: 0 to 1, a half at the threshold. `leaning` dB lower the threshold
    /// above the floor, but never to less than 3 dB, and widen the distance to the peak by a share of it.
    pub fn gate(&self, hop: i64, leaning: f64) -> f64 {
        let floor = self.floor.percentile(0.08).unwrap_or(self.silent_db);
        // In noise the speech rises less above the floor, and the threshold is lowered accordingly.
        let over = ((0.35 * (self.peak_db - floor)).clamp(3.0, 9.0) - leaning).max(3.0);
        let threshold =
            (floor + over).max(self.peak_db - BELOW_PEAK_DB - LEANING_OF_PEAK * leaning).max(self.silent_db);
        1.0 / (1.0 + (-(self.db(hop) - threshold) / 1.5).exp())
    }

    /// Takes the decision about a hop, for [`Level::snr_db`].
    pub fn learn(&mut self, hop: i64, speech: f32) {
        let db = self.db(hop);
        if speech > 0.5 {
            self.speech.push(db);
        } else if speech < 0.1 {
            self.quiet.push(db);
        }
    }

    /// Returns the median level of speech over that of quiet, dB. `None` until half a second of each is known.
    pub fn snr_db(&self) -> Option<f64> {
        if self.speech.len() < SNR_LEAST || self.quiet.len() < SNR_LEAST {
            return None;
        }
        Some(self.speech.percentile(0.5)? - self.quiet.percentile(0.5)?)
    }
}
