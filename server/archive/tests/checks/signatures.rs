//! Checks of who may do what: signatures, presigned URLs, CORS. Sent as a browser would, without the SDK.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use coach_archive::Archive;

use super::{Target, refusal};
use crate::support::{ORIGIN, http, noise};

fn archive(t: &Target) -> Archive {
    Archive::new(t.config.clone()).expect("a configuration")
}

const HOUR: Duration = Duration::from_secs(3600);

pub async fn wrong_secret(t: &Target) {
    let client = t.with_keys(&t.config.keys.access_key, "not the secret, but long enough for one");
    assert_eq!(refusal(client.list_objects_v2().bucket(&t.bucket).send().await).0, 403);
    assert_eq!(refusal(client.put_object().bucket(&t.bucket).key("x").send().await).0, 403);
}

pub async fn unknown_key(t: &Target) {
    let client = t.with_keys("AKIAUNKNOWN", &t.config.keys.secret_key);
    assert_eq!(refusal(client.get_object().bucket(&t.bucket).key("x").send().await).0, 403);
}

pub async fn unsigned(t: &Target) {
    t.put("secret", b"x").await;
    let Some(endpoint) = plain(t) else { return };
    for path in ["", "?list-type=2", "/secret", "/secret?uploads", "/../", "/%2e%2e/"] {
        for method in ["GET", "PUT", "POST", "DELETE", "HEAD"] {
            let answer = http(method, &format!("{endpoint}/{}{path}", t.bucket), &[], Some(b"")).await;
            // 501: what is no operation of S3 at all is not asked for its signature.
            let refused = (400..500).contains(&answer.status) || answer.status == 501;
            assert!(refused, "{method} {path}: {}", answer.status);
            assert_ne!(answer.body, b"x");
        }
    }
    let garbled = [
        "AWS4-HMAC-SHA256 Credential=a/b/c",
        "AWS4-HMAC-SHA256",
        "AWS x:y",
        "Basic eDp5",
        "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;;, Signature=",
    ];
    for header in garbled {
        let answer = http("GET", &format!("{endpoint}/{}/secret", t.bucket), &[("Authorization", header)], None).await;
        assert!((400..500).contains(&answer.status), "{header}: {}", answer.status);
    }
    assert_eq!(t.get("secret").await, b"x");
    t.delete("secret").await;
}

/// The endpoint, when it can be spoken to without TLS.
fn plain(t: &Target) -> Option<&str> {
    let endpoint = t.config.endpoint.as_deref().filter(|endpoint| endpoint.starts_with("http://"));
    if endpoint.is_none() {
        println!("{}: not checked by plain HTTP", t.name);
    }
    endpoint
}

