//! Tests of the server through its API and its databases, in one test program that links once.

mod analyze;
mod fuzz;
mod health;
mod http;
mod jobs;
mod limits;
mod live;
mod oidc;
mod openapi;
mod people;
mod queries;
mod rescore;
mod retention;
mod review;
mod rights;
mod sessions;
mod sign_in;
mod sole;
mod store;
mod support;
mod transcript;
mod uploads;
mod webhook;
mod whep;
mod whip;
mod workers;
