//! Vowels whose pitch, jitter and noise are known exactly, made here: a glottal source through formants.

mod voice_support;

use coach_perception::voice::report::{VoiceReport, voice_report};
use voice_support::Random;

const RATE: usize = 48_000;
/// The source is made at four times the rate, so that its corners do not alias.
const OVER: usize = 4;
const LEAD: f64 = 0.25;
const LENGTH: f64 = 3.0;
/// Share of a period in which the glottis is open; it closes at its end.
const OPEN: f64 = 0.6;
/// An /a/: frequency and bandwidth of its formants, Hz.
const FORMANTS: [(f64, f64); 5] = [(730.0, 90.0), (1090.0, 110.0), (2440.0, 160.0), (3400.0, 200.0), (4500.0, 250.0)];

struct Vowel {
    voice: Vec<f64>,
    mean_hz: f64,
    /// At the instants of closure.
    jitter_local: f64,
}

fn through_formants(x: &mut [f64], rate_hz: f64) {
    for (hz, width) in FORMANTS {
        let r = (-std::f64::consts::PI * width / rate_hz).exp();
        let (a, b) = (2.0 * r * (2.0 * std::f64::consts::PI * hz / rate_hz).cos(), -r * r);
        let gain = 1.0 - a - b;
        let (mut one, mut two) = (0.0, 0.0);
        for y in x.iter_mut() {
            let now = gain * *y + a * one + b * two;
            (two, one) = (one, now);
            *y = now;
        }
    }
}

/// Every fourth sample of `x` behind a windowed-sinc low-pass.
fn decimate(x: &[f64]) -> Vec<f64> {
    const HALF: usize = 96;
    let taps: Vec<f64> = (0..=2 * HALF)
        .map(|i| {
            let k = i as f64 - HALF as f64;
            let t = std::f64::consts::PI * k / OVER as f64;
            let sinc = if k == 0.0 { 0.94 } else { (t * 0.94).sin() / t };
            sinc * (0.5 + 0.5 * (std::f64::consts::PI * k / (HALF + 1) as f64).cos()) / OVER as f64
        })
        .collect();
    let padded = [&[0.0; HALF][..], x, &[0.0; HALF + OVER][..]].concat();
    let middles = (0..x.len()).step_by(OVER);
    middles.map(|i| padded[i..=i + 2 * HALF].iter().zip(&taps).map(|(x, tap)| x * tap).sum()).collect()
}

/// 1 between the fades at both ends.
fn envelope(i: usize) -> f64 {
    let t = i as f64 / RATE as f64;
    ((t - LEAD) / 0.03).clamp(0.0, 1.0) * ((LEAD + LENGTH - t) / 0.03).clamp(0.0, 1.0)
}

fn vowel(hz: f64, jitter: f64, seed: u64) -> Vowel {
    let mut random = Random::new(seed);
    let fast = (RATE * OVER) as f64;
    let mut source = vec![0.0; ((LENGTH + 2.0 * LEAD) * fast) as usize];
    let (mut t, mut periods, mut closures) = (LEAD, Vec::new(), Vec::new());
    let (rise, fall) = (OPEN * 2.0 / 3.0, OPEN / 3.0);
    let half_pi = std::f64::consts::FRAC_PI_2;
    while t < LEAD + LENGTH {
        let period = 1.0 / hz * (1.0 + random.normal().clamp(-2.5, 2.5) * jitter);
        for (i, y) in source.iter_mut().enumerate().skip((t * fast).ceil() as usize) {
            let phase = (i as f64 / fast - t) / period;
            if phase >= OPEN {
                break;
            }
            // Rosenberg's pulse, differentiated: as steep at its closure whatever the period.
            *y = if phase < rise {
                half_pi / rise * (2.0 * half_pi * phase / rise).sin()
            } else {
                -half_pi / fall * (half_pi * (phase - rise) / fall).sin()
            };
        }
        closures.push(t + OPEN * period);
        periods.push(period);
        t += period;
    }
    through_formants(&mut source, fast);
    let mut voice = decimate(&source);
    for (i, y) in voice.iter_mut().enumerate() {
        *y *= envelope(i);
    }
    let top = voice.iter().fold(0.0, |top: f64, y| top.max(y.abs()));
    voice.iter_mut().for_each(|y| *y *= 0.5 / top);
    let between: Vec<f64> = closures.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mean = between.iter().sum::<f64>() / between.len() as f64;
    let change = between.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f64>() / (between.len() - 1) as f64;
    Vowel { voice, mean_hz: periods.len() as f64 / periods.iter().sum::<f64>(), jitter_local: change / mean }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Noise {
    /// No sample knows of another: what the ratio is defined for (Boersma 1993, section 4).
    White,
    /// White noise through the vowel's own formants: it rings, so it is itself alike from one period to the next.
    Breath,
}

fn noise(kind: Noise, length: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed);
    let mut noise: Vec<f64> = (0..length).map(|_| random.normal()).collect();
    if kind == Noise::Breath {
        through_formants(&mut noise, RATE as f64);
    }
    noise.iter_mut().enumerate().for_each(|(i, y)| *y *= envelope(i));
    noise
}

