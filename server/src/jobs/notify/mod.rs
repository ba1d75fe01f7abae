//! Jobs that tell somebody outside what happened here: another program by the webhook, a person by mail.

pub mod mail;
pub mod webhook;
