//! The person's account: signing in and out, browsers, tokens, what others share.

pub mod audit;
pub mod browsers;
pub mod cookie;
mod entering;
pub mod pairing;
pub mod passkeys;
pub mod provider;
pub mod shared;
pub mod sign_in;
pub mod tokens;
