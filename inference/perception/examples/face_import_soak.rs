//! Damages model files at random for as many seconds as asked and gives them to the importer, which must not panic.
//!
//! `face_import_soak MODELS SECONDS [SEED]`. A panic ends the run with the seed that repeats it. Runs on stable Rust.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use coach_perception::face::Models;
use coach_perception::face::import::bundle::members;
use coach_perception::face::import::geometry::Geometry;
use coach_perception::face::import::{convert_bundle, tflite_to_onnx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// xorshift64*: good enough to break files, and repeatable.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides.max(1)
    }
}

/// One to eight wounds: flipped bits, extreme numbers, moved blocks, cuts, growth.
fn damage(file: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(8) {
        let len = file.len();
        if len < 16 {
            return;
        }
        // Structure lies at both ends of these files, weights in the middle.
        let at = match dice.roll(4) {
            0 => dice.roll(len.min(4096)),
            1 | 2 => len - 1 - dice.roll(len.min(65_536)),
            _ => dice.roll(len),
        };
        match dice.roll(7) {
            0 => file[at] ^= 1 << dice.roll(8),
            1 => file[at] = dice.roll(256) as u8,
            2 => {
                let extremes = [0u32, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fffc, 65_536, len as u32];
                let number = extremes[dice.roll(extremes.len())].to_le_bytes();
                let at = at.min(len - 4);
                file[at..at + 4].copy_from_slice(&number);
            }
            3 => {
                let (n, to) = (dice.roll(64), dice.roll(len));
                let block = file[at..len.min(at + n)].to_vec();
                let to = to.min(len - block.len());
                file[to..to + block.len()].copy_from_slice(&block);
            }
            4 => {
                let end = len.min(at + dice.roll(32));
                file.drain(at..end);
            }
            5 => file.insert(at, dice.roll(256) as u8),
            _ if dice.roll(16) == 0 => file.truncate(at),
            _ => file[at] = file[at].wrapping_add(1),
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, seconds, rest @ ..] = &arguments[..] else {
        return Err("face_import_soak MODELS SECONDS [SEED]".into());
    };
    let (time, seed): (u64, u64) = (seconds.parse()?, rest.first().map_or(Ok(1), |s| s.parse())?);
    let bundle = std::fs::read(Path::new(models).join("face_landmarker.task"))?;
    let cache = Models::full(&bundle)?.to_cache();
    let files = members(&bundle)?;
    let until = Instant::now() + Duration::from_secs(time);
    let (mut runs, mut accepted) = (0u64, 0u64);
    while Instant::now() < until {
        let seed = seed.wrapping_add(runs).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut dice = Dice(seed);
        let kind = dice.roll(8);
        let mut file = match kind {
            0 => bundle.clone(),
            1 => files.landmarks.clone(),
            2 | 3 => files.detector.clone(),
            4 => files.geometry.clone(),
            5 => cache.clone(),
            _ => files.blendshapes.clone(),
        };
        damage(&mut file, &mut dice);
        let outcome = catch_unwind(AssertUnwindSafe(|| match kind {
            0 => convert_bundle(&file).is_ok(),
            4 => Geometry::read(&file).is_ok(),
            5 => Models::from_cache(&file).is_ok(),
            _ => tflite_to_onnx(&file).is_ok(),
        }));
        match outcome {
            Ok(ok) => accepted += u64::from(ok),
            Err(_) => return Err(format!("the importer panicked: file {kind}, run {runs}, dice {seed}").into()),
        }
        runs += 1;
    }
    println!("{runs} damaged files in {time} s, {accepted} of them still readable, no panic");
    Ok(())
}
