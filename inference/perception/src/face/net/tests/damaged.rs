//! Files of the real networks, damaged at random: refused, or run without a fault.
//!
//! `COACH_DAMAGED_FILES=10000 cargo test --release -p coach-perception --lib damaged` runs as many.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use super::super::plan::Plan;
use super::super::shapes::Blendshapes;
use super::super::shapes_plan::ShapesPlan;
use super::super::simd::{Avx2, Portable, Simd};
use super::super::stream::Landmarks;
use super::Numbers;
use crate::face::import::bundle::members;
use crate::face::import::tflite::Model;
use coach_testing::{Need, not_checked};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of each network in a run of all tests.
const FILES: u32 = 150;

fn bundle() -> Option<Vec<u8>> {
    let root = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let path = std::env::var_os("COACH_MODELS").map_or_else(root, PathBuf::from).join("face_landmarker.task");
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        not_checked(Need::Models, "damaged networks", format_args!("{} is missing (`make setup`)", path.display()));
    }
    bytes
}

/// A number below `limit`.
fn below(numbers: &mut Numbers, limit: usize) -> usize {
    numbers.one();
    ((u64::from(numbers.0) * limit as u64) >> 32) as usize
}

/// The file with a few bytes or words changed, mostly where its tables are, or cut off, or moved.
fn damage(file: &[u8], seed: u32) -> Vec<u8> {
    let mut numbers = Numbers(seed);
    let mut bytes = file.to_vec();
    if seed.is_multiple_of(16) {
        bytes.truncate(below(&mut numbers, file.len()));
        return bytes;
    }
    for _ in 0..1 + seed % 5 {
        // Tables lie at both ends of a file, weights between them.
        let ends = 96 << 10;
        let at = match below(&mut numbers, 8) {
            0 => below(&mut numbers, file.len()),
            1..4 => below(&mut numbers, ends.min(file.len())),
            _ => file.len() - 1 - below(&mut numbers, ends.min(file.len())),
        };
        let words = [0u32, 1, 2, 0x7fff_ffff, 0xffff_ffff, 0x0001_0000, numbers.0];
        let word = words[below(&mut numbers, words.len())].to_le_bytes();
        let length = [1, 2, 4][below(&mut numbers, 3)].min(bytes.len() - at);
        bytes[at..at + length].copy_from_slice(&word[..length]);
    }
    bytes
}

fn run_landmarks<S: Simd>(simd: S, plan: Plan) -> usize {
    let mut network = Landmarks::new(simd, Arc::new(plan));
    network.input().fill(0.5);
    network.run();
    network.output().len()
}

fn run_blendshapes<S: Simd>(simd: S, plan: ShapesPlan) -> usize {
    let mut network = Blendshapes::new(simd, Arc::new(plan));
    network.input().fill(0.5);
    network.run();
    network.output().len()
}

#[test]
fn damaged_networks_are_refused_or_run_without_a_fault() {
    let Some(bundle) = bundle() else { return };
    let files = members(&bundle).expect("a bundle");
    let count = std::env::var("COACH_DAMAGED_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(FILES);
    let (mut refused, mut ran) = (0, 0);
    for seed in 0..count {
        let file = if seed % 3 == 0 { &files.blendshapes } else { &files.landmarks };
        let Ok(model) = Model::read(&damage(file, seed)) else {
            refused += 1;
            continue;
        };
        let outputs = match (seed % 3 == 0, Avx2::detect()) {
            (false, Some(simd)) => Plan::read(&model).ok().map(|plan| run_landmarks(simd, plan)),
            (false, None) => Plan::read(&model).ok().map(|plan| run_landmarks(Portable, plan)),
            (true, Some(simd)) => ShapesPlan::read(&model).ok().map(|plan| run_blendshapes(simd, plan)),
            (true, None) => ShapesPlan::read(&model).ok().map(|plan| run_blendshapes(Portable, plan)),
        };
        match outputs {
            Some(numbers) => {
                assert!(numbers > 0);
                ran += 1;
            }
            None => refused += 1,
        }
    }
    println!("{count} damaged files: {refused} refused, {ran} run");
    assert!(refused > 0 && ran > 0);
}

#[test]
fn random_bytes_behind_the_mark_of_a_network_are_refused() {
    for seed in 0..2000 {
        let mut numbers = Numbers(seed);
        let length = below(&mut numbers, 600);
        let mut bytes: Vec<u8> = (0..8 + length).map(|_| below(&mut numbers, 256) as u8).collect();
        bytes[4..8].copy_from_slice(b"TFL3");
        if seed % 2 == 0 {
            bytes[..4].copy_from_slice(&8u32.to_le_bytes());
        }
        let Ok(model) = Model::read(&bytes) else { continue };
        assert!(Plan::read(&model).is_err() && ShapesPlan::read(&model).is_err());
    }
}
