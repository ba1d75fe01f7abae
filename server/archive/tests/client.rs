//! The client on the embedded store: the ways that the server uses.

use std::time::Duration;

use bytes::Bytes;
use coach_archive::store::{Keys, Options, Store};
use coach_archive::{Archive, Config, Error};
use coach_testing::{Need, not_checked};

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

#[tokio::test]
async fn errors_say_whose_doing_they_are() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path())).await;
    let archive = &running.archive;
    assert!(matches!(archive.get("nothing", None).await, Err(Error::NotFound { .. })));
    assert!(archive.head("nothing").await.expect("head").is_none());
    archive.put("ten", Bytes::from_static(b"0123456789"), "text/plain").await.expect("put");
    let beyond = archive.get("ten", Some(10..=20)).await;
    assert!(matches!(beyond, Err(Error::Refused { ref code, .. }) if code == "InvalidRange"), "{beyond:?}");
    assert!(matches!(archive.get("ten", None).await.expect("get").bytes(9).await, Err(Error::Corrupt { .. })));
    let path = dir.path().join("other");
    std::fs::write(&path, b"012345678x").expect("written");
    assert!(matches!(archive.confirm_file("ten", &path).await, Err(Error::Corrupt { .. })));
    assert!(matches!(archive.put_file("x", &dir.path().join("missing"), "text/plain").await, Err(Error::Io { .. })));

    let mut config = running.config.clone();
    config.keys.secret_key = "another secret, but long enough".into();
    let denied = Archive::new(config.clone()).expect("a configuration").check().await;
    assert!(matches!(denied, Err(Error::Denied { .. })), "{denied:?}");
    config.keys = running.config.keys.clone();
    config.bucket = "missing".into();
    let missing = Archive::new(config.clone()).expect("a configuration").check().await;
    assert!(missing.as_ref().is_err_and(|error| error.to_string().contains("bucket")), "{missing:?}");
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    config.endpoint = Some(format!("http://{}", listener.local_addr().expect("an address")));
    drop(listener);
    let away = Archive::new(config).expect("a configuration").check().await;
    assert!(away.as_ref().is_err_and(Error::is_transient), "{away:?}");
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_by_the_name_of_its_field() {
    let keys = Keys { access_key: "a".into(), secret_key: "s".into() };
    let good = Config::embedded("http://127.0.0.1:9000", keys);
    Archive::new(good.clone()).expect("works");
    for endpoint in ["", "localhost:9000", "ftp://x", "http://", "http:///x", "http://x y", "http://x?y"] {
        let config = Config { endpoint: Some(endpoint.into()), ..good.clone() };
        assert!(Archive::new(config).is_err_and(|error| error.to_string().contains("endpoint")), "{endpoint:?}");
    }
    for bucket in ["", "ab", "Upper", "a/b", "../..", "a b"] {
        let config = Config { bucket: bucket.into(), ..good.clone() };
        assert!(Archive::new(config).is_err_and(|error| error.to_string().contains("bucket")), "{bucket:?}");
    }
    assert!(Archive::new(Config { part_size: 1 << 20, ..good.clone() }).is_err());
    assert!(Archive::new(Config { region: String::new(), ..good }).is_err());
}

#[tokio::test]
async fn presigned_urls_carry_the_public_address_and_the_store_takes_them_there() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path())).await;
    running.archive.put("x", Bytes::from_static(b"seen"), "text/plain").await.expect("put");
    let endpoint = running.config.endpoint.clone().expect("an endpoint");
    let public = endpoint.replace("127.0.0.1", "localhost");
    let archive = Archive::new(Config { public_url: Some(public.clone()), ..running.config.clone() }).expect("works");
    let url = archive.presign_get("x", Duration::from_secs(60), None).await.expect("signed").url;
    assert!(url.starts_with(&public), "{url}");
    // The proxy in front passes the Host that the browser sent.
    let host = ("Host", public.strip_prefix("http://").expect("plain"));
    let answer = support::http_as("GET", &url.replace("localhost", "127.0.0.1"), &[host], None).await;
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"seen"[..]));
    // What is private stays in no cache, is nothing else than its type says, and no page elsewhere embeds it.
    let names = ["cache-control", "x-content-type-options", "cross-origin-resource-policy"];
    let said = names.map(|name| answer.header(name));
    assert_eq!(said, [Some("private, no-store"), Some("nosniff"), Some("same-origin")]);
    let direct = support::http("GET", &url.replace("localhost", "127.0.0.1"), &[], None).await;
    assert_eq!(direct.status, 403, "a URL is good for the address that it was signed for");
    assert!(archive.presign_get("x", Duration::from_secs(8 * 24 * 3600), None).await.is_err(), "a week is the most");
}

