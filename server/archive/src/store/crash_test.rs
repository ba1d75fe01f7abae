//! Dies behind every step of every write, in a child process, and looks at what the next opening finds.
//!
//! Four ways to die: `kill` keeps all that was written; `torn` is a power cut after which names survived but bytes
//! that were not synced did not; `lost` is one after which names that were not synced did not survive either; `mixed`
//! is one after which removals of files survived and all other names that were not synced did not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s3s::Body;
use s3s::dto::{CompletedPart, ETag, StreamingBlob};
use uuid::Uuid;

use super::faulty_disk::{self, Way};
use super::index::{Object, OpenUpload};
use super::multipart::Completion;
use super::receive::{Claims, receive};
use super::record::{Algorithm, Headers, Manifest, Upload};
use super::{Options, Store, conditions, held};

// --- the writes ------------------------------------------------------------------------------------------------------

pub(super) const BUCKET: &str = "bucket";
pub(super) const OLD: &[u8] = b"what was there before";
pub(super) const NEW: &[u8] = b"what comes instead, and is longer";
const LARGE: usize = 5 << 20;

/// The writes that are put to the test.
const WRITES: [&str; 11] = [
    "bucket",
    "put",
    "put over",
    "copy",
    "copy over",
    "delete",
    "begin",
    "part",
    "part over",
    "complete over",
    "abort",
];

async fn bytes(store: &Store, bytes: &[u8]) -> super::blob::Piece {
    let body = StreamingBlob::from(Body::from(bytes.to_vec()));
    receive(&store.inner, Some(body), Claims::default(), None).await.expect("received")
}

pub(super) async fn put(store: &Store, key: &str, content: &[u8]) {
    let piece = bytes(store, content).await;
    let etag = piece.segment.sums.md5.clone();
    let manifest = Manifest::new(BUCKET.into(), key.into(), Headers::default(), Algorithm::Crc64, etag);
    store.inner.commit_piece(manifest, piece, &conditions::Write::default()).expect("committed");
}

fn begin(store: &Store, key: &str) -> Uuid {
    let record = Upload {
        bucket: BUCKET.into(),
        key: key.into(),
        headers: Headers::default(),
        algorithm: Algorithm::Crc64,
        full_object: true,
        started_us: 1,
    };
    store.inner.begin(record).expect("begun")
}

fn upload(store: &Store, key: &str) -> Option<(Uuid, Arc<OpenUpload>)> {
    let index = store.inner.index();
    index.uploads.iter().find(|(_, upload)| upload.record.key == key).map(|(id, upload)| (*id, upload.clone()))
}

async fn part(store: &Store, key: &str, number: u16, content: &[u8]) {
    let (id, upload) = upload(store, key).expect("begun");
    let piece = bytes(store, content).await;
    store.inner.put_part(id, &upload, number, piece).expect("put");
}

fn complete(store: &Store, key: &str) {
    let Some((id, upload)) = upload(store, key) else { return };
    let stored = held(&upload.parts).by_number.clone();
    let named = stored.iter().map(|(number, part)| CompletedPart {
        part_number: Some(i32::from(*number)),
        e_tag: Some(ETag::Strong(part.piece.segment.sums.md5.clone())),
        ..CompletedPart::default()
    });
    let parts = named.collect();
    let completion =
        Completion { parts, expected: Default::default(), size: None, condition: conditions::Write::default() };
    store.inner.complete(&id.to_string(), BUCKET, key, &completion).expect("completed");
}

/// What is there before every write.
pub(super) async fn set_up(dir: &Path) {
    let store = Store::open(Options::new(dir)).expect("a new store");
    store.inner.create_bucket(BUCKET).expect("made");
    for key in ["bystander", "replaced", "deleted", "source", "joined"] {
        put(&store, key, OLD).await;
    }
    for key in ["parts", "joined", "aborted"] {
        begin(&store, key);
        part(&store, key, 1, &vec![7; LARGE]).await;
        part(&store, key, 3, OLD).await;
    }
}

async fn write(store: &Store, what: &str) {
    let inner = &store.inner;
    match what {
        "bucket" => inner.create_bucket("second").expect("made"),
        "put" => put(store, "new", NEW).await,
        "put over" => put(store, "replaced", NEW).await,
        "copy" | "copy over" => {
            put(store, "source", NEW).await;
            let source = inner.find(BUCKET, "source").expect("there");
            let key = if what == "copy" { "new" } else { "replaced" };
            inner.copy(&source, BUCKET.into(), key.into(), Headers::default()).expect("copied");
        }
        "delete" => inner.delete(BUCKET, "deleted", &conditions::Write::default()).expect("deleted"),
        "begin" => {
            begin(store, "new");
        }
        "part" => part(store, "parts", 2, &vec![9; LARGE]).await,
        "part over" => part(store, "parts", 3, NEW).await,
        "complete over" => complete(store, "joined"),
        "abort" => {
            if let Some((id, upload)) = upload(store, "aborted") {
                inner.abort(id, &upload).expect("aborted");
            }
        }
        other => panic!("{other} is no write"),
    }
}

