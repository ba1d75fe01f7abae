//! How much must have been seen and heard before anything is said.

/// Least evidence for a metric: seconds of speech, seconds of good face.
pub const LEAST_SPEECH_S: f64 = 15.0;
pub const LEAST_FACE_S: f64 = 10.0;

/// Least evidence for a score: seconds of speech in the answer.
pub const SCORED_SPEECH_S: f64 = 20.0;
/// Share of the answer in which the face must be seen well for a score that rests on it.
pub const SCORED_FACE_SHARE: f64 = 0.6;
/// Resilience needs so many hard moments, in so long a time.
pub const HARD_MOMENTS: usize = 3;
pub const HARD_MOMENTS_S: f64 = 180.0;
/// Events in less time than this are told as counts and never as rates.
pub const RATES_S: f64 = 120.0;

/// A photograph of a face: turns slower than this, degrees a second, and lids whose opening deviates by less. A living face at rest is
/// ten times over the first and twice over the second.
pub const STILL_DEG_PER_S: f32 = 0.3;
pub const STILL_LIDS: f32 = 0.003;
/// Judged over windows of this length, and called so when this share of them is still.
pub const STILL_MS: i64 = 10_000;
pub const STILL_SHARE: f64 = 0.6;
/// Eyes that are shut or look down for this share of the time: nobody can say how engaged the face was.
pub const SHUT_SHARE: f64 = 0.2;
/// More than one face for this share of the time: nobody can say whose face it is.
pub const SEVERAL_SHARE: f64 = 0.2;

/// Poorer than this, pitch and perturbation tell of the room, dB as the detector reads it: 20 dB of white noise or babble mixed to clean
/// readings are read as 16.5 to 21 dB, 15 dB of pink noise as 16.6 to 17.2, and babble of 15 dB doubled the spread of one voice's pitch.
pub const LEAST_SNR_DB: f32 = 18.0;
/// Where less of the speech is voiced, the voice cannot be told from the room: clean voices have 0.65 to 0.8, the poorest recording 0.08.
pub const LEAST_VOICED_SHARE: f64 = 0.25;
