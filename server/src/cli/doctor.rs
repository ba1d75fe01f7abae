//! `coach doctor`: checks what the program needs, and says how to fix each failure.

use crate::analysis::models::Models;
use crate::auth::Accounts;
use crate::clock::now_us;
use crate::config::Config;
use crate::http::web;
use crate::objects;
use crate::store::Db;
use coach_media::process::Decoding;
use std::io::Write;
use tokio::net::{TcpListener, UdpSocket};
use tokio_util::sync::CancellationToken;

/// Result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The check passed; the text has details.
    Good(String),
    /// Something optional is missing; the program works less well without it.
    Lacking { what: String, cure: String },
    /// The program cannot work.
    Broken { what: String, cure: String },
}

/// Runs all checks and prints a line for each. Returns whether the program can work.
///
/// # Errors
/// Standard output is closed.
pub async fn run(config: &Config, to: &mut impl Write) -> anyhow::Result<bool> {
    let mut works = true;
    let mut say = |name: &str, finding: Finding| -> std::io::Result<()> {
        match finding {
            Finding::Good(what) => writeln!(to, "ok       {name}: {what}"),
            Finding::Lacking { what, cure } => writeln!(to, "lacking  {name}: {what}\n         {cure}"),
            Finding::Broken { what, cure } => {
                works = false;
                writeln!(to, "BROKEN   {name}: {what}\n         {cure}")
            }
        }
    };
    for finding in gstreamer() {
        say("GStreamer", finding)?;
    }
    say("sandbox of decoding", sandbox())?;
    for finding in models(config).await? {
        say("models", finding)?;
    }
    say("data folder", data(config))?;
    say("database", database(config).await)?;
    say("object store", store(config).await)?;
    let http = TcpListener::bind(config.http.bind).await.map(drop);
    say("pages' port", port("http.bind", config.http.bind, http))?;
    let media = UdpSocket::bind(config.media.udp_bind).await.map(drop);
    say("media port", port("media.udp_bind", config.media.udp_bind, media))?;
    say("pages", pages())?;
    if config.auth.enabled() {
        say("sign-in", sign_in(config).await)?;
    }
    Ok(works)
}

async fn sign_in(config: &Config) -> Finding {
    let cure = "see [auth] in coach.example.toml; auth.issuer must be written as the provider writes it".to_owned();
    let accounts = match Accounts::new(&config.auth, &config.http.base_url(), now_us) {
        Ok(accounts) => accounts,
        Err(error) => return Finding::Broken { what: format!("{error:#}"), cure },
    };
    let Some(provider) = &accounts.provider else { return Finding::Good("by passwords of this server".into()) };
    match provider.begin().await {
        Ok(_) => Finding::Good(format!("at {}", provider.issuer())),
        Err(error) => Finding::Broken { what: error.to_string(), cure },
    }
}

fn gstreamer() -> Vec<Finding> {
    if let Err(error) = coach_media::init() {
        return vec![Finding::Broken { what: error.to_string(), cure: "run `make setup`".into() }];
    }
    let wanted = coach_media::wanted();
    if wanted.is_empty() {
        return vec![Finding::Good("every element is there".into())];
    }
    let lacking = |element: &coach_media::Element| Finding::Lacking {
        what: format!("no {}, needed for {}", element.name, element.needed_for),
        cure: format!("apt-get install {}", element.package),
    };
    wanted.iter().map(lacking).collect()
}

fn sandbox() -> Finding {
    let decoding = Decoding::new();
    let Some(process) = decoding.process() else {
        return Finding::Lacking {
            what: "media is decoded in the program's own process".into(),
            cure: "start it as `coach`".into(),
        };
    };
    match process.restrictions() {
        Ok(restrictions) => match restrictions.missing() {
            None => Finding::Good("Landlock, seccomp and resource limits close off what decodes".into()),
            Some(missing) => Finding::Lacking {
                what: format!("what decodes is not closed off by {missing}"),
                cure: "use a kernel that has it (Linux 6.12 or newer has all), and allow it in the container".into(),
            },
        },
        Err(error) => Finding::Broken {
            what: format!("a decoding process does not start: {error}"),
            cure: "allow the program to start itself (/proc must be mounted, and the disk not be noexec)".into(),
        },
    }
}