// --- what must hold --------------------------------------------------------------------------------------------------

/// Reads an object to its end and compares it with its own checksums.
pub(super) fn content(object: &Object) -> Vec<u8> {
    let mut all = Vec::new();
    for (segment, blob) in object.manifest.segments.iter().zip(&object.blobs) {
        let mut found = Vec::new();
        std::io::Read::read_to_end(&mut blob.open().expect("there"), &mut found).expect("readable");
        assert_eq!(found.len() as u64, segment.sums.len);
        assert_eq!(crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, &found), segment.sums.crc64);
        all.extend(found);
    }
    all
}

fn joined() -> Vec<u8> {
    [&vec![7; LARGE][..], OLD].concat()
}

fn parts_of(store: &Store, key: &str) -> BTreeMap<u16, u64> {
    let Some((_, upload)) = upload(store, key) else { return BTreeMap::new() };
    let parts = held(&upload.parts);
    parts.by_number.iter().map(|(number, part)| (*number, part.piece.segment.sums.len)).collect()
}

/// Everything that may be there, in the words of the test: before the write, after it, and nothing else.
fn look(store: &Store, what: &str) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for key in ["bystander", "replaced", "deleted", "source", "joined", "new"] {
        let found = store.inner.index().object(BUCKET, key).map(|object| content(&object));
        let words = match found.as_deref() {
            None => "nothing",
            Some(OLD) => "old",
            Some(NEW) => "new",
            Some(bytes) if bytes == joined() => "joined",
            Some(_) => "TORN",
        };
        seen.insert(format!("object {key}"), words.to_owned());
    }
    for key in ["parts", "joined", "aborted", "new"] {
        let exists = upload(store, key).is_some();
        seen.insert(format!("upload {key}"), format!("{exists} {:?}", parts_of(store, key)));
    }
    seen.insert("buckets".into(), format!("{:?}", store.inner.index().buckets.keys().collect::<Vec<_>>()));
    if what.starts_with("copy") {
        // This write is two: the source may be replaced already.
        seen.remove("object source");
    }
    seen
}

/// After an opening no file is there that nobody names.
fn count_files(dir: &Path) -> (usize, usize) {
    let files = |name: &str| -> usize {
        let folders = std::fs::read_dir(dir.join(name)).expect("there");
        folders
            .map(|entry| entry.expect("readable").path())
            .map(|path| if path.is_dir() { std::fs::read_dir(path).expect("there").count() } else { 1 })
            .sum()
    };
    (files("blobs"), files("tmp"))
}

fn named(store: &Store) -> usize {
    let index = store.inner.index();
    let objects = index.buckets.values().flat_map(|bucket| bucket.objects.values());
    let in_objects: usize = objects.map(|object| object.manifest.segments.len()).sum();
    let in_parts: usize = index.uploads.values().map(|upload| held(&upload.parts).by_number.len()).sum();
    in_objects + in_parts
}

// --- parent and child ------------------------------------------------------------------------------------------------

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("made");
    for entry in std::fs::read_dir(from).expect("there") {
        let entry = entry.expect("readable");
        let place = to.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            copy_tree(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), &place).expect("copied");
        }
    }
}

/// Runs one write in a child that dies behind step `at`; true when it survived because there are fewer steps.
fn run_child(dir: &Path, what: &str, way: &str, at: usize) -> bool {
    let aside = dir.with_extension("aside");
    let _ = std::fs::remove_dir_all(&aside);
    std::fs::create_dir(&aside).expect("made");
    let output = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "store::crash_test::the_child_that_dies", "--nocapture", "--test-threads=1"])
        .env("COACH_CRASH", format!("{what}|{way}|{at}"))
        .env("COACH_CRASH_DIR", dir)
        .output()
        .expect("a child");
    let said = String::from_utf8_lossy(&output.stdout);
    let panicked = String::from_utf8_lossy(&output.stderr);
    assert!(!panicked.contains("panicked"), "{what}, {way}, step {at}: {panicked}");
    assert!(output.status.success() == said.contains("survived"), "{what}, {way}, step {at}: {said}{panicked}");
    output.status.success()
}

#[test]
fn the_child_that_dies() {
    let (Ok(plan), Ok(dir)) = (std::env::var("COACH_CRASH"), std::env::var("COACH_CRASH_DIR")) else { return };
    let dir = PathBuf::from(dir);
    let mut plan = plan.split('|');
    let what = plan.next().expect("a write").to_owned();
    let way = match plan.next() {
        Some("kill") => Way::Kill,
        Some("torn") => Way::Torn,
        Some("lost") => Way::Lost,
        _ => Way::Mixed,
    };
    let left = plan.next().and_then(|text| text.parse().ok()).expect("a step");
    let aside = dir.with_extension("aside");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        if what == "opening" {
            faulty_disk::arm(way, left, aside);
            Store::open(Options::new(&dir)).expect("opens");
        } else {
            let store = Store::open(Options::new(&dir)).expect("opens");
            faulty_disk::arm(way, left, aside);
            write(&store, &what).await;
        }
    });
    // The write was answered: a power cut now must not cost it.
    faulty_disk::disarm_and_cut_power();
    println!("survived");
}

