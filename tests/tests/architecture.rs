//! Which crate may import which, read from `cargo metadata`, so that ARCHITECTURE.md and the code agree.

use std::collections::{BTreeMap, BTreeSet};

/// The crates of the project, and those that each may use.
const ARROWS: [(&str, &[&str]); 8] = [
    ("coach-core", &[]),
    ("coach-perception", &["coach-core"]),
    ("coach-insight", &["coach-core"]),
    ("coach-media", &["coach-core"]),
    ("coach-archive", &[]),
    ("coach-server", &["coach-core", "coach-perception", "coach-insight", "coach-media", "coach-archive"]),
    ("coach-testing", &[]),
    ("coach-e2e", &["coach-testing"]),
];

/// Crates, and the dependencies that each must never have.
const NEVER: [(&str, &[&str]); 4] = [
    ("coach-core", &["tokio", "ort", "gstreamer", "rtc", "quinn-udp", "axum", "sqlx", "rand"]),
    ("coach-perception", &["tokio", "gstreamer", "rtc", "quinn-udp", "axum", "sqlx", "reqwest"]),
    ("coach-insight", &["tokio", "ort", "gstreamer", "rtc", "quinn-udp", "axum", "sqlx", "rand"]),
    ("coach-media", &["ort", "sqlx", "axum", "aws-sdk-s3"]),
];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata runs in the workspace");
    metadata
        .packages
        .iter()
        .map(|package| {
            let normal = package.dependencies.iter().filter(|d| d.kind != cargo_metadata::DependencyKind::Development);
            (package.name.to_string(), normal.map(|d| d.name.clone()).collect())
        })
        .collect()
}

#[test]
fn only_the_drawn_arrows_exist() {
    let found = dependencies();
    let names: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), names, "a crate that nobody drew");
    for (name, allowed) in ARROWS {
        for used in found[name].iter().filter(|d| names.contains(d.as_str())) {
            assert!(allowed.contains(&used.as_str()), "{name} must not use {used}: see ARCHITECTURE.md, code map");
        }
    }
}

#[test]
fn nobody_uses_what_another_crate_owns() {
    let found = dependencies();
    for (name, forbidden) in NEVER {
        for used in forbidden {
            assert!(!found[name].contains(*used), "{name} must not use {used}: see ARCHITECTURE.md, invariants");
        }
    }
}

#[test]
fn clocks_files_sockets_and_threads_are_banned_from_the_inference_crates() {
    for folder in ["core", "perception", "insight"] {
        let path = format!("{}/../inference/{folder}/clippy.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("each inference crate has its clippy.toml");
        for banned in [
            "std::time::Instant",
            "std::time::SystemTime",
            "std::fs::File",
            "std::net::UdpSocket",
            "std::thread::spawn",
        ] {
            assert!(text.contains(banned), "{path} must ban {banned}");
        }
    }
}
