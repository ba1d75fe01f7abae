//! Backups: what a server holds comes back on another machine, and nothing is written over or trusted unseen.

use crate::support::objects::Memory;
use crate::support::report::{make_ready, report, session};
use crate::support::{postgres, sqlite, sqlite_url};
use coach_core::SessionId;
use coach_server::backup::{self, Restored};
use coach_server::channel::Hub;
use coach_server::objects::{Objects, blocking, journal_key, recording_key, report_key};
use coach_server::session::{Event, Machine, State};
use coach_server::store::people::users;
use coach_server::store::{Db, sessions};
use coach_testing::{Need, not_checked};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// A server's database, store and spool, with a session that is ready and one that is live.
struct Server {
    db: Db,
    store: Memory,
    folder: TempDir,
    ready: SessionId,
    live: SessionId,
}

const RECORDED: &[u8] = b"what was recorded until then";

impl Server {
    async fn new() -> Server {
        let (db, folder) = sqlite().await;
        Server::over(db, folder).await
    }

    async fn over(db: Db, folder: TempDir) -> Server {
        let store = Memory::default();
        let me = users::personal(&db).await.unwrap();
        let ready = session(&db, me).await.id;
        make_ready(&db, me, ready, &report(Some(61.0))).await;
        for key in [recording_key(ready), journal_key(ready), report_key(ready)] {
            store.put(&key, format!("{key}: ").repeat(1000));
        }
        let live = session(&db, me).await.id;
        let machine = Machine::new(db.clone(), Arc::new(Hub::new(4)));
        machine.apply(me, live, Event::Published).await.unwrap();
        store.put(&coach_server::objects::part_key(live, 0), "an early part");
        let spooled = folder.path().join("spool").join(live.to_string());
        std::fs::create_dir_all(&spooled).unwrap();
        std::fs::write(spooled.join("part-0.webm"), RECORDED).unwrap();
        Server { db, store, folder, ready, live }
    }

    fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    async fn back_up(&self) -> (TempDir, backup::Taken) {
        let to = tempfile::tempdir().unwrap();
        let taken = backup::take(&self.db, &self.store, &self.spool(), to.path(), |_, _| {}).await.unwrap();
        (to, taken)
    }
}

/// Restores into an empty folder and store.
async fn restore(backup: &Path, store: &Memory, to: &Path) -> anyhow::Result<Restored> {
    let database = to.join("data/coach.db");
    let open = async || Ok(Db::open(&sqlite_url(to), 2).await?);
    backup::restore(backup, store, &to.join("spool"), Some(&database), open, |_, _| {}).await
}

async fn stored(store: &Memory, key: &str) -> Vec<u8> {
    let mut from = blocking(store.read(key).await.unwrap().unwrap());
    let read = move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map(|_| bytes)
    };
    tokio::task::spawn_blocking(read).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_a_server_holds_comes_back_on_another_machine() {
    let server = Server::new().await;
    let (copy, taken) = server.back_up().await;
    assert_eq!((taken.files, taken.ready, taken.running, taken.lacking), (5, 1, 1, vec![]));
    let (store, to) = (Memory::default(), tempfile::tempdir().unwrap());
    let restored = restore(copy.path(), &store, to.path()).await.unwrap();
    assert_eq!((restored.whole, restored.running, restored.lacking), (1, 1, vec![]));
    for key in [recording_key(server.ready), journal_key(server.ready), report_key(server.ready)] {
        assert_eq!(stored(&store, &key).await, stored(&server.store, &key).await, "{key}");
    }
    assert_eq!(store.keys().len(), 3, "parts are in the spool");
    let part = to.path().join("spool").join(server.live.to_string()).join("part-0.webm");
    assert_eq!(std::fs::read(part).unwrap(), RECORDED);
    let db = Db::open(&sqlite_url(to.path()), 2).await.unwrap();
    db.migrate().await.unwrap();
    let (before, after) =
        (sessions::all_owners_sessions(&server.db).await.unwrap(), sessions::all_owners_sessions(&db).await.unwrap());
    assert_eq!(before, after);
    assert_eq!(sessions::all_owners_in_state(&db, State::Live).await.unwrap()[0].id, server.live);
}

