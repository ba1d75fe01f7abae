#!/usr/bin/env python3
"""Publishes a file of H.264 and Opus through WHIP with GStreamer's webrtcbin, of which its WHIP elements are made.

webrtcbin.py WHIP_URL FILE SECONDS: prints one JSON object and exits 0 when the server took the media and the DELETE.
To be run by the system's Python, which has GStreamer's bindings.
"""
import json
import sys
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=peer bundle-policy=max-bundle
filesrc name=file ! matroskademux name=in
in.video_0 ! queue ! h264parse ! identity sync=true ! rtph264pay aggregate-mode=zero-latency pt=102 ! peer.
in.audio_0 ! queue ! opusparse ! identity sync=true ! rtpopuspay pt=111 ! peer.
"""


def request(method, url, body=None, headers=None):
    call = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    with urllib.request.urlopen(call, timeout=10) as answer:
        return answer.status, answer.headers, answer.read().decode()


class Publisher:
    def __init__(self, url, file, seconds):
        self.url, self.seconds, self.resource, self.failure = url, seconds, None, None
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.pipeline.get_by_name("file").set_property("location", file)
        self.peer = self.pipeline.get_by_name("peer")
        self.peer.connect("on-negotiation-needed", self.negotiate)
        self.peer.connect("notify::ice-gathering-state", lambda *_: GLib.idle_add(self.gathered))
        self.peer.connect("notify::connection-state", lambda *_: GLib.idle_add(self.connected))

    def negotiate(self, _):
        self.peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        # The offer lives as long as the reply that holds it.
        reply = promise.get_reply()
        self.peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def gathered(self):
        if self.peer.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE or self.resource:
            return
        offer = self.peer.get_property("local-description").sdp.as_text().encode()
        try:
            _, headers, answer = request("POST", self.url, offer, {"Content-Type": "application/sdp"})
        except urllib.error.HTTPError as error:
            self.end(f"POST: {error.code} {error.read().decode()}")
            return
        self.resource = urllib.parse.urljoin(self.url, headers["Location"])
        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        described = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.peer.emit("set-remote-description", described, Gst.Promise.new())

    def connected(self):
        state = self.peer.get_property("connection-state")
        if state == GstWebRTC.WebRTCPeerConnectionState.CONNECTED:
            GLib.timeout_add(int(1000 * self.seconds), self.end, None)
        elif state == GstWebRTC.WebRTCPeerConnectionState.FAILED:
            self.end("the connection failed")

    def end(self, failure):
        self.failure = failure
        self.loop.quit()
        return False

    def run(self):
        GLib.timeout_add_seconds(120, self.end, "it took too long")
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        deleted = request("DELETE", self.resource)[0] if self.resource else None
        self.pipeline.set_state(Gst.State.NULL)
        print(json.dumps({"gstreamer": Gst.version_string(), "deleted": deleted, "failure": self.failure}))
        return 1 if self.failure else 0


Gst.init(None)
sys.exit(Publisher(sys.argv[1], sys.argv[2], float(sys.argv[3])).run())
