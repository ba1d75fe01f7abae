//! Devices that are paired with a server where nobody signs in.

use crate::support::{Server, problem};
use coach_server::config::http::Network;
use coach_server::http::listen::{self, tls};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// The address of a proxy; what comes through it comes from elsewhere.
const PROXY: &str = "127.0.0.2";

/// A server of the network, and a client on another machine of it.
async fn network() -> (Server, Client) {
    let server = Server::with(|config| {
        config.http.bind.set_ip([0, 0, 0, 0].into());
        config.http.tls = true;
        config.http.public_url = Some("https://coach.test:8443".into());
        config.http.trusted_proxies = vec![Network::try_from(PROXY.to_owned()).unwrap()];
    })
    .await;
    let elsewhere = Client::builder().local_address(Some(PROXY.parse().unwrap())).build().unwrap();
    (server, elsewhere)
}

fn ask(server: &Server, client: &Client, method: Method, path: &str) -> RequestBuilder {
    client.request(method, format!("{}{path}", server.base)).header("x-forwarded-for", "192.0.2.7")
}

async fn pair(server: &Server, client: &Client, code: &str) -> Response {
    ask(server, client, Method::POST, "/api/pairing").json(&json!({ "code": code })).send().await.unwrap()
}

/// The code that a page on the server's machine shows.
async fn code(server: &Server) -> String {
    let answer: Value = server.get("/api/pairing").await.json().await.unwrap();
    let address = &answer["addresses"][0];
    assert!(address["qr"].as_str().unwrap().contains("<svg"));
    let code = address["url"].as_str().unwrap().strip_prefix("https://coach.test:8443/pair#").unwrap();
    code.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_sees_nothing_until_it_is_paired_and_nothing_once_it_is_signed_out() {
    let (server, phone) = network().await;
    assert_eq!(server.get("/api/me").await.status(), 200, "the server's own machine needs no code");
    for path in ["/api/me", "/api/sessions", "/api/questions", "/api/pairing", "/api/browsers", "/metrics"] {
        problem(ask(&server, &phone, Method::GET, path).send().await.unwrap(), 401, "sign-in").await;
    }
    let ways: Value = ask(&server, &phone, Method::GET, "/api/sign-in").send().await.unwrap().json().await.unwrap();
    assert_eq!((ways["mode"].as_str(), ways["pairing"].as_bool()), (Some("personal"), Some(true)));

    let code = code(&server).await;
    problem(pair(&server, &phone, &"0".repeat(64)).await, 401, "sign-in").await;
    let answer = pair(&server, &phone, &code).await;
    assert_eq!(answer.status(), 204);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-coach=") && cookie.contains("Secure") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    problem(pair(&server, &phone, &code).await, 401, "sign-in").await;

    let secret = cookie.split(';').next().unwrap().to_owned();
    let with = |method, path: &str| ask(&server, &phone, method, path).header("cookie", &secret).send();
    let me: Value = with(Method::GET, "/api/me").await.unwrap().json().await.unwrap();
    assert_eq!(me["user_id"], server.user.to_string());
    problem(with(Method::GET, "/api/pairing").await.unwrap(), 403, "forbidden").await;

    let browsers: Value = server.get("/api/browsers").await.json().await.unwrap();
    let id = browsers["browsers"][0]["id"].as_str().unwrap();
    assert_eq!(server.request(Method::DELETE, &format!("/api/browsers/{id}")).send().await.unwrap().status(), 204);
    problem(with(Method::GET, "/api/me").await.unwrap(), 401, "sign-in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_and_no_header_pairs_a_device() {
    let (server, phone) = network().await;
    let _ = code(&server).await;
    for body in [json!({}), json!({"code": 5}), json!({"code": null}), json!([]), json!({"code": "", "more": 1})] {
        let answer = ask(&server, &phone, Method::POST, "/api/pairing").json(&body).send().await.unwrap();
        assert!([400, 422].contains(&answer.status().as_u16()), "{body}: {}", answer.status());
    }
    for code in ["", "\u{0}", "%", &"f".repeat(10_000)] {
        assert_eq!(pair(&server, &phone, code).await.status(), 401);
    }
    for from in ["127.0.0.1", "::1", "127.0.0.1, 192.0.2.7"] {
        let forged = ask(&server, &phone, Method::GET, "/api/me").header("x-forwarded-for", "198.51.100.1");
        // The proxy's own line comes last and counts, whatever stands before.
        let answer = forged.header("x-forwarded-for", format!("{from}, 192.0.2.9")).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_one_machine_pairs_nothing() {
    let server = Server::start().await;
    problem(server.get("/api/pairing").await, 404, "not-found").await;
    problem(server.post("/api/pairing", json!({"code": "x"})).await, 404, "not-found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_came_by_https_reaches_the_embedded_store_through_the_server() {
    let server = Server::storing(|config| config.http.tls = true).await;
    let objects = &server.context.objects;
    assert_eq!(objects.browser_origin(), "");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"0123456789").unwrap();
    objects.put_file("sessions/a/recording.webm", file.path(), "text/html").await.unwrap();
    let url = objects.presign("sessions/a/recording.webm", std::time::Duration::from_secs(60)).await.unwrap();
    assert!(url.starts_with("/objects/coach/sessions/a/"), "{url}");

    let answer = server.request(Method::GET, &url).header("range", "bytes=2-4").send().await.unwrap();
    assert_eq!(answer.status(), 206);
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("sandbox"), "no object is a page of the server: {policy}");
    assert_eq!(answer.bytes().await.unwrap(), &b"234"[..]);

    let other = url.replace("/sessions/a/", "/sessions/b/");
    for path in [&url[..url.find('?').unwrap()], &other, "/objects/", "/objects/coach?list-type=2"] {
        let answer = server.get(path).await;
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }
    for method in [Method::DELETE, Method::POST, Method::PATCH] {
        assert_eq!(server.request(method, &url).send().await.unwrap().status(), 405);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_an_https_port_is_led_to_https_and_noise_ends_its_own_connection() {
    let dir = tempfile::tempdir().unwrap();
    let files = tls::own(dir.path(), &tls::names(&[], &[])).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = listen::Options { connections: 16, proxies: [].into(), tls: Some(tls::acceptor(files).unwrap()) };
    let router = axum::Router::new().route("/", axum::routing::get(async || "inside"));
    let stop = CancellationToken::new();
    let serving = tokio::spawn(listen::serve(listener, router, options, stop.clone()));

    let plain = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = plain.get(format!("http://{address}/history?a=b")).send().await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], format!("https://{address}/history?a=b"));
    // A TLS record that is none, and a byte that begins neither.
    for noise in [&[22, 3, 1, 0xFF, 0xFF, 0, 0][..], b"\0\0\0\0", b"GET / HTTP/1.1\r\nhost: a b\r\n\r\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(noise).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut told = Vec::new();
        let _ = stream.read_to_end(&mut told).await;
        assert!(!String::from_utf8_lossy(&told).contains("inside"));
    }
    assert_eq!(plain.get(format!("http://{address}/")).send().await.unwrap().status(), 307, "others go on");
    stop.cancel();
    serving.await.unwrap();
}
