"""A server of its own with two people: one who is attacked and one who attacks."""
import http.cookiejar
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free(kind):
    """Returns a port of loopback that is free now."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Person:
    """Somebody who is signed in."""

    def __init__(self, target, email, name):
        link = target.command("people", "add", email, "--name", name).splitlines()[0]
        self.base, self.jar = target.base, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        password = secrets.token_hex(12)
        secret = link.rsplit("=", 1)[-1].rsplit("#", 1)[-1]
        assert self.call("POST", "/api/password", {"link": secret, "password": password})[0] == 204
        assert self.call("POST", "/api/sign-in", {"name": email, "password": password})[0] == 204
        version = self.call("GET", "/api/consent")[1]["version"]
        assert self.call("POST", "/api/consents", {"version": version})[0] == 201
        self.cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def call(self, method, path, body=None):
        """Sends a request of a page. Returns the status and the answer, read as JSON where it is any."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "origin": self.base}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def session(self, source="live"):
        """Makes a session. Returns its id."""
        question = self.call("GET", "/api/questions")[1]["questions"][0]["id"]
        status, made = self.call("POST", "/api/sessions", {"questions": [question], "source": source})
        assert status == 201, made
        return made["id"]


class Target:
    """A running server in a temporary folder."""

    def __init__(self, program):
        self.program = str(Path(program).resolve())
        self.folder = tempfile.TemporaryDirectory(prefix="coach-attack-")
        self.http, self.s3, self.udp = free(socket.SOCK_STREAM), free(socket.SOCK_STREAM), free(socket.SOCK_DGRAM)
        self.base = f"http://127.0.0.1:{self.http}"
        self.env = {
            **os.environ,
            "COACH_AUTH_LOCAL": "true",
            "COACH_HTTP_BIND": f"127.0.0.1:{self.http}",
            "COACH_HTTP_PUBLIC_URL": self.base,
            "COACH_MEDIA_UDP_BIND": f"127.0.0.1:{self.udp}",
            "COACH_STORAGE_EMBEDDED_BIND": f"127.0.0.1:{self.s3}",
            "COACH_STORAGE_DATA": self.folder.name + "/data",
            "COACH_MODELS_DIR": str(ROOT / "models"),
            # Limits of rate would answer most of the attacks in place of what is attacked.
            "COACH_LIMITS_CHANGES_HZ": "1000000",
            "COACH_LIMITS_SESSIONS_PER_DAY": "1000000",
            "COACH_LIMITS_CHANNEL_MESSAGES_HZ": "1000000",
            "COACH_LIMITS_UPLOADS_EACH": "1000000",
        }
        self.log = Path(self.folder.name) / "coach.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [self.program, "serve"], cwd=self.folder.name, env=self.env, stdout=log, stderr=log
            )
        try:
            self.until_ready()
        except BaseException:
            self.stop()
            raise

    def until_ready(self):
        """Waits until the server answers that it is ready."""
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def command(self, *args):
        """Runs a command of the program on the server's data. Returns what it printed."""
        done = subprocess.run(
            [self.program, *args], cwd=self.folder.name, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def memory_kb(self):
        """Returns the resident memory of the server without its decoding processes, in kilobytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def descriptors(self):
        """Returns how many files and sockets the server has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def panics(self):
        """Returns the lines of the log that tell of a panic."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if "panicked" in line]

    def stop(self):
        """Ends the server. Returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
