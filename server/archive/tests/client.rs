//! The client on the embedded store: the ways that the server uses.

use std::time::Duration;

use bytes::Bytes;
use coach_archive::Error;
use coach_archive::store::Options;

mod support;
use support::{noise, start};

#[tokio::test]
async fn a_file_goes_in_whole_and_in_parts_and_comes_back_byte_for_byte() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path().join("store"))).await;
    let archive = &running.archive;
    archive.check().await.expect("the check of the doctor");
    for size in [0, 1, 100_000, (8 << 20) - 1, 8 << 20, (17 << 20) + 5] {
        let bytes = noise(size);
        let path = dir.path().join("file.bin");
        std::fs::write(&path, &bytes).expect("written");
        let stored = archive.put_file("a/file", &path, "video/webm").await.expect("stored");
        assert_eq!(stored.size, size as u64);
        assert_eq!(archive.confirm_file("a/file", &path).await.expect("confirmed"), stored);
        let head = archive.head("a/file").await.expect("head").expect("there");
        assert_eq!(
            (head.size, head.content_type.as_deref(), head.crc64),
            (size as u64, Some("video/webm"), Some(stored.crc64))
        );
        let back = archive.get("a/file", None).await.expect("get").bytes(1 << 30).await.expect("bytes");
        assert!(back == bytes, "{size} bytes");
        if size > 10 {
            let middle = archive.get("a/file", Some(3..=9)).await.expect("get").bytes(100).await.expect("bytes");
            assert_eq!(middle, bytes[3..=9]);
            let end = (size - 4) as u64..=u64::MAX >> 2;
            let tail = archive.get("a/file", Some(end)).await.expect("get").bytes(100).await.expect("bytes");
            assert_eq!(tail, bytes[size - 4..]);
        }
    }
    running.stop.send(()).expect("running");
    running.served.await.expect("no panic").expect("served");
}

#[tokio::test]
async fn a_growing_recording_is_resumed_by_another_process_and_completed_once_or_twice() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path().join("store"))).await;
    let archive = &running.archive;
    let bytes = noise((5 << 20) * 2 + 77);
    let mut first = archive.create_multipart("s/1/parts/0.webm", "video/webm").await.expect("begun");
    first.part(Bytes::copy_from_slice(&bytes[..5 << 20])).await.expect("part");
    let id = first.id().to_owned();
    drop(first);
    let mut second = archive.resume("s/1/parts/0.webm", &id).await.expect("resumed");
    assert_eq!(second.durable(), 5 << 20);
    second.part(Bytes::copy_from_slice(&bytes[5 << 20..10 << 20])).await.expect("part");
    second.part(Bytes::copy_from_slice(&bytes[10 << 20..])).await.expect("part");
    assert!(archive.head("s/1/parts/0.webm").await.expect("head").is_none(), "nobody sees it before it is complete");
    let stored = second.complete().await.expect("complete");
    assert_eq!(second.complete().await.expect("complete again"), stored);
    assert_eq!(archive.get("s/1/parts/0.webm", None).await.expect("get").bytes(1 << 30).await.expect("bytes"), bytes);
    assert!(matches!(archive.resume("s/1/parts/0.webm", &id).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn stale_uploads_are_swept_and_a_prefix_goes_with_everything_in_it() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path().join("store"))).await;
    let archive = &running.archive;
    for n in 0..5 {
        archive.put(&format!("s/1/{n}"), Bytes::from_static(b"x"), "text/plain").await.expect("put");
    }
    archive.put("s/10/0", Bytes::from_static(b"x"), "text/plain").await.expect("put");
    archive.copy("s/1/0", "s/1/copy of 0").await.expect("copied");
    let upload = archive.create_multipart("s/2/a", "video/webm").await.expect("begun");
    assert_eq!(archive.sweep(Duration::from_secs(3600)).await.expect("swept"), 0);
    assert_eq!(archive.sweep(Duration::ZERO).await.expect("swept"), 1);
    upload.abort().await.expect("aborting what is gone is no error");
    archive.create_multipart("s/1/b", "video/webm").await.expect("begun");
    assert_eq!(archive.delete_prefix("s/1/").await.expect("deleted"), 6);
    assert_eq!(archive.sweep(Duration::ZERO).await.expect("swept"), 0, "the upload went with its prefix");
    assert_eq!(archive.list("").await.expect("list").len(), 1);
    assert!(archive.delete_prefix("").await.is_err());
    archive.delete("s/10/0").await.expect("deleted");
    archive.delete("s/10/0").await.expect("deleting twice is no error");
}
