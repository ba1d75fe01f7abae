#!/usr/bin/env python3
"""Runs recordings of the world through `coach analyze` and prints a table: case, expected, got, right or wrong.

Usage: scripts/cases.py [--cases FOLDER] [--work FOLDER] [--coach PROGRAM] [--models FOLDER] [--keep] [--through-ffmpeg]
       [PART OF A NAME ...]

FOLDER (COACH_SHARED/data/cases, else ../shared/data/cases) holds one folder per case, named NUMBER-FILE: make.sh makes FILE (ffmpeg,
python3 with numpy), expect.txt says in words what is right. The figures are read from its line "expected": a duration, seconds of speech,
F0, the share with a face, "refused", what is said. A line that holds none of these is shown with "?" for a reader to judge.
--through-ffmpeg lets ffmpeg take each file apart and decode it, and analyzes what it made of it, so that its libraries are compared with
our demuxers and decoders on the same cases.
Inputs and results stay in the work folder (a folder of the temporary files, removed unless --keep or --work is given).
Ends with 1 where a case is wrong.
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMBER = r"(\d+(?:\.\d+)?)"
# Without a tolerance of its own a value may be this far off.
SECONDS, SPEECH, HERTZ = 0.25, 0.6, 1.0
# Cases that are no files, and the test that holds them: offers to publish, and what becomes of a page that is left.
ELSEWHERE = {"offer": "live_offer", "offers": "live_offer", "page": "round"}


class Got:
    """What the program made of one file."""

    def __init__(self, out, program, models, file):
        self.out, self.made = out, (program, models, file)
        run = [program, "analyze", str(file), "--out", str(out), "--models", str(models), "--data", str(out / "data")]
        done = subprocess.run(run, capture_output=True, text=True, timeout=900, env={**os.environ, "NO_COLOR": "1"})
        self.refused = done.returncode != 0
        self.said = done.stdout + "\n" + done.stderr
        self.report, self.lines = None, []
        if not self.refused:
            self.report = json.loads((out / "report.json").read_text())
            self.lines = [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()]
        probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(file)]
        truth = subprocess.run(probe, capture_output=True, text=True).stdout.strip()
        self.truth = float(truth) if re.fullmatch(r"[\d.]+", truth) else None
        self.notices = (self.report or {}).get("notices", [])
        voice = subprocess.run([program, "voice", str(file)], capture_output=True, text=True, timeout=900)
        self.voice = json.loads(voice.stdout) if voice.returncode == 0 else {}

    def seconds(self):
        return self.report["duration_ms"] / 1000

    def speech(self):
        return self.report["coverage"]["speech_s"]

    def face(self):
        return self.report["coverage"]["face"]

    def heard(self):
        return self.report["coverage"]["voice"]

    def pitch(self):
        """The report's mean F0 and that of `coach voice`, as far as there are any."""
        return self.report["voice"].get("f0_mean"), self.voice.get("f0_mean")

    def faces(self):
        return [line for line in self.lines if line["kind"] == "face"]

    def reasons(self):
        """What stood in the way in at least a tenth of the frames."""
        counts = collections.Counter(str(line["quality"]["reason"]) for line in self.faces())
        return {reason for reason, count in counts.items() if count >= len(self.faces()) / 10}

    def shapes(self, until_ms):
        """Mean of each blendshape over the frames up to a time that have them."""
        seen = [line["blendshapes"] for line in self.faces() if line.get("blendshapes") and line["t"] <= until_ms]
        return [sum(column) / len(seen) for column in zip(*seen)] if seen else []

    def roll(self):
        seen = [line["pose"]["roll"] for line in self.faces() if line.get("pose")]
        return sum(seen) / len(seen) if seen else None

    def told(self):
        """Figures in one line."""
        if self.refused:
            last = [line for line in self.said.splitlines() if line.strip()]
            return f"refused: {last[-1][:120] if last else ''}"
        pitch = "/".join("-" if value is None else f"{value:.1f}" for value in self.pitch())
        text = f"{self.seconds():.2f} s, face {self.face():.3f}, speech {self.speech():.1f}, F0 {pitch}"
        if self.reasons() - {"None"}:
            text += f", {'/'.join(sorted(self.reasons() - {'None'}))}"
        return text + "".join(f"; says: {notice}" for notice in self.notices)


def near(value, want, tolerance):
    return value is not None and want is not None and abs(value - want) <= tolerance


