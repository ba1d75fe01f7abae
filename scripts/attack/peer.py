"""Attacks by a publisher that is connected: packets that are not encrypted with its keys, and a certificate that is not the one it named."""
import asyncio
import os
import re
import struct
import urllib.parse

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack

from media import binding
from web import request, send

# Packets of each kind in one round.
PACKETS = 1500


def connected(target, tally, attacker, _victim, rng):
    """A publisher sends bad packets from the address that it has proven, and stays; one with another certificate never connects."""
    asyncio.run(flood(target, tally, attacker, rng))
    asyncio.run(stranger(target, tally, attacker))


async def publish(target, attacker, session, change=lambda sdp: sdp):
    """Publishes silence. Returns the connection and the address of its resource."""
    peer = RTCPeerConnection()
    peer.addTrack(AudioStreamTrack())
    await peer.setLocalDescription(await peer.createOffer())
    offer = change(peer.localDescription.sdp).encode()
    headers = [("Cookie", attacker.cookie), ("Content-Type", "application/sdp")]
    whole = request("POST", f"/api/sessions/{session}/whip", f"127.0.0.1:{target.http}", headers, offer)
    status, answer = await asyncio.to_thread(send, target.http, whole)
    assert status == 201, answer
    where = re.search(rb"\r\nlocation: ([^\r]*)", answer, re.IGNORECASE)[1].decode()
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer.split(b"\r\n\r\n", 1)[1].decode(), type="answer"))
    return peer, urllib.parse.urlsplit(where).path


async def until(peer, states, seconds=20):
    """Waits until the connection is in one of the states. Returns its state."""
    for _ in range(int(seconds * 20)):
        if peer.connectionState in states:
            break
        await asyncio.sleep(0.05)
    return peer.connectionState


async def end(target, attacker, peer, where):
    """Ends a publishing. Returns the status."""
    whole = request("DELETE", where, f"127.0.0.1:{target.http}", [("Cookie", attacker.cookie)])
    status, _ = await asyncio.to_thread(send, target.http, whole)
    await peer.close()
    return status


async def flood(target, tally, attacker, rng):
    session = attacker.session()
    peer, where = await publish(target, attacker, session)
    state = await until(peer, ("connected", "failed"))
    if state != "connected":
        tally.faults.append(f"a publisher does not connect: {state}")
    ice = peer.getSenders()[0].transport.transport._connection
    kinds = [
        lambda: b"\x80\x6f" + os.urandom(10) + os.urandom(80), lambda: b"\x80\xc8\x00\x06" + os.urandom(24 + 14),
        lambda: b"\x17\xfe\xfd" + os.urandom(8) + struct.pack("!H", 40) + os.urandom(40), lambda: b"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x20\x01" + os.urandom(31),
        lambda: b"\x14\xfe\xfd" + os.urandom(11), lambda: binding(b"x:y", b"wrong"), lambda: os.urandom(rng.randrange(1, 1200)),
    ]
    for n in range(PACKETS):
        for kind in kinds:
            await ice.send(kind())
            tally.note("bad packets of a connected publisher", 0)
        if n % 50 == 0:
            await asyncio.sleep(0)
    # The server answers the checks of consent meanwhile (RFC 7675), else this connection would be closed by now.
    health, _ = await asyncio.to_thread(send, target.http, request("GET", "/healthz", f"127.0.0.1:{target.http}", []))
    tally.note("health beside bad packets", health)
    publishing, _ = await asyncio.to_thread(send, target.http, request("GET", where, f"127.0.0.1:{target.http}", [("Cookie", attacker.cookie)]))
    if health != 200 or publishing != 204 or peer.connectionState != "connected":
        tally.faults.append(f"bad packets ended a publishing: {health} {publishing} {peer.connectionState}")
    status = await end(target, attacker, peer, where)
    tally.note("bad packets of a connected publisher", status)
    attacker.call("DELETE", f"/api/sessions/{session}")


async def stranger(target, tally, attacker):
    session = attacker.session()
    other = ":".join(f"{byte:02X}" for byte in os.urandom(32))
    peer, where = await publish(target, attacker, session, lambda sdp: re.sub("(a=fingerprint:sha-256 ).*", rf"\g<1>{other}", sdp))
    state = await until(peer, ("connected", "failed", "closed"), 5)
    tally.note("certificates that were not named", 0)
    if state == "connected":
        # DTLS may end on this side before the server has looked at the certificate; nothing may be recorded then.
        await asyncio.sleep(1)
    await end(target, attacker, peer, where)
    status, found = attacker.call("GET", f"/api/sessions/{session}")
    if status != 200 or found["state"] not in ("created",):
        tally.leaks.append(f"a publisher with another certificate: {status} {found}")
    attacker.call("DELETE", f"/api/sessions/{session}")
