//! People of tests: accounts, browsers with cookies, and a provider to sign in at.

use super::project;
use axum_extra::extract::cookie::Cookie;
use coach_core::SessionId;
use coach_core::UserId;
use coach_server::clock::{DAY_US, now_us};
use coach_server::store::Db;
use coach_server::store::people::grants::{self, NewGrant};
use coach_server::store::people::identities::{self, Profile};
use coach_server::store::people::logins::{self, NewLogin};
use coach_server::store::people::tokens::{self, NewToken, Scope};
use coach_server::store::people::users::AccountRole;
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, Url};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;

/// Returns the person of this name, made on first use.
pub async fn person(db: &Db, name: &str) -> UserId {
    with_role(db, name, AccountRole::Candidate).await
}

/// Returns the person of this name with this role.
pub async fn with_role(db: &Db, name: &str, role: AccountRole) -> UserId {
    let profile = Profile { name: Some(name.into()), email: Some(format!("{name}@uni.test")), role };
    identities::sign_in(db, "https://issuer.test", name, &profile).await.unwrap().unwrap()
}

/// Signs a person in. Returns the cookie.
pub async fn login(db: &Db, person: UserId) -> String {
    let now_us = now_us();
    let expires_us = now_us + DAY_US;
    let issuer = "https://issuer.test";
    let new = NewLogin { person, issuer, issuer_sid: None, agent: Some("a test"), now_us, expires_us };
    format!("coach={}", logins::create(db, new).await.unwrap())
}

/// Issues a token that is good for a day.
pub async fn token(db: &Db, owner: UserId, scope: Scope, session: Option<SessionId>) -> (uuid::Uuid, String) {
    let new = NewToken { session, scope, name: Some("test"), expires_us: now_us() + DAY_US };
    tokens::issue(db, owner, new).await.unwrap().unwrap()
}

/// Gives a grant without an end.
pub async fn grant(
    db: &Db,
    owner: UserId,
    session: SessionId,
    grantee: UserId,
    role: grants::Role,
    scores: bool,
) -> uuid::Uuid {
    let new = NewGrant { grantee, role, scores, expires_us: None };
    grants::give(db, owner, session, new).await.unwrap().unwrap()
}

/// Returns whether a cookie takes the one of its name away.
fn is_removal(cookie: &Cookie<'_>) -> bool {
    let ended = cookie.max_age().is_some_and(|age| age.is_zero() || age.is_negative());
    let past = cookie.expires_datetime().is_some_and(|at| at.unix_timestamp() <= 0);
    ended || past || cookie.value().is_empty()
}

#[test]
fn a_cookie_whose_secret_reads_like_the_past_is_kept() {
    let removes = |text: &str| is_removal(&Cookie::parse(text.to_owned()).unwrap());
    assert!(!removes("coach-guest-0197=ab1970cd; HttpOnly; Max-Age=86400") && !removes("a=1970"));
    assert!(
        removes("a=; Path=/") && removes("a=b; Max-Age=0") && removes("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    );
}

/// A browser: keeps cookies by authority and follows redirects when told to.
pub struct Browser {
    client: reqwest::Client,
    cookies: Mutex<HashMap<String, HashMap<String, String>>>,
}

impl Browser {
    pub fn new() -> Browser {
        // No connection is kept: a provider may end an idle one while a request is on its way.
        let client = reqwest::Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap();
        Browser { client, cookies: Mutex::default() }
    }

    /// Returns a cookie of this server.
    pub fn cookie(&self, base: &str, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(authority(base)).and_then(|held| held.get(name).cloned())
    }

    /// Sends one request with the cookies of its authority, and keeps those that come back.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Response {
        let held = self.cookies.lock().unwrap().get(authority(url)).cloned().unwrap_or_default();
        let held: Vec<String> = held.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method, url);
        if !held.is_empty() {
            request = request.header("cookie", held.join("; "));
        }
        let answer = more(request).send().await.unwrap();
        let mut all = self.cookies.lock().unwrap();
        let held = all.entry(authority(url).to_owned()).or_default();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = Cookie::parse(cookie.to_str().unwrap()).unwrap();
            let (name, value) = cookie.name_value();
            if is_removal(&cookie) {
                held.remove(name)
            } else {
                held.insert(name.to_owned(), value.to_owned())
            };
        }
        answer
    }

    /// Reads an address, and follows redirects as long as `on` allows the next one. Returns the last address and its answer.
    pub async fn follow(&self, url: &str, on: impl Fn(&str) -> bool) -> (String, Response) {
        let answer = self.send(Method::GET, url, |request| request).await;
        self.go_on(url.to_owned(), answer, on).await
    }

    async fn go_on(&self, mut at: String, mut answer: Response, on: impl Fn(&str) -> bool) -> (String, Response) {
        while answer.status().is_redirection() {
            let location = answer.headers()["location"].to_str().unwrap().to_owned();
            let next = Url::parse(&at).unwrap().join(&location).unwrap().to_string();
            if !on(&next) {
                return (next, answer);
            }
            answer = self.send(Method::GET, &next, |request| request).await;
            at = next;
        }
        (at, answer)
    }

    /// Sends the form of a page with these fields beside its hidden ones.
    pub async fn submit(
        &self,
        at: &str,
        page: Response,
        fields: &[(&str, &str)],
        on: impl Fn(&str) -> bool,
    ) -> (String, Response) {
        let html = page.text().await.unwrap();
        let action = between(&html, "action=\"", "\"").map_or(at.to_owned(), |action| action.replace("&amp;", "&"));
        let mut all: HashMap<String, String> = fields.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect();
        for hidden in html.split("<input type=\"hidden\"").skip(1) {
            let name = between(hidden, "name=\"", "\"").unwrap().to_owned();
            all.entry(name).or_insert_with(|| between(hidden, "value=\"", "\"").unwrap_or_default().to_owned());
        }
        let url = Url::parse(at).unwrap().join(&action).unwrap().to_string();
        let mut form = Url::parse("form:/").unwrap();
        form.query_pairs_mut().extend_pairs(&all);
        let body = form.query().unwrap_or_default().to_owned();
        let encoded =
            |request: RequestBuilder| request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = self.send(Method::POST, &url, encoded).await;
        self.go_on(url, answer, on).await
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = &text[text.find(from)? + from.len()..];
    Some(&rest[..rest.find(to)?])
}

fn authority(url: &str) -> &str {
    url.split('/').nth(2).unwrap()
}

/// A running provider, which ends with this value.
pub struct Provider {
    pub issuer: String,
    child: Child,
    // It ends when its standard input does.
    _input: ChildStdin,
}

impl Provider {
    /// Starts a provider for the server at this address; `None`: it is not installed.
    pub fn start(app: &str) -> Option<Provider> {
        let folder = project().join("tests/browser");
        if !folder.join("node_modules/oidc-provider").exists() {
            return None;
        }
        let mut child = Command::new("node")
            .args([folder.join("provider.mjs").as_os_str(), app.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.starts_with("ready ")).expect("the provider starts");
        // It ends when nobody reads what it says.
        std::thread::spawn(move || lines.for_each(drop));
        let issuer = line.trim_start_matches("ready ").to_owned();
        Some(Provider { issuer, _input: child.stdin.take().unwrap(), child })
    }

    /// Changes something at the provider.
    pub async fn tell(&self, what: &str) {
        let answer = reqwest::get(format!("{}/tests/{what}", self.issuer)).await.unwrap();
        assert_eq!(answer.status(), 200, "{what}");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
