//! Queries on people, on both databases.

use crate::support::people::{grant, login, token, with_role};
use crate::support::report::session;
use crate::support::{on_both, person, postgres, sqlite_url};
use coach_server::cli::people::{Action, act};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::store::people::grants::{self, NewGrant, Role};
use coach_server::store::people::identities::{self, LOCAL, Profile};
use coach_server::store::people::tokens::{self, Scope};
use coach_server::store::people::users::{self, AccountRole, OWNED};
use coach_server::store::people::{audit, logins, passwords, sign_ins};
use coach_server::store::{Db, people, sessions};
use coach_testing::{Need, not_checked};

fn profile(name: &str) -> Profile {
    Profile { name: Some(name.into()), email: Some(format!("{name}@uni.test")), role: AccountRole::Candidate }
}

#[tokio::test]
async fn a_subject_is_a_person_of_its_issuer_alone() {
    on_both(async |db| {
        let at = async |issuer: &str, subject: &str| {
            identities::sign_in(&db, issuer, subject, &profile("ona")).await.unwrap().unwrap()
        };
        let (one, two) = (at("https://one", "7").await, at("https://two", "7").await);
        assert_ne!(one, two);
        assert_eq!(at("https://one", "7").await, one);
        // The name of the person of personal mode is nobody's subject.
        assert_ne!(at(LOCAL, "personal").await, users::personal(&db).await.unwrap());
        let mut changed = profile("ona");
        (changed.name, changed.role) = (Some("Ona B".into()), AccountRole::Coach);
        identities::sign_in(&db, "https://one", "7", &changed).await.unwrap().unwrap();
        let account = users::get(&db, one).await.unwrap().unwrap();
        assert_eq!((account.name.as_deref(), account.role), (Some("Ona B"), AccountRole::Coach));
    })
    .await;
}

#[tokio::test]
async fn two_first_sign_ins_at_once_make_one_person() {
    on_both(async |db| {
        let both = (0..8).map(|_| {
            let db = db.clone();
            async move { identities::sign_in(&db, "https://one", "ada", &profile("ada")).await.unwrap().unwrap() }
        });
        let people = futures::future::join_all(both).await;
        assert!(people.iter().all(|person| *person == people[0]), "{people:?}");
    })
    .await;
}

