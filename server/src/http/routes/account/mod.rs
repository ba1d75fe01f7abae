//! The person's account: signing in and out, browsers, tokens, what others share.

pub mod audit;
pub mod browsers;
pub mod cookie;
pub mod pairing;
mod entering;
pub mod passkeys;
pub mod provider;
pub mod shared;
pub mod sign_in;
pub mod tokens;
