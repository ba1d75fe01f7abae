//! Erases a deleted session: its objects, its spool, then its rows.

use super::{Hold, Job, providers, subject};
use crate::context::Context;
use crate::objects;
use crate::recording::spool::Spool;
use crate::store;
use anyhow::Context as _;
use async_trait::async_trait;
use coach_core::{SessionId, UserId};
use std::io::ErrorKind;
use store::jobs::Claimed;

pub const KIND: &str = "erase_session";

pub struct Erase(pub Context);

#[async_trait]
impl Job for Erase {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Claimed, _: &Hold) -> anyhow::Result<()> {
        let (owner, session) = subject(job)?;
        let Erased { objects, spool } = erase(&self.0, owner, session).await?;
        tracing::info!(%session, objects, spool, "a deleted session is erased");
        Ok(())
    }
}

/// What was erased beside the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    pub objects: usize,
    /// Files that were not in the object store yet.
    pub spool: bool,
}

/// Erases what is left of a session in the state `deleted`. The row is deleted last, so that a failed attempt can be repeated.
///
/// # Errors
/// The object store, the spool's folder or the database fails; the next attempt erases the rest.
pub async fn erase(context: &Context, owner: UserId, session: SessionId) -> anyhow::Result<Erased> {
    providers::affect::forget_video(context, session).await;
    let objects =
        context.objects.delete_prefix(&objects::prefix(session)).await.context("the objects cannot be deleted")?;
    let spool = Spool::of(&context.config.storage.spool(), session);
    let spool = match tokio::fs::remove_dir_all(spool.folder()).await {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| format!("{} cannot be removed", spool.folder().display())),
    };
    store::sessions::erase(&context.db, owner, session).await?;
    context.db.empty_log().await?;
    Ok(Erased { objects, spool })
}
