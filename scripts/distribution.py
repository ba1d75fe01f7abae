#!/usr/bin/env python3
"""Scores every real voice and face of the reference data and prints how the scores lie, beside those of an earlier run where one is given.

Usage: scripts/distribution.py [--coach PROGRAM] [--models FOLDER] [--work FOLDER] [--save FILE] [--before FILE] [PART OF A NAME ...]

Each voice of COACH_SHARED/data/voice/real (else ../shared) alone; each that lasts nine seconds or more before each face video, which goes round;
the longest voice before each photograph. --save writes the scores; --before reads what the run of an earlier program has saved.
Ends with 1 where a score is 0 or 100 from less than a minute.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("COACH_SHARED", ROOT.parent / "shared"))
NAMES = ["confidence", "clarity", "resilience", "engagement"]
# Seconds of a voice that is worth a face, and of a score that may be at an end of the scale.
FACED_S, LONG_S = 9, 60


def seconds(file):
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
    return float(subprocess.run(probe, capture_output=True, text=True, check=True).stdout)


def clips():
    """Name, voice and face (None: no camera) of each clip."""
    voices = sorted((SHARED / "data/voice/real").glob("*.wav"))
    if not voices:
        sys.exit(f"distribution: there are no voices in {SHARED}/data/voice/real")
    faces = sorted((SHARED / "data/face").glob("*.mp4"))
    photographs = sorted(f for kind in ("*.jpg", "*.png") for f in (SHARED / "data/face").glob(kind))
    longest = max(voices, key=seconds)
    for voice in voices:
        yield voice.stem, voice, None
        if seconds(voice) >= FACED_S:
            for face in faces:
                yield f"{voice.stem}+{face.stem}", voice, face
    for photograph in photographs:
        yield f"{longest.stem}+{photograph.stem}", longest, photograph


def stage(folder, name, voice, face):
    """Returns the file to analyze: the voice itself, or the face going round before it."""
    if face is None:
        return voice
    to = folder / f"{name}.mkv"
    if not to.exists():
        again = ["-stream_loop", "-1"] if face.suffix == ".mp4" else ["-loop", "1", "-framerate", "15"]
        fit = "scale=640:480:force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p"
        part = folder / f"{name}.part.mkv"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", *again, "-i", str(face), "-i", str(voice), "-map", "0:v", "-map", "1:a", "-vf", fit, "-t", str(seconds(voice)),
             "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-c:a", "libopus", "-b:a", "48k", str(part)], check=True)
        part.rename(to)
    return to


def scored(folder, name, file, args):
    """Returns the report's duration and scores."""
    out = folder / name
    run = [args.coach, "analyze", str(file), "--out", str(out), "--models", str(args.models), "--data", str(folder / "data")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        sys.exit(f"distribution: {name}: {done.stderr.strip()}")
    report = json.loads((out / "report.json").read_text())
    scores = {n: report["overall"]["scores"][n]["value"] for n in NAMES}
    return {"seconds": report["duration_ms"] / 1000, "speech_s": report["coverage"]["speech_s"], **scores}


def shown(value):
    return "–" if value is None else f"{value:.0f}"


def quantile(values, q):
    return values[min(len(values) - 1, round(q * (len(values) - 1)))]


def spread(title, rows):
    print(f"\n{title}: {len(rows)} clips")
    for name in NAMES:
        values = sorted(row[name] for row in rows.values() if row[name] is not None)
        if not values:
            print(f"  {name:<11} no number in any")
            continue
        ends = sum(v <= 0 or v >= 100 for v in values)
        marks = " ".join(f"{quantile(values, q):.0f}" for q in (0, 0.25, 0.5, 0.75, 1))
        print(f"  {name:<11} {len(values):>2} numbers; lowest, quartiles, highest {marks}; at 0 or 100: {ends}; at 95 or more: {sum(v >= 95 for v in values)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coach", default=str(ROOT / "target/debug/coach"))
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--work", type=Path, default=ROOT / "target/distribution")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("parts", nargs="*")
    args = parser.parse_args()
    before = json.loads(args.before.read_text()) if args.before else {}
    args.work.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, voice, face in clips():
        if args.parts and not any(part in name for part in args.parts):
            continue
        row = rows[name] = scored(args.work, name, stage(args.work, name, voice, face), args)
        each = [f"{n[:2].title()} {shown(before[name][n]) + ' > ' if name in before else ''}{shown(row[n])}" for n in NAMES]
        print(f"{name:<42} {row['seconds']:5.1f} s, {row['speech_s']:4.1f} s of speech  {'  '.join(each)}", flush=True)
    if before:
        spread("before", {name: row for name, row in before.items() if name in rows})
    spread("now", rows)
    if args.save:
        args.save.write_text(json.dumps(rows, indent=1))
    wrong = [f"{name} {n} {row[n]:.0f} from {row['seconds']:.0f} s" for name, row in rows.items() for n in NAMES
             if row["seconds"] < LONG_S and row[n] is not None and (row[n] <= 0 or row[n] >= 100)]
    print(f"\n0 or 100 from less than {LONG_S} s: {'; '.join(wrong) or 'none'}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
