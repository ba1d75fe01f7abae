#!/usr/bin/env python3
"""Voice engine beside Praat (praat-parselmouth 0.4.7): CPU time of one thread at 16 kHz, and agreement at 16 kHz.

Usage: scripts/bench/voice.py [--rounds N] [--core K] [--profile release|dev]

The full set offline (pitch, pulses, five kinds of jitter and of shimmer, harmonicity, intensity) on both sides, and our live
path (20 ms blocks, Silero, everything the journal gets). Makes ./.venv-bench for Praat. Sounds: the speech of
$COACH_SHARED/data/voice, else ../shared, and vowels resampled to 16 kHz by Praat; without that folder, speech-like sounds made here.
"""
import argparse, json, os, subprocess, sys, tempfile, time, wave
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-bench"
PACKAGES = ["praat-parselmouth==0.4.7", "numpy"]
RATE = 16_000


def venv_python():
    """A Python that has Praat; made at the first run."""
    python = VENV / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    probe = "import parselmouth, numpy, sys; sys.exit(parselmouth.__version__ != '0.4.7')"
    if subprocess.run([python, "-c", probe], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def speech_like(numpy, seconds, hz, seed):
    """Syllables of a buzzing source through three formants, with pauses and a little noise."""
    random = numpy.random.default_rng(seed)
    t = numpy.arange(int(seconds * RATE)) / RATE
    pitch = hz * 2 ** (0.25 * numpy.sin(1.7 * t) + 0.02 * random.standard_normal(len(t)).cumsum() / 100)
    phase = numpy.cumsum(pitch) / RATE
    voice = sum(numpy.sin(2 * numpy.pi * k * phase) * sum(1 / (1 + ((k * hz - f) / b) ** 2) for f, b in ((600, 150), (1300, 200), (2500, 300)))
                for k in range(1, int(4000 / hz)))
    gate = (t % 3.1 < 2.4) * (0.5 - 0.5 * numpy.cos(2 * numpy.pi * 4.2 * t))
    x = voice * gate
    return 0.4 * x / abs(x).max() + 0.001 * random.standard_normal(len(t))


def write_wav(path, samples, numpy):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(RATE)
        file.writeframes((numpy.clip(samples, -1, 32767 / 32768) * 32768).round().astype("<i2").tobytes())


def sounds(folder):
    """WAV files at 16 kHz: real speech as it is, the rest through Praat's resampler."""
    import numpy, parselmouth
    data = Path(os.environ.get("COACH_SHARED", ROOT / "../shared")) / "data/voice"
    found = sorted(data.glob("real/*.wav")) + sorted(data.glob("synthetic/es_*pitch*.wav")) + sorted(data.glob("synthetic/vowel_*.wav"))
    paths = []
    for file in found:
        sound = parselmouth.Sound(str(file))
        if sound.n_channels > 1:
            sound = sound.convert_to_mono()
        if sound.sampling_frequency != RATE:
            sound = sound.resample(RATE)
        paths.append(Path(folder) / file.name)
        write_wav(paths[-1], sound.values[0], numpy)
    if not found:
        print("data/voice is absent: speech-like sounds are made instead")
        for seed, hz in enumerate((95, 120, 160, 210, 240)):
            paths.append(Path(folder) / f"made_{hz}.wav")
            write_wav(paths[-1], speech_like(numpy, 30, hz, seed), numpy)
    return paths


def praat_side(rounds, files):
    """Runs inside the venv: CPU time of the whole process, so that no thread of Praat hides."""
    import numpy, parselmouth
    from parselmouth.praat import call
    loaded = [parselmouth.Sound(file) for file in files]

    def measure(sound):
        pitch = call(sound, "To Pitch (ac)", 0.01, 75, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500)
        pulses = call([sound, pitch], "To PointProcess (cc)")
        values = {}
        for kind in ("local", "local, absolute", "rap", "ppq5", "ddp"):
            values["jitter_" + kind.replace(", ", "_")] = call(pulses, f"Get jitter ({kind})", 0, 0, 0.0001, 0.02, 1.3)
        for kind in ("local", "local_dB", "apq3", "apq5", "apq11"):
            values["shimmer_" + kind.lower()] = call([sound, pulses], f"Get shimmer ({kind})", 0, 0, 0.0001, 0.02, 1.3, 1.6)
        harmonicity = call(sound, "To Harmonicity (cc)", 0.01, 75, 0.1, 1.0).values[0]
        voiced = harmonicity[harmonicity > -199]
        values["hnr_cc_mean"] = float(voiced.mean()) if len(voiced) else None
        intensity = call(sound, "To Intensity", 100, 0.01, "yes").values[0]
        return {**values, "f0": pitch.selected_array["frequency"].tolist(), "intensity": intensity.tolist()}

    best, values = float("inf"), []
    for _ in range(rounds):
        before = time.process_time()
        values = [measure(sound) for sound in loaded]
        best = min(best, time.process_time() - before)
    clean = [{k: None if isinstance(v, float) and v != v else v for k, v in value.items()} for value in values]
    print(json.dumps({"praat": parselmouth.PRAAT_VERSION, "cpu_s": best, "values": clean}))


def agreement(ours, praat):
    """Voicing and gross errors in percent, the worst relative error of jitter and shimmer, the worst HNR difference in dB."""
    frames = voicing = both = gross = 0
    cents, ratio, hnr, level = [], 0.0, 0.0, 0.0
    for report, reference in zip(ours, praat):
        if report is None:
            continue
        import math
        for a, b in zip(report["frames"]["f0"], reference["f0"]):
            frames += 1
            voicing += (a > 0) != (b > 0)
            if a > 0 and b > 0:
                both += 1
                gross += abs(a / b - 1) > 0.2
                cents.append(abs(1200 * math.log2(a / b)))
        for name, theirs in reference.items():
            if name.startswith(("jitter", "shimmer")) and theirs and report.get(name) is not None:
                ratio = max(ratio, abs(report[name] / theirs - 1))
        if reference["hnr_cc_mean"] is not None and report["hnr_cc_mean"] is not None:
            hnr = max(hnr, abs(report["hnr_cc_mean"] - reference["hnr_cc_mean"]))
        level = max([level] + [abs(a - b) for a, b in zip(report["frames"]["intensity"], reference["intensity"]) if b > -200])
    return {"frames": frames, "vde": 100 * voicing / max(frames, 1), "gpe": 100 * gross / max(both, 1),
            "cents": sum(cents) / max(len(cents), 1), "ratio": 100 * ratio, "hnr": hnr, "level": level}


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--praat":
        return praat_side(int(sys.argv[2]), sys.argv[3:])
    if len(sys.argv) > 1 and sys.argv[1] == "--sounds":
        return print(json.dumps([str(path) for path in sounds(sys.argv[2])]))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--profile", choices=("release", "dev"), default="release")
    arguments = parser.parse_args()
    build = ["cargo", "build", "--quiet", "--package", "coach-perception", "--example", "voice_bench", "--profile", arguments.profile]
    subprocess.run(build, check=True, cwd=ROOT)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / ("release" if arguments.profile == "release" else "debug")
    python = venv_python()

    def run(command):
        pinned = ["taskset", "--cpu-list", str(arguments.core), *map(str, command)]
        # From there the example finds ./models itself.
        text = subprocess.run(pinned, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(text.strip().splitlines()[-1])

    with tempfile.TemporaryDirectory() as folder:
        files = json.loads(subprocess.run([python, __file__, "--sounds", folder], check=True, stdout=subprocess.PIPE, text=True)
                           .stdout.strip().splitlines()[-1])
        ours = run([target / "examples/voice_bench", arguments.rounds, *files])
        praat = run([python, __file__, "--praat", arguments.rounds, *files])
    seconds, offline, peer = ours["seconds"], ours["offline_s"], praat["cpu_s"]
    print(f"{len(files)} sounds, {seconds:.0f} s at 16 kHz, best of {arguments.rounds}, one core, CPU time")
    print(f"Praat {praat['praat']} (praat-parselmouth 0.4.7), full set  {1000 * peer / seconds:7.2f} ms per s of sound")
    print(f"ours, the same set                              {1000 * offline / seconds:7.2f} ms per s: {offline / peer:.2f} x Praat (bound 0.5)")
    for name, what, bound in (("live_silero_s", "live path with Silero", " (bound 1.5)"), ("live_level_s", "live path, level alone", "")):
        if ours[name] is None:
            print(f"ours, {what}: not measured, the model is absent (make setup)")
        else:
            print(f"ours, {what:26}                {1000 * ours[name] / seconds:7.2f} ms per s: {100 * ours[name] / seconds:.2f} % of a core{bound}")
    a = agreement(ours["reports"], praat["values"])
    print(f"agreement at 16 kHz over {a['frames']} frames: VDE {a['vde']:.3f} %, GPE {a['gpe']:.3f} %, mean {a['cents']:.4f} cents; "
          f"jitter and shimmer within {a['ratio']:.3f} %, HNR {a['hnr']:.3f} dB, intensity {a['level']:.4f} dB")


if __name__ == "__main__":
    main()
