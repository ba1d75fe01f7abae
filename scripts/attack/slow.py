"""Slow attacks: clients that send half of a request, or do not read their answer."""
import socket

from web import request, send


def halves(target, tally, attacker, _victim, _rng):
    """Many half requests at once, to both ports. Others are answered meanwhile, and all end."""
    host, held = f"127.0.0.1:{target.http}", []
    whole = request("POST", "/api/consents", host, [("Cookie", attacker.cookie)], b"x" * 100)
    for port in (target.http, target.s3):
        for length in (1, 20, len(whole) - 50):
            for _ in range(25):
                stream = socket.create_connection(("127.0.0.1", port), 20)
                stream.sendall(whole[:length])
                held.append(stream)
                tally.note("half requests", 0)
    status, answer = send(target.http, request("GET", "/healthz", host, []))
    tally.note("health beside half requests", status, answer)
    if status != 200:
        tally.faults.append(f"no health beside half requests: {status}")
    for stream in held:
        stream.close()


def readers(target, tally, attacker, _victim, _rng):
    """Answers that nobody reads."""
    host, held = f"127.0.0.1:{target.http}", []
    for path in ("/metrics", "/api/questions", "/", "/api/sessions?limit=100"):
        for _ in range(15):
            stream = socket.socket()
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stream.settimeout(20)
            stream.connect(("127.0.0.1", target.http))
            stream.sendall(request("GET", path, host, [("Cookie", attacker.cookie)]) * 3)
            held.append(stream)
            tally.note("answers that nobody reads", 0)
    status, answer = send(target.http, request("GET", "/healthz", host, []))
    tally.note("health beside readers that do not read", status, answer)
    for stream in held:
        stream.close()