#[tokio::test]
async fn a_reader_finishes_what_is_replaced_and_deleted_meanwhile() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path())).await;
    let archive = &running.archive;
    let bytes = noise(40 << 20);
    let path = dir.path().join("old.bin");
    std::fs::write(&path, &bytes).expect("written");
    archive.put_file("x", &path, "video/webm").await.expect("stored");
    let mut body = archive.get("x", None).await.expect("get");
    let mut found = body.next().await.expect("a beginning").expect("a beginning").to_vec();
    archive.put("x", Bytes::from_static(b"new"), "video/webm").await.expect("replaced");
    archive.delete("x").await.expect("deleted");
    assert!(archive.head("x").await.expect("head").is_none());
    while let Some(more) = body.next().await.expect("the old bytes") {
        found.extend_from_slice(&more);
    }
    assert!(found == bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_among_many_writers_see_one_of_the_writes_whole() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path())).await;
    let contents: Vec<Bytes> = (1..=6).map(|n| Bytes::from(vec![n as u8; 70_000 * n])).collect();
    running.archive.put("x", contents[0].clone(), "video/webm").await.expect("put");
    let mut tasks = Vec::new();
    for content in &contents {
        let (archive, content) = (running.archive.clone(), content.clone());
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                archive.put("x", content.clone(), "video/webm").await.expect("put");
            }
        }));
    }
    for _ in 0..2 {
        let (archive, contents) = (running.archive.clone(), contents.clone());
        tasks.push(tokio::spawn(async move {
            for _ in 0..20 {
                let found = archive.get("x", None).await.expect("get").bytes(1 << 20).await.expect("whole");
                assert!(contents.contains(&found));
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    let last = running.archive.get("x", None).await.expect("get").bytes(1 << 20).await.expect("whole");
    assert_eq!(running.store.usage().bytes, last.len() as u64, "what was replaced is gone and not counted");
}

#[tokio::test]
async fn a_shutdown_lets_answers_under_way_end_and_takes_no_new_ones() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = start(Options::new(dir.path())).await;
    let archive = &running.archive;
    let bytes = Bytes::from(noise(30 << 20));
    archive.put("x", bytes.clone(), "video/webm").await.expect("put");
    let mut body = archive.get("x", None).await.expect("get");
    let mut found = body.next().await.expect("a beginning").expect("a beginning").to_vec();
    running.stop.send(()).expect("running");
    while let Some(more) = body.next().await.expect("the rest") {
        found.extend_from_slice(&more);
    }
    assert!(found == bytes);
    drop(body);
    running.served.await.expect("no panic").expect("served");
    assert!(archive.head("x").await.is_err_and(|error| error.is_transient()));
    drop(running.store);
    let store = Store::open(Options::new(dir.path())).expect("the folder is free again");
    assert_eq!((store.opened().objects, store.opened().orphans), (1, 0));
}

/// A small file system in memory, unmounted when dropped.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(place: &std::path::Path) -> Option<SmallDisk> {
        std::fs::create_dir(place).expect("made");
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"])
            .arg(place)
            .stderr(std::process::Stdio::null())
            .status();
        mount.is_ok_and(|status| status.success()).then(|| SmallDisk(place.to_path_buf()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_clearly_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let disk = SmallDisk::mount(&dir.path().join("small"));
    if disk.is_none() {
        not_checked(Need::Other, "a full disk", "tmpfs cannot be mounted here; the quota stands in for it");
    }
    let mut options = Options::new(dir.path().join("small/store"));
    options.quota_bytes = disk.is_none().then_some(22 << 20);
    fill(options).await;
    drop(disk);
}

#[tokio::test]
async fn a_used_up_quota_refuses_clearly_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fill(Options { quota_bytes: Some(22 << 20), ..Options::new(dir.path()) }).await;
}

/// Fills a store of some 20 MiB to the brim, and looks.
async fn fill(options: Options) {
    let running = start(options.clone()).await;
    let archive = &running.archive;
    archive.put("kept", Bytes::from_static(b"precious"), "text/plain").await.expect("put");
    let block = Bytes::from(noise(3 << 20));
    let mut stored = 0;
    let full = loop {
        match archive.put(&format!("fill/{stored}"), block.clone(), "video/webm").await {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 10, "the disk is never full");
    };
    assert!(matches!(full, Error::Full { .. }), "{full:?}");
    println!("after {stored} objects of 3 MiB: {full}");
    assert!(!full.is_transient(), "no use to try again at once");
    let over = archive.put("kept", block.clone(), "text/plain").await;
    assert!(matches!(over, Err(Error::Full { .. })), "{over:?}");
    assert_eq!(archive.get("kept", None).await.expect("get").bytes(100).await.expect("bytes"), "precious");
    let mut upload = archive.create_multipart("parts", "video/webm").await.expect("begun: that is small");
    let part = Bytes::from(noise(5 << 20));
    assert!(matches!(upload.part(part.clone()).await, Err(Error::Full { .. })));
    assert_eq!(archive.list("fill/").await.expect("list").len(), stored);
    // Deleting needs no room, and makes some: the same part goes through now.
    for n in 0..2 {
        archive.delete(&format!("fill/{n}")).await.expect("deleted");
    }
    upload.part(part.clone()).await.expect("there is room now");
    upload.complete().await.expect("completed");
    let before = running.store.usage();
    running.stop.send(()).expect("running");
    running.served.await.expect("no panic").expect("served");
    drop(running.store);
    let store = Store::open(options).expect("opens");
    assert_eq!((store.opened().damaged.len(), store.opened().orphans), (0, 0));
    assert_eq!(store.usage(), before);
    assert_eq!(before.objects, 1 + stored - 2 + 1);
}
