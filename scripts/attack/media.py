"""Attacks on live media: offers that are damaged or huge, and datagrams of strangers on the media port."""
import hashlib
import hmac
import os
import re
import select
import socket
import struct
import zlib

from web import request, send
from target import ROOT

OFFER = (ROOT / "media/tests/data/chromium-156-offer.sdp").read_text()
BOMBS = [
    "v=0\r\n", "", "\x00" * 1000, "v=0\r\n" * 1990, OFFER + "a=candidate:x\r\n" * 1500, OFFER + "a=fmtp:111 " + ";" * 900 + "\r\n",
    OFFER + "a=x:" + "y" * 60000 + "\r\n", OFFER.replace("a=sendonly", "a=recvonly"), OFFER.replace("a=sendonly", "a=inactive"),
    OFFER.replace("VP8/90000", "VP9/90000").replace("H264/90000", "AV1/90000"), OFFER.replace("a=group:BUNDLE 0 1\r\n", ""),
    OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:9\r\n" * 50, OFFER.replace("opus/48000/2", "opus/4294967295/255"), OFFER.replace("\r\n", "\n"),
    re.sub("a=ice-pwd:.*", "a=ice-pwd:x", OFFER), re.sub("a=ice-ufrag:.*", "a=ice-ufrag:" + "x" * 300, OFFER), re.sub("a=fingerprint:.*", "a=fingerprint:sha-256 00", OFFER),
]


def damaged(rng):
    """Returns an offer with one to six lines that are lost, repeated, moved, or changed in a place."""
    lines = OFFER.split("\r\n")
    for _ in range(rng.randrange(1, 7)):
        at = rng.randrange(len(lines))
        line = lines[at]
        kind = rng.randrange(6)
        if kind == 0 and len(lines) > 2:
            del lines[at]
        elif kind == 1:
            lines[at:at] = [line] * rng.choice([1, 2, 40])
        elif kind == 2:
            lines[at] = line[: rng.randrange(len(line) + 1)]
        elif kind == 3 and line:
            place = rng.randrange(len(line))
            lines[at] = line[:place] + rng.choice(["\x00", "9" * 12, "-1", " ", ":", "=", "ü", "%s%n", "\t"]) + line[place + 1 :]
        elif kind == 4:
            lines[at] = re.sub(r"\d+", lambda _: rng.choice(["0", "-1", "4294967296", "65536", "18446744073709551616"]), line)
        else:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
    return "\r\n".join(lines)


def offers(target, tally, attacker, victim, rng):
    """Offers to publish and to watch, fragments of ICE, and all of it for a session of somebody else."""
    host, cookie = f"127.0.0.1:{target.http}", ("Cookie", attacker.cookie)
    sdp, session = ("Content-Type", "application/sdp"), attacker.session()
    for n in range(60):
        body = (rng.choice(BOMBS) if n % 4 == 0 else damaged(rng)).encode("utf-8", "replace")
        foreign = n % 10 == 9
        resource = rng.choice(["whip", "whip", "whip", "whep/candidate"])
        path = f"/api/sessions/{victim['session'] if foreign else session}/{resource}"
        status, answer = send(target.http, request("POST", path, host, [cookie, sdp], body))
        tally.note("offers, damaged and huge", status, answer, path, foreign=foreign)
        found = re.search(rb"\r\nlocation: ([^\r]*)", answer, re.IGNORECASE)
        if status != 201 or not found:
            continue
        # An offer that is taken holds a place until it is given back.
        where = found[1].decode()
        fragment = rng.choice([b"", b"a=ice-ufrag:x\r\n", b"a=candidate:1 1 UDP 1 10.0.0.1 9 typ host\r\n" * 300, b"\xff\x00", OFFER.encode()])
        kind = ("Content-Type", rng.choice(["application/trickle-ice-sdpfrag", "text/plain"]))
        match = ("If-Match", rng.choice([None, "*", '"x"', "W/" + '"1"' * 50]))
        for headers in ([kind, match], [cookie, kind, match]):
            status, answer = send(target.http, request("PATCH", where, host, headers, fragment))
            tally.note("fragments of ICE", status, answer, where, foreign=cookie not in headers)
        if n % 3 == 0:
            datagrams(target, tally, body.decode(errors="replace"), answer.decode(errors="replace"), rng)
        status, answer = send(target.http, request("DELETE", where, host, [cookie]))
        tally.note("offers, damaged and huge", status, answer, where)
    attacker.call("DELETE", f"/api/sessions/{session}")


def binding(username, password, integrity=True):
    """Returns a STUN binding request with these credentials (RFC 8489)."""

    def attribute(kind, value):
        return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)

    body = attribute(0x0006, username) + attribute(0x0024, b"\x7e\0\0\xff") + attribute(0x802A, os.urandom(8)) + attribute(0x0025, b"")
    transaction = b"\x21\x12\xa4\x42" + os.urandom(12)

    def message(length):
        return struct.pack("!HH", 1, length) + transaction + body

    if integrity:
        body += attribute(0x0008, hmac.new(password, message(len(body) + 24), hashlib.sha1).digest())
    body += attribute(0x8028, struct.pack("!I", zlib.crc32(message(len(body) + 8)) ^ 0x5354554E))
    return message(len(body))


def datagrams(target, tally, offer="", answer="", rng=None):
    """Datagrams that no publisher sends. A stranger gets no answer to any."""
    ours = re.search(r"a=ice-ufrag:(\S+)", answer)
    theirs = re.search(r"a=ice-ufrag:(\S+)", offer)
    user = f"{ours[1] if ours else 'x' * 8}:{theirs[1] if theirs else 'y'}".encode()[:500]
    hello = bytes.fromhex("16fefd0000000000000000002a0100001e000000000000001efefd") + os.urandom(32)
    kinds = [
        binding(user, b"wrong" * 5), binding(b"", b""), binding(user, b"", integrity=False), binding(b"x" * 500, b"y"), hello, b"", b"\0",
        b"\x80\x60" + os.urandom(60), b"\x80\xc8" + os.urandom(26), b"\x40\x00\x00\x08" + os.urandom(8), os.urandom(1200), b"\x01" * 65000, os.urandom(4),
        b"\x00\x01\xff\xff\x21\x12\xa4\x42" + os.urandom(12), b"\x01\x01\x00\x00\x21\x12\xa4\x42" + os.urandom(12),
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        for _ in range(20):
            for kind in kinds:
                sent = bytearray(kind)
                if sent and rng.random() < 0.5:
                    sent[rng.randrange(len(sent))] ^= 1 << rng.randrange(8)
                stranger.sendto(bytes(sent), ("127.0.0.1", target.udp))
                tally.note("datagrams of strangers", 0)
        while select.select([stranger], [], [], 0.05)[0]:
            got = stranger.recv(2048)
            tally.leaks.append(f"datagrams of strangers: an answer of {len(got)} bytes")


def flood(target, tally, _attacker, _victim, rng):
    """Many datagrams at once. The server answers others meanwhile."""
    payload = [os.urandom(rng.randrange(1, 1300)) for _ in range(50)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for n in range(20000):
            stranger.sendto(payload[n % 50], ("127.0.0.1", target.udp))
            tally.note("flood of datagrams", 0)
            if n % 5000 == 0:
                status, answer = send(target.http, request("GET", "/healthz", f"127.0.0.1:{target.http}", []))
                tally.note("health in a flood", status, answer)
                if status != 200:
                    tally.faults.append(f"no health in a flood: {status}")
