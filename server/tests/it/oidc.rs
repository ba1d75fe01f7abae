//! Sign-in at a real provider.

use crate::support::people::{Browser, Provider};
use crate::support::{Server, sqlite};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::store::Db;
use coach_server::store::people::users;
use coach_testing::{LIMIT, Need, eventually, not_checked};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;

struct Place {
    server: Server,
    provider: Provider,
    /// The folder of the database, which is removed at the end.
    _dir: TempDir,
}

impl Place {
    /// Starts a server whose people sign in at a provider; `None`: no provider is installed.
    async fn start(clock: fn() -> i64) -> Option<Place> {
        let (db, dir) = sqlite().await;
        let mut provider = None;
        let configure = |config: &mut Config| {
            let app = format!("http://{}", config.http.bind);
            config.http.public_url = Some(app.clone());
            provider = Provider::start(&app);
            config.auth.issuer = provider.as_ref().map(|provider| provider.issuer.clone());
            config.auth.client_id = Some("coach".into());
            config.auth.client_secret = Some("a-secret-of-the-tests".into());
            config.auth.scopes.push("roles".into());
            config.auth.roles_claim = "realm_access.roles".into();
            config.auth.coaches = vec!["staff".into()];
            config.auth.admins = vec!["operator".into()];
        };
        let server = Server::on(db, configure, clock).await;
        match provider {
            Some(provider) => Some(Place { server, provider, _dir: dir }),
            None => {
                not_checked(
                    Need::Other,
                    "sign-in at a provider",
                    "tests/browser has no oidc-provider: scripts/setup.sh test",
                );
                None
            }
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base)
    }

    /// Signs in at the provider's pages, up to the address that leads back to the server, which is not opened.
    async fn until_back(&self, browser: &Browser, who: &str, to: &str) -> String {
        let back = self.url("/auth/callback");
        let on = |next: &str| !next.starts_with(&back);
        let (mut at, mut page) = browser.follow(&self.url(&format!("/auth/login?to={to}")), on).await;
        // The provider asks for a name, then for consent.
        for _ in 0..4 {
            if at.starts_with(&back) {
                return at;
            }
            assert_eq!(page.status(), 200, "{at}");
            let fields = [("login", who), ("password", "any")];
            (at, page) = browser.submit(&at, page, &fields, on).await;
        }
        panic!("the provider does not lead back: {at}");
    }

    /// Signs in. Returns where the browser ends.
    async fn sign_in(&self, browser: &Browser, who: &str) -> String {
        let back = self.until_back(browser, who, "/history").await;
        browser.follow(&back, |_| true).await.0
    }

