#!/usr/bin/env python3
"""Publishes a media file through WHIP with aiortc, an implementation of WebRTC that shares no code with ours.

publish.py WHIP_URL FILE SECONDS [CODEC]: offers video as CODEC alone where one is named, as video/H264; prints one JSON object and exits 0 when the server took the media and the DELETE.
"""
import asyncio
import json
import sys
import urllib.parse
import urllib.request

from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer


def request(method, url, body=None, headers=None):
    call = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    with urllib.request.urlopen(call, timeout=10) as answer:
        return answer.status, answer.headers, answer.read().decode()


async def main(url, file, seconds, codec=None):
    peer = RTCPeerConnection()
    player = MediaPlayer(file)
    for track in (player.audio, player.video):
        if track:
            peer.addTrack(track)
    if codec:
        offered = [one for one in RTCRtpSender.getCapabilities("video").codecs if one.mimeType == codec]
        for transceiver in peer.getTransceivers():
            if transceiver.kind == "video":
                transceiver.setCodecPreferences(offered)
    connected = asyncio.Event()

    @peer.on("connectionstatechange")
    def changed():
        if peer.connectionState == "connected":
            connected.set()

    await peer.setLocalDescription(await peer.createOffer())
    loop = asyncio.get_running_loop()
    status, headers, answer = await loop.run_in_executor(
        None, request, "POST", url, peer.localDescription.sdp.encode(), {"Content-Type": "application/sdp"})
    resource = urllib.parse.urljoin(url, headers["Location"])
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
    await asyncio.wait_for(connected.wait(), 15)
    await asyncio.sleep(seconds)
    deleted, _, _ = await loop.run_in_executor(None, request, "DELETE", resource)
    await peer.close()
    print(json.dumps({"status": status, "resource": resource, "deleted": deleted}))


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:]))
