//! A `coach serve` for a test: fresh folders, free ports, and a log that must hold no panic.

use anyhow::{Context, Result, bail, ensure};
use coach_testing::LIMIT;
use serde_json::Value;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Held by the running server: latencies are measured, and two cores are shared with Chromium, so only one runs at a
/// time.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A running server. When dropped it is stopped and its log is searched for panics.
pub struct Coach {
    child: Option<Child>,
    pub folder: tempfile::TempDir,
    pub http: u16,
    udp: u16,
    s3: u16,
    settings: Vec<(String, String)>,
    /// The size of the disk that is mounted as the data folder, MiB. `None`: a plain folder.
    disk_mb: Option<u32>,
    log: PathBuf,
    // Dropped last: the next test begins when this server is gone.
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

/// Returns the path of the program that was built with these tests.
pub fn program() -> PathBuf {
    // …/debug/deps/test or …/debug/examples/example
    let mut path = std::env::current_exe().expect("a test has a path");
    while path.file_name().is_some_and(|name| name != "deps" && name != "examples") {
        path.pop();
    }
    path.pop();
    let program = path.join("coach");
    assert!(program.exists(), "{} is not built: run `cargo build --workspace` first", program.display());
    program
}

/// Returns the path of an example program of the workspace, as `cargo build --all-targets` makes it.
pub fn example(name: &str) -> PathBuf {
    let path = program().with_file_name("examples").join(name);
    assert!(path.exists(), "{} is not built: run `cargo build --workspace --all-targets` first", path.display());
    path
}

/// Returns the models folder as an absolute path: `$COACH_MODELS` or ./models of the project.
pub fn models() -> PathBuf {
    std::env::var_os("COACH_MODELS").map_or_else(|| project().join("models"), PathBuf::from)
}

/// Returns the project's root.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the project").to_owned()
}

/// Returns whether this machine lets a test mount a disk that only its own process sees.
pub fn can_make_disks() -> bool {
    let mut tried = Command::new("unshare");
    tried.args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).stderr(Stdio::null());
    tried.status().is_ok_and(|status| status.success())
}

