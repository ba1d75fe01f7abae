//! The speech recognizer where it is missing or damaged: it is said, and everything else works.

use crate::support::{Server, project};
use coach_server::analysis;
use coach_server::config::models::Face;
use coach_testing::{Need, not_checked};
use serde_json::Value;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The models folder with these bytes in the place of the recognizer's encoder; `None`: without it.
fn models(folder: &Path, encoder: Option<&[u8]>) {
    const ENCODER: &str = "moonshine_tiny_en_encoder.onnx";
    for entry in std::fs::read_dir(project().join("models")).unwrap().map(Result::unwrap) {
        if entry.file_name() != ENCODER {
            symlink(std::fs::canonicalize(entry.path()).unwrap(), folder.join(entry.file_name())).unwrap();
        }
    }
    if let Some(bytes) = encoder {
        std::fs::write(folder.join(ENCODER), bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recognizer_that_is_missing_or_damaged_is_named_and_nothing_is_written_down() {
    let Ok(whole) = std::fs::read(project().join("models/moonshine_tiny_en_encoder.onnx")) else {
        not_checked(Need::Models, "a damaged speech recognizer", "the speech recognizer is not in the models folder");
        return;
    };
    let mut flipped = whole.clone();
    flipped[whole.len() / 3] ^= 0x40;
    let cases: [(&str, Option<&[u8]>); 4] = [
        ("missing", None),
        ("empty", Some(b"")),
        ("cut", Some(&whole[..whole.len() / 2])),
        ("flipped", Some(&flipped)),
    ];
    for (name, encoder) in cases {
        let folder = tempfile::tempdir().unwrap();
        models(folder.path(), encoder);
        let server = Server::with(|config| {
            config.models.dir = folder.path().to_owned();
            config.models.face = Face::None;
        })
        .await;
        let loaded = analysis::load(&server.context).await.unwrap();
        assert!(loaded.models.words().is_none(), "{name}");
        let said: Vec<String> = loaded.models.missing().iter().map(|m| format!("{} ({})", m.what, m.cure)).collect();
        let told =
            said.iter().any(|text| text.contains("moonshine_tiny_en_encoder.onnx") && text.contains("make setup"));
        assert!(told, "{name}: {said:?}");
        let me: Value = server.get("/api/me").await.json().await.unwrap();
        assert_eq!(me["models"]["words"], Value::Null, "{name}");
    }
}
