//! From a written journal to the report, bit for bit what the live engine said.

use crate::engine::Engine;
use crate::journal::{Damage, Error, Reader};
use crate::output::Output;
use crate::revision::Revision;
use coach_core::journal::{Header, Line, Stream};
use coach_core::report::Report;
use std::io::BufRead;

/// The report of these lines. They may come in any order; in that of the journal they cost no memory.
pub fn replay(header: Header, lines: impl IntoIterator<Item = Line>) -> Report {
    replay_all(header, lines, |_| {}, Revision::default())
}

/// The same, and every output on the way.
pub fn replay_with(header: Header, lines: impl IntoIterator<Item = Line>, output: impl FnMut(Output)) -> Report {
    replay_all(header, lines, output, Revision::default())
}

/// The report of these lines with the revised words.
pub fn replay_revised(header: Header, lines: impl IntoIterator<Item = Line>, revision: Revision) -> Report {
    replay_all(header, lines, |_| {}, revision)
}

fn replay_all(
    header: Header,
    lines: impl IntoIterator<Item = Line>,
    mut output: impl FnMut(Output),
    revision: Revision,
) -> Report {
    let mut engine = Engine::new(header);
    for line in lines {
        let t = line.t();
        engine.observe(line);
        for stream in Stream::ALL {
            // Nothing before this line's time comes after it in a journal.
            engine.advance(stream, t);
        }
        while let Some(o) = engine.poll() {
            output(o);
        }
    }
    let (rest, report) = engine.finish_revised(revision);
    rest.into_iter().for_each(output);
    report
}

/// A report and what was wrong with the journal it came from.
#[derive(Debug)]
pub struct Replayed {
    pub report: Report,
    /// How many lines could not be read; the first few are described.
    pub damaged: u64,
    pub damages: Vec<Damage>,
}

/// The report of a journal's text.
///
/// # Errors
/// [`Error`]: there is no header, it is of a newer version, or the text cannot be read at all.
pub fn replay_text(text: impl BufRead) -> Result<Replayed, Error> {
    replay_text_revised(text, Revision::default())
}

/// The report of a journal's text with the revised words.
///
/// # Errors
/// As [`replay_text`].
pub fn replay_text_revised(text: impl BufRead, revision: Revision) -> Result<Replayed, Error> {
    let (header, mut reader) = Reader::open(text)?;
    let report = replay_revised(header, reader.by_ref(), revision);
    Ok(Replayed { report, damaged: reader.damaged(), damages: reader.damages().to_vec() })
}
