#!/usr/bin/env python3
"""Attacks a server of its own for a given time, and prints what it answered.

Usage: scripts/attack [SECONDS] [--coach PROGRAM] [--seed N]

Starts PROGRAM (target/debug/coach) on free ports of loopback with accounts for two people, and sends as the one, and as nobody, what no
client sends: requests with foreign hosts, origins and ids, malformed HTTP, damaged offers, datagrams of strangers, bad frames, forged requests
to the object store, files that are no media, half requests. SECONDS (300) is the time for all of it; the list is gone through again and
again with other choices. Limits of rate are lifted, since they would answer in place of what is attacked.

Ends with 1 where an answer was a fault of the server (5xx but 501, which says that the object store has no such operation, and 503, that
all places are taken), held what belongs to the other person, where the log tells of a panic, where memory grew by a quarter and 32 MB
after the first round, or where the server does not stop when told.
"""
import argparse
import os
import random
import sys
import time

from target import ROOT, Person, Target

# aiortc is a package of the tests.
PYTHON = ROOT / "tests/python/.venv/bin/python"
if PYTHON.exists() and sys.executable != str(PYTHON):
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

import channel
import media
import peer
import web
import slow
import store
from tally import Tally

ATTACKS = [
    web.matrix, web.paths, web.malformed, web.hook, media.offers, media.flood, peer.connected, channel.frames, channel.crowd, store.unsigned,
    store.uploads, slow.halves, slow.readers,
]


def main():
    ask = argparse.ArgumentParser(prog="scripts/attack", description=__doc__.splitlines()[0])
    ask.add_argument("seconds", type=float, nargs="?", default=300)
    ask.add_argument("--coach", default=ROOT / "target/debug/coach")
    ask.add_argument("--seed", type=int, default=1)
    args = ask.parse_args()
    tally, target = Tally(), Target(args.coach)
    try:
        faults = attack(target, tally, args)
    finally:
        status = target.stop()
    faults += [] if status == 0 else [f"the server ended with {status}"]
    for fault in faults[:40]:
        print(fault)
    print("held" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def attack(target, tally, args):
    """Goes through the list until the time is over. Returns the faults."""
    victim = Person(target, "vera.hidden@uni.test", "Vera Hidden-Name")
    attacker = Person(target, "mallory@uni.test", "Mallory")
    # One session and one upload that attacks name, and others that they cannot know.
    named = {"session": victim.session(), "upload": victim.session("upload")}
    tally.hidden = ["vera.hidden", "Hidden-Name", "a-telling-name", victim.session(), victim.session("upload")]
    slot = {"name": "a-telling-name.webm", "content_type": "video/webm", "bytes": 1000}
    assert victim.call("POST", f"/api/sessions/{named['upload']}/upload", slot)[0] == 200
    began, rounds, before = time.monotonic(), 0, target.memory_kb()
    first, memory = None, []
    while rounds == 0 or time.monotonic() - began < args.seconds:
        rng = random.Random(args.seed * 1_000_003 + rounds)
        for one in ATTACKS:
            one(target, tally, attacker, named, rng)
            assert target.process.poll() is None, f"{one.__name__} ended the server: {target.log.read_text()[-3000:]}"
        rounds += 1
        memory.append(target.memory_kb())
        first = first or (memory[0], target.descriptors())
    seconds, after = time.monotonic() - began, target.memory_kb()
    print("\n".join(tally.table()))
    print(f"{rounds} rounds in {seconds:.0f} s")
    print(f"memory: {before // 1024} MB before, {first[0] // 1024} MB after the first round, {after // 1024} MB at the end")
    tenths = [str(memory[n * (rounds - 1) // 10] // 1024) for n in range(11)]
    print(f"memory after each tenth of the rounds: {', '.join(tenths)} MB")
    print(f"open files: {first[1]} after the first round, {target.descriptors()} at the end")
    print(f"{len(tally.faults)} faults of the server, {len(tally.leaks)} leaks, {len(target.panics())} panics")
    faults = tally.faults + tally.leaks + target.panics()
    if victim.call("GET", f"/api/sessions/{named['session']}")[0] != 200:
        faults.append("the session of the other person is gone")
    if after > first[0] * 1.25 + 32 * 1024:
        faults.append("memory grows")
    return faults


if __name__ == "__main__":
    sys.exit(main())
