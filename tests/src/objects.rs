//! An object store in a separate process, which can be stopped, and the contents of any store.

use crate::coach::{Coach, example, free_tcp};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const KEY: &str = "TESTTESTTESTTESTTEST";
const SECRET: &str = "a-secret-that-only-these-tests-know-12345";

/// The contents of a bucket.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Keys and bytes of objects.
    pub objects: Vec<(String, u64)>,
    /// Keys and stored bytes of uploads that were begun and not ended.
    pub uploads: Vec<(String, u64)>,
}

fn list(endpoint: &str, key: &str, secret: &str) -> Result<Contents> {
    let mut look = Command::new(example("s3"));
    look.args(["list", endpoint, "coach"]).env("S3_ACCESS_KEY", key).env("S3_SECRET_KEY", secret);
    let output = look.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut contents = Contents::default();
    for line in String::from_utf8(output.stdout)?.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["object", key, size] => contents.objects.push((key.into(), size.parse()?)),
            ["upload", key, size] => contents.uploads.push((key.into(), size.parse()?)),
            _ => bail!("what is {line:?}?"),
        }
    }
    Ok(contents)
}

/// Returns the contents of the embedded store of a running server.
///
/// # Errors
/// The store does not answer.
pub fn embedded(coach: &Coach) -> Result<Contents> {
    let (endpoint, key, secret) = coach.store()?;
    list(&endpoint, &key, &secret)
}

/// An object store outside of the server. Ended when dropped.
pub struct Store {
    folder: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

impl Store {
    /// Starts a fresh store.
    ///
    /// # Errors
    /// The store does not start.
    pub fn start() -> Result<Store> {
        let mut store = Store { folder: tempfile::tempdir()?, port: free_tcp(), child: None };
        store.resume()?;
        Ok(store)
    }

    /// Returns the settings of a server that keeps its objects here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("COACH_STORAGE_KIND", "s3".into()),
            ("COACH_STORAGE_ENDPOINT", self.endpoint()),
            ("COACH_STORAGE_ACCESS_KEY", KEY.into()),
            ("COACH_STORAGE_SECRET_KEY", SECRET.into()),
        ]
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Kills the process; what it had acknowledged is on its disk.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts the same store again, at the same address.
    ///
    /// # Errors
    /// The store does not start.
    pub fn resume(&mut self) -> Result<()> {
        let mut command = Command::new(example("s3"));
        command.arg("serve").arg(self.folder.path()).arg(format!("127.0.0.1:{}", self.port));
        command.env("S3_ACCESS_KEY", KEY).env("S3_SECRET_KEY", SECRET).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("piped")?).read_line(&mut line)?;
        self.child = Some(child);
        ensure!(line.starts_with("serving"), "the object store does not start: {line:?}");
        Ok(())
    }

    /// Returns the contents of the store.
    ///
    /// # Errors
    /// The store is stopped.
    pub fn contents(&self) -> Result<Contents> {
        list(&self.endpoint(), KEY, SECRET)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.stop();
    }
}
