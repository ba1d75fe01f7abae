//! The hints there are, for the page that switches them on and off.

use coach_insight::hints;
use serde::Serialize;

/// A hint that can be switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = HintChoice)]
pub struct Choice {
    pub id: &'static str,
    /// 2 to 4 words.
    pub text: &'static str,
    pub description: &'static str,
}

/// Every hint that the engine knows.
pub fn all() -> impl Iterator<Item = Choice> {
    hints::ALL.iter().map(|rule| Choice { id: rule.id, text: rule.text, description: rule.purpose })
}

/// Whether there is a hint of this id.
pub fn known(id: &str) -> bool {
    hints::ALL.iter().any(|rule| rule.id == id)
}