async fn models(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let (settings, cache) = (config.models.clone(), config.storage.data.join("cache"));
    let models = tokio::task::spawn_blocking(move || Models::load(&settings, &cache)).await?;
    let names = models.describe();
    let there = format!("face {:?}, voice activity {:?}", names.face, names.voice_activity).to_lowercase();
    let runtime = names.face_runtime.as_deref().unwrap_or("none");
    let there = format!("{there}, words {}, faces run by {runtime}", names.words.as_deref().unwrap_or("none"));
    let mut findings = vec![Finding::Good(there)];
    let lacking = |missing: &crate::analysis::models::Missing| Finding::Lacking {
        what: missing.what.clone(),
        cure: missing.cure.clone(),
    };
    findings.extend(models.missing().iter().map(lacking));
    Ok(findings)
}

fn data(config: &Config) -> Finding {
    let folder = &config.storage.data;
    let probe = folder.join(".doctor");
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, "x"))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Finding::Good(folder.display().to_string()),
        Err(error) => Finding::Broken {
            what: format!("{}: {error}", folder.display()),
            cure: "make the folder writable, or set storage.data to another one".into(),
        },
    }
}

async fn database(config: &Config) -> Finding {
    let opened = async {
        let db = Db::open(&config.database_url(), 1).await?;
        db.ping().await?;
        db.close().await;
        Ok::<_, crate::store::OpenError>(())
    };
    match opened.await {
        Ok(()) if config.database.url.is_none() => {
            Finding::Good(format!("SQLite in {}", config.storage.data.display()))
        }
        Ok(()) => Finding::Good("answers".into()),
        Err(error) => Finding::Broken {
            what: error.to_string(),
            cure: "start the database or set database.url; without it SQLite is used".into(),
        },
    }
}

async fn store(config: &Config) -> Finding {
    let stop = CancellationToken::new();
    let opened = objects::archive::open(config, stop.clone()).await;
    stop.cancel();
    match opened {
        Ok(objects) => {
            Finding::Good(format!("{:?} at {}", config.storage.kind, objects.browser_origin()).to_lowercase())
        }
        Err(error) => Finding::Broken {
            what: format!("{error:#}"),
            cure: "if the coach is running, this is it; else look at the storage settings".into(),
        },
    }
}

fn port(key: &str, address: std::net::SocketAddr, bound: std::io::Result<()>) -> Finding {
    match bound {
        Ok(()) => Finding::Good(format!("{address} is free")),
        Err(error) => Finding::Broken {
            what: format!("{address}: {error}"),
            cure: format!("if the coach is running, this is it; else choose another {key}"),
        },
    }
}

fn pages() -> Finding {
    if web::built() {
        return Finding::Good("built in".into());
    }
    let what = "this program was compiled without the web client".into();
    Finding::Lacking { what, cure: "build with `make run`".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_failure_comes_with_its_cure_and_a_taken_port_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config::default();
        config.storage.data = dir.path().join("data");
        config.models.dir = dir.path().join("nothing");
        config.http.bind = taken.local_addr().unwrap();
        config.storage.embedded_bind = "127.0.0.1:0".parse().unwrap();
        config.media.udp_bind = "127.0.0.1:0".parse().unwrap();
        let mut out = Vec::new();
        assert!(!run(&config, &mut out).await.unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("BROKEN   pages' port") && text.contains("http.bind"), "{text}");
        assert!(text.contains("lacking  models") && text.contains("make setup"), "{text}");
        assert!(text.contains("ok       database") && text.contains("ok       object store"), "{text}");
        let lines: Vec<_> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            if line.starts_with("lacking") || line.starts_with("BROKEN") {
                assert!(lines[i + 1].starts_with("         "), "{line} has no cure");
            }
        }
    }
}