pub async fn presigned_get_put_part(t: &Target) {
    let Some(_) = plain(t) else { return };
    let archive = archive(t);
    let bytes = noise(100_000);
    let put = archive.presign_put("direct", "video/webm", bytes.len() as u64, HOUR).await.expect("signed");
    assert!(put.headers.iter().any(|(name, value)| name == "content-length" && value == "100000"), "{put:?}");
    let answer = http("PUT", &put.url, &[("content-type", "video/webm")], Some(&bytes)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let get = archive.presign_get("direct", HOUR, Some("Antwort Nr. 1 – „gut“.webm")).await.expect("signed");
    let answer = http("GET", &get.url, &[("Range", "bytes=10-19")], None).await;
    assert_eq!((answer.status, answer.header("content-range")), (206, Some("bytes 10-19/100000")), "{}", answer.text());
    assert!(answer.body == bytes[10..20]);
    let disposition = answer.header("content-disposition").expect("a file name");
    assert!(disposition.starts_with("attachment; filename=\"Antwort Nr. 1"), "{disposition}");
    assert!(disposition.contains("filename*=UTF-8''Antwort%20Nr.%201%20%E2%80%93"), "{disposition}");
    t.delete("direct").await;

    let upload = archive.create_multipart("direct", "video/webm").await.expect("begun");
    let url = archive.presign_part("direct", upload.id(), 1, bytes.len() as u64, HOUR).await.expect("signed").url;
    let answer = http("PUT", &url, &[], Some(&bytes)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    if t.name != "moto" {
        let upload = archive.resume("direct", upload.id()).await.expect("resumed");
        assert_eq!(upload.durable(), 100_000);
        upload.complete().await.expect("completed by the server");
        assert!(t.get("direct").await == bytes);
        t.delete("direct").await;
    } else {
        upload.abort().await.expect("aborted");
    }
}

pub async fn presigned_is_bound_to_what_was_signed(t: &Target) {
    let Some(_) = plain(t) else { return };
    let archive = archive(t);
    let put = archive.presign_put("bound", "video/webm", 4, HOUR).await.expect("signed").url;
    let webm = ("content-type", "video/webm");
    let other_key = put.replace("/bound?", "/other?");
    let mut last = put.clone();
    let digit = last.pop().expect("a digit");
    last.push(if digit == '0' { '1' } else { '0' });
    let long = put.replace("X-Amz-Expires=3600", "X-Amz-Expires=360000");
    assert_ne!(long, put);
    for (why, method, url, kind, body) in [
        ("another type", "PUT", &put, ("content-type", "text/html"), &b"1234"[..]),
        ("a longer body", "PUT", &put, webm, b"12345"),
        ("a shorter body", "PUT", &put, webm, b"123"),
        ("another key", "PUT", &other_key, webm, b"1234"),
        ("another method", "DELETE", &put, webm, b"1234"),
        ("another signature", "PUT", &last, webm, b"1234"),
        ("a longer life", "PUT", &long, webm, b"1234"),
    ] {
        let answer = http(method, url, &[kind], Some(body)).await;
        assert_eq!(answer.status, 403, "{why}: {}", answer.text());
    }
    // An announced length that is right, and a body that is not: nothing may come of it.
    let answer = http("PUT", &put, &[webm, ("content-length", "4")], Some(b"12")).await;
    assert_ne!(answer.status, 200, "a body cut short");
    let head = t.client.head_object().bucket(&t.bucket).key("bound").send().await;
    assert_eq!(refusal(head).0, 404);
    let get = archive.presign_get("bound", HOUR, None).await.expect("signed").url;
    assert_eq!(http("PUT", &get, &[webm], Some(b"1234")).await.status, 403, "a URL to read is none to write");
    assert_eq!(http("GET", &get, &[], None).await.status, 404);
}

pub async fn presigned_expires(t: &Target) {
    let Some(_) = plain(t) else { return };
    t.put("expired", b"x").await;
    let sign = async |ago: u64, life: u64| {
        let config = PresigningConfig::builder().start_time(SystemTime::now() - Duration::from_secs(ago));
        let config = config.expires_in(Duration::from_secs(life)).build().expect("times");
        let get = t.client.get_object().bucket(&t.bucket).key("expired").presigned(config).await.expect("signed");
        http("GET", get.uri(), &[], None).await.status
    };
    assert_eq!(sign(10, 1).await, 403);
    assert_eq!(sign(8 * 24 * 3600, 7 * 24 * 3600).await, 403);
    assert_eq!(sign(10, 60).await, 200);
    t.delete("expired").await;
}

pub async fn hostile_ranges(t: &Target) {
    let Some(_) = plain(t) else { return };
    t.put("range", b"0123456789").await;
    let url = archive(t).presign_get("range", HOUR, None).await.expect("signed").url;
    for range in [
        "bytes=5-2",
        "bytes=",
        "bytes=-",
        "bytes=-0",
        "bytes=a-b",
        "bytes=0-0,2-3",
        "lines=1-2",
        "bytes=99999999999999999999999-",
        "bytes=18446744073709551615-18446744073709551615",
        "bytes=0-18446744073709551616",
        "bytes=9223372036854775807-",
        "bytes=10-",
        "bytes= 0-1",
        "\u{fc}",
    ] {
        let answer = http("GET", &url, &[("Range", range)], None).await;
        assert!([200, 206, 400, 416].contains(&answer.status), "{range:?}: {} {}", answer.status, answer.text());
        if answer.status < 300 {
            assert!(b"0123456789".starts_with(&answer.body), "{range:?}");
        }
    }
    t.put("none", b"").await;
    let url = archive(t).presign_get("none", HOUR, None).await.expect("signed").url;
    for range in ["bytes=0-", "bytes=-5", "bytes=0-0"] {
        assert_eq!(http("GET", &url, &[("Range", range)], None).await.status, 416, "{range:?} of nothing");
    }
    t.delete("none").await;
    t.delete("range").await;
}

pub async fn cors(t: &Target) {
    let Some(_) = plain(t) else { return };
    t.put("page", b"x").await;
    let url = archive(t).presign_get("page", HOUR, None).await.expect("signed").url;
    let ask = |origin: &'static str| {
        let url = url.clone();
        async move {
            let headers = [
                ("Origin", origin),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "content-type"),
            ];
            http("OPTIONS", &url, &headers, None).await
        }
    };
    let allowed = ask(ORIGIN).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(allowed.header("access-control-allow-methods").is_some_and(|methods| methods.contains("PUT")));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("content-type"));
    assert_eq!(ask("http://evil.example").await.header("access-control-allow-origin"), None);
    let read = http("GET", &url, &[("Origin", ORIGIN)], None).await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, Some(ORIGIN)));
    let exposed = read.header("access-control-expose-headers").expect("exposed headers").to_lowercase();
    assert!(exposed.split(',').any(|name| name.trim() == "etag"), "{exposed}");
    assert!(read.header("etag").is_some());
    let foreign = http("GET", &url, &[("Origin", "http://evil.example")], None).await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);
    t.delete("page").await;
}
