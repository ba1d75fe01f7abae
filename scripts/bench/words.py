#!/usr/bin/env python3
"""Words beside PocketSphinx 5.1.1 (its bundled US English model): CPU time of one thread, wrong words, memory.

Usage: scripts/bench/words.py [--core K] [--profile release|dev]

Makes ./.venv-bench-words for PocketSphinx. Sounds: the read and spontaneous speech at 16 kHz of $COACH_SHARED/data/voice, else
../shared; without that folder there is nothing to compare and the script says so. Neither faster-whisper nor whisper.cpp ships
weights in its package, so they are not compared.
"""
import argparse, json, os, re, subprocess, sys, time, wave
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-bench-words"
PEER = "pocketsphinx==5.1.1"
READ = ["jfk", "two_cities_16k", "libri_61-70968-0000", "libri_sense_0870", "libri_sense_0880", "libri_sense_0890", "libri_sense_0920"]
SPONTANEOUS = ["mfa_cold_corpus"]
FILLERS = {"um", "uh", "er", "erm", "hm", "hmm", "mm", "ah"}


def venv_python():
    python = VENV / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    if subprocess.run([python, "-c", "import pocketsphinx"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def words(text):
    text = re.sub(r"[-\u2014]", " ", text.lower()).replace("mr.", "mister")
    return [w for w in (re.sub(r"[^a-z0-9]", "", word) for word in text.split()) if w and w not in FILLERS]


def wrong(heard, truth):
    heard, truth = words(heard), words(truth)
    row = list(range(len(heard) + 1))
    for i, word in enumerate(truth):
        diagonal, row[0] = row[0], i + 1
        for j, other in enumerate(heard):
            diagonal, row[j + 1] = row[j + 1], min(diagonal + (word != other), row[j] + 1, row[j + 1] + 1)
    return row[-1], len(truth)


def peer_side(files):
    """Runs inside the venv: PocketSphinx with its endpointer, the way its documentation streams a file."""
    from pocketsphinx import Decoder, Endpointer
    before, texts = time.process_time(), []
    for file in files:
        with wave.open(file) as sound:
            data = sound.readframes(sound.getnframes())
        decoder, endpointer, heard = Decoder(samprate=16_000), Endpointer(sample_rate=16_000), []
        for at in range(0, len(data), endpointer.frame_bytes):
            frame = data[at:at + endpointer.frame_bytes]
            was = endpointer.in_speech
            speech = endpointer.end_stream(frame) if len(frame) < endpointer.frame_bytes else endpointer.process(frame)
            if speech is not None:
                if not was:
                    decoder.start_utt()
                decoder.process_raw(speech)
                if not endpointer.in_speech:
                    decoder.end_utt()
                    heard.append(decoder.hyp().hypstr if decoder.hyp() else "")
        if endpointer.in_speech:
            decoder.end_utt()
            heard.append(decoder.hyp().hypstr if decoder.hyp() else "")
        texts.append(" ".join(heard))
    print(json.dumps({"cpu_s": time.process_time() - before, "texts": texts}))


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--peer":
        return peer_side(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--profile", choices=("release", "dev"), default="release")
    arguments = parser.parse_args()
    data = Path(os.environ.get("COACH_SHARED", ROOT / "../shared")) / "data/voice"
    if not (data / "manifest.json").is_file():
        return print("not measured, data/voice is absent: words beside PocketSphinx")
    manifest = json.loads((data / "manifest.json").read_text())
    names = READ + SPONTANEOUS
    files = [str(data / f"real/{name}.wav") for name in names]
    build = ["cargo", "build", "--quiet", "--package", "coach-perception", "--example", "words_bench", "--profile", arguments.profile]
    subprocess.run(build, check=True, cwd=ROOT)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / ("release" if arguments.profile == "release" else "debug")

    def run(command):
        pinned = ["taskset", "--cpu-list", str(arguments.core), *map(str, command)]
        text = subprocess.run(pinned, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(text.strip().splitlines()[-1])

    ours = run([target / "examples/words_bench", *files])
    if not ours:
        return print("not measured, the model is absent (make setup)")
    peer = run([venv_python(), __file__, "--peer", *files])

    def errors(texts, group):
        pairs = [wrong(texts[names.index(n)], manifest[f"real/{n}.wav"]["transcript"]) for n in group]
        return 100 * sum(w for w, _ in pairs) / sum(n for _, n in pairs)

    seconds = ours["seconds"]
    print(f"{len(files)} recordings, {seconds:.0f} s at 16 kHz, one core, CPU time")
    print("                              % of a core   wrong words read / spontaneous")
    for name, cpu, texts in ((PEER.replace("==", " "), peer["cpu_s"], peer["texts"]), ("ours", ours["recognizing_s"], ours["texts"])):
        print(f"{name:28}  {100 * cpu / seconds:9.1f}     {errors(texts, READ):5.1f} % / {errors(texts, SPONTANEOUS):.1f} %")
    print(f"a talker costs {100 * ours['recognizing_s'] / seconds:.1f} % of a core (bound 3) beside {100 * ours['listening_s'] / seconds:.1f} % "
          f"for listening; {peer['cpu_s'] / ours['recognizing_s']:.0f} x less than PocketSphinx")
    print(f"memory once per process: {ours['loaded_mib']:.0f} MiB loaded, {ours['after_mib']:.0f} MiB after all of it (bound 150); "
          f"loading takes {ours['load_s']:.1f} s")


if __name__ == "__main__":
    main()
