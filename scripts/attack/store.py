"""Attacks on the object store and on uploads: unsigned and forged requests, bombs, files that are none."""
import re
import time
import zlib

from web import request, send

VERBS = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"]
TARGETS = [
    "/", "/coach", "/coach/", "/coach?list-type=2", "/coach?uploads", "/coach?policy", "/coach?acl", "/coach/sessions/x/upload", "/coach/../keys.json",
    "/coach/%2e%2e/keys.json", "/coach//keys.json", "/coach/a%00b", "/coach?delete", "/coach/x?uploads", "/coach/x?uploadId=../../x&partNumber=1", "/%2f", "/coach/" + "k" * 2000,
]
AUTHORIZATIONS = [
    None, "AWS x:y", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;;, Signature=", "Bearer x",
    "AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=" + "0" * 64,
    "AWS4-HMAC-SHA256 Credential=coach/{day}/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + "f" * 64,
]
RANGES = [
    None, "bytes=0-", "bytes=9-1", "bytes=-0", "bytes=-1", "bytes=0-0,2-2", "bytes=" + "0-0," * 2000 + "1-1", "bytes=18446744073709551616-", "bytes=a-b",
    "items=0-1", "bytes=--1", "bytes=0-18446744073709551615", "bytes= 0 - 1", "bytes=", "BYTES=0-1",
]
# Requests whose bodies have a form of their own: temporary credentials, a form of a page, chunks that are signed one by one.
FORMS = [
    ("/", "application/x-www-form-urlencoded", b"Action=AssumeRole&Version=2011-06-15&RoleArn=x&RoleSessionName=x"),
    ("/", "application/x-www-form-urlencoded", b"Action=GetSessionToken&Version=2011-06-15"),
    ("/", "application/x-www-form-urlencoded", b"Action=AssumeRoleWithWebIdentity&WebIdentityToken=x&Version=2011-06-15"),
    ("/coach", "multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nsessions/x/upload\r\n--x\r\n'
     b'Content-Disposition: form-data; name="file"\r\n\r\nhello\r\n--x--\r\n'),
    ("/coach", "multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="policy"\r\n\r\ne30=\r\n--x\r\n'
     b'Content-Disposition: form-data; name="x-amz-signature"\r\n\r\n0\r\n--x--\r\n'),
    ("/coach", "multipart/form-data", b"no boundary"),
]
CHUNKS = [
    b"5;chunk-signature=" + b"0" * 64 + b"\r\nhello\r\n0;chunk-signature=" + b"0" * 64 + b"\r\n\r\n", b"ffffffffffffffff;chunk-signature=x\r\nx",
    b"-5;chunk-signature=x\r\nhello\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"",
]
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8)) + b"]><Delete>&i;</Delete>"
XML = [b"", BOMB, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x"><x/>', b"<a>" * 20000, b"<Delete><Object><Key>" + b"k" * 50000]
FILES = {
    "a playlist": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.ts\n",
    "a manifest": b'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:1/</BaseURL></MPD>',
    "a manifest in a box": b"\0\0\0\x08free<MPD><BaseURL>http://127.0.0.1:1/</BaseURL></MPD>",
    "a session description": b"v=0\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n",
    "a list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a manifest in UTF-16": '<?xml version="1.0"?><SmoothStreamingMedia Url="http://127.0.0.1:1/"/>'.encode("utf-16"),
    "a list for a radio": b"http://127.0.0.1:1/x.rm\n",
    "a shared playlist": b'<?xml version="1.0"?><playlist><trackList><track><location>http://127.0.0.1:1/</location></track></trackList></playlist>',
    "a playlist in a tag": b"ID3\x04\0\0\0\0\0\x04TIT2#EXTM3U\nhttp://127.0.0.1:1/x.ts\n",
    "a link of a film": b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x28moov\0\0\0\x20rmra\0\0\0\x18rmdardrfurl http://127.0.0.1:1/",
    "a stream over RTSP": b"RTSPtextrtsp://127.0.0.1:1/x\n",
    "subtitles": b"WEBVTT\n\n00:00.000 --> 00:01.000\n<img src=http://127.0.0.1:1/>\n",
    "a script": b"#!/bin/sh\ncurl http://127.0.0.1:1/\n",
    "an archive": b"PK\x03\x04" + b"\0" * 100,
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:1/x"/></svg>',
    "a page": b"<!doctype html><script>alert(1)</script>",
    "noise": bytes(range(256)) * 8,
    "a header alone": b"\x1a\x45\xdf\xa3" + b"\0" * 60,
    "a box too long": b"\xff\xff\xff\xffftypisom" + b"\0" * 60,
}


def unsigned(target, tally, _attacker, victim, rng):
    """Requests to the store that nobody signed, or that are signed by nobody it knows."""
    host = f"127.0.0.1:{target.s3}"
    for path in [*TARGETS, f"/coach/sessions/{victim['session']}/upload"]:
        for verb in VERBS:
            headers = [*signed(rng), ("Range", rng.choice(RANGES))]
            body = rng.choice(XML) if verb in ("PUT", "POST") else b""
            status, answer = send(target.s3, request(verb, path, host, headers, body))
            tally.note("store without a signature", status, answer, f"{verb} {path[:60]}", foreign=verb != "OPTIONS")


    for path, kind, body in FORMS:
        status, answer = send(target.s3, request("POST", path, host, [*signed(rng), ("Content-Type", kind)], body))
        tally.note("store: credentials and forms of pages", status, answer, f"{path} {body[:40]}", foreign=True)
    for body in CHUNKS:
        headers = [
            *signed(rng), ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), ("x-amz-decoded-content-length", "5"), ("Content-Encoding", "aws-chunked"),
        ]
        status, answer = send(target.s3, request("PUT", "/coach/sessions/x/upload", host, headers, body))
        tally.note("store: chunks that are forged", status, answer, repr(body[:40]), foreign=True)


