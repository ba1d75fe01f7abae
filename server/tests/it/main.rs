//! The server as its clients and its databases see it. One test program, so that it links once.

mod health;
mod http;
mod jobs;
mod live;
mod openapi;
mod rescore;
mod review;
mod sessions;
mod store;
mod support;
mod uploads;
mod whip;
