#!/usr/bin/env python3
"""Watches through WHEP with aiortc, an implementation of WebRTC that shares no code with ours.

view.py WHEP_URL: prints "connected" when media flows. It watches until the server ends the connection or standard input
ends, then prints one JSON object: the flashes and beeps that it saw and heard, in seconds of each track's own RTP time,
and how many frames and seconds of audio came.
"""
import array
import asyncio
import json
import sys
import threading
import urllib.parse
import urllib.request

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError


def request(method, url, body=None, headers=None):
    call = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    with urllib.request.urlopen(call, timeout=30) as answer:
        return answer.status, answer.headers, answer.read().decode()


async def flashes(track, seen):
    bright = True
    try:
        while True:
            frame = await track.recv()
            seen["frames"] += 1
            some = bytes(frame.planes[0])[::997]
            now = sum(some) > 128 * len(some)
            if now and not bright:
                seen["flashes"].append(float(frame.pts * frame.time_base))
            bright = now
    except MediaStreamError:
        pass


async def beeps(track, seen):
    quiet = 0
    try:
        while True:
            frame = await track.recv()
            samples = array.array("h", bytes(frame.planes[0]))
            seen["audio_s"] += frame.samples / frame.sample_rate
            loud = max(max(samples), -min(samples)) > 3277
            if loud and quiet >= 5:
                seen["beeps"].append(float(frame.pts * frame.time_base))
            quiet = 0 if loud else quiet + 1
    except MediaStreamError:
        pass


async def main(url):
    peer = RTCPeerConnection()
    for kind in ("audio", "video"):
        peer.addTransceiver(kind, direction="recvonly")
    seen = {"frames": 0, "audio_s": 0.0, "flashes": [], "beeps": []}
    watching = []

    @peer.on("track")
    def track(track):
        watching.append(asyncio.ensure_future((flashes if track.kind == "video" else beeps)(track, seen)))

    @peer.on("connectionstatechange")
    def changed():
        if peer.connectionState == "connected":
            print("connected", flush=True)

    await peer.setLocalDescription(await peer.createOffer())
    loop = asyncio.get_running_loop()
    status, headers, answer = await loop.run_in_executor(
        None, request, "POST", url, peer.localDescription.sdp.encode(), {"Content-Type": "application/sdp"})
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
    asked = loop.create_future()

    def listen():
        sys.stdin.read()
        loop.call_soon_threadsafe(asked.set_result, None)

    threading.Thread(target=listen, daemon=True).start()
    # The tracks end with the connection.
    ended = asyncio.gather(*watching)
    await asyncio.wait([asked, ended], return_when=asyncio.FIRST_COMPLETED)
    seen["ended_by_the_server"] = ended.done()
    if not ended.done():
        resource = urllib.parse.urljoin(url, headers["Location"])
        seen["deleted"], _, _ = await loop.run_in_executor(None, request, "DELETE", resource)
    await peer.close()
    await ended
    print(json.dumps({"status": status, **seen}), flush=True)


asyncio.run(main(sys.argv[1]))
