//! Who asks, and what this server does for them.

use crate::app::{App, ModelNames};
use crate::auth::Viewer;
use crate::error::Result;
use crate::store::consents::{self, Consent};
use crate::{consent, hints};
use axum::Json;
use axum::extract::State;
use coach_core::UserId;
use coach_core::journal::{FaceModel, VoiceActivityModel};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Me {
    pub user_id: UserId,
    /// `personal`: one person, no sign-in.
    pub mode: &'static str,
    /// The newest agreement; `null`: none. It counts when its version is `consent_version`.
    pub consent: Option<Consent>,
    pub consent_version: &'static str,
    /// False: feelings are not estimated on this server.
    pub affect: bool,
    pub models: ModelNames,
    /// The largest file that can be uploaded.
    pub upload_bytes: u64,
    /// The cues that can be switched.
    pub hints: Vec<hints::Choice>,
}

/// The person and the server's abilities.
#[utoipa::path(get, operation_id = "me_get", path = "/api/me", tag = "person", responses((status = 200, body = Me)))]
pub async fn get(State(app): State<App>, viewer: Viewer) -> Result<Json<Me>> {
    let nothing = ModelNames { face: FaceModel::None, voice_activity: VoiceActivityModel::Energy };
    Ok(Json(Me {
        user_id: viewer.user,
        mode: "personal",
        consent: consents::latest(&app.db, viewer.user).await?,
        consent_version: consent::VERSION,
        affect: app.config.affect.enabled,
        models: app.models.get().unwrap_or(nothing),
        upload_bytes: app.config.limits.upload_bytes,
        hints: hints::all().collect(),
    }))
}
