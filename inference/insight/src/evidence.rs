//! How much must have been seen and heard before anything is said.

/// Least evidence for an input of a score: seconds of speech, seconds of good face.
pub const LEAST_SPEECH_S: f64 = 15.0;
pub const LEAST_FACE_S: f64 = 10.0;

/// Poorer than this, pitch and perturbation tell of the room, dB as the detector reads it: 20 dB of white noise or babble mixed to clean
/// readings are read as 16.5 to 21 dB, and babble of 15 dB doubled the spread of one voice's pitch.
pub const LEAST_SNR_DB: f32 = 17.0;
/// Where less of the speech is voiced, the voice cannot be told from the room: clean voices have 0.65 to 0.8, the poorest recording 0.08.
pub const LEAST_VOICED_SHARE: f64 = 0.25;