    async fn me(&self, browser: &Browser) -> (u16, Value) {
        let answer = browser.send(Method::GET, &self.url("/api/me"), |request| request).await;
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn sql(&self, text: &'static str) {
        match &self.server.context.db {
            Db::Lite(pool) => sqlx::query(text).execute(pool).await.map(drop).unwrap(),
            Db::Pg(pool) => sqlx::query(text).execute(pool).await.map(drop).unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_code_with_the_role_of_a_nested_claim() {
    let Some(place) = Place::start(now_us).await else { return };
    let (ada, bob) = (Browser::new(), Browser::new());
    assert_eq!(place.me(&ada).await.0, 401);
    assert_eq!(place.sign_in(&ada, "ada").await, place.url("/history"));
    let (status, me) = place.me(&ada).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&me["mode"], &me["name"], &me["email"], &me["role"]),
        (&"accounts".into(), &"Ada".into(), &"ada@uni.test".into(), &"coach".into())
    );
    assert_eq!(place.sign_in(&bob, "bob").await, place.url("/history"));
    let other = place.me(&bob).await.1;
    assert_eq!(other["role"], "candidate");
    assert_ne!(other["user_id"], me["user_id"]);
    // The role is the provider's word at the next sign-in, and so is whether an address is verified.
    place.provider.tell("roles?person=ada&role=operator").await;
    place.provider.tell("unverified?person=ada").await;
    assert_eq!(place.me(&ada).await.1["role"], "coach");
    let again = Browser::new();
    assert_eq!(place.sign_in(&again, "ada").await, place.url("/history"));
    let now = place.me(&again).await.1;
    assert_eq!((&now["user_id"], &now["role"], &now["email"]), (&me["user_id"], &"admin".into(), &Value::Null));
    let cookie = ada.cookie(&place.server.base, "coach").unwrap();
    assert_eq!(cookie.len(), 64);
    assert!(ada.cookie(&place.server.base, "coach-sign-in").is_none(), "the sign-in's own cookie is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_wrong_signs_nobody_in() {
    let Some(place) = Place::start(now_us).await else { return };
    let problem = |word: &str| place.url(&format!("/sign-in?problem={word}"));
    // Another browser comes back with a state that it did not begin.
    let (ada, mallory) = (Browser::new(), Browser::new());
    let back = place.until_back(&ada, "ada", "//evil.example").await;
    assert_eq!(mallory.follow(&back, |_| true).await.0, problem("state"));
    assert_eq!(ada.follow(&back.replace("state=", "state=x"), |_| true).await.0, problem("state"));
    // Its own browser is led to no other server, and the address is good once.
    assert_eq!(ada.follow(&back, |_| true).await.0, place.url("/"));
    let state = back.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let replayed = ada.send(Method::GET, &back, |r| r.header("cookie", format!("coach-sign-in={state}"))).await;
    assert_eq!(replayed.headers()["location"], "/sign-in?problem=state");
    // A used code with a fresh state.
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let eve = Browser::new();
    let fresh = place.until_back(&eve, "bob", "/").await;
    let fresh_code = fresh.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert_eq!(eve.follow(&fresh.replace(&fresh_code, &code), |_| true).await.0, problem("token"));
    // A token of another sign-in.
    let back = place.until_back(&eve, "bob", "/").await;
    place.sql("UPDATE sign_ins SET nonce = 'another'").await;
    assert_eq!(eve.follow(&back, |_| true).await.0, problem("token"));
    // A code that another program asked for: PKCE.
    let back = place.until_back(&eve, "bob", "/").await;
    place.sql("UPDATE sign_ins SET verifier = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'").await;
    assert_eq!(eve.follow(&back, |_| true).await.0, problem("token"));
    // An answer of another issuer (RFC 9207).
    let back = place.until_back(&eve, "bob", "/").await;
    let foreign = format!("{}&iss=https%3A%2F%2Fevil.example", back.split("&iss=").next().unwrap());
    assert_eq!(eve.follow(&foreign, |_| true).await.0, problem("token"));
    for hostile in
        ["", "?", "?state=", "?code=x", "?error=access_denied&state=x", "?code=%00&state=%ff", "?state=a&state=b"]
    {
        let answer = eve.send(Method::GET, &place.url(&format!("/auth/callback{hostile}")), |r| r).await;
        assert!(matches!(answer.status().as_u16(), 303 | 400), "{hostile}: {}", answer.status());
    }
    assert_eq!(place.me(&eve).await.0, 401);
    assert_eq!(place.me(&mallory).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_of_the_provider_are_fetched_and_invented_ones_are_not_believed() {
    let Some(place) = Place::start(now_us).await else { return };
    let browser = Browser::new();
    place.sign_in(&browser, "ada").await;
    place.provider.tell("rotate").await;
    let after = Browser::new();
    assert_eq!(place.sign_in(&after, "ada").await, place.url("/history"));
    assert_eq!(place.me(&after).await.0, 200);
}

fn half_an_hour_late() -> i64 {
    now_us() + 1_800_000_000
}

fn two_hours_late() -> i64 {
    now_us() + 7_200_000_000
}

fn two_hours_early() -> i64 {
    now_us() - 7_200_000_000
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_expired_or_is_of_the_future_signs_nobody_in() {
    let clocks: [(fn() -> i64, bool); 3] =
        [(half_an_hour_late, true), (two_hours_late, false), (two_hours_early, false)];
    for (clock, good) in clocks {
        let Some(place) = Place::start(clock).await else { return };
        let browser = Browser::new();
        let end = if good { "/history" } else { "/sign-in?problem=token" };
        assert_eq!(place.sign_in(&browser, "ada").await, place.url(end));
        assert_eq!(place.me(&browser).await.0, if good { 200 } else { 401 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_here_ends_the_session_at_the_provider_too() {
    let Some(place) = Place::start(now_us).await else { return };
    let browser = Browser::new();
    place.sign_in(&browser, "ada").await;
    let old = browser.cookie(&place.server.base, "coach").unwrap();
    let answer = browser.send(Method::POST, &place.url("/api/sign-out"), |request| request).await;
    assert_eq!(answer.status(), 200);
    let location = answer.json::<Value>().await.unwrap()["location"].as_str().unwrap().to_owned();
    assert_eq!(place.me(&browser).await.0, 401);
    let stolen = Browser::new();
    let answer = stolen.send(Method::GET, &place.url("/api/me"), |r| r.header("cookie", format!("coach={old}"))).await;
    assert_eq!(answer.status(), 401, "the cookie is good for nothing any more");
    let (at, page) = browser.follow(&location, |_| true).await;
    let (at, _) = browser.submit(&at, page, &[("logout", "yes")], |_| true).await;
    assert_eq!(at, place.url("/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_at_the_provider_signs_out_here_and_forged_words_do_not() {
    let Some(place) = Place::start(now_us).await else { return };
    let (bob, ada) = (Browser::new(), Browser::new());
    place.sign_in(&bob, "bob").await;
    place.sign_in(&ada, "ada").await;
    let back_channel = async |body: &'static str| {
        let url = place.url("/auth/backchannel");
        let form = |request: reqwest::RequestBuilder| {
            request.header("content-type", "application/x-www-form-urlencoded").body(body)
        };
        Browser::new().send(Method::POST, &url, form).await.status().as_u16()
    };
    for forged in ["", "logout_token=", "logout_token=e30.e30.e30", "logout_token=a", "token=x", "logout_token=%ff.%00"]
    {
        assert_eq!(back_channel(forged).await, 400, "{forged}");
    }
    assert_eq!(place.me(&bob).await.0, 200);
    let (at, page) = bob.follow(&format!("{}/session/end", place.provider.issuer), |_| true).await;
    bob.submit(&at, page, &[("logout", "yes")], |_| true).await;
    eventually(LIMIT, "the provider's word signs the browser out", async || {
        (place.me(&bob).await.0 == 401).then_some(())
    })
    .await;
    assert_eq!(place.me(&ada).await.0, 200, "nobody else is signed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_person_and_a_provider_that_is_away_are_told() {
    let Some(place) = Place::start(now_us).await else { return };
    let browser = Browser::new();
    place.sign_in(&browser, "ada").await;
    let ada = users::with_email(&place.server.context.db, "ada@uni.test").await.unwrap()[0];
    users::disable(&place.server.context.db, ada).await.unwrap();
    assert_eq!(place.me(&browser).await.0, 401);
    assert_eq!(place.sign_in(&Browser::new(), "ada").await, place.url("/sign-in?problem=disabled"));
    let Place { server, provider, _dir } = place;
    let late = Browser::new();
    let (back, _) = late.follow(&format!("{}/auth/login", server.base), |_| false).await;
    assert!(back.starts_with(&provider.issuer), "{back}");
    let issuer = provider.issuer.clone();
    drop(provider);
    let state = back.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let answer = format!("{}/auth/callback?code=x&state={state}&iss={issuer}", server.base);
    assert_eq!(late.follow(&answer, |_| true).await.0, format!("{}/sign-in?problem=provider", server.base));
}
