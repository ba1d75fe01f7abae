//! Hostile bytes for the object store: requests of which only the signature is sure to be right, and requests without one.

mod support;

use coach_archive::store::{Keys, Options};
use coach_testing::{LIMIT, fuzz, panics};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use support::{Running, start};
use time::OffsetDateTime;
use time::macros::format_description;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// Requests to one store. The next has a folder of its own, so that a long run fills no disk.
const TO_ONE_STORE: u32 = 2000;
/// Most bytes that a store takes.
const QUOTA: u64 = 8 << 20;

/// A request as an input writes it: method and target in the first line, header lines, an empty line, the body.
struct Asked {
    method: String,
    path: Vec<u8>,
    query: Vec<(Vec<u8>, Vec<u8>)>,
    headers: Vec<u8>,
    body: Vec<u8>,
}

fn cut<'a>(bytes: &'a [u8], at: &[u8]) -> (&'a [u8], &'a [u8]) {
    let found = bytes.windows(at.len()).position(|piece| piece == at);
    found.map_or((bytes, &[]), |found| (&bytes[..found], &bytes[found + at.len()..]))
}

fn read(input: &[u8]) -> Asked {
    let (head, body) = cut(input, b"\r\n\r\n");
    let (first, headers) = cut(head, b"\r\n");
    let (method, target) = cut(first, b" ");
    let (path, query) = cut(target, b"?");
    let method: String = method.iter().filter(|byte| byte.is_ascii_uppercase()).map(|byte| char::from(*byte)).collect();
    let pair = |pair: &[u8]| {
        let (name, value) = cut(pair, b"=");
        (name.to_vec(), value.to_vec())
    };
    let query = query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let method = if method.is_empty() { "GET".into() } else { method };
    Asked { method, path: path.to_vec(), query, headers: headers.to_vec(), body: body.to_vec() }
}

