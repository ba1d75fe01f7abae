//! Tests of the server through its API and its databases, in one test program that links once.

mod analyze;
mod health;
mod http;
mod jobs;
mod limits;
mod live;
mod openapi;
mod rescore;
mod retention;
mod review;
mod sessions;
mod store;
mod support;
mod transcript;
mod uploads;
mod webhook;
mod whip;
mod workers;
