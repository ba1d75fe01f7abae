//! The Debian package: what it installs runs, upgrades keep settings and recordings, and removing it leaves the recordings.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{free_tcp, models, program, project};
use coach_testing::{LIMIT, eventually};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder in which packages are installed as on a machine of its own.
struct Machine {
    root: tempfile::TempDir,
}

impl Machine {
    fn new() -> Result<Machine> {
        let root = tempfile::tempdir()?;
        let dpkg = root.path().join("var/lib/dpkg");
        std::fs::create_dir_all(dpkg.join("info"))?;
        std::fs::create_dir_all(dpkg.join("updates"))?;
        std::fs::write(dpkg.join("status"), "")?;
        Ok(Machine { root })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Runs dpkg for this machine. What the package depends on is installed on the machine of the test.
    fn dpkg(&self, args: &[&str]) -> Result<String> {
        let mut dpkg = Command::new("dpkg");
        let log = format!("--log={}", self.path("dpkg.log").display());
        dpkg.arg(format!("--root={}", self.root.path().display())).arg(log);
        dpkg.args(["--force-script-chrootless", "--force-depends", "--force-not-root", "--force-confold"]).args(args);
        output(&mut dpkg)
    }
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(said)
}

fn build(folder: &Path) -> Result<String> {
    let mut script = Command::new(project().join("scripts/package.sh"));
    script.arg(program()).env("CARGO_TARGET_DIR", folder).env("COACH_MODELS", models());
    Ok(output(&mut script)?.lines().last().context("the package's path")?.to_owned())
}

/// The settings of the unit's environment, with the machine's folder before each path.
fn environment(machine: &Machine, unit: &str) -> Vec<(String, String)> {
    let lines = unit.lines().filter_map(|line| line.strip_prefix("Environment="));
    let pairs = lines.flat_map(str::split_whitespace).filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, path)| (name.to_owned(), machine.path(path.trim_start_matches('/')).display().to_string()))
        .collect()
}

#[tokio::test]
async fn the_package_installs_starts_upgrades_and_is_removed_without_touching_recordings() -> Result<()> {
    let built = tempfile::tempdir()?;
    let package = build(built.path())?;
    let bytes = std::fs::read(&package)?;
    build(built.path())?;
    ensure!(std::fs::read(&package)? == bytes, "the same input gave another package");
    let machine = Machine::new()?;
    machine.dpkg(&["--install", &package])?;

    let unit_path = machine.path("usr/lib/systemd/system/coach.service");
    let unit = std::fs::read_to_string(&unit_path)?;
    let mut exposure = Command::new("systemd-analyze");
    exposure.args(["security", "--offline=yes", "--threshold=20"]).arg(&unit_path);
    println!("{}", output(&mut exposure)?.lines().last().unwrap_or_default());

    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).context("a command line")?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let data = machine.path("var/lib/coach");
    std::fs::create_dir_all(&data)?;
    let (http, store) = (free_tcp(), free_tcp());
    let mut service = tokio::process::Command::new(machine.path(words[0].trim_start_matches('/')))
        .args(&words[1..])
        .current_dir(&data)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment(&machine, &unit))
        .env("COACH_HTTP_BIND", format!("127.0.0.1:{http}"))
        .env("COACH_STORAGE_EMBEDDED_BIND", format!("127.0.0.1:{store}"))
        .env("COACH_MEDIA_UDP_BIND", "127.0.0.1:0")
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let url = format!("http://127.0.0.1:{http}/readyz");
    eventually(LIMIT, "the installed service is ready", async || {
        reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()).then_some(())
    })
    .await;
    service.kill().await?;

    let settings = machine.path("etc/coach/coach.toml");
    std::fs::write(&settings, "[limits]\nviewers = 3\n")?;
    let before = std::fs::read(data.join("coach.db"))?;
    machine.dpkg(&["--install", &package])?;
    ensure!(std::fs::read_to_string(&settings)?.contains("viewers = 3"), "an upgrade changed the settings");
    machine.dpkg(&["--remove", "coach"])?;
    ensure!(settings.exists() && !machine.path("usr/bin/coach").exists(), "removed, with its settings kept");
    machine.dpkg(&["--purge", "coach"])?;
    ensure!(!settings.exists(), "purged");
    ensure!(std::fs::read(data.join("coach.db"))? == before, "the package touched what people recorded");
    Ok(())
}

#[test]
fn the_manual_and_the_completions_name_every_command() -> Result<()> {
    let manual = output(Command::new(program()).arg("print-manual"))?;
    let bash = output(Command::new(program()).args(["completions", "bash"]))?;
    for command in ["serve", "migrate", "analyze", "rescore", "people", "backup", "restore", "worker", "doctor"] {
        ensure!(manual.contains(&format!("COACH {}", command.to_uppercase())), "{command} is not in the manual");
        ensure!(bash.contains(command), "{command} is not completed");
    }
    ensure!(output(Command::new(program()).args(["completions", "cmd.exe"])).is_err(), "no such shell");
    Ok(())
}
