"""Attacks on the live channel: foreign pages, frames that break the protocol, floods, readers that never read."""
import os
import socket
import struct

from web import send

ORIGINS = [
    "http://evil.example", "null", "https://127.0.0.1", "file://", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1:1",
    "http://[::1]", "chrome-extension://abcdefghijklmnop", "http://evil.example/http://127.0.0.1",
]
# Channels of one session at once.
PLACES = 16


def frame(first, payload, masked=True, length=None):
    """Returns a frame (RFC 6455, section 5.2); `length` is what it says of itself, if that is not true."""
    said = len(payload) if length is None else length
    bit = 0x80 if masked else 0
    if said < 126:
        head = bytes([first, bit | said])
    elif said < 65536:
        head = bytes([first, bit | 126]) + struct.pack("!H", said)
    else:
        head = bytes([first, bit | 127]) + struct.pack("!Q", said)
    return head + (b"\0" * 4 if masked else b"") + payload


FRAMES = [
    frame(0x81, b"{}"), frame(0x81, b"[" * 30000), frame(0x81, b'{"type":"mark","what":"question","question_id":"' + b"x" * 60000 + b'"}'),
    frame(0x81, b'{"type":"mark","what":"note","note":"' + b"\xc3\xbc" * 600 + b'"}'), frame(0x81, b"\xff\xfe"), frame(0x82, b"binary"),
    frame(0x81, b"x" * 70000), frame(0x81, b"", length=1 << 62), frame(0x81, b"x", masked=False), frame(0x83, b"reserved"), frame(0xC1, b"compressed"),
    frame(0x89, b"p" * 125), frame(0x89, b"p" * 126), frame(0x09, b"fragmented ping"), frame(0x80, b"nothing to go on with"), frame(0x01, b"never ends"),
    frame(0x88, b""), frame(0x88, b"\x03"), frame(0x88, struct.pack("!H", 999)), frame(0x88, struct.pack("!H", 1000) + b"\xff"),
    frame(0x81, b'{"type":"echo","nonce":"' + b"n" * 501 + b'"}'), frame(0x81, b'{"type":"hint_feedback","id":"","t":-1,"useful":true}'),
]


def opening(target, session, origin, cookie):
    """Returns the request that opens a channel."""
    lines = [
        f"GET /api/sessions/{session}/live HTTP/1.1", f"Host: 127.0.0.1:{target.http}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    lines += [f"Origin: {origin}"] if origin else []
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def frames(target, tally, attacker, victim, rng):
    """Channels of foreign pages and of other people's sessions, then bad frames in one's own."""
    session = attacker.session()
    for origin in ORIGINS:
        status, answer = send(target.http, opening(target, session, origin, attacker.cookie), 1)
        tally.note("channels of foreign pages", status, answer, origin)
        if status == 101:
            tally.leaks.append(f"a channel for {origin}")
    for cookie in (attacker.cookie, None, "coach=" + "x" * 64):
        status, answer = send(target.http, opening(target, victim["session"], target.base, cookie), 1)
        tally.note("channels of other people", status, answer, str(cookie))
        if status == 101:
            tally.leaks.append("a channel of somebody else")
    for _ in range(30):
        sent = b"".join(rng.choices(FRAMES, k=rng.randrange(1, 5)))
        if rng.random() < 0.3:
            sent = bytes(byte ^ (rng.random() < 0.05) * 255 for byte in sent[:2000])
        status, answer = send(target.http, opening(target, session, target.base, attacker.cookie) + sent, 0.3)
        tally.note("bad frames", status, answer)
    pings = opening(target, session, target.base, attacker.cookie) + frame(0x89, b"ping") * 8000 + frame(0x88, b"\x03\xe8")
    for _ in range(3):
        status, answer = send(target.http, pings)
        tally.note("floods of pings", status, answer)
    attacker.call("DELETE", f"/api/sessions/{session}")


def crowd(target, tally, attacker, _victim, _rng):
    """More channels than a session has, none of which reads."""
    session, held = attacker.session(), []
    for n in range(100):
        stream = socket.create_connection(("127.0.0.1", target.http), 20)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.sendall(opening(target, session, target.base, attacker.cookie))
        first = stream.recv(12)
        status = int(first[9:12] or 0)
        tally.note("more channels than there are places", status)
        if status != (101 if n < PLACES else 429):
            tally.faults.append(f"channel {n + 1} of a session: {status}")
        held.append(stream)
    for stream in held:
        try:
            stream.sendall(frame(0x81, b'{"type":"echo","nonce":"' + os.urandom(200).hex().encode() + b'"}') * 20)
        except OSError:
            pass
    for stream in held:
        stream.close()
    attacker.call("DELETE", f"/api/sessions/{session}")