def checks(text, got, base):
    """Pairs of what is expected and whether it is so, from a line in words; `base` gives the recording that a case is compared with."""
    found = []
    add = lambda what, right: found.append((what, bool(right)))
    if re.search(r"\brefused\b", text):
        add("refused", got.refused)
        return found
    if got.refused:
        return [("analyzed", False)]
    if match := re.search(rf"duration_ms {NUMBER} ?\+-{NUMBER}", text):
        add(f"{match[1]} ms", near(got.seconds(), float(match[1]) / 1000, float(match[2]) / 1000))
    elif match := re.search(rf"(?:^|duration |end: )\W*{NUMBER}-{NUMBER} s\b", text):
        add(f"{match[0].strip()}", float(match[1]) - 0.05 <= got.seconds() <= float(match[2]) + 0.05)
    elif match := re.search(rf"(?:^|duration |end: |both parts \(|, ){NUMBER} s\b(?: \+-{NUMBER})?", text):
        add(f"{match[1]} s", near(got.seconds(), float(match[1]), float(match[2] or SECONDS)))
    if match := re.search(rf"speech as in base[^(]*\({NUMBER} s \+-{NUMBER}\)", text):
        add(f"speech {match[1]}", near(got.speech(), float(match[1]), float(match[2])))
    if "no audio gap" in text:
        gaps = [line for line in got.lines if line["kind"] == "gap" and line["what"] == "audio"]
        add("no audio gap", all(gap["end"] - gap["start"] < 100 for gap in gaps))
    if match := re.search(rf"speech(?:_s)? (>= )?{NUMBER}(?: s)?(?: \+-{NUMBER})?", text):
        value, tolerance = float(match[2]), float(match[3] or SPEECH)
        if percent := re.search(rf"\+-{NUMBER} ?%", text):
            tolerance = value * float(percent[1]) / 100
        add(f"speech {match[1] or ''}{match[2]}", got.speech() >= value if match[1] else near(got.speech(), value, tolerance))
    if re.search(r"(F0|f0_mean) null|no pitch", text):
        add("no pitch", got.pitch()[0] is None)
    elif match := re.search(rf"F0 {NUMBER}\.\.{NUMBER}", text):
        add(f"F0 {match[1]}..{match[2]}", any(p and float(match[1]) - 0.5 <= p <= float(match[2]) + 0.5 for p in got.pitch()))
    elif match := re.search(rf"(?:F0 {NUMBER}|^{NUMBER} Hz)(?: \+-{NUMBER})?", text):
        value = float(match[1] or match[2])
        said = got.voice.get("note") and re.search(r"\bceiling\b", text)
        add(f"F0 {value}", said or any(near(p, value, float(match[3] or HERTZ)) for p in got.pitch()))
    if match := re.search(rf"face (>= )?{NUMBER}\b", text):
        value = float(match[2])
        add(f"face {match[1] or ''}{match[2]}", got.face() >= value if match[1] else near(got.face(), value, 0.03))
    if match := re.search(rf"voice {NUMBER}\b", text):
        add(f"voice {match[1]}", near(got.heard(), float(match[1]), 0.03))
    if match := re.search(rf"faces = (\d+)", text):
        counts = [line["faces"] for line in got.faces()]
        add(match[0], counts and sum(n == int(match[1]) for n in counts) >= 0.9 * len(counts))
    if match := re.search(rf"roll (?:about )?(-?\d+(?:\.\d+)?)(?: degrees?)?(?: \+-{NUMBER})?", text):
        add(match[0], near(got.roll(), float(match[1]), float(match[2] or 1)))
    if match := re.search(rf"blendshapes within {NUMBER}", text):
        until = got.report["duration_ms"]
        ours, theirs = got.shapes(until), base("base.mp4").shapes(until)
        off = sum(abs(a - b) for a, b in zip(ours, theirs)) / max(1, len(theirs)) if ours else 1
        add(f"{match[0]} ({off:.3f})", off <= float(match[1]))
    if match := re.search(r'(not|no) "(dark|bright)"', text):
        add(f"not {match[2]}", match[2] not in got.reasons())
    if match := re.search(r"reason dark", text):
        add("dark", "dark" in got.reasons())
    if re.search(r"^as base$", text):
        like = base("base.mp4")
        add("as base", near(got.seconds(), like.seconds(), 0.1) and near(got.speech(), like.speech(), 0.7) and near(got.face(), like.face(), 0.03))
    if re.search(r"AND a sentence", text):
        add("says so", got.notices)
    if match := re.search(rf"pause_share {NUMBER}, long_pauses {NUMBER}", text):
        add(match[0], near(got.report["metrics"]["pause_share"]["value"], float(match[1]), 0.03))
    return found


def as_made_here(text, got):
    """The line for the file that was made here: another ffmpeg may have made one of another length, with a gap of as much. A gap has
    no frames, so that the share with a face is that of the frames; speech is what is spoken in the sound that ffmpeg decodes."""
    said = re.search(rf"(?:^|duration |end: ){NUMBER} s\b", text)
    if got.refused or not said or not near(got.seconds(), got.truth, 0.3) or abs(float(said[1]) - got.truth) <= 1:
        return text
    frames = got.faces()
    share = sum(line["faces"] > 0 for line in frames) / max(1, len(frames))
    got.face = lambda: share
    text = text[: said.start(1)] + f"{got.truth:.2f}" + text[said.end(1) :]
    program, models, file = got.made
    wave = got.out / "sound.wav"
    if subprocess.run(["ffmpeg", "-v", "error", "-y", "-nostdin", "-i", file, "-ac", "1", wave], capture_output=True).returncode:
        return text
    spoken = Got(got.out / "sound", program, models, wave).speech()
    return re.sub(rf"(speech(?:_s)? ){NUMBER}", lambda found: f"{found[1]}{spoken:.1f}", text, count=1)