pub(super) fn memory_folder() -> tempfile::TempDir {
    // In memory, where syncs cost nothing; what they would have saved is what `Disk` counts.
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn death_behind_any_step_of_any_write_leaves_the_old_or_the_new_and_nothing_else() {
    let root = memory_folder();
    let template = root.path().join("template");
    runtime().block_on(set_up(&template));
    let mut deaths = 0;
    for what in WRITES {
        let before = look(&Store::open(Options::new(&template)).expect("opens"), what);
        let done = root.path().join("done");
        copy_tree(&template, &done);
        let after = {
            let store = Store::open(Options::new(&done)).expect("opens");
            runtime().block_on(write(&store, what));
            look(&store, what)
        };
        std::fs::remove_dir_all(&done).expect("removed");
        assert_ne!(before, after, "{what} changes something");
        for way in ["kill", "torn", "lost", "mixed"] {
            for at in 1.. {
                let dir = root.path().join("store");
                copy_tree(&template, &dir);
                let survived = run_child(&dir, what, way, at);
                let store = Store::open(Options::new(&dir)).expect("opens after death");
                let place = format!("{what}, {way}, step {at}");
                assert_eq!(store.opened().damaged, Vec::<String>::new(), "{place}");
                let found = look(&store, what);
                if survived {
                    assert_eq!(found, after, "{place}: what was answered is there after a power cut");
                } else {
                    assert!(found == before || found == after, "{place}: {found:#?}");
                    deaths += 1;
                }
                assert_eq!(count_files(&dir), (named(&store), 0), "{place}: files that nobody names");
                assert_eq!(store.usage().bytes, bytes_named(&store), "{place}: the quota's account");
                if what != "begin" || found == before {
                    runtime().block_on(write(&store, what));
                    assert_eq!(look(&store, what), after, "{place}: the write can be done again");
                }
                complete(&store, "parts");
                drop(store);
                std::fs::remove_dir_all(&dir).expect("removed");
                if survived {
                    assert!(at > 2, "{place}: a write has steps");
                    break;
                }
            }
        }
    }
    println!("{deaths} deaths behind {} kinds of writes", WRITES.len());
}

fn bytes_named(store: &Store) -> u64 {
    let index = store.inner.index();
    let objects = index.buckets.values().flat_map(|bucket| bucket.objects.values());
    let in_objects: u64 = objects.map(|object| object.manifest.len()).sum();
    let parts = index
        .uploads
        .values()
        .map(|upload| held(&upload.parts).by_number.values().map(|part| part.piece.segment.sums.len).sum::<u64>());
    in_objects + parts.sum::<u64>()
}

#[test]
fn death_during_recovery_changes_nothing_about_what_is_recovered() {
    let root = memory_folder();
    let template = root.path().join("template");
    runtime().block_on(set_up(&template));
    // A completed upload whose records are still there, a folder of an upload that was never named, litter.
    let (id, _) = upload(&Store::open(Options::new(&template)).expect("opens"), "joined").expect("begun");
    let uploads = template.join("uploads");
    copy_tree(&uploads.join(id.simple().to_string()), &root.path().join("saved"));
    complete(&Store::open(Options::new(&template)).expect("opens"), "joined");
    copy_tree(&root.path().join("saved"), &uploads.join(id.simple().to_string()));
    std::fs::create_dir(uploads.join(Uuid::new_v4().simple().to_string())).expect("made");
    std::fs::write(template.join("tmp").join("litter"), b"x").expect("written");
    std::fs::write(template.join("blobs/00").join(format!("00{:030x}", 1)), b"x").expect("written");
    let mut expected = None;
    for way in ["kill", "torn", "lost", "mixed"] {
        for at in 1.. {
            let dir = root.path().join("store");
            copy_tree(&template, &dir);
            let survived = run_child(&dir, "opening", way, at);
            let store = Store::open(Options::new(&dir)).expect("opens after death");
            assert_eq!(store.opened().damaged, Vec::<String>::new());
            let found = look(&store, "opening");
            assert_eq!(found["object joined"], "joined");
            assert_eq!(*expected.get_or_insert(found.clone()), found, "{way}, step {at}");
            assert_eq!(count_files(&dir), (named(&store), 0), "{way}, step {at}");
            drop(store);
            std::fs::remove_dir_all(&dir).expect("removed");
            if survived {
                break;
            }
        }
    }
}