#[tokio::test]
async fn a_grant_holds_until_it_is_revoked_or_over() {
    on_both(async |db| {
        let (me, other) = (users::personal(&db).await.unwrap(), person(&db, "ona").await);
        let made = session(&db, me).await;
        let now = now_us();
        let new = |grantee, role, expires_us| NewGrant { grantee, role, scores: false, expires_us };
        assert_eq!(grants::give(&db, other, made.id, new(me, Role::Coach, None)).await.unwrap(), None);
        grants::give(&db, me, made.id, new(other, Role::Observer, Some(now + 10))).await.unwrap().unwrap();
        let roles = async |now| {
            let held = grants::held(&db, other, made.id, now).await.unwrap();
            held.iter().map(|grant| (grant.owner, grant.role)).collect::<Vec<_>>()
        };
        assert_eq!(roles(now).await, [(me, Role::Observer)]);
        assert_eq!(roles(now + 10).await, []);
        let id = grant(&db, me, made.id, other, Role::Coach, true).await;
        assert_eq!(roles(now).await, [(me, Role::Coach), (me, Role::Observer)], "a later grant takes nothing away");
        assert_eq!(grants::list(&db, me, made.id, now).await.unwrap().len(), 2);
        assert_eq!(grants::list(&db, other, made.id, now).await.unwrap(), []);
        assert_eq!(grants::shared_with(&db, other, now, 10).await.unwrap().len(), 2);
        assert!(grants::held(&db, me, made.id, now).await.unwrap().is_empty());
        assert!(!grants::revoke(&db, other, made.id, id).await.unwrap());
        assert!(grants::revoke(&db, me, made.id, id).await.unwrap());
        assert!(!grants::revoke(&db, me, made.id, id).await.unwrap());
        assert_eq!(roles(now + 10).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_token_stands_for_its_owner_until_it_is_over_or_the_account_is_disabled() {
    on_both(async |db| {
        let (me, other) = (person(&db, "ada").await, person(&db, "ona").await);
        let made = session(&db, me).await;
        let now = now_us();
        let (id, secret) = token(&db, me, Scope::Publish, Some(made.id)).await;
        assert_eq!(secret.len(), 64);
        let bearer = tokens::bearer(&db, &secret, now).await.unwrap().unwrap();
        assert_eq!((bearer.id, bearer.owner, bearer.scope, bearer.session), (id, me, Scope::Publish, Some(made.id)));
        assert_eq!(tokens::list(&db, me, now).await.unwrap()[0].used_us, Some(now));
        assert_eq!(tokens::bearer(&db, &secret, i64::MAX).await.unwrap(), None);
        for guess in ["", "x", &secret[1..], "' OR 1=1 --"] {
            assert_eq!(tokens::bearer(&db, guess, now).await.unwrap(), None);
        }
        let foreign = tokens::NewToken { session: Some(made.id), scope: Scope::Api, name: None, expires_us: i64::MAX };
        assert_eq!(tokens::issue(&db, other, foreign).await.unwrap(), None, "a token for somebody else's session");
        assert!(!tokens::revoke(&db, other, id).await.unwrap());
        users::disable(&db, me).await.unwrap();
        assert_eq!(tokens::bearer(&db, &secret, now).await.unwrap(), None);
        users::enable(&db, me).await.unwrap();
        assert!(tokens::is_valid(&db, id, me, now).await.unwrap());
        assert!(tokens::revoke(&db, me, id).await.unwrap());
        assert_eq!(tokens::bearer(&db, &secret, now).await.unwrap(), None);
        assert!(!tokens::is_valid(&db, id, me, now).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_login_ends_when_idle_at_its_end_and_with_the_account() {
    on_both(async |db| {
        let me = person(&db, "ada").await;
        let secret = login(&db, me).await.split_once('=').unwrap().1.to_owned();
        let (now, idle) = (now_us(), 60_000_000);
        let (id, user) = logins::find(&db, &secret, now, idle).await.unwrap().unwrap();
        assert_eq!(user, me);
        assert_eq!(logins::find(&db, &secret, now + 2 * idle, idle).await.unwrap(), None, "idle");
        assert!(logins::find(&db, &secret, now + idle - 1_000_000, i64::MAX / 2).await.unwrap().is_some());
        assert_eq!(logins::find(&db, &secret, i64::MAX / 2, i64::MAX / 2).await.unwrap(), None, "at its end");
        users::disable(&db, me).await.unwrap();
        users::enable(&db, me).await.unwrap();
        assert_eq!(logins::find(&db, &secret, now, idle).await.unwrap(), None, "disabling signs out");
        assert_eq!(logins::end(&db, me, id).await.unwrap(), None);
        login(&db, me).await;
        assert_eq!(people::all_owners_sweep(&db, now + 2 * idle, idle).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_password_link_is_good_once_and_signs_everybody_else_out() {
    on_both(async |db| {
        let me = passwords::add(&db, "ada@uni.test", None, AccountRole::Candidate).await.unwrap().unwrap();
        assert_eq!(passwords::hash_of(&db, "ada@uni.test").await.unwrap(), None, "no password yet");
        let cookie = login(&db, me).await.split_once('=').unwrap().1.to_owned();
        let (_, bearer) = token(&db, me, Scope::Api, None).await;
        let now = now_us();
        let old = passwords::link(&db, me, now + 1_000_000).await.unwrap();
        let link = passwords::link(&db, me, now + 1_000_000).await.unwrap();
        assert_eq!(passwords::of_link(&db, &old, now).await.unwrap(), None, "a newer link ends the older");
        assert_eq!(passwords::of_link(&db, &link, now + 1_000_000).await.unwrap(), None, "expired");
        assert_eq!(passwords::set_by_link(&db, &link, "hash", now).await.unwrap(), Some(me));
        assert_eq!(passwords::set_by_link(&db, &link, "other", now).await.unwrap(), None);
        assert_eq!(passwords::hash_of(&db, "ada@uni.test").await.unwrap(), Some((me, "hash".into())));
        assert_eq!(logins::find(&db, &cookie, now, i64::MAX / 2).await.unwrap(), None);
        assert_eq!(tokens::bearer(&db, &bearer, now).await.unwrap(), None);
        users::disable(&db, me).await.unwrap();
        assert_eq!(passwords::hash_of(&db, "ada@uni.test").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_state_and_a_logout_token_are_good_once() {
    on_both(async |db| {
        let sign_in = sign_ins::SignIn { nonce: "n".into(), verifier: "v".into(), back_to: "/".into() };
        sign_ins::begin(&db, "state", &sign_in, 10).await.unwrap();
        assert_eq!(sign_ins::take(&db, "state", 10).await.unwrap(), None, "expired");
        assert_eq!(sign_ins::take(&db, "state", 9).await.unwrap(), Some(sign_in));
        assert_eq!(sign_ins::take(&db, "state", 9).await.unwrap(), None);
        assert!(sign_ins::note_logout(&db, "https://one", "7", 10).await.unwrap());
        assert!(!sign_ins::note_logout(&db, "https://one", "7", 10).await.unwrap());
        assert!(sign_ins::note_logout(&db, "https://two", "7", 10).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn who_read_a_session_is_written_down_once_in_ten_minutes() {
    on_both(async |db| {
        let (me, coach) = (person(&db, "ada").await, person(&db, "coach").await);
        let made = session(&db, me).await;
        let now = now_us();
        for at in [now, now + 1, now + 700_000_000] {
            audit::read(&db, me, made.id, coach, at).await.unwrap();
        }
        let entries = audit::list(&db, me, 10).await.unwrap();
        let read: Vec<_> = entries.iter().map(|e| (e.what.as_str(), e.actor.as_deref(), e.session)).collect();
        assert_eq!(read, [("read", Some("coach"), Some(made.id.0)); 2]);
        assert_eq!(audit::list(&db, coach, 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_history_of_personal_mode_goes_to_its_owner_and_personal_mode_still_has_it() {
    on_both(async |db| {
        let personal = users::personal(&db).await.unwrap();
        let before = session(&db, personal).await;
        let account = with_role(&db, "ada", AccountRole::Coach).await;
        let own = session(&db, account).await;
        let cookie = login(&db, account).await.split_once('=').unwrap().1.to_owned();
        let mut said = Vec::new();
        let adopt = Action::Adopt { person: "ADA@uni.test".into() };
        act(&adopt, &db, &Config::default(), &mut said).await.unwrap();
        let signed_in = person(&db, "ada").await;
        assert_eq!(signed_in, personal, "the account's identity is the person's now");
        assert_eq!(users::personal(&db).await.unwrap(), personal, "and personal mode has the same person");
        let ids: Vec<_> = sessions::list(&db, personal, None, 10).await.unwrap().iter().map(|s| s.id).collect();
        assert_eq!(ids, [own.id, before.id]);
        assert_eq!(logins::find(&db, &cookie, now_us(), i64::MAX / 2).await.unwrap().unwrap().1, personal);
        assert_eq!(users::get(&db, account).await.unwrap(), None);
        act(&adopt, &db, &Config::default(), &mut said).await.unwrap();
        let bob = person(&db, "bob").await;
        let second = Action::Adopt { person: "bob@uni.test".into() };
        let refused = act(&second, &db, &Config::default(), &mut said).await.unwrap_err().to_string();
        assert!(refused.contains("another account"), "{refused}");
        assert_eq!(person(&db, "bob").await, bob, "two accounts never become one person");
    })
    .await;
}

#[tokio::test]
async fn every_table_with_an_owner_is_adopted() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&sqlite_url(folder.path()), 1).await.unwrap();
    db.migrate().await.unwrap();
    let Db::Lite(pool) = &db else { panic!("an sqlite:// address gives SQLite") };
    let tables = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'owner' ORDER BY m.name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.unwrap();
    assert_eq!(tables, OWNED);
}

#[tokio::test]
async fn the_command_line_makes_lists_and_disables_accounts() {
    on_both(async |db| {
        let mut config = Config::default();
        let say = async |action: Action, config: &Config| {
            let mut said = Vec::new();
            let done = act(&action, &db, config, &mut said).await;
            (done.map_err(|error| error.to_string()), String::from_utf8(said).unwrap())
        };
        let add = |email: &str| Action::Add {
            email: email.into(),
            name: Some("Ada".into()),
            role: AccountRole::Admin,
            mail: false,
        };
        assert!(say(add("ada@uni.test"), &config).await.0.unwrap_err().contains("auth.local"));
        config.auth.local = true;
        for wrong in ["", "ada", "@uni.test", "ada@", "a b@uni.test", &format!("{}@uni.test", "a".repeat(300))] {
            assert!(say(add(wrong), &config).await.0.unwrap_err().contains("is no address"), "{wrong}");
        }
        let (done, said) = say(add("Ada@Uni.Test"), &config).await;
        done.unwrap();
        let secret = said.lines().next().unwrap().strip_prefix("http://localhost:8080/password#").unwrap();
        assert!(passwords::of_link(&db, secret, now_us()).await.unwrap().is_some());
        assert!(say(add("ada@uni.test"), &config).await.0.unwrap_err().contains("reset"));
        let (_, list) = say(Action::List, &config).await;
        assert!(list.contains("admin  ada@uni.test  Ada  signs in by ada@uni.test at local"), "{list}");
        say(Action::Disable { person: "ada@uni.test".into() }, &config).await.0.unwrap();
        assert!(say(Action::List, &config).await.1.contains("disabled"));
        assert_eq!(passwords::of_link(&db, secret, now_us()).await.unwrap(), None);
        assert!(say(Action::Disable { person: "bob@uni.test".into() }, &config).await.0.is_err());
        let nobody = Action::Enable { person: uuid::Uuid::nil().to_string() };
        assert!(say(nobody, &config).await.0.is_err());
    })
    .await;
}

/// The migrations of version 0.1.0.
const OLD: [&str; 3] = [
    include_str!("../../../migrations/0001_init.sql"),
    include_str!("../../../migrations/0002_uploads.sql"),
    include_str!("../../../migrations/0003_jobs.sql"),
];

#[tokio::test]
async fn a_database_of_version_0_1_0_is_brought_up_to_date_with_its_sessions() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    let mut urls = vec![sqlite_url(folder.path())];
    match postgres::fresh_url().await {
        Some(url) => urls.push(url),
        None => not_checked(Need::Postgres, "an old database", "no PostgreSQL 15 or newer is installed"),
    }
    for url in urls {
        let db = Db::open(&url, 2).await.unwrap();
        let old = sqlx::migrate::Migrator::with_migrations(
            OLD.iter()
                .zip(1..)
                .map(|(sql, version)| {
                    let sql = sqlx::SqlStr::from_static(sql);
                    let kind = sqlx::migrate::MigrationType::Simple;
                    sqlx::migrate::Migration::new(version, "old".into(), kind, sql, false)
                })
                .collect(),
        );
        let person =
            "INSERT INTO users (id, kind, subject, name, created_us) VALUES ($1, 'personal', 'personal', NULL, 1)";
        let made = "INSERT INTO sessions (id, owner, state, source, created_us, updated_us, questions, hints, capture, affect, gold)
            VALUES ($1, $2, 'created', 'live', 1, 1, '[]', '{\"enabled\":[],\"budget_ms\":20000}', '{}', TRUE, FALSE)";
        let (user, id) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
        match &db {
            Db::Lite(pool) => {
                old.run(pool).await.unwrap();
                sqlx::query(person).bind(user).execute(pool).await.unwrap();
                sqlx::query(made).bind(id).bind(user).execute(pool).await.unwrap();
            }
            Db::Pg(pool) => {
                old.run(pool).await.unwrap();
                sqlx::query(person).bind(user).execute(pool).await.unwrap();
                sqlx::query(made).bind(id).bind(user).execute(pool).await.unwrap();
            }
        }
        db.migrate().await.unwrap();
        let me = users::personal(&db).await.unwrap();
        assert_eq!(me.0, user);
        assert_eq!(users::get(&db, me).await.unwrap().unwrap().role, AccountRole::Candidate);
        assert_eq!(sessions::list(&db, me, None, 10).await.unwrap()[0].id.0, id);
    }
}
