#!/usr/bin/env python3
"""Janus (https://janus.conf.meetecho.com) behind a WHIP endpoint, so that one client can publish to it and to us: for measurements.

janus_whip.py FOLDER: starts Janus with a video room that records into FOLDER, prints one JSON object {"url", "pid"} and serves
until its standard input ends. POST of an offer publishes, DELETE stops. Only Python's own library; Janus is Debian's package.
"""
import http.server
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/janus")
ROOM = 1


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def configure(folder, recordings, port):
    def others(kind, wanted):
        return ",".join(p.name for p in (LIBRARY / kind).glob("*.so") if wanted not in p.name)

    (folder / "janus.jcfg").write_text(
        f'general: {{ configs_folder = "{folder}"\n plugins_folder = "{LIBRARY}/plugins"\n'
        f' transports_folder = "{LIBRARY}/transports"\n debug_level = 3\n session_timeout = 0 }}\n'
        f'plugins: {{ disable = "{others("plugins", "videoroom")}" }}\n'
        f'transports: {{ disable = "{others("transports", "http")}" }}\n')
    (folder / "janus.transport.http.jcfg").write_text(
        f'general: {{ json = "compact"\n base_path = "/janus"\n http = true\n port = {port}\n ip = "127.0.0.1"\n https = false }}\n'
        'admin: { admin_http = false }\n')
    # A key frame is asked for as often as we ask.
    (folder / "janus.plugin.videoroom.jcfg").write_text(
        f'room-{ROOM}: {{ description = "bench"\n publishers = 20\n bitrate = 2500000\n fir_freq = 4\n'
        f' record = true\n rec_dir = "{recordings}" }}\n')


class Janus:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}/janus"

    def call(self, path, body=None):
        data = json.dumps(body | {"transaction": "t"}).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(self.base + path, data=data), timeout=40) as answer:
            return json.load(answer)

    def wait(self):
        deadline = time.monotonic() + 20
        while True:
            try:
                return self.call("/info")
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def publish(self, offer):
        session = f'/{self.call("", {"janus": "create"})["data"]["id"]}'
        handle = f'{session}/{self.call(session, {"janus": "attach", "plugin": "janus.plugin.videoroom"})["data"]["id"]}'
        wish = {"request": "joinandconfigure", "room": ROOM, "ptype": "publisher"}
        self.call(handle, {"janus": "message", "body": wish, "jsep": {"type": "offer", "sdp": offer, "trickle": False}})
        while True:
            event = self.call(f"{session}?maxev=1")
            if "jsep" in event:
                return session, event["jsep"]["sdp"]
            if "error" in json.dumps(event.get("plugindata", {})) or event.get("janus") == "error":
                raise RuntimeError(event)

    def stop(self, session):
        self.call(session, {"janus": "destroy"})


def handler(janus):
    class Whip(http.server.BaseHTTPRequestHandler):
        def answer(self, status, body=b"", headers=()):
            self.send_response(status)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            offer = self.rfile.read(int(self.headers["Content-Length"])).decode()
            session, sdp = janus.publish(offer)
            self.answer(201, sdp.encode(), (("Content-Type", "application/sdp"), ("Location", session)))

        def do_DELETE(self):
            janus.stop(self.path)
            self.answer(200)

        def log_message(self, *_):
            pass

    return Whip


def main(recordings):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        configure(pathlib.Path(folder), recordings, port)
        log = open(pathlib.Path(folder) / "log", "w")
        process = subprocess.Popen(["janus", "-F", folder, "-N"], stdout=log, stderr=log)
        try:
            janus = Janus(port)
            janus.wait()
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(janus))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/whip"
            print(json.dumps({"url": url, "pid": process.pid}), flush=True)
            sys.stdin.read()
        finally:
            process.terminate()
            process.wait()


main(sys.argv[1])
