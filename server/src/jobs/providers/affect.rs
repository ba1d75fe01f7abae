//! Lets Imentiv estimate valence and arousal from a recording, where its owner agreed. The service works on a video for minutes: each
//! attempt of the job asks once how far it is, and what was done is kept between attempts.

use super::{failed, sent};
use crate::context::Context;
use crate::jobs::workplace::{self, Workplace, keep};
use crate::jobs::{Hold, Hopeless, Job, subject};
use crate::objects::{self, blocking};
use crate::providers::Purpose;
use crate::providers::imentiv::{self, Affect, Imentiv, Progress};
use crate::providers::outbound::Failure;
use crate::recording::{kinds, results};
use crate::store::jobs::Claimed;
use crate::store::sessions::Session;
use anyhow::Context as _;
use async_trait::async_trait;
use axum::http::StatusCode;
use coach_core::SessionId;
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::sync::Arc;

/// What is kept of a session between attempts, and after the last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The id of the video there; `None`: the service has forgotten it.
    pub video: Option<String>,
    /// `None`: the service is still working on it.
    pub affect: Option<Affect>,
}

async fn kept(context: &Context, id: SessionId) -> anyhow::Result<Kept> {
    let Some(reading) = context.objects.read(&objects::affect_key(id)).await? else { return Ok(Kept::default()) };
    let mut from = blocking(reading);
    let text = tokio::task::spawn_blocking(move || {
        let mut text = Vec::new();
        from.read_to_end(&mut text).map(|_| text)
    });
    // What cannot be read is made again.
    Ok(serde_json::from_slice(&text.await??).unwrap_or_default())
}

/// Tells the service to forget the video of a session that is over or goes. That it does not answer is logged and holds nothing up.
pub async fn forget_video(context: &Context, id: SessionId) {
    match kept(context, id).await {
        Ok(Kept { video: Some(video), .. }) => forget(context, id, &video).await,
        Ok(_) => {}
        Err(error) => {
            let error = format!("{error:#}");
            tracing::error!(session = %id, error, "whether a service of others has a video is not known");
        }
    }
}

async fn forget(context: &Context, id: SessionId, video: &str) {
    let forgotten = async {
        let imentiv = Imentiv::new(&context.config.providers)?.context("the service is not set any more")?;
        imentiv.forget(video).await.map_err(failed)
    };
    if let Err(error) = forgotten.await {
        let error = format!("{error:#}");
        tracing::error!(session = %id, video, error, "a service of others still has a video; delete it there");
    }
}

pub struct Estimate {
    context: Context,
    place: Arc<Workplace>,
    imentiv: Option<Imentiv>,
}

impl Estimate {
    /// # Errors
    /// The service's client cannot be made.
    pub fn new(context: Context, place: Arc<Workplace>) -> anyhow::Result<Estimate> {
        let imentiv = Imentiv::new(&context.config.providers)?;
        Ok(Estimate { context, place, imentiv })
    }

    /// Sends the recording. Returns the id that the service gives it; `None`: its owner has withdrawn meanwhile, or deleted the session.
    async fn send(&self, imentiv: &Imentiv, session: &Session, hold: &Hold) -> anyhow::Result<Option<String>> {
        let folder = self.place.bench()?;
        let file = folder.path().join("recording");
        let (key, content_type) = results::recording(&self.context, session).await?;
        workplace::fetch(&*self.context.objects, &key, &file, |percent| hold.at("fetching", percent)).await?;
        hold.at("sending", 0);
        if sent(&self.context, session.owner, session.id, Purpose::Affect).await?.is_none() {
            return Ok(None);
        }
        let name = format!("recording.{}", kinds::ending(&content_type));
        imentiv.send(&file, &name, &content_type).await.map(Some).map_err(failed)
    }

    async fn forget(&self, imentiv: &Imentiv, session: &Session, kept: Kept) -> anyhow::Result<()> {
        if let Some(video) = &kept.video {
            imentiv.forget(video).await.map_err(failed)?;
            keep(&self.context, session, &objects::affect_key(session.id), &Kept { video: None, ..kept }).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Job for Estimate {
    fn kind(&self) -> &'static str {
        imentiv::JOB
    }

    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()> {
        let (owner, id) = subject(job)?;
        let Some((session, _)) = sent(&self.context, owner, id, Purpose::Affect).await? else {
            // Whoever withdraws while the service works on a video wants it gone.
            forget_video(&self.context, id).await;
            return Ok(());
        };
        let imentiv = self.imentiv.as_ref().ok_or_else(|| Hopeless("the service is not set any more".into()))?;
        // Who switched feelings off for a session gets none from elsewhere either.
        if !session.affect {
            return Ok(());
        }
        let mut kept = kept(&self.context, id).await?;
        let key = objects::affect_key(id);
        if kept.affect.is_some() {
            return self.forget(imentiv, &session, kept).await;
        }
        let video = match kept.video.take() {
            Some(video) => video,
            None => {
                let Some(video) = self.send(imentiv, &session, hold).await? else { return Ok(()) };
                let now = Kept { video: Some(video.clone()), affect: None };
                if !keep(&self.context, &session, &key, &now).await? {
                    forget(&self.context, id, &video).await;
                    return Ok(());
                }
                video
            }
        };
        hold.renew().await?;
        let progress = match imentiv.progress(&video).await {
            Err(Failure::Refused { status: Some(StatusCode::NOT_FOUND), .. }) => {
                keep(&self.context, &session, &key, &Kept::default()).await?;
                anyhow::bail!("the service does not know the video any more; it is sent again");
            }
            progress => progress.map_err(failed)?,
        };
        match progress {
            Progress::Working => anyhow::bail!("the service is still working on the video"),
            Progress::Failed => {
                imentiv.forget(&video).await.map_err(failed)?;
                Err(Hopeless("the service could do nothing with the recording".into()).into())
            }
            Progress::Done { frames, fps } => {
                let affect = imentiv.estimates(&video, frames, fps).await.map_err(failed)?;
                let samples = affect.samples.len();
                let kept = Kept { video: Some(video), affect: Some(affect) };
                if keep(&self.context, &session, &key, &kept).await? {
                    tracing::info!(session = %id, samples, "estimates of a service of others are there");
                }
                // The video goes also where the session is gone.
                self.forget(imentiv, &session, kept).await
            }
        }
    }

    async fn given_up(&self, job: &Claimed, _why: &str) -> anyhow::Result<()> {
        if let Ok((_, id)) = subject(job) {
            forget_video(&self.context, id).await;
        }
        Ok(())
    }
}
