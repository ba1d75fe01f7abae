//! Glottal pulses: one point per period, found by cross-correlation along the pitch contour (Praat's "To PointProcess (cc)").

/// A stretch of voice: samples, their rate, and a pitch contour over them.
///
/// Times are seconds on the clock of the samples: sample `i` is at `(i + 0.5) / rate_hz`.
pub struct Voiced<'a> {
    pub samples: &'a [f32],
    pub rate_hz: f64,
    /// The pitch of each frame, Hz; 0: unvoiced.
    pub f0: &'a [f64],
    /// The time of the first frame.
    pub t0: f64,
    pub dt: f64,
    /// The largest absolute sample of the whole signal.
    pub peak: f64,
}

/// The best match of one period's shape among its possible neighbours.
struct Match {
    correlation: f64,
    t: f64,
    peak: f64,
}

impl Voiced<'_> {
    /// Returns the position of `t` among the samples; 0 is the first.
    fn position(&self, t: f64) -> f64 {
        t * self.rate_hz - 0.5
    }

    /// Returns the pitch at `t`, interpolated between frames. `None`: it is unvoiced there.
    fn f0_at(&self, t: f64) -> Option<f64> {
        let place = (t - self.t0) / self.dt;
        let left = place.floor();
        let phase = place - left;
        let frame = |i: f64| {
            let hz = if i < 0.0 { 0.0 } else { self.f0.get(i as usize).copied().unwrap_or(0.0) };
            (hz > 0.0).then_some(hz)
        };
        let (near, far, phase) = if phase < 0.5 { (left, left + 1.0, phase) } else { (left + 1.0, left, 1.0 - phase) };
        let near = frame(near)?;
        Some(frame(far).map_or(near, |far| near + phase * (far - near)))
    }

    /// Adds the pulses of the run of frames `first..=last` to `pulses`, in order of time.
    ///
    /// `added` is the latest pulse found so far; it keeps two runs from having the same pulse.
    pub fn find(&self, first: usize, last: usize, added: &mut f64, pulses: &mut Vec<f64>) {
        let end = self.samples.len() as f64 / self.rate_hz;
        let left = (self.t0 + first as f64 * self.dt - 0.5 * self.dt).max(0.0);
        let right = (self.t0 + last as f64 * self.dt + 0.5 * self.dt).min(end);
        let middle = 0.5 * (left + right);
        let Some(hz) = self.f0_at(middle) else { return };
        let Some(start) = self.extremum(middle - 0.5 / hz, middle + 0.5 / hz) else { return };
        let from = pulses.len();
        pulses.push(start);
        self.walk_left(start, left, *added, pulses);
        self.walk_right(start, right, added, pulses);
        pulses[from..].sort_by(f64::total_cmp);
    }

    fn walk_left(&self, start: f64, limit: f64, added: f64, pulses: &mut Vec<f64>) {
        let mut t = start;
        while let Some(hz) = self.f0_at(t) {
            let found = self.best_match(t, 1.0 / hz, t - 1.25 / hz, t - 0.8 / hz);
            t = if found.correlation == -1.0 { t - 1.0 / hz } else { found.t };
            let apart = t - added > 0.8 / hz;
            if t < limit {
                if found.correlation > 0.7 && found.peak > 0.023333 * self.peak && apart {
                    pulses.push(t);
                }
                return;
            }
            if found.correlation > 0.3 && (found.peak == 0.0 || found.peak > 0.01 * self.peak) && apart {
                pulses.push(t);
            }
        }
    }

    fn walk_right(&self, start: f64, limit: f64, added: &mut f64, pulses: &mut Vec<f64>) {
        let mut t = start;
        while let Some(hz) = self.f0_at(t) {
            let found = self.best_match(t, 1.0 / hz, t + 0.8 / hz, t + 1.25 / hz);
            t = if found.correlation == -1.0 { t + 1.0 / hz } else { found.t };
            if t > limit {
                if found.correlation > 0.7 && found.peak > 0.023333 * self.peak {
                    pulses.push(t);
                    *added = t;
                }
                return;
            }
            if found.correlation > 0.3 && (found.peak == 0.0 || found.peak > 0.01 * self.peak) {
                pulses.push(t);
                *added = t;
            }
        }
    }

    /// Returns the time of the largest absolute sample between two times, refined by a parabola.
    fn extremum(&self, from: f64, to: f64) -> Option<f64> {
        let last = self.samples.len().checked_sub(1)?;
        let a = (self.position(from).floor().max(0.0) as usize).min(last);
        let b = (self.position(to).ceil().max(0.0) as usize).min(last);
        let (mut low, mut high) = (a, a);
        for i in a..=b {
            if self.samples[i] < self.samples[low] {
                low = i;
            }
            if self.samples[i] > self.samples[high] {
                high = i;
            }
        }
        let k = if self.samples[low].abs() > self.samples[high].abs() { low } else { high };
        let mut place = k as f64;
        if a < k && k < b {
            let [x, y, z] = [k - 1, k, k + 1].map(|i| f64::from(self.samples[i]));
            let curvature = x - 2.0 * y + z;
            if curvature != 0.0 {
                place += 0.5 * (x - z) / curvature;
            }
        }
        Some((place + 0.5) / self.rate_hz)
    }

    /// Compares the `width` seconds around `t` with those around every time from `from` to `to`.
    fn best_match(&self, t: f64, width: f64, from: f64, to: f64) -> Match {
        let half = 0.5 * width;
        let n = self.samples.len() as i64;
        let start = self.position(t - half).round() as i64;
        let length = self.position(t + half).round() as i64 - start + 1;
        let (low, high) = (self.position(from - half).floor() as i64, self.position(to - half).ceil() as i64);
        let mut best = Match { correlation: -1.0, t, peak: 0.0 };
        // The correlations at the last three positions: a maximum is known one position later.
        let mut last = (0.0, 0.0);
        let mut around = (0.0, 0.0, 0);
        for other in low..=high {
            let skip = 0.max(-start).max(-other);
            let until = length.min(n - start).min(n - other);
            let (mut own, mut theirs, mut product, mut peak) = (0.0, 0.0, 0.0, 0.0f32);
            if until > skip {
                let a = &self.samples[(start + skip) as usize..(start + until) as usize];
                let b = &self.samples[(other + skip) as usize..(other + until) as usize];
                (own, theirs, product, peak) = moments(a, b);
            }
            let (r1, r2) = last;
            let r3 = if own > 0.0 && theirs > 0.0 { product / (own * theirs).sqrt() } else { 0.0 };
            if r2 > best.correlation && r2 >= r1 && r2 >= r3 {
                best.correlation = r2;
                best.peak = f64::from(peak);
                around = (r1, r3, other - 1);
            }
            last = (r2, r3);
        }
        if best.correlation > -1.0 {
            let curvature = 2.0 * best.correlation - around.0 - around.1;
            let mut place = around.2 as f64;
            if curvature != 0.0 {
                let slope = 0.5 * (around.1 - around.0);
                best.correlation += 0.5 * slope * slope / curvature;
                place += slope / curvature;
            }
            best.t = t + (place - start as f64) / self.rate_hz;
        }
        best
    }
}

/// Returns energies, product and largest absolute value, in lanes that the compiler can vectorise.
fn moments(a: &[f32], b: &[f32]) -> (f64, f64, f64, f32) {
    const LANES: usize = 8;
    let (mut aa, mut bb, mut ab, mut top) = ([0.0f64; LANES], [0.0f64; LANES], [0.0f64; LANES], [0.0f32; LANES]);
    let (xs, ys) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    for (&x, &y) in xs.remainder().iter().zip(ys.remainder()) {
        let (x, y) = (f64::from(x), f64::from(y));
        aa[0] += x * x;
        bb[0] += y * y;
        ab[0] += x * y;
        top[0] = top[0].max(y.abs() as f32);
    }
    for (x, y) in xs.zip(ys) {
        for i in 0..LANES {
            let (u, v) = (f64::from(x[i]), f64::from(y[i]));
            aa[i] += u * u;
            bb[i] += v * v;
            ab[i] += u * v;
            top[i] = top[i].max(y[i].abs());
        }
    }
    let sum = |lanes: [f64; LANES]| lanes.iter().sum::<f64>();
    (sum(aa), sum(bb), sum(ab), top.iter().copied().fold(0.0, f32::max))
}
