//! What was said, phrase by phrase, and the search over it.

use crate::store::{Db, on};
use coach_core::{SessionId, UserId};
use serde::Serialize;
use uuid::Uuid;

/// A phrase that holds what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Found {
    pub session_id: SessionId,
    pub start_ms: i64,
    pub end_ms: i64,
    pub text: String,
}

/// Replaces the phrases of a session within a transaction of its report.
macro_rules! replace {
    ($tx:expr, $owner:expr, $session:expr, $transcript:expr) => {{
        const CLEAR: &str = "DELETE FROM phrases WHERE session = $1 AND owner = $2";
        const PHRASE: &str =
            "INSERT INTO phrases (session, owner, n, start_ms, end_ms, text) VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(CLEAR).bind($session.0).bind($owner.0).execute(&mut *$tx).await?;
        for (n, phrase) in (0i32..).zip($transcript) {
            let start = phrase.words.first().map_or(phrase.start, |word| word.start);
            sqlx::query(PHRASE)
                .bind($session.0)
                .bind($owner.0)
                .bind(n)
                .bind(start.ms())
                .bind(phrase.end.ms())
                .bind(&phrase.text)
                .execute(&mut *$tx)
                .await?;
        }
    }};
}
pub(super) use replace;

/// Returns the owner's phrases that hold `text`, at most `limit`, newest session first. Case does not
/// matter; on SQLite, that of English letters.
pub async fn search(db: &Db, owner: UserId, text: &str, limit: i64) -> sqlx::Result<Vec<Found>> {
    const SELECT: &str =
        "SELECT p.session, p.start_ms, p.end_ms, p.text FROM phrases p JOIN sessions s ON s.id = p.session
        WHERE p.owner = $1 AND s.owner = $1 AND s.state <> 'deleted' AND LOWER(p.text) LIKE LOWER($2) ESCAPE '\\'
        ORDER BY p.session DESC, p.n LIMIT $3";
    let pattern = format!("%{}%", escaped(text));
    let rows: Vec<(Uuid, i64, i64, String)> =
        on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(pattern).bind(limit).fetch_all(pool).await?);
    let found = |(session, start_ms, end_ms, text)| Found { session_id: SessionId(session), start_ms, end_ms, text };
    Ok(rows.into_iter().map(found).collect())
}

/// Returns a pattern of LIKE that matches this text, with `%`, `_` and `\` as they are written.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_with_a_meaning_are_taken_as_they_are_written() {
        assert_eq!(escaped(r"100%_\"), r"100\%\_\\");
    }
}
