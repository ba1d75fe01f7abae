//! Every query on what belongs to a person names its owner or a grantee, or the worker that holds a job, or lies in a function that says that it is about all owners.

use coach_server::store::people::users::OWNED;
use std::path::{Path, PathBuf};

/// Tables whose rows belong to a person by another column than `owner`.
const OF_A_PERSON: [&str; 5] = ["identities", "logins", "passkeys", "password_links", "passwords"];

fn is_of_a_person(table: &str) -> bool {
    OWNED.contains(&table) || OF_A_PERSON.contains(&table)
}

/// Functions that find a row by something else, with the file they are in: the one job of a session, a worker's own job, the number of
/// jobs, the hash of a cookie and what it found, the provider's session. The last two are the beginnings that queries on sessions and on
/// uploads share; what they add to it names the owner.
const OTHERWISE: [(&str, &str); 7] = [
    ("jobs", "enqueue_once"),
    ("jobs", "release"),
    ("jobs", "count"),
    ("logins", "find"),
    ("logins", "end_of_issuer_session"),
    ("sessions", "from"),
    ("uploads", "from"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

/// The functions of a file: name and text.
fn functions(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let code = line.trim_start();
        let head =
            ["pub async fn ", "async fn ", "pub fn ", "fn "].into_iter().find_map(|head| code.strip_prefix(head));
        if let Some(rest) = head {
            found.push((rest.split(['(', '<']).next().unwrap().to_owned(), String::new()));
        }
        if let Some((_, text)) = found.last_mut() {
            text.push_str(line.split("//").next().unwrap_or_default());
            text.push('\n');
        }
    }
    found
}

/// The string literals of a text.
fn literals(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn names_a_table(query: &str) -> bool {
    let words: Vec<&str> = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    // The rest of a query whose beginning is shared.
    query.starts_with("WHERE")
        || words.windows(2).any(|pair| ["FROM", "JOIN", "UPDATE", "INTO"].contains(&pair[0]) && is_of_a_person(pair[1]))
}

#[test]
fn every_query_on_what_a_person_owns_names_the_person() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"), &mut all);
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for file in all {
        let text = std::fs::read_to_string(&file).unwrap();
        let stem = file.file_stem().unwrap().to_str().unwrap();
        for (name, body) in functions(&text) {
            for query in literals(&body).iter().filter(|text| names_a_table(text)) {
                looked_at += 1;
                let words: Vec<&str> = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
                let named = ["owner", "grantee", "person", "worker"].iter().any(|word| words.contains(word));
                if !named && !name.starts_with("all_owners_") && !OTHERWISE.contains(&(stem, name.as_str())) {
                    wrong.push(format!("{} {name}: {query}", file.display()));
                }
            }
        }
    }
    println!("{looked_at} queries on tables of people");
    assert!(looked_at > 50, "{looked_at}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
