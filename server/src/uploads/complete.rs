//! Completes an upload: joins the parts, compares the object with the announcement, and enqueues the analysis.

use super::error::{Error, Result};
use super::plan::Plan;
use crate::context::Context;
use crate::jobs::analyze;
use crate::objects::upload_key;
use crate::recording::kinds;
use crate::store::sessions;
use crate::store::uploads::{self, Slot};
use uuid::Uuid;

/// Completes the upload; it is idempotent. Returns the id of the job that analyzes the file.
///
/// # Errors
/// Parts are missing: send them and complete again. Or the object is not the announced file: it is erased, and another can be
/// chosen.
pub async fn complete(context: &Context, slot: &Slot, crc64: Option<u64>) -> Result<Uuid> {
    if let Some(job) = slot.job {
        return Ok(job);
    }
    let key = upload_key(slot.session);
    if let Some(filling) = context.objects.filling(&key, &slot.upload_id).await? {
        let plan = Plan::of(slot);
        if let Some(missing) = plan.missing(&filling.parts()) {
            let detail = format!("part {missing} of {} is not there yet; send it, then complete again", plan.parts());
            return Err(Error::Incomplete(detail));
        }
        filling.join().await?;
    }
    if let Err(why) = check(context, slot, &key, crc64).await? {
        tracing::info!(session = %slot.session, error = why, "an uploaded file is refused");
        // If another page has completed the upload meanwhile, the object is being analyzed and stays.
        if super::close(context, slot).await? {
            context.objects.delete_prefix(&key).await?;
        }
        return Err(Error::Refused(why));
    }
    if sessions::get(&context.db, slot.owner, slot.session).await?.is_none() {
        // The session was deleted meanwhile, and its objects may have been erased before this one existed.
        context.objects.delete_prefix(&key).await?;
        return Err(Error::NoSession);
    }
    // Two requests at once, or a crash here, do no harm: a queued or running job is reused, and a later one finds nothing to
    // do.
    let (owner, session) = (slot.owner, slot.session);
    let job = analyze::enqueue(context, owner, session).await?;
    uploads::set_job(&context.db, owner, session, job).await?;
    tracing::info!(%session, %job, bytes = slot.bytes, "an upload is complete");
    let slot = uploads::get(&context.db, owner, session).await?;
    Ok(slot.and_then(|slot| slot.job).unwrap_or(job))
}

/// Checks that the object is the announced file and begins like a recording; the inner error is a sentence for the person.
/// Whether it can be decoded is known only after analysis, because an index may be at its end.
async fn check(
    context: &Context,
    slot: &Slot,
    key: &str,
    crc64: Option<u64>,
) -> Result<std::result::Result<(), String>> {
    let bytes = u64::try_from(slot.bytes).unwrap_or(0);
    if let Err(why) = context.objects.confirm(key, bytes, crc64).await? {
        return Ok(Err(format!("the file in the store is not the file that was chosen: {why}; upload it again")));
    }
    let beginning = context.objects.beginning(key, kinds::BEGINNING).await?;
    Ok(kinds::check(&slot.content_type, &beginning))
}
