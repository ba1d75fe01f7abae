//! The list of a backup's files: one line of JSON for each, between a first and a last line.

use super::LIST;
use crate::secret::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

/// The version of the list's format.
const VERSION: u32 = 1;
/// Longest line of a list that is read, bytes.
const LONGEST_LINE: u64 = 64 << 10;
const BUFFER: usize = 256 << 10;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The path below the backup's folder, with `/` between its parts.
    pub file: String,
    pub bytes: u64,
    /// SHA-256 of all bytes, in hex.
    pub sha256: String,
    /// Media type of an object; the other files have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Backup { version: u32, program: String, taken_us: i64 },
    Entry(Entry),
    End { files: usize },
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("there is no backup in this folder: {0}")]
    None(io::Error),
    #[error("line {line} of {LIST} cannot be read: {why}")]
    Line { line: usize, why: String },
    #[error("the backup is of a newer program (format {0}; this one reads {VERSION})")]
    Newer(u32),
    #[error("the backup did not come to its end: {LIST} has no last line; take it again")]
    Unfinished,
    #[error("{file:?} is not the name of a file in a backup")]
    Name { file: String },
}

/// The files of a finished backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// When the backup was taken, microseconds since 1970.
    pub taken_us: i64,
    pub entries: Vec<Entry>,
}

impl List {
    /// Reads the list of the backup in `folder`.
    ///
    /// # Errors
    /// See [`ListError`].
    pub fn read(folder: &Path) -> Result<List, ListError> {
        let mut from = BufReader::new(File::open(folder.join(LIST)).map_err(ListError::None)?);
        let mut list: Option<List> = None;
        for number in 1.. {
            let wrong = |why: String| ListError::Line { line: number, why };
            let mut text = String::new();
            let read = (&mut from).take(LONGEST_LINE).read_line(&mut text).map_err(|error| wrong(error.to_string()))?;
            if read == 0 {
                break;
            }
            let line = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
            match (line, &mut list) {
                (Line::Backup { version, .. }, None) if version != VERSION => return Err(ListError::Newer(version)),
                (Line::Backup { taken_us, .. }, None) => list = Some(List { taken_us, entries: Vec::new() }),
                (Line::Entry(entry), Some(list)) => {
                    if below(&entry.file).is_none() {
                        return Err(ListError::Name { file: entry.file });
                    }
                    list.entries.push(entry);
                }
                (Line::End { files }, Some(found)) if files == found.entries.len() => {
                    return list.ok_or(ListError::Unfinished);
                }
                (line, _) => return Err(wrong(format!("{line:?} does not belong here"))),
            }
        }
        Err(ListError::Unfinished)
    }

    /// Returns the entries whose files lie in that folder of the backup, with the rest of their paths.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        self.entries.iter().filter_map(move |entry| {
            let rest = entry.file.strip_prefix(folder)?.strip_prefix('/')?;
            Some((rest, entry))
        })
    }
}

/// A list that is being written.
pub(super) struct Writer {
    to: BufWriter<File>,
    files: usize,
}

impl Writer {
    /// Begins the list of a backup in a folder that has none.
    pub(super) fn begin(folder: &Path, taken_us: i64) -> io::Result<Writer> {
        let mut list = Writer { to: BufWriter::new(File::create_new(folder.join(LIST))?), files: 0 };
        list.line(&Line::Backup { version: VERSION, program: env!("CARGO_PKG_VERSION").into(), taken_us })?;
        Ok(list)
    }

    pub(super) fn add(&mut self, entry: Entry) -> io::Result<()> {
        self.files += 1;
        self.line(&Line::Entry(entry))
    }

    /// Writes the last line; everything before it is on the disk then.
    pub(super) fn end(mut self) -> io::Result<usize> {
        self.line(&Line::End { files: self.files })?;
        self.to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(self.files)
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.to, line)?;
        self.to.write_all(b"\n")
    }
}

/// Returns the relative path that a name of a list stands for; `None`: it would lead out of the backup's folder, or nowhere.
pub(super) fn below(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    // `a//b` and `a/./b` have plain components too, but another text.
    let same = path.components().collect::<PathBuf>().as_os_str() == name;
    (plain && same && !name.is_empty() && !name.contains(['\0', '\\'])).then(|| path.to_owned())
}

/// Copies everything to the file at `to`, which must not exist, and returns its length and checksum. The copy is on the disk then.
pub(super) fn copy(mut from: impl Read, to: &Path) -> io::Result<(u64, String)> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = File::create_new(to)?;
    let copied = checksum(&mut from, |bytes| file.write_all(bytes))?;
    file.sync_all()?;
    Ok(copied)
}

/// Reads everything. Returns its length in bytes and its SHA-256 in hex.
pub(super) fn checksum(
    mut from: impl Read,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..read]);
        each(&buffer[..read])?;
        bytes += read as u64;
    }
    Ok((bytes, hex(&hash.finalize())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: &str) -> Entry {
        Entry { file: file.into(), bytes: 3, sha256: "00".into(), content_type: None }
    }

    #[test]
    fn a_list_reads_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut list = Writer::begin(folder.path(), 7).unwrap();
        for file in ["coach.db", "objects/sessions/a/report.json"] {
            list.add(entry(file)).unwrap();
        }
        assert_eq!(list.end().unwrap(), 2);
        let read = List::read(folder.path()).unwrap();
        assert_eq!(
            read,
            List { taken_us: 7, entries: vec![entry("coach.db"), entry("objects/sessions/a/report.json")] }
        );
        let objects: Vec<_> = read.below("objects").map(|(key, _)| key).collect();
        assert_eq!(objects, ["sessions/a/report.json"]);
        assert!(Writer::begin(folder.path(), 8).is_err(), "a backup is not written over");
    }

    #[test]
    fn a_list_that_is_cut_damaged_or_hostile_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(List::read(folder.path()), Err(ListError::None(_))));
        let whole = "{\"backup\":{\"version\":1,\"program\":\"x\",\"taken_us\":7}}\n\
            {\"entry\":{\"file\":\"a/b\",\"bytes\":1,\"sha256\":\"0\"}}\n{\"end\":{\"files\":1}}\n";
        let read = |text: &str| {
            std::fs::write(folder.path().join(LIST), text).unwrap();
            List::read(folder.path())
        };
        assert!(read(whole).is_ok());
        for end in 0..whole.len() - 1 {
            assert!(read(&whole[..end]).is_err(), "{end}");
        }
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("\"files\":1", "\"files\":2"),
            ("a/b", "../b"),
            ("a/b", "/etc/passwd"),
            ("a/b", "a/../../b"),
            ("a/b", "a//b"),
            ("a/b", "./a"),
            ("a/b", ""),
            ("a/b", "a\\u0000b"),
            ("\"bytes\":1", "\"bytes\":-1"),
        ] {
            assert!(read(&whole.replace(from, to)).is_err(), "{to}");
        }
        let long = format!("{{\"entry\":{{\"file\":\"{}\"", "x".repeat(1 << 20));
        assert!(read(&long).is_err());
    }

    #[test]
    fn a_copy_has_the_checksum_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("deep/er/file");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(copy(&b"abc"[..], &to).unwrap(), (3, abc.into()));
        assert_eq!(std::fs::read(&to).unwrap(), b"abc");
        assert!(copy(&b"abc"[..], &to).is_err(), "nothing is written over");
    }
}
