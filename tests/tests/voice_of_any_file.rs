//! `coach voice` on whatever holds audio: rates, channels, formats, and files that hold none.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::program;
use coach_e2e::tools::run;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const HZ: f64 = 150.0;
/// A buzz of 150 Hz.
const BUZZ: &str = "0.3*sin(2*PI*150*t)+0.2*sin(2*PI*300*t)+0.1*sin(2*PI*450*t)";

fn text(path: &Path) -> &str {
    path.to_str().expect("test folders are plain text")
}

/// Returns the program's report about a file, or its message.
fn voice(file: &Path) -> Result<std::result::Result<Value, String>> {
    let output = Command::new(program()).arg("voice").arg(file).output()?;
    let said = String::from_utf8(output.stderr)?;
    ensure!(!said.contains("panicked"), "{}: {said}", file.display());
    Ok(if output.status.success() { Ok(serde_json::from_slice(&output.stdout)?) } else { Err(said) })
}

/// Makes `name` from an expression, or silence, with ffmpeg's `options`.
fn made(folder: &Path, name: &str, expression: &str, rate: u32, options: &[&str]) -> Result<PathBuf> {
    let to = folder.join(name);
    let source = format!("aevalsrc={expression}:s={rate}:d=1.5");
    let before = ["-v", "error", "-y", "-f", "lavfi", "-i", &source];
    run("ffmpeg", &[&before, options, &[text(&to)]].concat())?;
    Ok(to)
}

/// Checks that the report describes the buzz, at this rate.
fn hears_the_buzz(what: &str, file: &Path, rate_hz: u32) -> Result<()> {
    let report = voice(file)?.map_err(|said| anyhow::anyhow!("{what}: {said}"))?;
    let f0 = report["f0_mean"].as_f64().with_context(|| format!("{what}: no pitch: {report}"))?;
    let seconds = report["duration"].as_f64().context("a duration")?;
    println!("{what}: {rate_hz} Hz, {seconds:.3} s, F0 {f0:.2} Hz, HNR {}", report["hnr_cc_mean"]);
    ensure!((f0 / HZ - 1.0).abs() < 0.003, "{what}: {f0} Hz");
    ensure!(report["rate_hz"] == rate_hz, "{what}: {}", report["rate_hz"]);
    ensure!((seconds - 1.5).abs() < 0.07, "{what}: {seconds} s");
    ensure!(report["jitter_local"].as_f64().is_some_and(|j| j < 0.01), "{what}: jitter {}", report["jitter_local"]);
    Ok(())
}

#[test]
fn a_voice_is_measured_at_any_rate_in_one_channel_or_two() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
        for channels in ["1", "2"] {
            let name = format!("{rate}-{channels}.wav");
            let file = made(folder.path(), &name, BUZZ, rate, &["-ac", channels])?;
            hears_the_buzz(&name, &file, rate)?;
        }
    }
    for rate in [6_000, 384_000] {
        let said = voice(&made(folder.path(), "odd.wav", BUZZ, rate, &[])?)?.err().context("a rate out of range")?;
        println!("{rate} Hz: {}", said.trim());
        ensure!(said.contains("8000 to 192000"), "it says what can be analyzed: {said}");
    }
    Ok(())
}

#[test]
fn a_voice_is_measured_in_every_format_and_in_the_audio_of_a_video() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let video = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15:duration=1.5"];
    let h264 = [&video[..], &["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"]].concat();
    let vp8 = [&video[..], &["-c:v", "libvpx", "-c:a", "libopus"]].concat();
    let formats: [(&str, &[&str], u32); 9] = [
        ("16.wav", &[], 44_100),
        ("24.wav", &["-c:a", "pcm_s24le"], 44_100),
        ("float.wav", &["-c:a", "pcm_f32le"], 44_100),
        ("voice.flac", &[], 44_100),
        ("voice.ogg", &["-c:a", "libopus"], 48_000),
        ("voice.webm", &["-c:a", "libopus"], 48_000),
        ("voice.m4a", &["-c:a", "aac"], 44_100),
        ("video.mp4", &h264, 44_100),
        ("video.webm", &vp8, 48_000),
    ];
    for (name, options, rate) in formats {
        hears_the_buzz(name, &made(folder.path(), name, BUZZ, 44_100, options)?, rate)?;
    }
    Ok(())
}

/// Returns a WAV file of 32-bit floats, as no encoder would write it.
fn floats(file: &Path, samples: &[f32]) -> Result<()> {
    let data: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
    let size = u32::try_from(data.len())?;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + size).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x03\0\x01\0");
    bytes.extend(16_000u32.to_le_bytes());
    bytes.extend(64_000u32.to_le_bytes());
    bytes.extend(b"\x04\0\x20\0data");
    bytes.extend(size.to_le_bytes());
    bytes.extend(data);
    Ok(std::fs::write(file, bytes)?)
}

#[test]
fn clipping_an_offset_and_numbers_that_are_none_leave_the_pitch_what_it_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let made = |name: &str, expression: &str| made(folder.path(), name, expression, 16_000, &[]);
    hears_the_buzz("clipped", &made("clipped.wav", &format!("20*({BUZZ})"))?, 16_000)?;
    hears_the_buzz("with an offset", &made("offset.wav", &format!("0.35+{BUZZ}"))?, 16_000)?;
    let buzz = |i: u32| (0.3 * (f64::from(i) * 2.0 * std::f64::consts::PI * HZ / 16_000.0).sin()) as f32;
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    let samples: Vec<f32> =
        (0..24_000).map(|i| if i % 8_000 == 0 { odd[i as usize / 8_000] } else { buzz(i) }).collect();
    let file = folder.path().join("nan.wav");
    floats(&file, &samples)?;
    hears_the_buzz("three numbers that are none", &file, 16_000)?;
    floats(&file, &[f32::NAN; 16_000])?;
    let report = voice(&file)?.map_err(|said| anyhow::anyhow!("all NaN: {said}"))?;
    ensure!(report["f0_mean"].is_null() && report["pulses"] == 0, "nothing but NaN is silence: {report}");
    Ok(())
}

#[test]
fn what_holds_no_voice_has_a_report_that_says_so_or_an_error_that_says_why() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let silent = made(folder.path(), "silent.wav", "0", 16_000, &[])?;
    let report = voice(&silent)?.map_err(|said| anyhow::anyhow!("silence: {said}"))?;
    println!("silence: {report}");
    ensure!(report["voiced_fraction"] == 0.0 && report["f0_mean"].is_null() && report["hnr_cc_mean"].is_null());

    std::fs::write(path("empty.wav"), b"")?;
    floats(&path("header.wav"), &[])?;
    std::fs::write(path("letter.wav"), "This is a letter and no audio. ".repeat(200))?;
    made(folder.path(), "short.wav", BUZZ, 16_000, &["-t", "0.01"])?;
    let video = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15", "-t", "1", "-c:v", "libvpx"];
    run("ffmpeg", &[&video[..], &[text(&path("mute.webm"))]].concat())?;
    for (name, why) in [
        ("empty.wav", ""),
        ("header.wav", ""),
        ("letter.wav", ""),
        ("missing.wav", ""),
        ("short.wav", "too short"),
        ("mute.webm", "no audio"),
    ] {
        let said = voice(&path(name))?.err().with_context(|| format!("{name} must be refused"))?;
        println!("{name}: {}", said.trim());
        ensure!(said.contains(name) && said.contains(why), "{name} must be named, with {why:?}: {said}");
    }
    Ok(())
}
