#!/usr/bin/env python3
"""Face engine beside MediaPipe 1.2.2: CPU time per frame on the same frames, pinned to the same core, alternating.

Usage: scripts/bench/face.py [VIDEO] [--rounds N] [--core K]

Prints ours with everything (from RGB and from I420), MediaPipe's detect_for_video with and without the conversion of its
results into Python objects, our lite model, what ONNX Runtime alone takes, and the ratios that docs/PERFORMANCE.md bounds. Makes ./.venv-bench for MediaPipe.
Needs ffmpeg, ./models (`make setup`) and a video with a face (default: $COACH_SHARED/data/face, else ../shared).
"""
import argparse, json, os, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-bench"
MODELS = Path(os.environ.get("COACH_MODELS", ROOT / "models"))
PACKAGES = ["mediapipe==1.2.2", "numpy"]


def venv_python():
    """A Python that has MediaPipe; made at the first run."""
    python = VENV / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    probe = "import mediapipe, sys; sys.exit(mediapipe.__version__ != '1.2.2')"
    if subprocess.run([python, "-c", probe], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def mediapipe_side(frames, width, height, fps, convert):
    """Runs inside the venv: CPU time of the whole process per frame, so that no thread of MediaPipe hides."""
    import numpy as np
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision
    import mediapipe as mp

    if not convert:
        # The graph runs all the same; only the building of Python objects from its C structures is left out.
        from mediapipe.tasks.python.vision import face_landmarker
        empty = face_landmarker.FaceLandmarkerResult([], [], [])
        face_landmarker.FaceLandmarkerResult.from_ctypes = staticmethod(lambda _: empty)
    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(MODELS / "face_landmarker.task")),
        running_mode=vision.RunningMode.VIDEO, num_faces=1,
        output_face_blendshapes=True, output_facial_transformation_matrixes=True)
    data = np.fromfile(frames, np.uint8).reshape(-1, height, width, 3)
    costs, faces = [], 0
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for k, frame in enumerate(data):
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=frame)
            before = time.process_time()
            result = landmarker.detect_for_video(image, round(k * 1000 / fps))
            costs.append((time.process_time() - before) * 1e6)
            faces += bool(result.face_landmarks) if convert else 1
    costs.sort()
    print(json.dumps({"frames": len(costs), "faces": faces, "mean_us": sum(costs) / len(costs), "min_us": costs[0],
                      "p50_us": costs[len(costs) // 2], "p95_us": costs[len(costs) * 95 // 100]}))


def probe(video):
    text = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
                           "stream=width,height,avg_frame_rate", "-of", "json", video],
                          check=True, capture_output=True, text=True).stdout
    stream = json.loads(text)["streams"][0]
    over, under = stream["avg_frame_rate"].split("/")
    return stream["width"], stream["height"], float(over) / float(under)


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--mediapipe":
        frames, width, height, fps, convert = sys.argv[2:]
        return mediapipe_side(frames, int(width), int(height), float(fps), convert == "convert")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    shared = Path(os.environ.get("COACH_SHARED", ROOT / "../shared"))
    parser.add_argument("video", nargs="?", default=shared / "data/face/WolfgangLanger_Pexels.mp4")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runtime", choices=["auto", "avx512", "avx2", "onnxruntime"], default="auto",
                        help="what runs our full model")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    for needed in (Path(arguments.video), MODELS / "face_landmarker.task"):
        if not needed.exists():
            print(f"not measured: the face engine beside MediaPipe, {needed} is missing")
            return
    python = venv_python()
    build = subprocess.run(["cargo", "build", "--release", "-q", "-p", "coach-perception", "--example", "face_bench",
                            "--message-format=json"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    ours = next(line["executable"] for line in map(json.loads, build.splitlines()) if line.get("executable"))
    width, height, fps = probe(arguments.video)
    with tempfile.TemporaryDirectory() as folder:
        raw = {}
        for form in ("rgb24", "yuv420p"):
            raw[form] = f"{folder}/{form}"
            subprocess.run(["ffmpeg", "-v", "error", "-noautorotate", "-i", arguments.video, "-fps_mode", "passthrough",
                            "-sws_flags", "bicubic", "-pix_fmt", form, "-f", "rawvideo", raw[form]], check=True)
        size = [str(width), str(height), str(fps)]
        engine = lambda form, mode: [ours, MODELS, raw[form], *size, form, mode]
        peer = lambda convert: [python, __file__, "--mediapipe", raw["rgb24"], *size, convert]
        contenders = {
            "ours, everything, from I420": engine("yuv420p", "full"),
            "ours, everything, from RGB": engine("rgb24", "full"),
            "MediaPipe 1.2.2": peer("convert"),
            "MediaPipe 1.2.2, results not converted": peer("raw"),
            "ours without blendshapes": engine("yuv420p", "no-blendshapes"),
            "ours, lite": engine("yuv420p", "lite"),
            "ours, run by ONNX Runtime": engine("yuv420p", "full"),
        }
        runs = {name: [] for name in contenders}
        for _ in range(arguments.rounds):
            for name, command in contenders.items():
                pinned = ["taskset", "-c", str(arguments.core), *map(str, command)]
                runtime = "onnxruntime" if "ONNX" in name else arguments.runtime
                environment = {**os.environ, "COACH_FACE_RUNTIME": runtime}
                out = subprocess.run(pinned, check=True, capture_output=True, text=True, env=environment).stdout
                runs[name].append(json.loads(out.splitlines()[-1]))
    print(f"{Path(arguments.video).name}: {width}x{height}, {runs['MediaPipe 1.2.2'][0]['frames']} frames, "
          f"{arguments.rounds} rounds on core {arguments.core}; CPU time per frame, the median round by its mean")
    rate = {}
    run_by = runs["ours, everything, from I420"][0]["run_by"]
    with_conversion, without = {"avx512": (2.2, 2.0), "avx2": (1.9, 1.75)}.get(run_by, (1.25, 1.1))
    print(f"ours is run by {run_by}")
    for name, results in runs.items():
        # A busy machine disturbs single rounds in both directions; the median is fair to both sides.
        middle = sorted(results, key=lambda r: r["mean_us"])[len(results) // 2]
        rate[name] = 1e6 / middle["mean_us"]
        means = " ".join(f"{r['mean_us']:.0f}" for r in results)
        print(f"{name:<40} mean {middle['mean_us']:6.0f} us  p50 {middle['p50_us']:6.0f}  p95 {middle['p95_us']:6.0f}  "
              f"{rate[name]:5.0f} frames/s/core  {middle['faces']} faces  (means {means})")
    for name, peer, bound in [
        ("ours, everything, from I420", "MediaPipe 1.2.2", with_conversion),
        ("ours, everything, from RGB", "MediaPipe 1.2.2", with_conversion),
        ("ours, everything, from I420", "MediaPipe 1.2.2, results not converted", without),
        ("ours, everything, from RGB", "MediaPipe 1.2.2, results not converted", without),
        ("ours, lite", "MediaPipe 1.2.2", 4.0),
    ]:
        ratio = rate[name] / rate[peer]
        print(f"{'holds' if ratio >= bound else 'MISSED'}: {name} / {peer} = {ratio:.2f} (bound {bound})")


if __name__ == "__main__":
    main()
