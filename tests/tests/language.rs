//! One word per thing: the words that docs/STYLE.md retires are found nowhere in the tree.

use coach_testing::{Need, not_checked};
use std::process::Command;

/// Retired words in lower case, and what is said instead.
const RETIRED: [(&str, &str); 23] = [
    ("house", "all owners, the server, or the name of the part"),
    ("door", "path (live path, file path), or LiveSessions"),
    ("doors", "paths"),
    ("sitting", "session, SessionThread or FileContext"),
    ("sittings", "sessions"),
    ("books", "StateWriter"),
    ("patience", "Retry"),
    ("trouble", "transient error"),
    ("senses", "Models"),
    ("chores", "system jobs"),
    ("rung", "step of the overload ladder"),
    ("rungs", "steps of the overload ladder"),
    ("cue", "hint"),
    ("cues", "hints"),
    ("hole", "gap"),
    ("holes", "gaps"),
    ("picture", "video, frame or image"),
    ("pictures", "video, frames or images"),
    ("analyse", "analyze"),
    ("analysed", "analyzed"),
    ("analyser", "analyzer"),
    ("analysers", "analyzers"),
    ("analysing", "analyzing"),
];

/// Names of files and formats that hold a retired word rightly: they are taken out of a line before it is read.
const RIGHTLY: [&str; 7] = [
    "docs/pictures",
    "picture-in-picture",
    "picture-id-mode",
    "Picture Loss Indication",
    "PictureLossIndication",
    "picture_loss_indication",
    "PictureID",
];

/// Files that say retired words for good: the glossary, this list, and where a format calls its own parts so.
/// A migration that has run somewhere is never changed.
const ALWAYS: [&str; 3] = ["docs/STYLE.md", "tests/tests/language.rs", "migrations/"];

/// Words that a format, an interface of browsers or a former version gives to something, and the start of the files that name it.
const OTHERS: [(&str, &str); 10] = [
    // The index of WebM is called cues, one entry of it a cue point.
    ("media/", "cues"),
    ("media/src/record/", "cue"),
    // The style of a WebVTT cue, and the table of contents of a disc, `disc.cue`.
    ("media/tests/links/", "cue"),
    // Former names, where the changes are listed and where one is still read.
    ("CHANGELOG.md", "analysed"),
    ("CHANGELOG.md", "house"),
    ("server/src/config/", "analysed"),
    // `AnalyserNode` of Web Audio.
    ("web-client/src/live/level.ts", "analyser"),
    ("tests/browser/watch.mjs", "analyser"),
    ("tests/browser/marks.mjs", "analyser"),
    // Where version 0.1.0 kept the hints that were switched off.
    ("web-client/src/live/hint-choice.ts", "cues"),
];

/// Kinds of text that people write.
const TEXT: [&str; 15] = [
    ".rs",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".md",
    ".sh",
    ".py",
    ".sql",
    ".toml",
    ".yml",
    ".mjs",
    "Makefile",
    ".story",
    "Dockerfile",
];

/// The words of a line: letters alone, parted also where an identifier in camel case begins a new word.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small_before = false;
    for c in line.chars() {
        if !c.is_ascii_alphabetic() || (small_before && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if c.is_ascii_alphabetic() {
            words.last_mut().expect("one is always there").push(c.to_ascii_lowercase());
        }
        small_before = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The retired words of a text, each with its line's number.
fn retired(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = RIGHTLY.iter().fold(line.to_owned(), |line, rightly| line.replace(rightly, ""));
        let words = words(&line);
        let of_line = RETIRED.iter().filter(|(word, _)| words.iter().any(|w| w == word));
        found.extend(of_line.map(|(word, instead)| (number + 1, *word, *instead)));
    }
    found
}

#[test]
fn a_retired_word_is_found_inside_an_identifier_and_not_inside_another_word() {
    assert_eq!(retired("struct LiveDoor;").len(), 1);
    assert_eq!(retired("house_in_state").len(), 1);
    assert_eq!(retired("outdoor, outdoors, rescue, warehouse, docs/pictures/home.png").len(), 0);
}

#[test]
fn no_file_says_a_retired_word() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let listed = Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(root).output();
    let listed = match listed {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).expect("names are plain text"),
        _ => return not_checked(Need::Other, "retired words", "this is not a git checkout"),
    };
    let mut bad = Vec::new();
    for name in listed.lines().filter(|name| TEXT.iter().any(|kind| name.ends_with(kind))) {
        if ALWAYS.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(format!("{root}/{name}")) else { continue };
        let of_others = |word: &str| OTHERS.iter().any(|(start, own)| name.starts_with(start) && word == *own);
        // The name of a file is read as a line before its first.
        let found = retired(&format!("{name}\n{text}")).into_iter().filter(|(_, word, _)| !of_others(word));
        bad.extend(found.map(|(line, word, instead)| format!("{name}:{}: {word:?}; say {instead}", line - 1)));
    }
    assert!(bad.is_empty(), "retired words (docs/STYLE.md has the glossary):\n{}", bad.join("\n"));
}
