//! The API's description, from which the web client's types are generated.

use std::path::Path;

#[test]
fn the_committed_description_equals_the_programs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = coach_server::http::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("COACH_UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "server/openapi.json is not up to date: run this test with COACH_UPDATE=1, look at the diff, commit it"
    );
}

#[test]
fn every_route_says_what_it_answers() {
    let description = serde_json::to_value(coach_server::http::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 15);
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["responses"].as_object().is_some_and(|answers| !answers.is_empty()), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path} says nothing about itself");
        }
    }
}

#[tokio::test]
async fn the_description_and_its_page_are_served_without_the_network() {
    let server = crate::support::Server::start().await;
    let description: serde_json::Value = server.get("/api/openapi.json").await.json().await.unwrap();
    assert!(description["paths"]["/api/sessions"].is_object());
    let page = server.get("/docs/").await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    assert!(html.contains("swagger") && !html.contains("https://"), "everything comes from here");
}
