#!/usr/bin/env python3
"""How fast an upload is analyzed: a minute of 480p by the file path, media time against CPU time of the process."""
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("COACH_SHARED", ROOT / "../shared"))
SECONDS = int(os.environ.get("SECONDS_OF_MEDIA", "60"))
WANTED = 5.0


def clip(to: Path, coding: list[str], seconds: int) -> None:
    """A face and a voice, 854 x 480 at 30 fps: footage where the reference data is, else a moving portrait."""
    if SHARED.joinpath("data").is_dir():
        inputs = ["-stream_loop", "-1", "-i", str(SHARED / "data/face/WolfgangLanger_Pexels.mp4"), "-stream_loop", "-1"]
        inputs += ["-i", str(SHARED / "data/voice/real/two_cities_16k.wav")]
        shape = "scale=854:480:force_original_aspect_ratio=increase,crop=854:480,fps=30"
    else:
        inputs = ["-loop", "1", "-i", str(ROOT / "models/astronaut.png"), "-f", "lavfi", "-i", "sine=frequency=160"]
        shape = "crop=480:270:'16+16*sin(t)':'20+15*cos(1.3*t)',scale=854:480,fps=30"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *inputs, "-map", "0:v", "-map", "1:a", "-vf", shape, "-t", str(seconds), *coding, str(to)],
        check=True,
    )


def cpu_seconds(coach: Path, film: Path, out: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([coach, "analyze", film, "--out", out, "--models", ROOT / "models"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    subprocess.run(["cargo", "build", "--workspace", "--all-targets", "--quiet"], cwd=ROOT, check=True)
    coach = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/coach"
    h264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-b:v", "1500k", "-c:a", "aac"]
    vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-c:a", "libopus"]
    slow = False
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'480p, 30 fps':<24}{'media':>9}{'CPU':>9}{'x real time per core':>23}{'without the start':>20}")
        for name, ending, coding in [("MP4, H.264 and AAC", "mp4", h264), ("WebM, VP8 and Opus", "webm", vp8)]:
            film, brief = Path(folder) / f"film.{ending}", Path(folder) / f"brief.{ending}"
            clip(film, coding, SECONDS)
            clip(brief, coding, 1)
            # What loading the models costs, which a worker does once.
            start = cpu_seconds(coach, brief, Path(folder) / "out")
            cpu = cpu_seconds(coach, film, Path(folder) / "out")
            steady = (SECONDS - 1) / max(cpu - start, 0.01)
            print(f"{name:<24}{SECONDS:>7} s{cpu:>7.1f} s{SECONDS / cpu:>23.1f}{steady:>20.1f}")
            slow |= SECONDS / cpu < WANTED
    print(f"wanted: at least {WANTED:.0f} x real time per core{': NOT REACHED' if slow else ''}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