/// Returns a port that is free now.
pub fn free_tcp() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn free_udp() -> u16 {
    // On all addresses, as the media port is by default.
    UdpSocket::bind("0.0.0.0:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

impl Coach {
    /// Starts a server on free ports and waits until it is ready. `settings`: further `COACH_…` variables.
    ///
    /// # Errors
    /// The server ends or does not get ready; the error carries its log.
    pub async fn start(settings: &[(&str, &str)]) -> Result<Coach> {
        Coach::start_on(None, settings).await
    }

    /// Starts a server whose data folder is a small disk, unmounted with the process; tests fill it through
    /// [`Coach::data`]. Mounting needs root or user namespaces: see [`can_make_disks`].
    ///
    /// # Errors
    /// The server ends or does not get ready; the error carries its log.
    pub async fn start_on_small_disk(disk_mb: u32, settings: &[(&str, &str)]) -> Result<Coach> {
        Coach::start_on(Some(disk_mb), settings).await
    }

    /// Starts a server that other devices of the network use, by https and with a certificate of its own making.
    ///
    /// # Errors
    /// The server ends or does not get ready; the error carries its log.
    pub async fn start_on_network() -> Result<Coach> {
        Coach::start(&[("COACH_HTTP_TLS", "true"), ("COACH_MEDIA_UDP_FROM", "network")]).await
    }

    async fn start_on(disk_mb: Option<u32>, settings: &[(&str, &str)]) -> Result<Coach> {
        let turn = TURN.lock().await;
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("coach.log");
        let mut coach = Coach {
            child: None,
            http: free_tcp(),
            udp: free_udp(),
            s3: free_tcp(),
            settings: settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            folder,
            disk_mb,
            log,
            _turn: turn,
        };
        // Somebody else may take a port between the look for a free one and its use.
        for _ in 0..3 {
            match coach.launch().await {
                Err(error) if error.to_string().contains("Address already in use") => {
                    (coach.http, coach.udp, coach.s3) = (free_tcp(), free_udp(), free_tcp());
                    std::fs::remove_file(&coach.log)?;
                }
                started => return started.map(|()| coach),
            }
        }
        coach.launch().await.map(|()| coach)
    }

    /// Starts the program again in the same folders, after [`Coach::kill`].
    ///
    /// # Errors
    /// The server ends or does not get ready; the error carries its log.
    pub async fn launch(&mut self) -> Result<()> {
        self.launch_until("/readyz").await
    }

    /// Starts the program while the object store or the database is unreachable: the server answers, but is not ready.
    ///
    /// # Errors
    /// The server ends or does not answer; the error carries its log.
    pub async fn launch_unready(&mut self) -> Result<()> {
        self.launch_until("/healthz").await
    }

    async fn launch_until(&mut self, ready: &str) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(program());
        if let Some(mb) = self.disk_mb {
            // The shell becomes the program, so that its process id is the program's.
            let script = r#"mkdir -p "$1" && mount -t tmpfs -o size="$2"m none "$1" && exec "$3" serve"#;
            command = Command::new("unshare");
            command.args(["-rm", "sh", "-c", script, "sh"]).arg(self.folder.path().join("data"));
            command.arg(mb.to_string()).arg(program());
        } else {
            command.arg("serve");
        }
        let child = command
            .current_dir(self.folder.path())
            .env(
                "COACH_HTTP_BIND",
                format!("{}:{}", if self.is_on_network() { "0.0.0.0" } else { "127.0.0.1" }, self.http),
            )
            .env("COACH_MEDIA_UDP_BIND", format!("0.0.0.0:{}", self.udp))
            .env("COACH_STORAGE_EMBEDDED_BIND", format!("127.0.0.1:{}", self.s3))
            .env("COACH_STORAGE_DATA", self.folder.path().join("data"))
            .env("COACH_MODELS_DIR", models())
            .envs(self.settings.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the program does not start")?;
        self.child = Some(child);
        let began = Instant::now();
        // Readiness is asked for, not waited for: each turn is a request that answers at once.
        loop {
            // Nobody vouches for a certificate of its own making, so that such a server is not asked but read.
            let is_ready = match self.is_on_network() {
                true => self.log().contains("the coach is at https://"),
                false => reqwest::get(self.url(ready)).await.is_ok_and(|answer| answer.status().is_success()),
            };
            if is_ready {
                return Ok(());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                bail!("the program ended with {status}:\n{}", self.log());
            }
            if began.elapsed() > LIMIT {
                bail!("not ready after {LIMIT:?}:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn is_on_network(&self) -> bool {
        self.settings.iter().any(|(name, value)| name == "COACH_HTTP_TLS" && value == "true")
    }

    /// Makes an account by the command line, on a server that has accounts. Returns the link that it prints, by which the person sets
    /// a password.
    ///
    /// # Errors
    /// The command line refuses; the error carries what it says.
    pub fn invite(&self, email: &str, name: &str) -> Result<String> {
        let url = format!("http.public_url={}", self.url(""));
        let said = self.run(&["people", "add", email, "--name", name, "--set", "auth.local=true", "--set", &url])?;
        Ok(said.lines().next().unwrap_or_default().to_owned())
    }

    /// Runs the command line on the server's folders and ports. Returns what it prints.
    ///
    /// # Errors
    /// It fails; the error carries what it says.
    pub fn run(&self, args: &[&str]) -> Result<String> {
        let output = Command::new(program())
            .args(args)
            .current_dir(self.folder.path())
            .env("COACH_HTTP_BIND", format!("127.0.0.1:{}", self.http))
            .env("COACH_STORAGE_EMBEDDED_BIND", format!("127.0.0.1:{}", self.s3))
            .env("COACH_STORAGE_DATA", self.data())
            .env("COACH_MODELS_DIR", models())
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    pub fn url(&self, path: &str) -> String {
        let scheme = if self.is_on_network() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}{path}", self.http)
    }

    pub fn ws_url(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.http)
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Returns the data folder as the program sees it.
    pub fn data(&self) -> PathBuf {
        let folder = self.folder.path().join("data");
        match self.disk_mb {
            // Its disk is mounted for the program alone.
            Some(_) => PathBuf::from(format!("/proc/{}/root{}", self.pid(), folder.display())),
            None => folder,
        }
    }

    /// Returns the address, the key and the secret of the embedded object store.
    ///
    /// # Errors
    /// The store was not opened yet.
    pub fn store(&self) -> Result<(String, String, String)> {
        let keys: Value = serde_json::from_slice(&std::fs::read(self.data().join("objects/keys.json"))?)?;
        let key = |name: &str| keys[name].as_str().map(str::to_owned).context("a key");
        Ok((format!("http://127.0.0.1:{}", self.s3), key("access_key")?, key("secret_key")?))
    }

    /// Returns the program's log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills the program, as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops the program as an operator does.
    ///
    /// # Errors
    /// It does not end; the error carries its log.
    pub fn stop(&mut self) -> Result<()> {
        let ended = self.child.take().is_none_or(|mut child| end(&mut child));
        ensure!(ended, "the program does not stop on SIGTERM:\n{}", self.log());
        Ok(())
    }

    /// Returns the ids of the program's own processes, which decode, oldest first.
    ///
    /// # Errors
    /// There is no /proc.
    pub fn processes(&self) -> Result<Vec<u32>> {
        let is_child = |stat: &str| {
            let after = stat.rsplit(')').next().unwrap_or_default();
            let mut fields = after.split_whitespace();
            fields.next().is_some_and(|state| state != "Z") && fields.next() == Some(&self.pid().to_string())
        };
        let all = std::fs::read_dir("/proc")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let stat = |id: &u32| std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let mut found: Vec<u32> = all.filter(|id| is_child(&stat(id))).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// Returns the CPU time of the program, seconds of user and system together.
    ///
    /// # Errors
    /// The program is gone.
    pub fn cpu_seconds(&self) -> Result<f64> {
        crate::cpu::of_process(self.pid())
    }

    /// Returns the resident memory, MiB.
    ///
    /// # Errors
    /// The program is gone.
    pub fn memory_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).context("no VmRSS")?;
        let kb: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kb / 1024.0)
    }

    /// Sends GET and returns status and JSON body.
    ///
    /// # Errors
    /// No answer, or not JSON.
    pub async fn get(&self, path: &str) -> Result<(u16, Value)> {
        answer(reqwest::Client::new().get(self.url(path))).await
    }

    /// Sends POST with JSON and returns the status and the answer.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn post(&self, path: &str, body: Value) -> Result<(u16, Value)> {
        answer(reqwest::Client::new().post(self.url(path)).json(&body)).await
    }

    /// Accepts the consent and creates a session with these questions (by index into the bank).
    ///
    /// # Errors
    /// The server refuses.
    pub async fn session(&self, questions: &[usize]) -> Result<Value> {
        let (_, bank) = self.get("/api/questions").await?;
        let ids: Vec<&Value> = questions.iter().map(|&n| &bank["questions"][n]["id"]).collect();
        self.session_about(serde_json::json!(ids)).await
    }

    /// Accepts the consent and creates a session with the questions of these ids.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn session_about(&self, ids: Value) -> Result<Value> {
        let (_, me) = self.get("/api/me").await?;
        if me["consent"].is_null() {
            let (status, body) =
                self.post("/api/consents", serde_json::json!({ "version": me["consent_version"] })).await?;
            anyhow::ensure!(status == 201, "consent: {status} {body}");
        }
        let (status, session) = self.post("/api/sessions", serde_json::json!({ "questions": ids })).await?;
        anyhow::ensure!(status == 201, "session: {status} {session}");
        Ok(session)
    }

    /// Polls until the session is in this state.
    ///
    /// # Errors
    /// The session fails or does not get there.
    pub async fn until_state(&self, session: &str, state: &str) -> Result<Value> {
        let began = Instant::now();
        loop {
            let (_, found) = self.get(&format!("/api/sessions/{session}")).await?;
            if found["state"] == state {
                return Ok(found);
            }
            if found["state"] == "failed" || began.elapsed() > LIMIT {
                bail!("the session is {found}, not {state}:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, Value)> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

/// Asks a program to end, by SIGTERM, and waits. Returns whether it ended; one that does not is killed.
fn end(child: &mut Child) -> bool {
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    let began = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if began.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

impl Drop for Coach {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The way an operator stops it is tested with every test.
            let ended = end(&mut child);
            assert!(ended || std::thread::panicking(), "the program does not stop on SIGTERM:\n{}", self.log());
        }
        let log = self.log();
        if std::thread::panicking() {
            eprintln!("the program said:\n{log}");
        } else {
            assert!(!log.contains("panicked at"), "a panic is a bug:\n{log}");
        }
    }
}
