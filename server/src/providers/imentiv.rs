//! Imentiv (<https://api.imentiv.ai>), by its published description of version 1.0.0: it takes a video, works on it for a while, says valence,
//! arousal and intensity of its frames, and forgets the video when it is told to. Its estimates of personality are not asked for.

use super::outbound::{Failure, Form, Outbound, Sent};
use crate::config::providers::Config;
use anyhow::Context as _;
use axum::http::{HeaderName, Method};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The kind of job that asks it.
pub const JOB: &str = "estimate";
/// A frame is asked about every so many milliseconds, further apart in long videos.
const EVERY_MS: f64 = 2_000.0;
/// Most frames that are asked about.
const FRAMES_MAX: u32 = 150;
/// The emotions that the description names.
const EMOTIONS: [&str; 8] = ["angry", "contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise"];

/// The service of Imentiv.
#[derive(Debug, Clone)]
pub struct Imentiv(Outbound);

/// How far the service is with a video.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    Working,
    Done { frames: u32, fps: f64 },
    Failed,
}

/// What was estimated of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OutsideAffectSample)]
pub struct Sample {
    /// Media time.
    pub t_ms: i64,
    pub valence: f64,
    pub arousal: f64,
    pub intensity: f64,
}

/// What was estimated of a video.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OutsideAffect)]
pub struct Affect {
    /// In order of time.
    pub samples: Vec<Sample>,
    /// Shares of emotions over the whole video, as the service names them.
    pub average: BTreeMap<String, f64>,
}

impl Imentiv {
    /// Returns the service that the operator has set.
    ///
    /// # Errors
    /// The machine has no trusted root certificates, or the key cannot be sent.
    pub fn new(config: &Config) -> anyhow::Result<Option<Imentiv>> {
        let (Some(url), Some(key)) = (&config.imentiv_url, &config.imentiv_key) else { return Ok(None) };
        let key = (HeaderName::from_static("x-api-key"), key.clone());
        let within = Duration::from_secs(config.timeout_s.into());
        Ok(Some(Imentiv(Outbound::new(url, Some(key), within).context("providers.imentiv")?)))
    }

    /// Sends a video. Returns the id that the service gives it.
    ///
    /// # Errors
    /// See [`Failure`]; a file that cannot be read is [`Failure::Away`].
    pub async fn send(&self, file: &Path, name: &str, content_type: &str) -> Result<String, Failure> {
        // No name of a person and no id of a session goes along.
        let form = Form::new().text("title", "practice");
        let form = form.finish_with_file("video_file", name, content_type, file).await;
        let form = form.map_err(|error| Failure::Away(format!("the recording cannot be read: {error}")))?;
        let answer = self.0.send(Method::POST, "/v2/videos", form).await?;
        let id = json(&answer)?["id"].as_str().map(str::to_owned);
        id.filter(|id| is_id(id)).ok_or_else(|| Failure::refused("it gives the video no id that can be used"))
    }

    /// Asks how far the service is.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn progress(&self, id: &str) -> Result<Progress, Failure> {
        let answer = json(&self.get(&format!("/v1/videos/{id}")).await?)?;
        match answer["status"].as_str() {
            Some("done" | "completed") => {
                let frames = answer["total_frames_count"].as_u64().and_then(|n| u32::try_from(n).ok());
                let fps = answer["fps"].as_f64().filter(|fps| fps.is_finite() && *fps > 0.0);
                let (Some(frames), Some(fps)) = (frames, fps) else {
                    return Err(Failure::refused("it does not say how many frames it has"));
                };
                Ok(Progress::Done { frames, fps })
            }
            Some("failed" | "error") => Ok(Progress::Failed),
            Some(_) => Ok(Progress::Working),
            None => Err(Failure::Away("its answer has no status".into())),
        }
    }

    /// Fetches what was estimated, a frame every two seconds; frames without a face are left out.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn estimates(&self, id: &str, frames: u32, fps: f64) -> Result<Affect, Failure> {
        let mut affect = Affect { average: self.average(id).await?, ..Affect::default() };
        let least = f64::from(frames) / f64::from(FRAMES_MAX);
        let step = (fps * EVERY_MS / 1000.0).max(least).max(1.0);
        for k in 0..FRAMES_MAX {
            let frame = (f64::from(k) * step) as u32;
            if frame >= frames {
                break;
            }
            let path = format!("/v1/videos/{id}/frames/{frame}/valence_arousal");
            let answer = match self.get(&path).await {
                Ok(answer) => json(&answer)?,
                // Nobody is in this frame.
                Err(Failure::Refused { status: Some(status), .. }) if matches!(status.as_u16(), 404 | 422) => continue,
                Err(failure) => return Err(failure),
            };
            let number = |name: &str| answer[name].as_f64().filter(|value| value.is_finite());
            if let (Some(valence), Some(arousal), Some(intensity)) =
                (number("valence"), number("arousal"), number("intensity"))
            {
                let t_ms = (f64::from(frame) * 1000.0 / fps).round() as i64;
                affect.samples.push(Sample { t_ms, valence, arousal, intensity });
            }
        }
        Ok(affect)
    }

    async fn average(&self, id: &str) -> Result<BTreeMap<String, f64>, Failure> {
        let answer = json(&self.get(&format!("/v2/videos/{id}/emotions/average")).await?)?;
        let share = |name: &&str| answer[*name].as_f64().filter(|share| share.is_finite() && *share >= 0.0);
        Ok(EMOTIONS.iter().filter_map(|name| Some(((*name).to_owned(), share(name)?))).collect())
    }

    /// Tells the service to forget a video. One that it does not know is forgotten already.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn forget(&self, id: &str) -> Result<(), Failure> {
        match self.0.send(Method::DELETE, &format!("/v1/videos/{id}"), Sent::nothing()).await {
            Err(Failure::Refused { status: Some(status), .. }) if status.as_u16() == 404 => Ok(()),
            answer => answer.map(drop),
        }
    }

    async fn get(&self, path: &str) -> Result<bytes::Bytes, Failure> {
        self.0.send(Method::GET, path, Sent::nothing()).await
    }
}

/// Returns whether an id can stand in a path.
pub fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 100 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn json(answer: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(answer).map_err(|_| Failure::Away("its answer is no JSON".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_to_no_other_place() {
        assert!(is_id("01a5aceb-8411-4174-b80f-af6789dbd925") && is_id("abc_1"));
        assert!(!["", "..", "a/b", "a?b", "a b", "a%2fb", "\u{e9}"].into_iter().any(is_id) && !is_id(&"a".repeat(101)));
    }
}