fn tool(name: &str, args: &[&str]) {
    let output = Command::new(name).args(args).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_postgresql_database_comes_back_by_its_own_tools_and_the_rest_by_ours() {
    let (Some(url), Some(other)) = (postgres::fresh_url().await, postgres::fresh_url().await) else {
        not_checked(Need::Postgres, "a backup beside pg_dump", "no PostgreSQL 15 or newer is installed");
        return;
    };
    let db = Db::open(&url, 4).await.unwrap();
    db.migrate().await.unwrap();
    let (server, to) = (Server::over(db, tempfile::tempdir().unwrap()).await, tempfile::tempdir().unwrap());
    let dump = to.path().join("coach.dump");
    tool("pg_dump", &["--format=custom", "--file", dump.to_str().unwrap(), &url]);
    let (copy, taken) = server.back_up().await;
    assert_eq!((taken.files, taken.ready, taken.running, taken.lacking), (4, 1, 1, vec![]), "without the database");
    let file = to.path().join("coach.db");
    let open = async || Ok(Db::open(&other, 4).await?);
    let (empty, spool) = (Memory::default(), to.path().join("spool"));
    let into = backup::restore(copy.path(), &empty, &spool, Some(&file), open, |_, _| {});
    assert!(into.await.unwrap_err().to_string().contains("with PostgreSQL"));

    tool("pg_restore", &["--dbname", &other, dump.to_str().unwrap()]);
    let (store, open) = (Memory::default(), async || Ok(Db::open(&other, 4).await?));
    let into = backup::restore(copy.path(), &store, &spool, None, open, |_, _| {});
    let restored = into.await.unwrap();
    assert_eq!((restored.whole, restored.running, restored.lacking), (1, 1, vec![]));
}

#[tokio::test]
async fn a_backup_is_taken_and_restored_only_where_nothing_is() {
    let server = Server::new().await;
    let (copy, _) = server.back_up().await;
    let again = backup::take(&server.db, &server.store, &server.spool(), copy.path(), |_, _| {}).await;
    assert!(again.unwrap_err().to_string().contains("not empty"));
    let to = tempfile::tempdir().unwrap();
    restore(copy.path(), &Memory::default(), to.path()).await.unwrap();
    let twice = restore(copy.path(), &Memory::default(), to.path()).await.unwrap_err();
    assert!(twice.to_string().contains("is there already"), "{twice}");
}

#[tokio::test]
async fn a_restore_that_the_store_interrupted_is_made_again() {
    let server = Server::new().await;
    let (copy, _) = server.back_up().await;
    let (store, to) = (Memory::default(), tempfile::tempdir().unwrap());
    store.set_away(true);
    restore(copy.path(), &store, to.path()).await.unwrap_err();
    assert!(!to.path().join("data/coach.db").exists(), "no server begins with half of it");
    store.set_away(false);
    assert_eq!(restore(copy.path(), &store, to.path()).await.unwrap().whole, 1);
}

/// What is done to a file of a backup.
type Damage<'a> = &'a dyn Fn(&Path);

#[tokio::test]
async fn damage_is_found_before_anything_is_written() {
    let server = Server::new().await;
    let report = format!("objects/{}", report_key(server.ready));
    let damages: [(&str, Damage); 4] = [
        (&report, &|file| std::fs::write(file, "other bytes").unwrap()),
        (&report, &|file| std::fs::remove_file(file).unwrap()),
        ("coach.db", &|file| std::fs::OpenOptions::new().write(true).open(file).unwrap().set_len(100).unwrap()),
        ("backup.jsonl", &|file| {
            let length = file.metadata().unwrap().len();
            std::fs::OpenOptions::new().write(true).open(file).unwrap().set_len(length - 20).unwrap();
        }),
    ];
    for (file, damage) in damages {
        let (copy, _) = server.back_up().await;
        damage(&copy.path().join(file));
        let (store, to) = (Memory::default(), tempfile::tempdir().unwrap());
        restore(copy.path(), &store, to.path()).await.unwrap_err();
        assert!(store.keys().is_empty() && std::fs::read_dir(to.path()).unwrap().next().is_none(), "{file}");
    }
}

#[tokio::test]
async fn a_session_without_its_objects_is_named() {
    let server = Server::new().await;
    server.store.delete_prefix(&journal_key(server.ready)).await.unwrap();
    let (copy, taken) = server.back_up().await;
    assert_eq!(taken.lacking, [(server.ready, "its journal is missing".to_owned())]);
    let restored = restore(copy.path(), &Memory::default(), tempfile::tempdir().unwrap().path()).await.unwrap();
    assert_eq!((restored.whole, restored.lacking), (0, taken.lacking));
}
