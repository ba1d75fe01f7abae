//! Action units as a row of numbers that can be compared with the person's face at rest.

use coach_core::face::ActionUnits;

/// Places in [`Units`].
pub const AU01: usize = 0;
pub const AU02: usize = 1;
pub const AU04: usize = 2;
pub const AU05: usize = 3;
pub const AU06: usize = 4;
pub const AU07: usize = 5;
pub const AU10: usize = 6;
pub const AU12: usize = 7;
pub const AU14: usize = 8;
pub const AU15: usize = 9;
pub const AU17: usize = 10;
pub const AU20: usize = 11;
pub const AU24: usize = 12;
pub const AU26: usize = 13;
pub const AU43: usize = 14;
pub const SMILE: usize = 15;
const N: usize = 16;
/// A pull of the mouth corners over this is a smile and no face at rest.
const LASTING_SMILE: f32 = 0.3;

/// Intensities 0 to 1; `None`: cannot be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units(pub [Option<f32>; N]);

impl Units {
    pub fn new(a: &ActionUnits, smile: Option<f32>) -> Units {
        let all = [
            a.au01,
            a.au02,
            a.au04,
            a.au05,
            a.au06,
            a.au07,
            a.au10,
            a.au12,
            a.au14,
            a.au15,
            a.au17,
            a.au20,
            a.au24,
            a.au26,
            a.au43,
            smile.or(a.au12),
        ];
        Units(all.map(|x| x.filter(|v| v.is_finite()).map(|v| v.clamp(0.0, 1.0))))
    }

    /// The face at rest, from a stretch in which it may have smiled: what is there for the least of the time. Lids move both ways
    /// about their rest, so of those it is the middle.
    pub fn resting(seen: &[Units]) -> Units {
        Units(std::array::from_fn(|i| {
            let mut values: Vec<f32> = seen.iter().filter_map(|u| u.0[i]).collect();
            let share = if i == AU07 || i == AU43 { 0.5 } else { 0.2 };
            crate::stats::quantile(&mut values, share)
        }))
    }

    /// The same as action units and smile, for a calibration.
    pub fn named(&self) -> (ActionUnits, Option<f32>) {
        let u = &self.0;
        let units = ActionUnits {
            au01: u[AU01],
            au02: u[AU02],
            au04: u[AU04],
            au05: u[AU05],
            au06: u[AU06],
            au07: u[AU07],
            au10: u[AU10],
            au12: u[AU12],
            au14: u[AU14],
            au15: u[AU15],
            au17: u[AU17],
            au20: u[AU20],
            au24: u[AU24],
            au26: u[AU26],
            au43: u[AU43],
            ..ActionUnits::default()
        };
        (units, u[SMILE])
    }

    /// How far above rest, 0 to 1; zero at or under it. A unit whose rest is not known is read as it is.
    pub fn above(&self, rest: &Units) -> Units {
        Units(std::array::from_fn(|i| self.0[i].map(|v| (v - rest.0[i].unwrap_or(0.0)).max(0.0))))
    }

    /// The same without a smile that never went away: a face that beams throughout does not beam at rest.
    pub fn without_lasting_smile(mut self) -> Units {
        for i in [AU12, SMILE] {
            self.0[i] = self.0[i].filter(|v| *v <= LASTING_SMILE);
        }
        self
    }

    /// The same with what a grin adds to pressed lips and lowered brows taken away: both blendshapes rise with it.
    pub fn without_grin(mut self) -> Units {
        let smile = self.get(AU12);
        self.0[AU24] = self.0[AU24].map(|v| v * (1.0 - smile));
        self.0[AU04] = self.0[AU04].map(|v| v * (1.0 - 0.5 * smile));
        self
    }

    /// The value, zero where it cannot be told.
    pub fn get(&self, i: usize) -> f32 {
        self.0[i].unwrap_or(0.0)
    }
}

/// Every unit that is there is a finite number.
pub(crate) fn finite(a: &ActionUnits) -> bool {
    [
        a.au01, a.au02, a.au04, a.au05, a.au06, a.au07, a.au09, a.au10, a.au12, a.au14, a.au15, a.au17, a.au18, a.au20,
        a.au22, a.au24, a.au25, a.au26, a.au28, a.au43,
    ]
    .iter()
    .flatten()
    .all(|v| v.is_finite())
}
