//! The journal as text: one JSON object a line. Reading yields what is whole and says where it broke.

use coach_core::journal::{Header, Line, VERSION};
use std::io::{self, BufRead, Read, Write};

/// A line is never longer (one with 478 landmarks has about 20 kB).
pub const LONGEST_LINE: usize = 1 << 20;

/// How many damages are described; the others are only counted.
const DESCRIBED: usize = 16;

/// Writes lines. The caller hands over the header first and everything after it in the order in which the engine accepted it.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    text: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Writer<W> {
        Writer { out, text: Vec::new() }
    }

    /// Writes one line with its line feed, in one call, so that a crash cuts at most one.
    ///
    /// # Errors
    /// What the writer beneath says; `InvalidData` for a value that JSON has no word for.
    pub fn write(&mut self, line: &Line) -> io::Result<()> {
        self.text.clear();
        serde_json::to_writer(&mut self.text, line).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        self.text.push(b'\n');
        self.out.write_all(&self.text)
    }

    /// # Errors
    /// What the writer beneath says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub fn get_ref(&self) -> &W {
        &self.out
    }

    pub fn into_inner(self) -> W {
        self.out
    }
}

/// Why a journal cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the journal is empty")]
    Empty,
    #[error("the journal does not begin with a header: {0}")]
    NoHeader(String),
    #[error("the journal is of version {0}; this program reads up to {VERSION}: use a newer one")]
    Version(u32),
    #[error("the journal cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// One place where the text is not a line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Counted from 1.
    pub line: u64,
    /// Offset of the line's first byte.
    pub byte: u64,
    pub why: String,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} (byte {}): {}", self.line, self.byte, self.why)
    }
}

/// Yields the whole lines after the header, skips the damaged ones and remembers where they were.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    text: Vec<u8>,
    line: u64,
    /// Offsets of the line in `text` and of the one after it.
    byte: u64,
    next: u64,
    damages: Vec<Damage>,
    damaged: u64,
    over: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`Error`]: no header, a newer version, or what the reader beneath says.
    pub fn open(input: R) -> Result<(Header, Reader<R>), Error> {
        let mut reader =
            Reader { input, text: Vec::new(), line: 0, byte: 0, next: 0, damages: Vec::new(), damaged: 0, over: false };
        if reader.fill()?.is_none() {
            return Err(Error::Empty);
        }
        // The version is looked at first: a newer header may have fields that this program cannot know.
        #[derive(serde::Deserialize)]
        struct Versioned {
            version: u32,
        }
        if let Ok(Versioned { version }) = serde_json::from_slice(&reader.text)
            && version > VERSION
        {
            return Err(Error::Version(version));
        }
        match serde_json::from_slice::<Line>(&reader.text) {
            Ok(Line::Header(header)) => Ok((*header, reader)),
            Ok(_) => Err(Error::NoHeader("the first line is of another kind".into())),
            Err(e) => Err(Error::NoHeader(e.to_string())),
        }
    }

    /// What was damaged so far, the first few described.
    pub fn damages(&self) -> &[Damage] {
        &self.damages
    }

    /// How many lines were damaged so far.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// The next line's text without its line feed in `self.text`; `Some(false)`: cut off or too long.
    fn fill(&mut self) -> io::Result<Option<bool>> {
        self.byte = self.next;
        self.text.clear();
        let limit = LONGEST_LINE as u64;
        let n = self.input.by_ref().take(limit).read_until(b'\n', &mut self.text)?;
        if n == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.next += n as u64;
        let whole = self.text.ends_with(b"\n");
        if !whole && n as u64 == limit {
            // The rest of an endless line is passed over without being kept.
            self.next += self.input.skip_until(b'\n')? as u64;
        }
        Ok(Some(whole))
    }

    fn damage(&mut self, why: String) {
        self.damaged += 1;
        if self.damages.len() < DESCRIBED {
            self.damages.push(Damage { line: self.line, byte: self.byte, why });
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.over {
            match self.fill() {
                Ok(None) => self.over = true,
                Err(e) => {
                    self.over = true;
                    self.damage(format!("cannot be read on: {e}"));
                }
                Ok(Some(whole)) => match serde_json::from_slice::<Line>(&self.text) {
                    Ok(Line::Header(_)) => self.damage("a second header".into()),
                    Ok(line) if crate::sound::is_sound(&line) => return Some(line),
                    Ok(_) => self.damage("a number or a time beyond what a session can hold".into()),
                    Err(_) if self.text.trim_ascii().is_empty() => {}
                    Err(_) if !whole && self.text.len() < LONGEST_LINE => self.damage("cut off".into()),
                    Err(_) if !whole => self.damage("longer than a line can be".into()),
                    Err(e) => self.damage(e.to_string()),
                },
            }
        }
        None
    }
}