def judge(text, got, base):
    """Expected in short, and True, False or None where the line has to be read."""
    found = checks(text, got, base)
    if not found:
        return text[:60], None
    right = all(right for _, right in found)
    if not right and (here := as_made_here(text, got)) != text:
        found = checks(here, got, base)
        right = all(right for _, right in found)
    # "Or at least a sentence", "or the report says that it was too quiet": what is said stands in for the figures.
    if not right and not got.refused and got.notices and re.search(r"\bor\b|at the least", text):
        right = True
    return ", ".join(what if ok else f"{what} (!)" for what, ok in found), right


def held(test, known={}):
    """Runs a test of the workspace, once. Returns whether it passes, and its summary."""
    if test not in known:
        env = dict(os.environ)
        if subprocess.run(["cargo", "--version"], capture_output=True, cwd=ROOT).returncode:
            # A machine that cannot download the toolchain of the project may have the same under this name.
            env["RUSTUP_TOOLCHAIN"] = "stable"
        run = ["cargo", "test", "--locked", "--workspace", "--test", test]
        done = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, env=env)
        said = [line for line in done.stdout.splitlines() if line.startswith("test result:")]
        known[test] = done.returncode == 0, said[-1].split(";")[0] if said else "not run"
    return known[test]


def make(folder, inputs):
    """Returns the file of a case, made if it is not there yet; None where a tool is missing."""
    file = inputs / folder.name.split("-", 1)[1]
    if not file.exists():
        # The tests' Python has what the scripts of the cases import.
        path = f"{ROOT / 'tests/python/.venv/bin'}:{os.environ['PATH']}"
        env = {**os.environ, "SHARED": str(folder.parent.parent), "PATH": path}
        done = subprocess.run(["bash", str(folder / "make.sh"), str(inputs)], capture_output=True, text=True, env=env)
        if done.returncode != 0 or not file.exists():
            last = done.stderr.strip().splitlines()
            print(f"{folder.name}: not made: {last[-1] if last else 'no file'}", file=sys.stderr)
            return None
    return file


def through_ffmpeg(file, folder):
    """Returns what ffmpeg decodes of a file, as Matroska with a track of video and one of audio at most; None where it refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    to = folder / f"{file.name}.mkv"
    tracks = ["-map", "0:v:0?", "-map", "0:a:0?", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"]
    command = ["ffmpeg", "-v", "error", "-y", "-nostdin", "-i", file, *tracks, "-c:a", "pcm_f32le", to]
    if not to.exists() and subprocess.run(command, capture_output=True).returncode:
        to.unlink(missing_ok=True)
    return to if to.exists() else None


def main():
    shared = Path(os.environ.get("COACH_SHARED", ROOT / "../shared"))
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--cases", type=Path, default=shared / "data/cases")
    parse.add_argument("--work", type=Path)
    parse.add_argument("--coach", default=str(ROOT / "target/debug/coach"))
    parse.add_argument("--models", default=str(ROOT / "models"))
    parse.add_argument("--keep", action="store_true")
    parse.add_argument("--through-ffmpeg", action="store_true")
    parse.add_argument("names", nargs="*")
    args = parse.parse_args()
    folders = sorted(path for path in args.cases.glob("[0-9]*-*") if path.is_dir())
    if not folders:
        print(f"not checked: there are no cases in {args.cases}")
        return 0
    work = args.work or Path(tempfile.mkdtemp(prefix="coach-cases-"))
    inputs, outputs, known = work / "in", work / "out", {}
    inputs.mkdir(parents=True, exist_ok=True)

    def run(name):
        if name not in known:
            file = inputs / name
            if args.through_ffmpeg:
                # What ffmpeg refuses is refused; a missing file is, too.
                file = through_ffmpeg(file, work / "ffmpeg") or work / "refused by ffmpeg"
            known[name] = Got(outputs / name, args.coach, args.models, file)
        return known[name]

    counts = {True: 0, False: 0, None: 0}
    for folder in folders:
        if args.names and not any(name in folder.name for name in args.names):
            continue
        kind = re.split(r"[-.]", folder.name.split("-", 1)[1])[0]
        if kind in ELSEWHERE and "." not in folder.name:
            if args.through_ffmpeg:
                continue
            right, said = held(ELSEWHERE[kind])
            counts[right] += 1
            print(f"{folder.name:34} | {'right' if right else 'WRONG':5} | --test {ELSEWHERE[kind]} | {said}", flush=True)
            continue
        expected = [line for line in (folder / "expect.txt").read_text().splitlines() if line.startswith("expected")]
        text = expected[0].split(":", 1)[1].strip() if expected else ""
        if (file := make(folder, inputs)) is None:
            counts[None] += 1
            continue
        got = run(file.name)
        what, right = judge(text, got, run)
        counts[right] += 1
        print(f"{folder.name:34} | {({True: 'right', False: 'WRONG', None: '?'})[right]:5} | {what} | {got.told()}", flush=True)
    print(f"{counts[True]} right, {counts[False]} wrong, {counts[None]} to be judged")
    if not (args.keep or args.work):
        shutil.rmtree(work)
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