/// Writes bytes as they stand in a URL; `kept` are those that stay as they are beside letters, digits and `-._~`.
fn encoded(bytes: &[u8], kept: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || kept.contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn seal(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

impl Asked {
    fn path(&self) -> String {
        let path = encoded(&self.path, b"/");
        if path.starts_with('/') { path } else { format!("/{path}") }
    }

    fn query(&self) -> Vec<(String, String)> {
        self.query.iter().map(|(name, value)| (encoded(name, b""), encoded(value, b""))).collect()
    }

    /// Returns the target with a signature in it that says nothing of headers and body (Signature Version 4).
    fn signed(&self, host: &str, keys: &Keys) -> String {
        let now = OffsetDateTime::now_utc();
        let day = now.format(format_description!("[year][month][day]")).expect("a day");
        let second = now.format(format_description!("[year][month][day]T[hour][minute][second]Z")).expect("a time");
        let scope = format!("{day}/us-east-1/s3/aws4_request");
        let mut query = self.query();
        for (name, value) in [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", encoded(format!("{}/{scope}", keys.access_key).as_bytes(), b"")),
            ("X-Amz-Date", second.clone()),
            ("X-Amz-Expires", "600".to_owned()),
            ("X-Amz-SignedHeaders", "host".to_owned()),
        ] {
            query.push((name.to_owned(), value));
        }
        query.sort();
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (path, query) = (self.path(), query.join("&"));
        let request = format!("{}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD", self.method);
        let to_sign = format!("AWS4-HMAC-SHA256\n{second}\n{scope}\n{}", hex(&Sha256::digest(request)));
        let key = [&day, "us-east-1", "s3", "aws4_request"]
            .iter()
            .fold(format!("AWS4{}", keys.secret_key).into_bytes(), |key, part| seal(&key, part));
        format!("{path}?{query}&X-Amz-Signature={}", hex(&seal(&key, &to_sign)))
    }

    fn unsigned(&self) -> String {
        let query: Vec<String> = self.query().iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}?{}", self.path(), query.join("&"))
    }

    /// Whether a header of its own says how long the body is, so that it may be longer than it comes.
    fn tells_length(&self) -> bool {
        let headers = String::from_utf8_lossy(&self.headers).to_lowercase();
        headers.contains("content-length") || headers.contains("transfer-encoding")
    }

    fn bytes(&self, host: &str, target: &str) -> Vec<u8> {
        let mut request = format!("{} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", self.method);
        if !self.tells_length() {
            let _ = write!(request, "Content-Length: {}\r\n", self.body.len());
        }
        let end: &[u8] = if self.headers.is_empty() { b"\r\n" } else { b"\r\n\r\n" };
        [request.as_bytes(), &self.headers, end, &self.body].concat()
    }
}

/// Sends bytes and returns the status of the answer; `None`: the connection was closed without one.
async fn status(host: &str, request: &[u8], may_be_cut: bool) -> Option<u16> {
    let exchange = async {
        let mut stream = TcpStream::connect(host).await.expect("connected");
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(request).await;
        if may_be_cut {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    };
    let answer = tokio::time::timeout(LIMIT, exchange).await.expect("an answer, or the end of the connection");
    let head = answer.get(..12)?;
    std::str::from_utf8(head).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

/// A store that is replaced after many requests.
struct Fresh {
    runtime: Runtime,
    running: Option<(Running, tempfile::TempDir)>,
    asked: u32,
}

impl Fresh {
    fn new() -> Fresh {
        Fresh { runtime: Runtime::new().expect("threads"), running: None, asked: 0 }
    }

    /// Sends a request of this target, made of host and keys.
    fn ask(&mut self, asked: &Asked, target: impl Fn(&str, &Keys) -> String) -> Option<u16> {
        if self.asked.is_multiple_of(TO_ONE_STORE) {
            self.running = None;
            let folder = tempfile::tempdir().expect("a folder");
            let options = Options { quota_bytes: Some(QUOTA), ..Options::new(folder.path()) };
            self.running = Some((self.runtime.block_on(start(options)), folder));
        }
        self.asked += 1;
        let (running, _) = self.running.as_ref().expect("started");
        let host = running.config.endpoint.as_deref().expect("an endpoint").trim_start_matches("http://");
        let request = asked.bytes(host, &target(host, running.store.keys()));
        self.runtime.block_on(status(host, &request, asked.tells_length()))
    }
}

const ID: &str = "0191e8a0-0000-7000-8000-000000000000";

fn seeds() -> Vec<Vec<u8>> {
    let parts =
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"0\"</ETag></Part></CompleteMultipartUpload>";
    let keys = "<Delete><Object><Key>a/b</Key></Object><Quiet>true</Quiet></Delete>";
    [
        "GET /coach/a/b\r\nRange: bytes=0-3\r\nIf-None-Match: \"0\"\r\n\r\n".to_owned(),
        "GET /coach/a/b?response-content-type=text/html&response-content-disposition=attachment\r\n\r\n".to_owned(),
        "PUT /coach/a/b\r\nContent-Type: video/webm\r\nIf-None-Match: *\r\n\r\nsome bytes".to_owned(),
        "PUT /coach/a/c\r\nx-amz-checksum-crc64nvme: AAAAAAAAAAA=\r\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\r\n\r\n".to_owned(),
        "PUT /coach/a/d\r\nx-amz-copy-source: /coach/a/b\r\nx-amz-copy-source-range: bytes=0-1\r\n\r\n".to_owned(),
        "PUT /coach/a/e\r\nContent-Encoding: aws-chunked\r\nx-amz-decoded-content-length: 4\r\n\r\n4\r\nsome\r\n0\r\n\r\n".to_owned(),
        "POST /coach/a/b?uploads\r\nContent-Type: video/webm\r\nx-amz-checksum-algorithm: CRC64NVME\r\n\r\n".to_owned(),
        format!("PUT /coach/a/b?partNumber=1&uploadId={ID}\r\n\r\nsome bytes"),
        format!("POST /coach/a/b?uploadId={ID}\r\n\r\n{parts}"),
        format!("GET /coach/a/b?uploadId={ID}&max-parts=3&part-number-marker=1\r\n\r\n"),
        format!("DELETE /coach/a/b?uploadId={ID}\r\n\r\n"),
        "GET /coach?list-type=2&prefix=a/&delimiter=/&max-keys=3&start-after=a&continuation-token=YQ==\r\n\r\n".to_owned(),
        "GET /coach?uploads&prefix=a&max-uploads=2&key-marker=a\r\n\r\n".to_owned(),
        format!("POST /coach?delete\r\n\r\n{keys}"),
        "HEAD /coach/a/b\r\nIf-Modified-Since: Sat, 29 Nov 2025 00:00:00 GMT\r\n\r\n".to_owned(),
        "DELETE /coach/a/b\r\nIf-Match: \"0\"\r\n\r\n".to_owned(),
        "PUT /other\r\n\r\n".to_owned(),
        "OPTIONS /coach/a/b\r\nOrigin: http://localhost:8080\r\nAccess-Control-Request-Method: PUT\r\n\r\n".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

#[test]
fn hostile_bytes_in_a_signed_request_are_answered_or_refused_and_never_a_fault_of_the_store() {
    let (before, store) = (panics(), std::cell::RefCell::new(Fresh::new()));
    let put = read(b"PUT /coach/a/b\r\n\r\nsome bytes");
    assert_eq!(store.borrow_mut().ask(&put, |host, keys| put.signed(host, keys)), Some(200), "the signature is right");
    fuzz("signed S3 requests", seeds(), |bytes| {
        let asked = read(bytes);
        let status = store.borrow_mut().ask(&asked, |host, keys| asked.signed(host, keys));
        assert!(!matches!(status, Some(500 | 502..=506 | 508..)), "{status:?}");
        assert_eq!(panics(), before, "the store panics");
    });
}

#[test]
fn hostile_bytes_in_an_unsigned_request_are_refused() {
    let (before, store) = (panics(), std::cell::RefCell::new(Fresh::new()));
    fuzz("unsigned S3 requests", seeds(), |bytes| {
        let asked = read(bytes);
        let status = store.borrow_mut().ask(&asked, |_, _| asked.unsigned());
        // What a page may do is told to everybody who asks.
        let refused = status.is_none_or(|status| (400..500).contains(&status) || status == 501);
        assert!(refused || asked.method == "OPTIONS", "{status:?}");
        assert_eq!(panics(), before, "the store panics");
    });
}