def signed(rng):
    """Returns headers of a signature that is none."""
    now = time.gmtime()
    authorization = rng.choice(AUTHORIZATIONS)
    return [
        ("Authorization", authorization and authorization.replace("{day}", time.strftime("%Y%m%d", now))),
        ("x-amz-date", time.strftime("%Y%m%dT%H%M%SZ", now)),
        ("x-amz-content-sha256", rng.choice([None, "UNSIGNED-PAYLOAD", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"])),
    ]


def uploads(target, tally, attacker, victim, rng):
    """Files that are no media, by links that are changed on the way; slots of other people."""
    name, content = rng.choice(list(FILES.items()))
    session = attacker.session("upload")
    slot = {"name": f"{name}.mp4", "content_type": rng.choice(["video/mp4", "video/webm"]), "bytes": len(content)}
    for path, body in (("upload", slot), ("upload/urls", {"parts": [1]}), ("upload/complete", {"crc64": None})):
        status, answer = attacker.call("POST", f"/api/sessions/{victim['upload']}/{path}", body)
        tally.note("uploads of other people", status, str(answer), path, foreign=True)
    status, answer = attacker.call("POST", f"/api/sessions/{session}/upload", slot)
    tally.note("uploads that are no media", status, str(answer), name)
    status, answer = attacker.call("POST", f"/api/sessions/{session}/upload/urls", {"parts": [1]})
    tally.note("uploads that are no media", status, str(answer), name)
    if status == 200:
        link = answer["urls"][0]["url"]
        host, path = re.match(r"http://([^/]*)(/.*)", link).groups()
        at = rng.randrange(len(path))
        forged = [
            ("GET", path), ("DELETE", path), ("PUT", path[:-1] + ("0" if path[-1] != "0" else "1")), ("PUT", path.replace(session, victim["upload"])),
            ("PUT", re.sub(r"X-Amz-Expires=\d+", "X-Amz-Expires=604800", path)), ("PUT", re.sub("partNumber=1", "partNumber=2", path)),
            ("PUT", path[:at] + "a" + path[at + 1 :] if path[at] not in "aA" else path + "a"),
        ]
        for verb, changed in forged:
            status, got = send(target.s3, request(verb, changed, host, [], content if verb == "PUT" else b""))
            tally.note("links that are changed", status, got, f"{verb} {changed[:60]}", foreign=True)
        for wrong in (content[:-1], content + b"x", b"", content * 50):
            status, got = send(target.s3, request("PUT", path, host, [], wrong))
            tally.note("parts of another length", status, got, str(len(wrong)), foreign=True)
        status, got = send(target.s3, request("PUT", path, host, [], content))
        tally.note("uploads that are no media", status, got, name)
        etag = re.search(rb"\r\netag: ([^\r]*)", got, re.IGNORECASE)
        tally.note("uploads that are no media", 200 if etag else 0)
    status, answer = attacker.call("POST", f"/api/sessions/{session}/upload/complete", {"crc64": rng.choice([None, "x", "A" * 12, str(zlib.crc32(content))])})
    tally.note("uploads that are no media", status, str(answer), name)
    status, got = send(target.http, request("POST", f"/api/sessions/{session}/calibration", f"127.0.0.1:{target.http}", [("Cookie", attacker.cookie), ("Content-Type", "video/webm")], content))
    tally.note("device checks that are no media", status, got, name)
    attacker.call("DELETE", f"/api/sessions/{session}")
