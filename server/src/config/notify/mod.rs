//! Whom the server tells outside of what happened: another program by the webhook, people by mail.

pub mod mail;
pub mod webhook;
