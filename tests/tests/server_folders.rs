//! Which folder of the server may use which, read from the `use` lines and paths of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folders and files of `server/src`, and the others that each may use. Two leaf modules count as folders of their
/// own: the states and the questions of a session, which SQL reads and writes.
const ARROWS: [(&str, &[&str]); 25] = [
    ("clock", &[]),
    ("secret", &[]),
    ("shutdown", &[]),
    ("telemetry", &[]),
    ("config", &[]),
    ("places", &[]),
    ("private", &[]),
    ("sole", &["config"]),
    ("session::state", &[]),
    ("session::questions", &[]),
    ("objects", &["config"]),
    ("providers", &["config", "secret"]),
    ("store", &["clock", "secret", "session::state", "session::questions"]),
    ("session", &["clock", "session::state", "session::questions", "store"]),
    ("auth", &["clock", "config", "secret", "store"]),
    ("context", &["channel", "config", "objects", "providers", "session", "store"]),
    ("channel", &["session", "session::state"]),
    ("analysis", &["config", "context", "store"]),
    ("recording", &["analysis", "channel", "config", "context", "objects", "session", "shutdown", "store"]),
    (
        "live",
        &[
            "analysis",
            "channel",
            "clock",
            "config",
            "context",
            "jobs",
            "objects",
            "places",
            "providers",
            "recording",
            "session",
            "store",
            "telemetry",
        ],
    ),
    (
        "jobs",
        &[
            "analysis",
            "channel",
            "clock",
            "config",
            "context",
            "objects",
            "providers",
            "recording",
            "secret",
            "session",
            "shutdown",
            "store",
        ],
    ),
    ("uploads", &["clock", "config", "context", "jobs", "objects", "recording", "shutdown", "store"]),
    (
        "http",
        &[
            "analysis",
            "auth",
            "channel",
            "clock",
            "config",
            "context",
            "jobs",
            "live",
            "objects",
            "places",
            "providers",
            "recording",
            "session",
            "session::questions",
            "store",
            "telemetry",
            "uploads",
        ],
    ),
    ("backup", &["clock", "objects", "secret", "session", "session::state", "store"]),
    (
        "cli",
        &[
            "analysis",
            "auth",
            "backup",
            "clock",
            "config",
            "context",
            "http",
            "jobs",
            "live",
            "objects",
            "private",
            "recording",
            "session",
            "shutdown",
            "sole",
            "store",
            "telemetry",
            "uploads",
        ],
    ),
];

/// The most files in one folder.
const FILES_MAX: usize = 12;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the server").map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// Returns the module path of a file, and whether it is the file of a folder.
fn module(file: &Path) -> (Vec<String>, bool) {
    let inner = file.strip_prefix(source()).expect("below the source").with_extension("");
    let mut parts: Vec<String> = inner.iter().map(|part| part.to_str().expect("a plain name").to_owned()).collect();
    let of_folder = parts.last().is_some_and(|last| last == "mod");
    if of_folder {
        parts.pop();
    }
    (parts, of_folder)
}

/// Returns the code of a file without comments and without its unit tests.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a source file");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Expands `a::{b, c::{d, e}}` to `a::b`, `a::c::d`, `a::c::e`.
fn expand(path: &str) -> Vec<String> {
    let path = path.trim();
    let (Some(open), Some(close)) = (path.find('{'), path.rfind('}')) else { return vec![path.to_owned()] };
    let (prefix, body) = (&path[..open], &path[open + 1..close]);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, letter) in body.char_indices().chain([(body.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expand(&format!("{prefix}{}", part.trim()))).collect()
}

/// Returns every path of the code that begins with `crate::`, `super::` or `self::`.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == ':' {
                continue;
            }
            let statement = code[..at].rsplit([';', '}', '{']).next().unwrap_or_default();
            let end = if statement.trim_start().ends_with("use ") || statement.trim() == "pub use" {
                code[at..].find(';')
            } else {
                code[at..].find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'))
            };
            found.extend(expand(&code[at..at + end.unwrap_or(code.len() - at)]));
        }
    }
    found
}

