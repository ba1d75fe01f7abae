//! The client and the embedded store together: the ways that the server uses.

use std::time::Duration;

use bytes::Bytes;
use coach_archive::store::{Cors, Options, Store};
use coach_archive::{Archive, Config, Error};

struct Running {
    archive: Archive,
    stop: tokio::sync::oneshot::Sender<()>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    dir: tempfile::TempDir,
}

async fn start() -> Running {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(Options::new(dir.path())).expect("a new store");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let archive = Archive::new(Config::embedded(endpoint, store.keys().clone())).expect("a configuration");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(store.serve(listener, Cors::default(), async move {
        let _ = stopped.await;
    }));
    archive.ensure_bucket().await.expect("a bucket");
    Running { archive, stop, served, dir }
}

fn noise(n: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 56) as u8
        })
        .collect()
}

#[tokio::test]
async fn a_file_goes_in_whole_and_in_parts_and_comes_back_byte_for_byte() {
    let running = start().await;
    let archive = &running.archive;
    archive.check().await.expect("the check of the doctor");
    for size in [0, 1, 100_000, (8 << 20) - 1, 8 << 20, (17 << 20) + 5] {
        let bytes = noise(size);
        let path = running.dir.path().join("file.bin");
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
    let running = start().await;
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
    let running = start().await;
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
