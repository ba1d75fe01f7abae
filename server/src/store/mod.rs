//! All SQL: one text for SQLite and PostgreSQL, one file per table group.
//!
//! Every query on a person's rows names the owner, or a grant that the owner gave. Queries across all owners (what a crash left
//! behind, jobs) have names that say so and return owners along with ids.

pub mod consents;
pub mod jobs;
pub mod parts;
pub mod people;
pub mod provider_consents;
pub mod questions;
pub mod queue;
pub mod reports;
pub mod sessions;
pub mod sharing;
pub mod uploads;

use sqlx::error::DatabaseError as _;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx_macros::migrate!("../migrations");

/// An open database.
#[derive(Debug, Clone)]
pub enum Db {
    Pg(sqlx::PgPool),
    Lite(sqlx::SqlitePool),
}

/// Evaluates the same expression for either database.
macro_rules! on {
    ($db:expr, $pool:ident => $run:expr) => {
        match $db {
            $crate::store::Db::Pg($pool) => $run,
            $crate::store::Db::Lite($pool) => $run,
        }
    };
}

/// Runs the same block in a transaction that can write, and evaluates to its result. An error rolls it back.
macro_rules! in_transaction {
    ($db:expr, $tx:ident => $run:block) => {
        match $db {
            $crate::store::Db::Pg(pool) => {
                let mut $tx = pool.begin().await?;
                let done: sqlx::Result<_> = async { $run }.await;
                if done.is_ok() {
                    $tx.commit().await?;
                }
                done
            }
            $crate::store::Db::Lite(pool) => {
                let mut connection = pool.acquire().await?;
                let done: sqlx::Result<_> = async {
                    // Takes the write lock at once: a reader that becomes a writer later cannot wait for another writer.
                    let mut $tx = sqlx::Connection::begin_with(&mut *connection, "BEGIN IMMEDIATE").await?;
                    let done: sqlx::Result<_> = async { $run }.await;
                    if done.is_ok() {
                        $tx.commit().await?;
                    }
                    done
                }
                .await;
                if done.is_err() {
                    // A full disk ends a transaction inside SQLite, which sqlx (0.9) does not notice: this connection would
                    // refuse every later transaction.
                    connection.close_on_drop();
                }
                done
            }
        }
    };
}
pub(crate) use {in_transaction, on};

/// Returns whether the database is unreachable, starting, stopping, busy or out of space, so that the query may succeed later.
pub fn is_away(error: &sqlx::Error) -> bool {
    use sqlx::Error as E;
    match error {
        E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolTimedOut | E::WorkerCrashed => true,
        E::Database(error) => {
            let code = error.code().unwrap_or_default();
            match error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                // Connection failures, lack of resources, and actions of an operator.
                Some(_) => ["08", "53", "57P"].iter().any(|class| code.starts_with(class)),
                // SQLITE_BUSY, LOCKED, IOERR, FULL, CANTOPEN. The higher bits of the code hold details.
                None => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14)),
            }
        }
        _ => false,
    }
}

/// Returns whether the disk of an SQLite database, which is this server's own, is full.
pub fn is_full(error: &sqlx::Error) -> bool {
    let sqlite = error.as_database_error().and_then(|e| e.try_downcast_ref::<sqlx::sqlite::SqliteError>());
    sqlite.and_then(|e| e.code()?.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 13)
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0:?} is neither a sqlite:// nor a postgres:// address")]
    Scheme(String),
    #[error("cannot make the folder of the database: {0}")]
    Folder(#[from] std::io::Error),
    #[error("cannot open the database: {0}")]
    Connect(#[from] sqlx::Error),
    #[error("cannot bring the database up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Db {
    /// Opens `sqlite://path` (created when missing) or `postgres://…`. Does not migrate the schema.
    pub async fn open(url: &str, max_connections: u32) -> Result<Db, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = sqlx::postgres::PgPoolOptions::new()
                .max_connections(max_connections)
                .acquire_timeout(Duration::from_secs(5))
                .connect(url)
                .await?;
            return Ok(Db::Pg(pool));
        }
        let Some(path) = url.strip_prefix("sqlite:") else {
            // The address may contain a password, so only its scheme is repeated.
            return Err(OpenError::Scheme(url.split(':').next().unwrap_or_default().to_owned()));
        };
        let path = std::path::Path::new(path.trim_start_matches("//"));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5))
            // What is deleted is overwritten, not left in free pages.
            .pragma("secure_delete", "ON")
            .foreign_keys(true);
        Ok(Db::Lite(SqlitePoolOptions::new().max_connections(max_connections).connect_with(options).await?))
    }

    /// Migrates the schema and seeds the question bank; both are idempotent.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        on!(self, pool => MIGRATIONS.run(pool).await?);
        questions::seed(self, crate::session::questions::BANK).await?;
        Ok(())
    }

    /// Checks that the database answers.
    pub async fn ping(&self) -> sqlx::Result<()> {
        on!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop))
    }

    /// Empties the write-ahead log of SQLite, where what was erased could be read for a while. PostgreSQL's log is its operator's
    /// concern.
    ///
    /// # Errors
    /// The disk fails. A reader that holds the log is no error: it is emptied the next time.
    pub async fn empty_log(&self) -> sqlx::Result<()> {
        match self {
            Db::Pg(_) => Ok(()),
            Db::Lite(pool) => sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await.map(drop),
        }
    }

    /// Returns the end of a claim's SELECT that makes it pass over rows that others hold. SQLite has one writer at a time and needs
    /// none.
    fn skip_locked(&self) -> &'static str {
        match self {
            Db::Pg(_) => "FOR UPDATE SKIP LOCKED",
            Db::Lite(_) => "",
        }
    }

    /// Returns the statement that makes a transaction wait until every other transaction that ran it with the same number has
    /// ended, so that what it counts before it inserts stays true. SQLite has one writer at a time and needs none.
    fn one_at_a_time(&self) -> &'static str {
        match self {
            Db::Pg(_) => "SELECT pg_advisory_xact_lock($1)",
            Db::Lite(_) => "SELECT $1",
        }
    }

    /// Copies a SQLite database, as it is at one moment, to a file that does not exist, and opens the copy. `None`: the database is
    /// PostgreSQL, which has tools of its own for that.
    ///
    /// # Errors
    /// The file exists, or the disk fails or is full.
    pub async fn copy_to(&self, path: &std::path::Path) -> Result<Option<Db>, OpenError> {
        let Db::Lite(pool) = self else { return Ok(None) };
        sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy()).execute(pool).await?;
        Ok(Some(Db::open(&format!("sqlite://{}", path.display()), 1).await?))
    }

    pub async fn close(&self) {
        on!(self, pool => pool.close().await)
    }
}

/// Implements `sqlx::Type` and `sqlx::Decode` for types that implement `TryFrom<String>`. A text that is none of the type's is a decoding
/// error that names it. sqlx's own `#[sqlx(try_from)]` needs its feature `macros`, which compiles both database drivers a second time.
macro_rules! text_columns {
    ($($kind:ty),+ $(,)?) => {$(
        impl<DB: sqlx::Database> sqlx::Type<DB> for $kind
        where
            String: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as sqlx::Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <String as sqlx::Type<DB>>::compatible(info)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $kind
        where
            String: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<$kind>::try_from(<String as sqlx::Decode<'r, DB>>::decode(value)?)?)
            }
        }
    )+};
}

text_columns!(
    parts::PartState,
    people::grants::Role,
    people::tokens::Scope,
    people::users::AccountRole,
    crate::session::questions::Family,
    crate::session::state::State,
    sessions::Source,
);