fn power(x: &[f64]) -> f64 {
    x.iter().map(|y| y * y).sum()
}

/// `noise` so loud that its power in the steady part is `db` below that of the voice.
fn below(voice: &[f64], mut noise: Vec<f64>, db: f64) -> Vec<f64> {
    let steady = ((LEAD + 0.05) * RATE as f64) as usize..((LEAD + LENGTH - 0.05) * RATE as f64) as usize;
    let size = (power(&voice[steady.clone()]) / power(&noise[steady]) / 10f64.powf(db / 10.0)).sqrt();
    noise.iter_mut().for_each(|y| *y *= size);
    noise
}

/// The mean over frames, in dB, of voice over noise, both known: what a mean over frames in dB can read. It lies over the ratio of
/// the mean powers wherever the noise is louder in one frame than in the next.
fn mean_ratio_db(voice: &[f64], noise: &[f64], hz: f64) -> f64 {
    // As much as the measure looks at, a period of the lowest pitch and the lag, in whole periods.
    let periods = (hz / 75.0 + 1.0).round();
    let window = (periods / hz * RATE as f64).round() as usize;
    let starts = (((LEAD + 0.05) * RATE as f64) as usize..((LEAD + LENGTH - 0.05) * RATE as f64) as usize - window)
        .step_by(RATE / 100);
    let ratios: Vec<f64> =
        starts.map(|i| 10.0 * (power(&voice[i..i + window]) / power(&noise[i..i + window])).log10()).collect();
    ratios.iter().sum::<f64>() / ratios.len() as f64
}

fn report(voice: &[f64], noise: &[f64]) -> VoiceReport {
    // To 16 bits and back, as a file would.
    let to_16_bits = |(y, n): (&f64, &f64)| (((y + n) * 32767.0).round() / 32768.0) as f32;
    let samples: Vec<f32> = voice.iter().zip(noise).map(to_16_bits).collect();
    voice_report(&samples, RATE as u32, true).expect("a report")
}

/// With so little noise that only silence is no longer silent.
fn clean_report(vowel: &Vowel) -> VoiceReport {
    let mut random = Random::new(1);
    let hiss: Vec<f64> = vowel.voice.iter().map(|_| 3e-5 * random.normal()).collect();
    report(&vowel.voice, &hiss)
}

#[test]
fn the_pitch_of_clean_vowels_is_right_to_a_tenth_of_a_percent() {
    for hz in [90.0, 120.0, 200.0] {
        let vowel = vowel(hz, 0.0, hz as u64);
        let frames = clean_report(&vowel).frames.expect("frames");
        let steady: Vec<f64> = frames
            .f0
            .iter()
            .enumerate()
            .filter(|(i, _)| (LEAD + 0.1..LEAD + LENGTH - 0.1).contains(&(frames.t0 + *i as f64 * frames.dt)))
            .map(|(_, f0)| *f0)
            .collect();
        let worst = steady.iter().map(|f0| (f0 / vowel.mean_hz - 1.0).abs()).fold(0.0, f64::max);
        println!("{hz} Hz: worst of {} frames {:.4} %", steady.len(), 100.0 * worst);
        assert!(worst <= 0.001);
    }
}

#[test]
fn jitter_is_that_of_the_closures() {
    for hz in [90.0, 120.0, 200.0] {
        for (seed, percent) in [0.5, 1.0, 2.0, 3.5, 5.0].into_iter().enumerate() {
            let vowel = vowel(hz, percent / 100.0 / 1.128, 100 + seed as u64 + hz as u64);
            let measured = clean_report(&vowel).jitter_local.expect("jitter");
            let ratio = measured / vowel.jitter_local;
            println!("{hz} Hz, true jitter {:.3} %: ratio {ratio:.3}", 100.0 * vowel.jitter_local);
            if vowel.jitter_local >= 0.0025 {
                assert!((0.93..=1.07).contains(&ratio), "{hz} Hz, {percent}: {ratio}");
            }
        }
    }
}

#[test]
fn harmonicity_is_the_noise_that_was_added() {
    for (kind, seeds) in [(Noise::White, 2), (Noise::Breath, 4)] {
        for hz in [90.0, 120.0, 200.0] {
            let vowel = vowel(hz, 0.0, hz as u64);
            for db in [5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0] {
                let (mut read, mut truth) = (0.0, 0.0);
                for seed in 0..seeds {
                    let noise = below(&vowel.voice, noise(kind, vowel.voice.len(), seed), db);
                    read += report(&vowel.voice, &noise).hnr_cc_mean.expect("HNR") / seeds as f64;
                    truth += mean_ratio_db(&vowel.voice, &noise, hz) / seeds as f64;
                }
                println!(
                    "{kind:?} noise, {hz} Hz, {db} dB of power, {truth:.2} dB over frames: read {read:.2} dB ({:+.2})",
                    read - truth
                );
                assert!((read - truth).abs() <= 1.5, "{kind:?}, {hz} Hz, {db} dB: {read} for {truth}");
            }
        }
    }
}
