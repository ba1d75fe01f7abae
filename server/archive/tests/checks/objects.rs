//! Checks of whole objects: put, get, head, list, copy, delete, and their keys.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::{Target, refusal};
use crate::support::noise;

pub async fn put_with_trailing_checksum(t: &Target) {
    // A body from a file is streamed, so the SDK sends its CRC32 in a trailer of an aws-chunked body.
    let file = tempfile::NamedTempFile::new().expect("a file");
    let bytes = noise(300_001);
    std::fs::write(file.path(), &bytes).expect("written");
    let body = ByteStream::from_path(file.path()).await.expect("readable");
    let put = t.client.put_object().bucket(&t.bucket).key("trailing").body(body).send().await.expect("put");
    assert!(put.checksum_crc32().is_some(), "the checksum comes back");
    assert!(t.get("trailing").await == bytes);
    t.delete("trailing").await;
}

pub async fn put_with_a_wrong_checksum_keeps_the_old(t: &Target) {
    t.put("kept", b"old").await;
    for n in 0..3 {
        let put = t.client.put_object().bucket(&t.bucket).key("kept").body(b"new".to_vec().into());
        let put = match n {
            0 => put.checksum_crc32("AAAAAA=="),
            1 => put.checksum_sha256("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            _ => put.content_md5("AAAAAAAAAAAAAAAAAAAAAA=="),
        };
        assert_eq!(refusal(put.send().await).0, 400, "wrong checksum {n}");
        assert_eq!(t.get("kept").await, b"old");
    }
    t.delete("kept").await;
}

pub async fn ranges(t: &Target) {
    let bytes = noise(1000);
    t.put("ranges", &bytes).await;
    let get = |range: &str| t.client.get_object().bucket(&t.bucket).key("ranges").range(range).send();
    for (range, expected, header) in [
        ("bytes=0-9", &bytes[..10], "bytes 0-9/1000"),
        ("bytes=990-", &bytes[990..], "bytes 990-999/1000"),
        ("bytes=-7", &bytes[993..], "bytes 993-999/1000"),
        ("bytes=500-99999", &bytes[500..], "bytes 500-999/1000"),
        ("bytes=-5000", &bytes[..], "bytes 0-999/1000"),
    ] {
        let got = get(range).await.unwrap_or_else(|error| panic!("{range}: {error:?}"));
        assert_eq!(got.content_range(), Some(header));
        assert_eq!(got.accept_ranges(), Some("bytes"));
        assert_eq!(got.content_length(), i64::try_from(expected.len()).ok());
        assert!(got.body.collect().await.expect("bytes").to_vec() == expected, "{range}");
    }
    assert_eq!(refusal(get("bytes=1000-").await).0, 416);
    t.delete("ranges").await;
    t.put("empty", b"").await;
    assert_eq!(t.get("empty").await, b"");
    t.delete("empty").await;
}

pub async fn conditional_reads(t: &Target) {
    t.put("conditions", b"x").await;
    let head = t.client.head_object().bucket(&t.bucket).key("conditions").send().await.expect("head");
    let etag = head.e_tag().expect("an ETag").to_owned();
    let get = || t.client.get_object().bucket(&t.bucket).key("conditions");
    assert_eq!(refusal(get().if_none_match(&etag).send().await).0, 304);
    assert_eq!(refusal(get().if_match("\"00000000000000000000000000000000\"").send().await).0, 412);
    assert_eq!(refusal(get().if_modified_since(*head.last_modified().expect("a time")).send().await).0, 304);
    get().if_match(&etag).send().await.expect("the right ETag");
    get().if_none_match("\"00000000000000000000000000000000\"").send().await.expect("another ETag");
    t.delete("conditions").await;
}

pub async fn conditional_writes(t: &Target) {
    let put = || t.client.put_object().bucket(&t.bucket).key("once").body(b"x".to_vec().into());
    put().if_none_match("*").send().await.expect("nobody was first");
    assert_eq!(refusal(put().if_none_match("*").send().await).0, 412);
    t.delete("once").await;
}

pub async fn headers_are_kept(t: &Target) {
    let put = t.client.put_object().bucket(&t.bucket).key("headers").body(b"x".to_vec().into());
    let put = put.content_type("video/webm").metadata("owner", "someone").cache_control("private");
    put.send().await.expect("put");
    let head = t.client.head_object().bucket(&t.bucket).key("headers").send().await.expect("head");
    assert_eq!(head.content_type(), Some("video/webm"));
    assert_eq!(head.cache_control(), Some("private"));
    assert_eq!(head.metadata().and_then(|kept| kept.get("owner")).map(String::as_str), Some("someone"));
    let get = t.client.get_object().bucket(&t.bucket).key("headers").response_content_type("text/plain");
    assert_eq!(get.send().await.expect("get").content_type(), Some("text/plain"));
    t.delete("headers").await;
}

pub async fn copies(t: &Target) {
    let bytes = noise(70_000);
    let put = t.client.put_object().bucket(&t.bucket).key("source").content_type("video/webm");
    put.body(bytes.clone().into()).send().await.expect("put");
    let copy = || t.client.copy_object().bucket(&t.bucket).copy_source(format!("{}/source", t.bucket));
    copy().key("copy/one").send().await.expect("copied");
    t.delete("source").await;
    assert!(t.get("copy/one").await == bytes, "a copy lives without its source");
    let head = t.client.head_object().bucket(&t.bucket).key("copy/one").send().await.expect("head");
    assert_eq!(head.content_type(), Some("video/webm"));
    assert_eq!(refusal(copy().key("copy/two").send().await), (404, "NoSuchKey".into()));
    t.delete("copy/one").await;
}

pub async fn deletes_many(t: &Target) {
    for n in 0..3 {
        t.put(&format!("many/{n}"), b"x").await;
    }
    let keys = (0..4).map(|n| ObjectIdentifier::builder().key(format!("many/{n}")).build().expect("a key"));
    let delete = Delete::builder().set_objects(Some(keys.collect())).build().expect("keys");
    let answer = t.client.delete_objects().bucket(&t.bucket).delete(delete).send().await.expect("deleted");
    assert!(answer.errors().is_empty(), "one that was never there is no error: {:?}", answer.errors());
    let list = t.client.list_objects_v2().bucket(&t.bucket).prefix("many/").send().await.expect("list");
    assert_eq!(list.contents().len(), 0);
}

pub async fn keys_that_contain_each_other(t: &Target) {
    t.put("s/1", b"short").await;
    t.put("s/1/a", b"long").await;
    assert_eq!(t.get("s/1").await, b"short");
    assert_eq!(t.get("s/1/a").await, b"long");
    t.delete("s/1").await;
    assert_eq!(t.get("s/1/a").await, b"long");
    t.delete("s/1/a").await;
}

pub async fn long_keys(t: &Target) {
    for length in [260, 1024] {
        let key = "k".repeat(length);
        t.put(&key, b"x").await;
        assert_eq!(t.get(&key).await, b"x");
        t.delete(&key).await;
    }
}

pub async fn keys_like_paths(t: &Target) {
    for key in ["../../etc/x", "..", "a/../../b", "./a", "a//b", "/", "/etc/passwd", "a/", "C:\\x"] {
        t.put(key, key.as_bytes()).await;
    }
    for key in ["../../etc/x", "..", "a/../../b", "./a", "a//b", "/", "/etc/passwd", "a/", "C:\\x"] {
        assert_eq!(t.get(key).await, key.as_bytes(), "{key:?} is a name, not a path");
        t.delete(key).await;
    }
}

pub async fn unusual_keys(t: &Target) {
    for key in ["a b+c%20d", "für/日本語/🎥", "q?x=1&y=2#z", "<&>\"'", "*", "%2e%2e%2f"] {
        t.put(key, key.as_bytes()).await;
        assert_eq!(t.get(key).await, key.as_bytes(), "{key:?}");
        let list = t.client.list_objects_v2().bucket(&t.bucket).prefix(key).send().await.expect("list");
        assert_eq!(list.contents().iter().filter_map(|object| object.key()).collect::<Vec<_>>(), [key]);
        t.delete(key).await;
    }
}

pub async fn keys_too_long(t: &Target) {
    let put = t.client.put_object().bucket(&t.bucket).key("k".repeat(1025)).body(b"x".to_vec().into());
    assert_eq!(refusal(put.send().await).0, 400);
}

pub async fn lists_by_prefix_and_page(t: &Target) {
    let keys: Vec<String> = (0..7).map(|n| format!("list/{n}")).collect();
    for key in &keys {
        t.put(key, b"x").await;
    }
    t.put("lisu", b"x").await;
    let mut found = Vec::new();
    let mut token = None;
    let mut pages = 0;
    loop {
        let list = t.client.list_objects_v2().bucket(&t.bucket).prefix("list/").max_keys(3);
        let page = list.set_continuation_token(token).send().await.expect("list");
        found.extend(page.contents().iter().map(|object| object.key().unwrap_or_default().to_owned()));
        assert!(page.contents().iter().all(|object| object.e_tag().is_some() && object.size() == Some(1)));
        pages += 1;
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!((found, pages), (keys.clone(), 3));
    let after = t.client.list_objects_v2().bucket(&t.bucket).prefix("list/").start_after("list/4").send().await;
    assert_eq!(after.expect("list").contents().len(), 2);
    for key in keys.iter().map(String::as_str).chain(["lisu"]) {
        t.delete(key).await;
    }
}

pub async fn lists_by_delimiter(t: &Target) {
    let keys = ["d/a/1", "d/a/2", "d/b", "d/c/1", "d/c/2", "d/d"];
    for key in keys {
        t.put(key, b"x").await;
    }
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let list = t.client.list_objects_v2().bucket(&t.bucket).prefix("d/").delimiter("/").max_keys(1);
        let page = list.set_continuation_token(token).send().await.expect("list");
        found.extend(page.contents().iter().filter_map(|object| object.key()).map(str::to_owned));
        found.extend(page.common_prefixes().iter().filter_map(|group| group.prefix()).map(str::to_owned));
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(found, ["d/a/", "d/b", "d/c/", "d/d"]);
    for key in keys {
        t.delete(key).await;
    }
}
