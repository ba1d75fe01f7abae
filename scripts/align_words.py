#!/usr/bin/env python3
"""Makes inference/perception/tests/voice_words.json: when each word of the recordings with a transcript begins.

Usage: .venv-bench/bin/python scripts/align_words.py   (numpy, libespeak-ng; COACH_SHARED, else ../shared, for the recordings)

The text is said by five voices of espeak-ng, whose words have known times; each is aligned with the recording by dynamic time warping of
cepstra, and the median of the five is taken. On espeak-ng's own speech the words come out to 10 ms.
"""
import ctypes, json, os, re, wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("COACH_SHARED", ROOT / "../shared")) / "data/voice"
FILES = ["two_cities_16k", "jfk", "libri_61-70968-0000", "libri_sense_0870", "libri_sense_0880", "libri_sense_0890", "libri_sense_0920"]
VOICES = [("en-us", 150), ("en-us+f3", 150), ("en-gb", 170), ("en-us+m3", 130), ("en-gb+f2", 160)]
RATE, HOP = 16_000, 160
WORD = re.compile(r"[A-Za-z']+")


class Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("id", ctypes.c_uint), ("text", ctypes.c_int), ("length", ctypes.c_int), ("ms", ctypes.c_int),
                ("sample", ctypes.c_int), ("user", ctypes.c_void_p), ("value", ctypes.c_char * 8)]


class Speaker:
    """espeak-ng, with the times of its words."""

    def __init__(self):
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate = self.library.espeak_Initialize(2, 0, None, 1)
        self.blocks, self.words = [], {}
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
        self.callback = kind(self.hear)
        self.library.espeak_SetSynthCallback(self.callback)

    def hear(self, samples, count, events):
        if samples and count > 0:
            self.blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while events[i].type:
            if events[i].type == 1:
                self.words.setdefault(events[i].text - 1, events[i].ms / 1000)
            i += 1
        return 0

    def say(self, text, voice, speed):
        """Samples, and the start of each word by its place in the text."""
        self.blocks, self.words = [], {}
        self.library.espeak_SetVoiceByName(voice.encode())
        self.library.espeak_SetParameter(1, speed, 0)
        self.library.espeak_Synth(text.encode(), len(text) + 1, 0, 1, 0, 1, None, None)
        return np.concatenate(self.blocks) / 32768, self.words


def resample(x, rate):
    if rate == RATE:
        return x
    n, spectrum = int(len(x) * RATE / rate), np.fft.rfft(x)
    return np.fft.irfft(spectrum[: n // 2 + 1], n) * RATE / rate


def trim(x):
    """What lies between the silences at both ends, and how much was cut before it, s."""
    energy = np.convolve(x * x, np.ones(3200) / 3200, "same")
    loud = np.flatnonzero(energy > np.quantile(energy, 0.99) * 1e-3)
    return x[loud[0] : loud[-1] + 1], loud[0] / RATE


def cepstra(x):
    """13 coefficients and their slopes per 10 ms."""
    width, size = 400, 1024
    x = np.append(x[0], x[1:] - 0.97 * x[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, (width // 2, width)), width)[::HOP] * np.hamming(width)
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    edges = 700 * (np.exp(np.linspace(1127 * np.log(1 + 80 / 700), 1127 * np.log(1 + 7500 / 700), 28) / 1127) - 1)
    hz = np.arange(size // 2 + 1) * RATE / size
    mel = np.array([np.clip(np.minimum((hz - a) / (b - a), (c - hz) / (c - b)), 0, None) for a, b, c in zip(edges, edges[1:], edges[2:])])
    bands = np.log(power @ mel.T + 1e-7 * power.max() * mel.sum(1))
    c = bands @ np.cos(np.pi * np.outer(np.arange(13), (np.arange(26) + 0.5) / 26)).T
    c = (c - c.mean(0)) / c.std(0)
    slope = np.gradient(c, axis=0)
    return np.hstack([c, 0.5 * slope / slope.std(0)])


def warp(a, b):
    """For each frame of `a`, the middle of the frames of `b` that it falls on."""
    distance = np.sqrt(np.maximum(0, (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T)).tolist()
    before, steps = [0.0] + [np.inf] * len(b), []
    for row in distance:
        now, came = [np.inf], bytearray(len(b))
        for j, d in enumerate(row):
            both, up, left = before[j], before[j + 1], now[j]
            if both <= up and both <= left:
                now.append(d + both)
            else:
                came[j] = 1 if up <= left else 2
                now.append(d + min(up, left))
        steps.append(came)
        before = now
    i, j, falls = len(a) - 1, len(b) - 1, [[] for _ in a]
    while i >= 0 and j >= 0:
        falls[i].append(j)
        step = steps[i][j]
        i, j = i - (step != 2), j - (step != 1)
    return [(min(f) + max(f)) / 2 if f else 0.0 for f in falls]


def align(speaker, samples, text):
    """Starts of the words, s: one row per voice."""
    samples, cut = trim(samples)
    heard, rows = cepstra(samples), []
    places = [match.start() for match in WORD.finditer(text)]
    for voice, speed in VOICES:
        said, words = speaker.say(text, voice, speed)
        said, lead = trim(resample(said, speaker.rate))
        falls = warp(cepstra(said), heard)
        # Some small words have no event of their own: they lie between their neighbours.
        known = [(k, falls[min(max(int((words[p] - lead) * 100), 0), len(falls) - 1)] / 100) for k, p in enumerate(places) if p in words]
        rows.append(np.interp(range(len(places)), *zip(*known)) + cut)
    return np.array(rows)


def main():
    manifest = json.loads((DATA / "manifest.json").read_text())
    speaker, words, spread = Speaker(), {}, []
    for name in FILES:
        with wave.open(str(DATA / f"real/{name}.wav")) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
            rows = align(speaker, resample(samples, file.getframerate()), manifest[f"real/{name}.wav"]["transcript"])
        words[name] = [round(float(t), 2) for t in np.median(rows, 0)]
        spread += rows.std(0).tolist()
        print(name, len(words[name]), "words,", words[name][0], "to", words[name][-1], "s")
    half, most = np.quantile(spread, [0.5, 0.9])
    origin = (f"Made by scripts/align_words.py with espeak-ng 1.51: starts of the spoken words, s. "
              f"The five voices differ by {half:.2f} s (median), {most:.2f} s (nine of ten words).")
    lines = []
    for name, times in words.items():
        rows = [", ".join(map(str, times[i : i + 20])) for i in range(0, len(times), 20)]
        lines.append(f'    "{name}": [\n      ' + ",\n      ".join(rows) + "\n    ]")
    text = f'{{\n  "origin": {json.dumps(origin)},\n  "words": {{\n' + ",\n".join(lines) + "\n  }\n}\n"
    (ROOT / "inference/perception/tests/voice_words.json").write_text(text)


if __name__ == "__main__":
    main()
