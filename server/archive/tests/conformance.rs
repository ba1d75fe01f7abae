//! What an S3 must do for this project: one table of checks, run against the embedded store, against moto, which
//! `make setup-test` installs, and against any S3 given by COACH_TEST_S3_ENDPOINT, _REGION, _BUCKET, _ACCESS_KEY,
//! _SECRET_KEY, _PATH_STYLE (0 or 1) and _SKIP (names of checks, separated by commas).

use std::panic::AssertUnwindSafe;
use std::process::Stdio;

use coach_archive::store::{Keys, Options};
use coach_archive::{Archive, Config};
use coach_testing::{Need, not_checked};
use futures::FutureExt as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};

mod checks;
mod support;

use checks::Target;

macro_rules! table {
    ($($file:ident: $($check:ident),+;)+) => {
        /// Runs every check that is not skipped; the names and words of those that failed.
        async fn run(target: &Target, skip: &[&str]) -> (usize, Vec<String>) {
            let mut failed = Vec::new();
            let mut passed = 0;
            $($(
                let name = stringify!($check);
                if skip.contains(&name) {
                    println!("{}: {name}: skipped", target.name);
                } else {
                    match AssertUnwindSafe(checks::$file::$check(target)).catch_unwind().await {
                        Ok(()) => passed += 1,
                        Err(panic) => {
                            let words = panic.downcast_ref::<String>().map(String::as_str);
                            let words = words.or(panic.downcast_ref::<&str>().copied()).unwrap_or("?");
                            failed.push(format!("{name}: {words}"));
                        }
                    }
                }
            )+)+
            (passed, failed)
        }
    };
}

table! {
    objects: put_with_trailing_checksum, put_with_a_wrong_checksum_keeps_the_old, ranges, conditional_reads,
        conditional_writes, headers_are_kept, copies, deletes_many, keys_that_contain_each_other, long_keys,
        keys_like_paths, unusual_keys, keys_too_long, lists_by_prefix_and_page, lists_by_delimiter;
    parts: multipart, part_with_a_wrong_checksum, complete_with_a_wrong_etag, complete_with_a_wrong_checksum,
        complete_with_gaps, complete_out_of_order, complete_with_small_parts, complete_of_nothing, composite_checksum,
        parts_are_listed_in_pages, uploads_are_listed_in_pages, part_for_an_aborted_upload, part_numbers_out_of_bounds,
        part_is_replaced;
    signatures: wrong_secret, unknown_key, unsigned, presigned_get_put_part, presigned_is_bound_to_what_was_signed,
        presigned_expires, hostile_ranges, cors;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_store_does_all_of_the_table() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let running = support::start(Options::new(dir.path())).await;
    let target = Target::new("embedded", running.config.clone());
    let (passed, failed) = run(&target, &[]).await;
    println!("embedded: {passed} checks passed");
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(running.store.usage().uploads, 0, "the checks leave no upload behind");
}

/// What moto (5.2) does not do: it checks no signature, no checksum, no order of parts; its ListParts cannot be parsed.
const NOT_MOTO: [&str; 19] = [
    "keys_too_long",
    "complete_out_of_order",
    "put_with_a_wrong_checksum_keeps_the_old",
    "part_with_a_wrong_checksum",
    "complete_with_a_wrong_checksum",
    "composite_checksum",
    "multipart",
    "parts_are_listed_in_pages",
    "uploads_are_listed_in_pages",
    "part_for_an_aborted_upload",
    "part_numbers_out_of_bounds",
    "complete_of_nothing",
    "wrong_secret",
    "unknown_key",
    "unsigned",
    "presigned_is_bound_to_what_was_signed",
    "presigned_expires",
    "hostile_ranges",
    "cors",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moto_does_what_it_can_of_the_table() {
    let server = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/.venv/bin/moto_server");
    if !server.exists() {
        not_checked(Need::Other, "the table against moto", "run `make setup-test` to install moto[server]");
        return;
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let mut moto = tokio::process::Command::new(server)
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("moto starts");
    let mut lines = BufReader::new(moto.stderr.take().expect("piped")).lines();
    loop {
        let line = lines.next_line().await.expect("readable").expect("moto says where it listens");
        if line.contains("Running on") {
            break;
        }
    }
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let keys = Keys { access_key: "test".into(), secret_key: "test".into() };
    let config = Config::embedded(format!("http://127.0.0.1:{port}"), keys);
    Archive::new(config.clone()).expect("a configuration").ensure_bucket().await.expect("a bucket");
    let (passed, failed) = run(&Target::new("moto", config), &NOT_MOTO).await;
    println!("moto: {passed} checks passed");
    assert!(failed.is_empty(), "{failed:#?}");
    moto.kill().await.expect("moto ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_s3_of_the_environment_does_the_table() {
    let var = |name: &str| std::env::var(format!("COACH_TEST_S3_{name}")).ok().filter(|value| !value.is_empty());
    let (Some(endpoint), Some(access_key), Some(secret_key)) = (var("ENDPOINT"), var("ACCESS_KEY"), var("SECRET_KEY"))
    else {
        let why = "COACH_TEST_S3_ENDPOINT, _ACCESS_KEY and _SECRET_KEY are not set";
        not_checked(Need::Other, "the table against another S3", why);
        return;
    };
    let mut config = Config::embedded(endpoint, Keys { access_key, secret_key });
    config.region = var("REGION").unwrap_or(config.region);
    config.bucket = var("BUCKET").unwrap_or_else(|| "coach-conformance".into());
    config.path_style = var("PATH_STYLE").as_deref() != Some("0");
    Archive::new(config.clone()).expect("a configuration").ensure_bucket().await.expect("a bucket");
    let skip = var("SKIP").unwrap_or_default();
    let skip: Vec<&str> = skip.split(',').map(str::trim).collect();
    let (passed, failed) = run(&Target::new("environment", config), &skip).await;
    println!("environment: {passed} checks passed");
    assert!(failed.is_empty(), "{failed:#?}");
}
