//! CPU time per frame of the face engine over raw frames of a file; one JSON object on standard output.
//!
//! `face_bench MODELS FRAMES WIDTH HEIGHT FPS rgb24|yuv420p full|lite|no-blendshapes [ROUNDS]`, where FRAMES holds raw frames
//! one after another and MODELS is the folder of models.toml. `scripts/bench/face.py` runs it beside MediaPipe. COACH_FACE_RUNTIME
//! says what runs the full model: auto, avx512, avx2 or onnxruntime.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use coach_core::frame::{Matrix, Range, Rotation};
use coach_core::{I420, MediaTime, RgbFrame};
use coach_perception::face::{Choice, Detail, Models, Track, Worker};
use coach_perception::runtime::Runtime;
use std::path::Path;

/// CPU time of this process in microseconds, of all its threads.
fn cpu_us() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [models, frames, width, height, fps, format, mode, rest @ ..] = &arguments[..] else {
        return Err("face_bench MODELS FRAMES WIDTH HEIGHT FPS rgb24|yuv420p full|lite|no-blendshapes [ROUNDS]".into());
    };
    let (width, height, fps): (usize, usize, f64) = (width.parse()?, height.parse()?, fps.parse()?);
    let rounds: usize = rest.first().map_or(Ok(1), |r| r.parse())?;
    let folder = Path::new(models);
    let read = |name: &str| std::fs::read(folder.join(name));
    let runtime = Runtime::load(&folder.join("libonnxruntime.so.1.32.0"))?;
    let models = match mode.as_str() {
        "lite" => Models::lite(&read("face_detection_short_range.tflite")?, &read("face_landmark.tflite")?)?,
        _ => Models::full(&read("face_landmarker.task")?)?,
    };
    let choice = match std::env::var("COACH_FACE_RUNTIME").as_deref() {
        Err(_) | Ok("auto") => Choice::Auto,
        Ok("avx512") => Choice::Avx512,
        Ok("avx2") => Choice::Avx2,
        Ok("onnxruntime") => Choice::OnnxRuntime,
        Ok(other) => return Err(format!("COACH_FACE_RUNTIME={other} is unknown").into()),
    };
    let models = models.run_by(choice);
    let mut worker = Worker::new(&runtime, &models)?;
    let detail = Detail { blendshapes: mode == "full", landmarks: false };

    let data = std::fs::read(frames)?;
    let (cw, ch) = (width.div_ceil(2), height.div_ceil(2));
    let bytes = if format == "rgb24" { 3 * width * height } else { width * height + 2 * cw * ch };
    let (mut costs, mut faces) = (Vec::new(), 0u32);
    for _ in 0..rounds {
        let mut track = Track::new();
        for (k, raw) in data.chunks_exact(bytes).enumerate() {
            let t = MediaTime((k as f64 * 1000.0 / fps).round() as i64);
            let before = cpu_us();
            let face = if format == "rgb24" {
                worker.observe_rgb(&mut track, t, &RgbFrame { width, height, data: raw, stride: 3 * width }, detail)?
            } else {
                let (y, chroma) = raw.split_at(width * height);
                let (u, v) = chroma.split_at(cw * ch);
                let frame = I420 {
                    width,
                    height,
                    y,
                    u,
                    v,
                    y_stride: width,
                    u_stride: cw,
                    v_stride: cw,
                    matrix: Matrix::Bt601,
                    range: Range::Limited,
                    rotation: Rotation::None,
                };
                worker.observe(&mut track, t, &frame, detail)?
            };
            costs.push(cpu_us() - before);
            faces += u32::from(face.present);
        }
    }
    let mean = costs.iter().sum::<f64>() / costs.len().max(1) as f64;
    costs.sort_by(f64::total_cmp);
    let at = |q: f64| costs.get((costs.len() as f64 * q) as usize).copied().unwrap_or(0.0);
    println!(
        r#"{{"run_by":"{}","frames":{},"faces":{faces},"mean_us":{mean:.0},"min_us":{:.0},"p50_us":{:.0},"p95_us":{:.0}}}"#,
        models.run_by_name(),
        costs.len(),
        at(0.0),
        at(0.5),
        at(0.95)
    );
    Ok(())
}
