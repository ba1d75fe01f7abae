//! A PostgreSQL server that can be stopped and started again, or frozen.

use crate::coach::project;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A PostgreSQL server. Ended, and its folder removed, when dropped.
pub struct Postgres {
    folder: PathBuf,
    script: Child,
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Postgres {
    /// Starts a fresh server. `None`: PostgreSQL is not installed.
    ///
    /// # Errors
    /// PostgreSQL is installed and does not start.
    pub fn start() -> Result<Option<Postgres>> {
        let folder = tempfile::tempdir()?.keep();
        let mut script = Command::new(project().join("scripts/postgres.sh"));
        let mut script = script.arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let words = script.stdin.take();
        let answers = BufReader::new(script.stdout.take().context("piped")?);
        let mut postgres = Postgres { folder, script, words, answers };
        match postgres.answer()?.as_str() {
            "ready" => Ok(Some(postgres)),
            "absent" => Ok(None),
            other => bail!("PostgreSQL does not start: {other:?}"),
        }
    }

    /// Returns its address as a server's setting.
    pub fn url(&self) -> String {
        format!("postgres://coach@localhost/postgres?host={}", self.folder.display())
    }

    /// Cuts every connection and stops at once.
    ///
    /// # Errors
    /// The server is stopped already.
    pub fn stop(&mut self) -> Result<()> {
        self.say("stop")
    }

    /// Starts the server again with its data.
    ///
    /// # Errors
    /// The server does not start.
    pub fn resume(&mut self) -> Result<()> {
        self.say("start")
    }

    /// Freezes the server with its connections open: it accepts requests and answers none.
    ///
    /// # Errors
    /// The server is not running.
    pub fn freeze(&mut self) -> Result<()> {
        self.say("freeze")
    }

    /// Resumes a frozen server.
    ///
    /// # Errors
    /// The server is not running.
    pub fn thaw(&mut self) -> Result<()> {
        self.say("thaw")
    }

    fn say(&mut self, word: &str) -> Result<()> {
        writeln!(self.words.as_mut().context("piped")?, "{word}")?;
        let answer = self.answer()?;
        anyhow::ensure!(answer == "done", "{word}: {answer:?}");
        Ok(())
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.words = None;
        let _ = self.script.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
