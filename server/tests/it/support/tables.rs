//! All that a database holds as one text, so that a test sees that nothing changed.

use coach_server::store::Db;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the database holds, but when credentials were last used.
pub async fn everything(db: &Db, query: &str) -> String {
    let query = sqlx::AssertSqlSafe(query.to_owned());
    match db {
        Db::Lite(pool) => sqlx::query_scalar::<_, String>(query).fetch_all(pool).await.unwrap().join("\n"),
        Db::Pg(pool) => sqlx::query_scalar::<_, String>(query).fetch_all(pool).await.unwrap().join("\n"),
    }
}

/// The tables and their columns.
async fn columns(db: &Db) -> Vec<(String, String)> {
    let lite =
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2";
    let pg = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2";
    match db {
        Db::Lite(pool) => sqlx::query_as(lite).fetch_all(pool).await.unwrap(),
        Db::Pg(pool) => sqlx::query_as(pg).fetch_all(pool).await.unwrap(),
    }
}

/// A query that returns each table as one text.
pub async fn query_of_everything(db: &Db) -> String {
    let columns = columns(db).await;
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns.into_iter().filter(|(_, column)| column != "seen_us" && column != "used_us") {
        let text = match db {
            Db::Lite(_) => format!("quote({column})"),
            Db::Pg(_) => format!("COALESCE({column}::text, '-')"),
        };
        tables.entry(table).or_default().push(text);
    }
    let join = if matches!(db, Db::Lite(_)) { "group_concat(r, '|')" } else { "string_agg(r, '|' ORDER BY r)" };
    let each = tables.iter().map(|(table, columns)| {
        let row = columns.join(" || ',' || ");
        format!(
            "SELECT '{table}: ' || COALESCE((SELECT {join} FROM (SELECT {row} AS r FROM {table} ORDER BY 1) rows), '')"
        )
    });
    each.collect::<Vec<_>>().join(" UNION ALL ")
}

/// Empties every table of what the requests of an operation left, so that what is compared stays small.
pub async fn empty(db: &Db) {
    const STAYS: [&str; 3] = ["_sqlx_migrations", "questions", "users"];
    let tables = columns(db).await.into_iter().map(|(table, _)| table).collect::<BTreeSet<_>>();
    let emptied = tables.iter().filter(|table| !STAYS.contains(&table.as_str()));
    let statements = emptied.map(|table| format!("DELETE FROM {table};")).collect::<String>();
    let people = "DELETE FROM questions WHERE owner IS NOT NULL; DELETE FROM users WHERE email LIKE '%@uni.test';";
    // References are looked at when the transaction ends, or not at all.
    let (references, end) = match db {
        Db::Lite(_) => ("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON;", "COMMIT;"),
        Db::Pg(_) => ("BEGIN; SET LOCAL session_replication_role = replica;", "COMMIT;"),
    };
    let all = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{references} {statements} {people} {end}")));
    match db {
        Db::Lite(pool) => drop(all.execute(pool).await.unwrap()),
        Db::Pg(pool) => drop(all.execute(pool).await.unwrap()),
    }
}
