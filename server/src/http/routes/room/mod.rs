//! A live session for people whom its candidate invited by a link: they see and hear it, and an interviewer is seen and heard.

pub mod consent;
pub mod live;
pub mod whep;
pub mod whip;
