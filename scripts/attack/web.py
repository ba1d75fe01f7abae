"""Attacks by HTTP: every route with hosts, origins, ids and bodies that are not right, paths that try to leave, malformed requests."""
import json
import random
import socket
import uuid

from target import ROOT

HOSTS = ["{host}", "localhost:{port}", "evil.example", "127.0.0.1.evil.example:{port}", "", "localhost:99999", "a@{host}", "[::1]:{port}"]
ORIGINS = [None, "{base}", "null", "http://evil.example", "https://{host}", "http://localhost.evil.example", "file://", "{base}/", "\x7f"]
SITES = [None, "same-origin", "cross-site", "same-site", "none", "nonsense"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 40]
TYPES = ["application/json", "application/sdp", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "video/webm", "", "application/trickle-ice-sdpfrag"]
IDS = ["../../etc/passwd", "%00", "0", "-1", "null", "00000000-0000-0000-0000-000000000000", "x" * 300, "%2e%2e", "{{7*7}}", "1 OR 1=1", "ü"]
BODIES = [
    b"", b"{}", b"[]", b"null", b"0", b'"x"', b"{" * 5000, b"[" * 20000, b'{"a":' * 3000, b"\xff\xfe\x00", b'{"questions":["\\ud800"]}',
    b'{"questions":[' + b'"x",' * 5000 + b'"x"]}', b'{"version":"' + b"x" * 70000 + b'"}', b'{"retention_days":-1}', b'{"retention_days":1e400}',
    b'{"name":"../../x","content_type":"video/webm","bytes":99999999999999999999}', b'{"name":"x","content_type":"text/html","bytes":1}',
    b'{"name":"x\\r\\nX: y","content_type":"video/webm","bytes":1000}', b'{"parts":[0,-1,10001]}', b'{"email":"x","days":0}', b'{"gold":"yes"}',
    b"v=0\r\n", b"a=candidate:\r\n",
]
PATHS = [
    "/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../../../../etc/passwd", "/assets/..%5c..%5cx", "//etc/passwd",
    "/./api/me", "/api//me", "/api/me/", "/api/me%00", "/api/me%0d%0aX-Injected:%20yes", "/api/me?x=%0d%0aX-Injected:%20yes", "/api/sessions?limit=-1",
    "/api/sessions?limit=99999999999999999999", "/api/sessions?before=%ff", "/api/search?q=%00", "/api/search?q=" + "a" * 5000, '/api/search?q=")%20OR%201=1--',
    "/api/search?q=NEAR(%22", "/api/compare?a=x&b=y", "/API/ME", "/api/%6de", "/index.html/../../coach.db", "/coach.db", "/data/coach.db", "/.git/config",
    "/api/me#x", "/api/me?" + "a=b&" * 2000, "/" + "a" * 9000, "/auth/callback?code=x&state=y", "/auth/login?to=//evil.example", "/auth/login?to=http://evil.example",
]
MALFORMED = [
    b"GET / HTTP/1.1\r\nHost: {h}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/me HTTP/1.1\r\nHost: {h}\r\n\r\n",
    b"POST /api/consents HTTP/1.1\r\nHost: {h}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"POST /api/consents HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    b"POST /api/consents HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"POST /api/consents HTTP/1.1\r\nHost: {h}\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/consents HTTP/1.1\r\nHost: {h}\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST /api/consents HTTP/1.1\r\nHost: {h}\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",
    b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: {h}\r\nHost: evil.example\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: {h}\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: {h}\r\n\r\n", b"GET /\r\n\r\n", b"\r\n\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\nHost: {h}\n\n", b"GET / HTTP/1.1\r\nHost: {h}\r\nX: a\r\n b\r\n\r\n", b"GET / HTTP/1.1\r\nHost : {h}\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {h}\r\nX\x00Y: z\r\n\r\n", b"GET / HTTP/1.1\r\nHost: {h}\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: {h}\r\nX: " + b"y" * 200000 + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: {h}\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {h}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", b"GET * HTTP/1.1\r\nHost: {h}\r\n\r\n",
]


