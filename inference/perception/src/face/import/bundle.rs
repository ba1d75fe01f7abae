//! The members of a `.task` bundle: a zip archive whose members are stored without compression.

use super::Cause;
use std::io::{Cursor, Read};

/// The largest member that a face bundle may have; Google's largest is 2.6 MB.
const MAX_MEMBER: u64 = 16 << 20;

/// What a face landmarker bundle holds.
pub struct Members {
    pub detector: Vec<u8>,
    pub landmarks: Vec<u8>,
    pub blendshapes: Vec<u8>,
    pub geometry: Vec<u8>,
}

/// Takes the four members out of the bundle.
///
/// # Errors
/// [`Cause::NotZip`], [`Cause::MissingMember`], [`Cause::TooLarge`]; a compressed or encrypted member is not a zip we read.
pub fn members(bundle: &[u8]) -> Result<Members, Cause> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bundle)).map_err(|e| Cause::NotZip(e.to_string()))?;
    let mut member = |name: &'static str| -> Result<Vec<u8>, Cause> {
        let file = match archive.by_name(name) {
            Ok(file) => file,
            Err(zip::result::ZipError::FileNotFound) => return Err(Cause::MissingMember(name)),
            Err(error) => return Err(Cause::NotZip(error.to_string())),
        };
        let mut bytes = Vec::new();
        // The size in the header is a claim: what is read is bounded by itself.
        file.take(MAX_MEMBER + 1).read_to_end(&mut bytes).map_err(|e| Cause::NotZip(e.to_string()))?;
        if bytes.len() as u64 > MAX_MEMBER {
            return Err(Cause::TooLarge { limit: MAX_MEMBER as usize });
        }
        Ok(bytes)
    };
    Ok(Members {
        detector: member("face_detector.tflite")?,
        landmarks: member("face_landmarks_detector.tflite")?,
        blendshapes: member("face_blendshapes.tflite")?,
        geometry: member("geometry_pipeline_metadata_landmarks.binarypb")?,
    })
}
