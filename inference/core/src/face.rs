//! Names of what is seen in a face: MediaPipe's blendshapes and FACS action units.

use serde::{Deserialize, Serialize};

/// MediaPipe's 52 blendshape names in its order (`face_landmarker.task`, float16/1). Left and right are the subject's own.
pub const BLENDSHAPES: [&str; 52] = [
    "_neutral",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
];

/// The index of a blendshape by its MediaPipe name.
pub fn blendshape(name: &str) -> Option<usize> {
    BLENDSHAPES.iter().position(|&n| n == name)
}

/// The 52 blendshape coefficients of one face, each 0 to 1, in the order of [`BLENDSHAPES`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blendshapes(pub [f32; 52]);

impl Blendshapes {
    /// The coefficient of that MediaPipe name, 0 to 1; `None` for a name that does not exist.
    pub fn get(&self, name: &str) -> Option<f32> {
        blendshape(name).map(|i| self.0[i])
    }
}

impl Serialize for Blendshapes {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.0)
    }
}

impl<'de> Deserialize<'de> for Blendshapes {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        fixed(Vec::<f32>::deserialize(d)?).map(Blendshapes)
    }
}

/// A list that must have exactly `N` values.
pub(crate) fn fixed<T, E: serde::de::Error, const N: usize>(values: Vec<T>) -> Result<[T; N], E> {
    let len = values.len();
    values.try_into().map_err(|_| E::invalid_length(len, &format!("{N} values").as_str()))
}

/// Intensities of FACS action units as **proxies**, 0 to 1 (not A to E): derived from blendshapes and geometry, never
/// validated against FACS coders (notes in docs/SCORES.md). `None`: cannot be told from the model in use.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionUnits {
    /// Inner brow raiser.
    #[serde(rename = "AU01", default, skip_serializing_if = "Option::is_none")]
    pub au01: Option<f32>,
    /// Outer brow raiser.
    #[serde(rename = "AU02", default, skip_serializing_if = "Option::is_none")]
    pub au02: Option<f32>,
    /// Brow lowerer (corrugator).
    #[serde(rename = "AU04", default, skip_serializing_if = "Option::is_none")]
    pub au04: Option<f32>,
    /// Upper lid raiser; weak in this model.
    #[serde(rename = "AU05", default, skip_serializing_if = "Option::is_none")]
    pub au05: Option<f32>,
    /// Cheek raiser; proxy from squint together with smile, cannot be told from AU07.
    #[serde(rename = "AU06", default, skip_serializing_if = "Option::is_none")]
    pub au06: Option<f32>,
    /// Lid tightener; has a personal offset at rest, read it against the baseline.
    #[serde(rename = "AU07", default, skip_serializing_if = "Option::is_none")]
    pub au07: Option<f32>,
    /// Nose wrinkler; geometric proxy.
    #[serde(rename = "AU09", default, skip_serializing_if = "Option::is_none")]
    pub au09: Option<f32>,
    /// Upper lip raiser; rises with every smile.
    #[serde(rename = "AU10", default, skip_serializing_if = "Option::is_none")]
    pub au10: Option<f32>,
    /// Lip corner puller (zygomatic), the smile.
    #[serde(rename = "AU12", default, skip_serializing_if = "Option::is_none")]
    pub au12: Option<f32>,
    /// Dimpler; weak.
    #[serde(rename = "AU14", default, skip_serializing_if = "Option::is_none")]
    pub au14: Option<f32>,
    /// Lip corner depressor.
    #[serde(rename = "AU15", default, skip_serializing_if = "Option::is_none")]
    pub au15: Option<f32>,
    /// Chin raiser.
    #[serde(rename = "AU17", default, skip_serializing_if = "Option::is_none")]
    pub au17: Option<f32>,
    /// Lip pucker.
    #[serde(rename = "AU18", default, skip_serializing_if = "Option::is_none")]
    pub au18: Option<f32>,
    /// Lip stretcher.
    #[serde(rename = "AU20", default, skip_serializing_if = "Option::is_none")]
    pub au20: Option<f32>,
    /// Lip funneler; driven by speech.
    #[serde(rename = "AU22", default, skip_serializing_if = "Option::is_none")]
    pub au22: Option<f32>,
    /// Lip pressor (with AU23, the tightener, from which it cannot be told).
    #[serde(rename = "AU24", default, skip_serializing_if = "Option::is_none")]
    pub au24: Option<f32>,
    /// Lips part.
    #[serde(rename = "AU25", default, skip_serializing_if = "Option::is_none")]
    pub au25: Option<f32>,
    /// Jaw drop; driven by speech.
    #[serde(rename = "AU26", default, skip_serializing_if = "Option::is_none")]
    pub au26: Option<f32>,
    /// Lip suck.
    #[serde(rename = "AU28", default, skip_serializing_if = "Option::is_none")]
    pub au28: Option<f32>,
    /// Eyes closed; confounded with lowered gaze.
    #[serde(rename = "AU43", default, skip_serializing_if = "Option::is_none")]
    pub au43: Option<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_and_right_are_the_subjects_own_and_found_by_name() {
        assert_eq!(blendshape("eyeBlinkLeft"), Some(9));
        assert_eq!(blendshape("mouthSmileRight"), Some(45));
        assert_eq!(blendshape("cheekRaise"), None);
    }

    #[test]
    fn fifty_one_blendshapes_are_refused() {
        assert!(serde_json::from_str::<Blendshapes>(&format!("[{}]", vec!["0"; 51].join(","))).is_err());
        assert!(serde_json::from_str::<Blendshapes>(&format!("[{}]", vec!["0"; 52].join(","))).is_ok());
    }
}