/// Returns the modules of the server, and for each the other modules that it uses.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = Vec::new();
    files(&source(), &mut all);
    let modules: BTreeMap<String, PathBuf> = all
        .into_iter()
        .map(|file| (module(&file).0.join("::"), file))
        .filter(|(name, _)| name != "lib" && name != "main")
        .collect();
    let resolve = |mut path: Vec<String>| loop {
        if path.is_empty() || modules.contains_key(&path.join("::")) {
            return path.join("::");
        }
        path.pop();
    };
    let uses = |name: &str, file: &Path| -> BTreeSet<String> {
        let own: Vec<String> = name.split("::").map(str::to_owned).collect();
        let target = |path: &String| {
            let mut rest: Vec<String> = path
                .split(" as ")
                .next()
                .unwrap_or_default()
                .split("::")
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect();
            let mut base = Vec::new();
            match rest.remove(0).as_str() {
                "super" => {
                    base = own[..own.len() - 1].to_vec();
                    while rest.first().is_some_and(|part| part == "super") {
                        rest.remove(0);
                        base.pop();
                    }
                }
                "self" => base.clone_from(&own),
                _ => {}
            }
            resolve(base.into_iter().chain(rest).collect())
        };
        paths(&code(file)).iter().map(target).filter(|used| !used.is_empty() && used != name).collect()
    };
    modules.iter().map(|(name, file)| (name.clone(), uses(name, file))).collect()
}

/// Returns the row of [`ARROWS`] that a module belongs to.
fn unit(module: &str) -> &str {
    let leaf = ARROWS.iter().map(|(name, _)| *name).find(|name| name.contains("::") && module == *name);
    leaf.unwrap_or_else(|| module.split("::").next().unwrap_or_default())
}

#[test]
fn folders_of_the_server_use_only_what_is_drawn() {
    let mut wrong = Vec::new();
    for (module, uses) in graph() {
        let row = ARROWS.iter().find(|(name, _)| *name == unit(&module));
        let (_, allowed) = row.unwrap_or_else(|| panic!("{module} is in no row of the table of arrows"));
        for used in uses.iter().filter(|used| unit(used) != unit(&module) && !allowed.contains(&unit(used))) {
            wrong.push(format!("{module} must not use {used}"));
        }
    }
    assert!(wrong.is_empty(), "see ARCHITECTURE.md, code map:\n{}", wrong.join("\n"));
}

#[test]
fn the_drawn_arrows_run_one_way() {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while done.len() < ARROWS.len() {
        let free = |used: &&str| done.contains(used);
        let next: Vec<&str> = ARROWS
            .iter()
            .filter(|(name, uses)| !done.contains(name) && uses.iter().all(&free))
            .map(|(name, _)| *name)
            .collect();
        assert!(
            !next.is_empty(),
            "a circle among {:?}",
            ARROWS.map(|(name, _)| name).iter().filter(|n| !done.contains(*n)).collect::<Vec<_>>()
        );
        done.extend(next);
    }
}

#[test]
fn no_modules_of_the_server_use_each_other_but_a_module_and_its_children() {
    let graph = graph();
    let related = |a: &str, b: &str| a.starts_with(&format!("{b}::")) || b.starts_with(&format!("{a}::"));
    let mut left: BTreeMap<&String, BTreeSet<&String>> = graph
        .iter()
        .map(|(module, uses)| (module, uses.iter().filter(|used| !related(module, used)).collect()))
        .collect();
    loop {
        let free: Vec<&String> = left.iter().filter(|(_, uses)| uses.is_empty()).map(|(module, _)| *module).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|module, _| !free.contains(module));
        left.values_mut().for_each(|uses| uses.retain(|used| !free.contains(used)));
    }
    // What only leads into a circle is no part of it.
    loop {
        let used: BTreeSet<&String> = left.values().flatten().copied().collect();
        let before = left.len();
        left.retain(|module, _| used.contains(module));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "these use each other: {left:#?}");
}

#[test]
fn no_folder_of_the_server_has_more_than_twelve_files() {
    let mut all = Vec::new();
    files(&source(), &mut all);
    let mut counts: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in all {
        *counts.entry(file.parent().expect("in a folder").to_owned()).or_default() += 1;
    }
    for (folder, count) in counts {
        assert!(count <= FILES_MAX, "{} has {count} files: look for the second subject in it", folder.display());
    }
}
