//! Small statistics that several parts share.

/// The middle value. The list is put out of order; `None` when it is empty.
pub(crate) fn median(values: &mut [f32]) -> Option<f32> {
    quantile(values, 0.5)
}

/// The value below which a share (0 to 1) of the values lie. The list is put out of order; `None` when it is empty.
pub(crate) fn quantile(values: &mut [f32], share: f32) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let at = (share * (values.len() - 1) as f32).round() as usize;
    Some(*values.select_nth_unstable_by(at, f32::total_cmp).1)
}

/// `sum / of`; `None` where there is nothing to divide by.
pub(crate) fn ratio(sum: f64, of: f64) -> Option<f32> {
    (of > 1e-9).then(|| (sum / of) as f32)
}

/// Semitones re 100 Hz.
pub fn semitones(hz: f32) -> f32 {
    12.0 * (hz / 100.0).log2()
}

/// 0 at `x <= 0`, 1 at `x >= 1`, flat at both ends (3u² - 2u³).
pub(crate) fn smooth(x: f32) -> f32 {
    let u = x.clamp(0.0, 1.0);
    u * u * (3.0 - 2.0 * u)
}

/// Every value is a finite number.
pub(crate) fn finite(values: &[f32]) -> bool {
    values.iter().all(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_nothing_are_nothing() {
        assert_eq!((median(&mut []), quantile(&mut [3.0], 0.95)), (None, Some(3.0)));
    }
}