def send(port, request, quiet_s=5.0):
    """Sends bytes and reads to the end, at most 256 KiB. After so many seconds without an answer it says that nothing more comes, and waits
    20 s at most. Returns status (0: none) and answer."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), 20) as stream:
            try:
                stream.sendall(request)
            except OSError:
                # A server that refuses early takes no more.
                pass
            for wait in (quiet_s, 20):
                stream.settimeout(wait)
                try:
                    while len(answer) < 262144 and (more := stream.recv(65536)):
                        answer += more
                    break
                except TimeoutError:
                    stream.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    first = answer.split(b"\r\n", 1)[0].split(b" ")
    return (int(first[1]) if len(first) > 1 and first[0].startswith(b"HTTP/") and first[1].isdigit() else 0), answer


def request(method, path, host, headers, body=b""):
    """Returns the bytes of a request whose connection ends with it."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers if value is not None]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def routes():
    """Returns methods and paths of the API."""
    paths = json.loads((ROOT / "server/openapi.json").read_text())["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def matrix(target, tally, attacker, victim, rng):
    """Every route as it is called, with one to three things wrong; ids of another person among them."""
    name, host = "routes x hosts, origins, ids, bodies", f"127.0.0.1:{target.http}"
    known = {"host": host, "port": target.http, "base": target.base}
    for method, path in routes():
        # Deleting the account's own consent or sign-in would end the attack.
        if path in ("/api/consents", "/api/sign-out") or path.startswith("/api/browsers"):
            continue
        for _ in range(3):
            foreign = rng.random() < 0.5
            session = victim["session"] if foreign else rng.choice([*IDS, str(uuid.UUID(int=rng.getrandbits(128)))])
            whole = path.replace("{id}", session).replace("{participant}", rng.choice(["candidate", "x"]))
            for part in ("{resource}", "{grant}", "{token}"):
                whole = whole.replace(part, rng.choice(IDS))
            if any(char in whole for char in " \r\n") or "{" in whole:
                whole = whole.replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")
            used = method if rng.random() < 0.8 else rng.choice(METHODS)
            at = host if rng.random() < 0.6 else rng.choice(HOSTS).format(**known)
            origin = rng.choice(ORIGINS)
            headers = [
                ("Cookie", attacker.cookie if rng.random() < 0.7 else rng.choice([None, "coach=x", "session=" + "y" * 3000])),
                ("Origin", origin.format(**known) if origin else None),
                ("Sec-Fetch-Site", rng.choice(SITES)),
                ("Content-Type", rng.choice(TYPES) or None),
                ("Authorization", rng.choice([None, None, "Bearer x", "Bearer " + "a" * 64, "Basic eDp5"])),
                ("If-Match", rng.choice([None, "*", '"1"'])),
            ]
            body = rng.choice(BODIES) if used not in ("GET", "HEAD") else b""
            status, answer = send(target.http, request(used, whole, at, headers, body))
            asks = foreign and "{id}" in path and used != "OPTIONS"
            tally.note(name, status, answer, f"{used} {whole} {at} {headers}", foreign=asks)


def paths(target, tally, attacker, _victim, _rng):
    """Paths and queries that try to leave, or to put lines into the answer."""
    for path in PATHS:
        status, answer = send(target.http, request("GET", path, f"127.0.0.1:{target.http}", [("Cookie", attacker.cookie)]))
        tally.note("path tricks", status, answer, path[:80])
        head = answer.split(b"\r\n\r\n", 1)[0]
        if b"\nX-Injected" in head or b"root:x:" in answer or b"SQLite format" in answer:
            tally.leaks.append(f"path tricks: {path[:80]}")


def malformed(target, tally, _attacker, _victim, rng):
    """Requests that parsers disagree about, and damaged ones."""
    host = f"127.0.0.1:{target.http}".encode()
    for wrong in MALFORMED:
        whole = wrong.replace(b"{h}", host)
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.choice([0, 9, 10, 13, 32, 58, 255])
        for sent in (whole, bytes(damaged)):
            status, answer = send(target.http, sent, 0.3)
            tally.note("malformed HTTP and smuggling", status, answer, repr(sent[:60]))
            if answer.count(b"HTTP/1.1 2") > 1:
                tally.leaks.append(f"malformed HTTP: two answers to {sent[:60]!r}")


def hook(target, tally, _attacker, _victim, _rng):
    """Notifications of the object store without its secret, and the provider's calls without its signature."""
    for path in ("/api/hooks/s3", "/auth/backchannel", "/auth/callback", "/auth/login"):
        for secret in (None, "Bearer", "Bearer x", "bearer ' OR 1=1", "Bearer " + "0" * 64):
            body = b'{"Records":[{"s3":{"object":{"key":"sessions/x/upload"}}}]}'
            headers = [("Authorization", secret), ("Content-Type", "application/json")]
            status, answer = send(target.http, request("POST", path, f"127.0.0.1:{target.http}", headers, body))
            tally.note("hooks without their secret", status, answer, f"{path} {secret}", foreign=True)


