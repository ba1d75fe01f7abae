//! Services of others: how each is asked, and what is taken from its answer. Nothing here decides whether it is asked: that takes the
//! operator's settings and the person's consent (`jobs/providers`, `live/keeper/wording.rs`).

pub mod chat;
pub mod follow_up;
pub mod imentiv;
pub mod outbound;
pub mod placing;
pub mod review;
pub mod stretch;
pub mod transcription;

use crate::config::providers::Config;
use serde::{Deserialize, Serialize};

/// What a service is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProviderPurpose)]
pub enum Purpose {
    /// Writes down what is said.
    Transcription,
    /// A language model reads what was said.
    Review,
    /// Estimates valence and arousal from the video.
    Affect,
    /// A language model words the question that follows an answer, while the session is live.
    FollowUp,
}

impl Purpose {
    /// Returns the word by which the database and the API know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Transcription => "transcription",
            Purpose::Review => "review",
            Purpose::Affect => "affect",
            Purpose::FollowUp => "follow_up",
        }
    }

    /// Returns the kind of job that asks it once a session is scored; `None`: it is asked live.
    pub fn job(self) -> Option<&'static str> {
        match self {
            Purpose::Transcription => Some(transcription::JOB),
            Purpose::Review => Some(review::JOB),
            Purpose::Affect => Some(imentiv::JOB),
            Purpose::FollowUp => None,
        }
    }
}

/// A service that the operator has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ProviderOffer)]
pub struct Offer {
    pub purpose: Purpose,
    /// Where sessions are sent, and to which model: what a person agrees to. With another one they are asked again.
    pub provider: String,
    /// What is sent, in a sentence that the page shows.
    pub sends: &'static str,
}

/// Returns the services that the operator has set.
pub fn offers(config: &Config) -> Vec<Offer> {
    let offer = |purpose, url: &Option<String>, model: &str, sends| {
        let provider = format!("{} {model}", origin(url.as_deref()?));
        Some(Offer { purpose, provider, sends })
    };
    let reviewer = config.review_model.as_deref().unwrap_or_default();
    let questioner = config.follow_up_model.as_deref().unwrap_or_default();
    let all = [
        offer(
            Purpose::Transcription,
            &config.transcription_url,
            &config.transcription_model,
            "Your voice, wherever somebody speaks in a recording. No video. What comes back stands in the place of the words that this server \
             wrote down.",
        ),
        offer(
            Purpose::Review,
            &config.review_url,
            reviewer,
            "What you said, as text, and the questions. No audio, no video, no name. What comes back stands beside your report and moves no \
             score.",
        ),
        offer(
            Purpose::Affect,
            &config.imentiv_url,
            "Imentiv",
            "The whole recording, with your face and your voice. It is deleted there once its estimates of valence and arousal have come \
             back; they stand beside your report and move no score.",
        ),
        offer(
            Purpose::FollowUp,
            &config.follow_up_url,
            questioner,
            "Your answer, as text, and the question of the bank that it answers, only while \"A further question after an answer\" is on and \
             something is missing. No audio, no video, no name. If its wording comes too late, this server's own is used.",
        ),
    ];
    all.into_iter().flatten().collect()
}

/// Returns the offer for a purpose, if the operator has set one.
pub fn offer(config: &Config, purpose: Purpose) -> Option<Offer> {
    offers(config).into_iter().find(|offer| offer.purpose == purpose)
}

/// Returns scheme, host and port of a URL.
fn origin(url: &str) -> String {
    let uri: Option<axum::http::Uri> = url.parse().ok();
    let part = |uri: &axum::http::Uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?));
    uri.as_ref().and_then(part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_names_where_sessions_go_and_nothing_secret() {
        assert!(offers(&Config::default()).is_empty(), "nothing is sent by default");
        let config = Config {
            transcription_url: Some("https://api.example:8443/v1/secret".into()),
            transcription_key: Some("key".into()),
            review_url: Some("http://llm/v1".into()),
            review_model: Some("a-model".into()),
            ..Config::default()
        };
        let names: Vec<String> = offers(&config).into_iter().map(|offer| offer.provider).collect();
        assert_eq!(names, ["https://api.example:8443 whisper-1", "http://llm a-model"]);
        assert_eq!(offer(&config, Purpose::Review).map(|offer| offer.purpose), Some(Purpose::Review));
    }
}
