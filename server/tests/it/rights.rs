//! Every operation of the API with every kind of credential: what is refused is refused as `auth::rights` says, and changes nothing.

use crate::support::people::{grant, login, person, token, with_role};
use crate::support::report::session;
use crate::support::tables::{empty, everything, query_of_everything};
use crate::support::{Server, on_both};
use coach_core::{SessionId, UserId};
use coach_server::auth::By;
use coach_server::auth::rights::{Action, Party, carries, may_on_server};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::secret;
use coach_server::session::consent;
use coach_server::session::questions::Family;
use coach_server::store::people::grants::{self, NewGrant, Role};
use coach_server::store::people::logins::{self, NewLogin};
use coach_server::store::people::passkeys;
use coach_server::store::people::tokens::{self, NewToken, Scope};
use coach_server::store::people::users::{self, AccountRole};
use coach_server::store::questions::{own, set_links, sets};
use coach_server::store::sharing::comments::{self, Added, NewComment, Writer};
use coach_server::store::sharing::links::{self, NewLink};
use coach_server::store::sharing::visits;
use coach_server::store::{Db, consents};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What an operation asks of who calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Nothing, or a secret of its own.
    Open,
    /// A right to the session in its path.
    Session(Action),
    /// A person, with what is their own.
    Own(Action),
    /// A browser in which the link of the path was opened.
    Guest(Action),
}
use Rule::{Guest, Open, Own, Session};

const RULES: [(&str, Rule); 131] = [
    ("affect_outside", Session(Action::Report)),
    ("analysis_again", Session(Action::Change)),
    ("analysis_get", Session(Action::See)),
    ("audit_list", Own(Action::Account)),
    ("browsers_end", Own(Action::Account)),
    ("browsers_list", Own(Action::Account)),
    ("calibration_measure", Session(Action::Change)),
    ("comments_add", Session(Action::Comment)),
    ("comments_delete", Session(Action::Comment)),
    ("comments_delete_all", Session(Action::Change)),
    ("comments_list", Session(Action::Comment)),
    ("comments_resolve", Session(Action::Comment)),
    ("compare_get", Own(Action::Use)),
    ("consents_accept", Own(Action::Use)),
    ("consents_text", Open),
    ("consents_withdraw", Own(Action::Use)),
    ("erasure_ask", Own(Action::Account)),
    ("erasure_take_back", Own(Action::Account)),
    ("export_everything", Own(Action::Account)),
    ("corrections_delete", Session(Action::Change)),
    ("corrections_list", Session(Action::Change)),
    ("corrections_set", Session(Action::Change)),
    ("export_zip", Session(Action::Export)),
    ("grants_give", Session(Action::Share)),
    ("grants_list", Session(Action::Share)),
    ("grants_revoke", Session(Action::Share)),
    ("guest_comments_add", Guest(Action::Comment)),
    ("guest_comments_delete", Guest(Action::Comment)),
    ("guest_comments_list", Guest(Action::Comment)),
    ("guest_open", Open),
    ("guest_recording", Guest(Action::Review)),
    ("guest_report", Guest(Action::Report)),
    ("guest_session", Guest(Action::See)),
    ("guest_transcript", Guest(Action::Review)),
    ("health_alive", Open),
    ("health_metrics", Own(Action::Operate)),
    ("health_ready", Open),
    ("hooks_s3", Open),
    ("ice_servers", Session(Action::View)),
    ("links_list", Session(Action::Share)),
    ("links_make", Session(Action::Share)),
    ("links_revoke", Session(Action::Share)),
    ("live_open", Session(Action::Watch)),
    ("me_get", Own(Action::Use)),
    ("me_put", Own(Action::Use)),
    ("pairing_get", Own(Action::Account)),
    ("pairing_use", Open),
    ("passkeys_add", Own(Action::Account)),
    ("passkeys_begin", Own(Action::Account)),
    ("passkeys_list", Own(Action::Account)),
    ("passkeys_remove", Own(Action::Account)),
    ("password_forgotten", Open),
    ("password_set", Open),
    ("question_set_links_end", Own(Action::Use)),
    ("question_set_links_list", Own(Action::Use)),
    ("question_set_links_make", Own(Action::Use)),
    ("question_sets_add", Own(Action::Use)),
    ("question_sets_change", Own(Action::Use)),
    ("question_sets_delete", Own(Action::Use)),
    ("question_sets_list", Own(Action::Use)),
    ("questions_add", Own(Action::Use)),
    ("questions_change", Own(Action::Use)),
    ("questions_delete", Own(Action::Use)),
    ("providers_accept", Own(Action::Use)),
    ("providers_list", Own(Action::Use)),
    ("providers_withdraw", Own(Action::Use)),
    ("questions_list", Own(Action::Use)),
    ("recording_link", Session(Action::Review)),
    ("report", Session(Action::Report)),
    ("report_journal", Session(Action::Export)),
    ("retention_preview", Own(Action::Use)),
    ("review_get", Session(Action::Report)),
    ("room_consent", Guest(Action::Interview)),
    ("room_consent_text", Open),
    ("room_ice_servers", Guest(Action::View)),
    ("room_live", Guest(Action::View)),
    ("room_publish", Guest(Action::Interview)),
    ("room_publish_endpoint", Guest(Action::Interview)),
    ("room_publish_leave", Guest(Action::Interview)),
    ("room_publish_options", Open),
    ("room_publish_resource", Guest(Action::Interview)),
    ("room_publish_resource_options", Open),
    ("room_publish_trickle", Guest(Action::Interview)),
    ("room_watch", Guest(Action::View)),
    ("room_watch_endpoint", Guest(Action::View)),
    ("room_watch_leave", Guest(Action::View)),
    ("room_watch_options", Open),
    ("room_watch_resource", Guest(Action::View)),
    ("room_watch_resource_options", Open),
    ("room_watch_trickle", Guest(Action::View)),
    ("search", Own(Action::Use)),
    ("sessions_create", Own(Action::Use)),
    ("sessions_delete", Session(Action::Change)),
    ("sessions_get", Session(Action::See)),
    ("sessions_gold", Session(Action::Change)),
    ("sessions_list", Own(Action::Use)),
    ("shared_list", Own(Action::Use)),
    ("shared_set_copy", Own(Action::Use)),
    ("shared_set_open", Own(Action::Use)),
    ("sign_in_begin", Open),
    ("sign_in_callback", Open),
    ("sign_in_passkey", Open),
    ("sign_in_passkey_begin", Open),
    ("sign_in_password", Open),
    ("sign_in_ways", Open),
    ("sign_out", Own(Action::Account)),
    ("sign_out_back_channel", Open),
    ("tokens_issue", Own(Action::Account)),
    ("tokens_list", Own(Action::Account)),
    ("tokens_revoke", Own(Action::Account)),
    ("transcript", Session(Action::Review)),
    ("trends_get", Own(Action::Use)),
    ("upload_abort", Session(Action::Change)),
    ("upload_complete", Session(Action::Change)),
    ("upload_get", Session(Action::Change)),
    ("upload_open", Session(Action::Change)),
    ("upload_urls", Session(Action::Change)),
    ("whep_endpoint", Session(Action::View)),
    ("whep_leave", Session(Action::View)),
    ("whep_options", Open),
    ("whep_resource", Session(Action::View)),
    ("whep_resource_options", Open),
    ("whep_trickle", Session(Action::View)),
    ("whep_watch", Session(Action::View)),
    ("whip_endpoint", Session(Action::Publish)),
    ("whip_options", Open),
    ("whip_publish", Session(Action::Publish)),
    ("whip_resource", Session(Action::Publish)),
    ("whip_resource_options", Open),
    ("whip_stop", Session(Action::Publish)),
    ("whip_trickle", Session(Action::Publish)),
];

/// As whom, and by what, a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Anonymous,
    Stranger,
    Owner,
    OwnerExpired,
    OwnerIdle,
    OwnerDisabled,
    Grantee(Role, bool),
    GrantRevoked,
    GrantExpired,
    Admin,
    Token(Scope),
    /// A token of the owner for this session alone.
    TokenHere(Scope),
    /// A token of the owner for another session.
    TokenElsewhere(Scope),
    TokenRevoked,
    TokenExpired,
    /// A token of somebody who was granted the session.
    GranteeToken(Scope),
    /// A browser that opened the link of the path, which shows scores and lets guests comment, or neither.
    Guest(bool),
    GuestRevoked,
    GuestExpired,
    /// A browser that opened another link of the same session.
    GuestElsewhere,
    /// A browser that opened the link of the path, an invitation into the live session, and whose person agreed to be recorded.
    Invited(Role),
}

const CALLERS: [Caller; 32] = [
    Caller::Anonymous,
    Caller::Stranger,
    Caller::Owner,
    Caller::OwnerExpired,
    Caller::OwnerIdle,
    Caller::OwnerDisabled,
    Caller::Grantee(Role::Coach, false),
    Caller::Grantee(Role::Coach, true),
    Caller::Grantee(Role::Observer, true),
    Caller::Grantee(Role::Interviewer, true),
    Caller::GrantRevoked,
    Caller::GrantExpired,
    Caller::Admin,
    Caller::Token(Scope::Publish),
    Caller::Token(Scope::Watch),
    Caller::Token(Scope::Api),
    Caller::TokenHere(Scope::Publish),
    Caller::TokenHere(Scope::Watch),
    Caller::TokenHere(Scope::Api),
    Caller::TokenElsewhere(Scope::Publish),
    Caller::TokenElsewhere(Scope::Api),
    Caller::TokenRevoked,
    Caller::TokenExpired,
    Caller::GranteeToken(Scope::Api),
    Caller::GranteeToken(Scope::Publish),
    Caller::Guest(false),
    Caller::Guest(true),
    Caller::GuestRevoked,
    Caller::GuestExpired,
    Caller::GuestElsewhere,
    Caller::Invited(Role::Interviewer),
    Caller::Invited(Role::Observer),
];

/// What must come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// 401; 429 after too many such requests.
    SignIn,
    /// 404: for this caller there is no such session.
    Unknown,
    /// 404: for this caller there is no such link; 429 after too many requests with one that has ended.
    NoLink,
    /// 403.
    Forbidden,
    /// The operation's own answer.
    Allowed,
}

fn expected(rule: Rule, caller: Caller) -> Expected {
    use Caller as C;
    if rule == Open {
        return Expected::Allowed;
    }
    if let Guest(action) = rule {
        return match caller {
            C::Guest(all) if (Party::Guest { scores: all, comments: all }).may(action) => Expected::Allowed,
            C::Invited(role) if (Party::Invited { role }).may(action) => Expected::Allowed,
            C::Guest(_) | C::Invited(_) => Expected::Forbidden,
            _ => Expected::NoLink,
        };
    }
    let by = match caller {
        C::Guest(_) | C::Invited(_) | C::GuestRevoked | C::GuestExpired | C::GuestElsewhere => {
            return Expected::SignIn;
        }
        C::Anonymous | C::OwnerExpired | C::OwnerIdle | C::OwnerDisabled | C::TokenRevoked | C::TokenExpired => {
            return Expected::SignIn;
        }
        C::Token(scope) | C::GranteeToken(scope) => By::Token { id: Uuid::nil(), scope, session: None },
        C::TokenHere(scope) | C::TokenElsewhere(scope) => {
            By::Token { id: Uuid::nil(), scope, session: Some(SessionId(Uuid::nil())) }
        }
        _ => By::Login(Uuid::nil()),
    };
    let party = match caller {
        C::Owner | C::Token(_) | C::TokenHere(_) => Some(Party::Owner),
        C::Grantee(role, scores) => Some(Party::Grantee { role, scores }),
        C::GranteeToken(_) => Some(Party::Grantee { role: Role::Coach, scores: true }),
        _ => None,
    };
    let role = if caller == C::Admin { AccountRole::Admin } else { AccountRole::Candidate };
    let (action, may) = match (rule, party) {
        (Session(_), None) => return Expected::Unknown,
        (Session(action), Some(party)) => (action, party.may(action)),
        (Own(action), _) => (action, may_on_server(role, action)),
        (Open | Guest(_), _) => return Expected::Allowed,
    };
    if may && carries(by, action) { Expected::Allowed } else { Expected::Forbidden }
}

/// Parameters of paths that name what belongs to a person and to no session.
const OWNED: [&str; 6] = ["{browser}", "{passkey}", "{token}", "{question}", "{set}", "{set_link}"];

/// Returns whether what the fixture made belongs to the caller.
fn owns(caller: Caller) -> bool {
    use Caller as C;
    matches!(caller, C::Owner | C::Token(_) | C::TokenHere(_) | C::TokenElsewhere(_))
}

/// What the requests of one operation by one caller are about.
struct Fixture {
    session: SessionId,
    owner: UserId,
    browser: Uuid,
    token: Uuid,
    grant: Uuid,
    link: Uuid,
    comment: Uuid,
    question: String,
    set: Uuid,
    set_link: Uuid,
    passkey: Uuid,
    set_secret: String,
    /// The cookie of a browser that opened the link.
    guest: String,
}

/// Makes a link and opens it. Returns its id and the browser's cookie for it.
async fn opened(db: &Db, owner: UserId, session: SessionId, new: NewLink) -> (Uuid, String) {
    let expires_us = new.expires_us;
    let (id, secret) = links::make(db, owner, session, new).await.unwrap().unwrap();
    let link = links::find(db, &secret, expires_us - 1).await.unwrap().unwrap();
    let (visit, cookie) = visits::begin(db, &link, Some("Gus"), now_us()).await.unwrap().unwrap();
    visits::agree(db, owner, visit, consent::room::VERSION, None, now_us()).await.unwrap();
    (id, format!("coach-guest-{}={cookie}", id.simple()))
}

/// Writes a question and a set of it. Returns their ids.
async fn written(db: &Db, owner: UserId) -> (String, Uuid) {
    let new = own::Written {
        family: Family::Conflict,
        text: "Why us?".into(),
        suggested_ms: 60_000,
        tip: String::new(),
        label: None,
    };
    let question = own::add(db, owner, &new).await.unwrap().unwrap();
    let sets::Written::Done(set) = sets::write(db, owner, None, "Mine", std::slice::from_ref(&question)).await.unwrap()
    else {
        panic!("the set was not written")
    };
    (question, set)
}

async fn fixture(db: &Db, caller: Caller) -> Fixture {
    let owner = person(db, &Uuid::now_v7().to_string()).await;
    consents::accept(db, owner, consent::VERSION).await.unwrap();
    let session = session(db, owner).await.id;
    login(db, owner).await;
    let browser = logins::list(db, owner, now_us(), i64::MAX / 2).await.unwrap()[0].id;
    let (token, _) = token(db, owner, Scope::Api, None).await;
    let reader = person(db, "reader").await;
    let grant = grant(db, owner, session, reader, Role::Observer, false).await;
    let expires_us = if caller == Caller::GuestExpired { now_us() } else { i64::MAX };
    let all = caller == Caller::Guest(true);
    let role = if let Caller::Invited(role) = caller { Some(role) } else { None };
    let new = NewLink { scores: all, comments: all, role, expires_us, ..NewLink::default() };
    let (link, guest) = opened(db, owner, session, new).await;
    let remark = NewComment {
        writer: Writer::Person(owner),
        author_name: "Ada".into(),
        reply_to: None,
        start_ms: None,
        end_ms: None,
        text: "Here.".into(),
    };
    let Added::Done(comment) = comments::add(db, owner, session, remark, |_| None).await.unwrap() else {
        panic!("the comment was not added")
    };
    let (question, set) = written(db, owner).await;
    let (set_link, set_secret) = set_links::make(db, owner, set, i64::MAX).await.unwrap().unwrap();
    let passkey = passkeys::add(db, owner, &secret::generate(), "Laptop", &json!({})).await.unwrap().unwrap();
    Fixture {
        passkey,
        session,
        owner,
        browser,
        token,
        grant,
        link,
        comment,
        question,
        set,
        set_link,
        set_secret,
        guest,
    }
}

/// The header that proves the caller.
async fn credential(db: &Db, fixture: &Fixture, caller: Caller) -> Option<(&'static str, String)> {
    let (owner, here) = (fixture.owner, fixture.session);
    let now = now_us();
    let cookie = |value: String| Some(("cookie", value));
    let bearer = |(_, secret): (Uuid, String)| Some(("authorization", format!("Bearer {secret}")));
    let granted = async |role, scores, expires_us| {
        let grantee = person(db, &Uuid::now_v7().to_string()).await;
        consents::accept(db, grantee, consent::VERSION).await.unwrap();
        let new = NewGrant { grantee, role, scores, expires_us };
        (grantee, grants::give(db, owner, here, new).await.unwrap().unwrap())
    };
    let signed_in = async |seen_us, expires_us| {
        let new = NewLogin { person: owner, issuer: "x", issuer_sid: None, agent: None, now_us: seen_us, expires_us };
        cookie(format!("coach={}", logins::create(db, new).await.unwrap()))
    };
    match caller {
        Caller::Anonymous => None,
        Caller::Stranger => {
            let stranger = person(db, "stranger").await;
            consents::accept(db, stranger, consent::VERSION).await.unwrap();
            cookie(login(db, stranger).await)
        }
        Caller::Owner => cookie(login(db, owner).await),
        Caller::OwnerExpired => signed_in(now, now).await,
        Caller::OwnerIdle => signed_in(now - 50_000_000_000, now + 50_000_000_000).await,
        Caller::OwnerDisabled => {
            let held = token(db, owner, Scope::Api, None).await;
            users::disable(db, owner).await.unwrap();
            bearer(held)
        }
        Caller::Grantee(role, scores) => cookie(login(db, granted(role, scores, None).await.0).await),
        Caller::GrantRevoked => {
            let (grantee, id) = granted(Role::Coach, true, None).await;
            grants::revoke(db, owner, here, id).await.unwrap();
            cookie(login(db, grantee).await)
        }
        Caller::GrantExpired => cookie(login(db, granted(Role::Coach, true, Some(now)).await.0).await),
        Caller::Admin => {
            let admin = with_role(db, "admin", AccountRole::Admin).await;
            consents::accept(db, admin, consent::VERSION).await.unwrap();
            cookie(login(db, admin).await)
        }
        Caller::Token(scope) => bearer(token(db, owner, scope, None).await),
        Caller::TokenHere(scope) => bearer(token(db, owner, scope, Some(here)).await),
        Caller::TokenElsewhere(scope) => {
            let elsewhere = session(db, owner).await.id;
            bearer(token(db, owner, scope, Some(elsewhere)).await)
        }
        Caller::TokenRevoked => {
            let held = token(db, owner, Scope::Api, None).await;
            tokens::revoke(db, owner, held.0).await.unwrap();
            bearer(held)
        }
        Caller::TokenExpired => {
            let new = NewToken { session: None, scope: Scope::Api, name: None, expires_us: now };
            bearer(tokens::issue(db, owner, new).await.unwrap().unwrap())
        }
        Caller::GranteeToken(scope) => {
            let (grantee, _) = granted(Role::Coach, true, None).await;
            bearer(token(db, grantee, scope, None).await)
        }
        Caller::Guest(_) | Caller::Invited(_) | Caller::GuestExpired => cookie(fixture.guest.clone()),
        Caller::GuestRevoked => {
            assert!(links::revoke(db, owner, here, fixture.link).await.unwrap());
            cookie(fixture.guest.clone())
        }
        Caller::GuestElsewhere => {
            let new = NewLink { scores: true, comments: true, expires_us: i64::MAX, ..NewLink::default() };
            cookie(opened(db, owner, here, new).await.1)
        }
    }
}

/// A body that the operation would take from the owner.
fn body(operation: &str, fixture: &Fixture, request: RequestBuilder) -> RequestBuilder {
    let value = match operation {
        "consents_accept" => Some(json!({"version": consent::VERSION})),
        "grants_give" => Some(json!({"email": "stranger@uni.test", "scores": true})),
        "comments_add" => Some(json!({"text": "x"})),
        "comments_resolve" => Some(json!({"resolved": true})),
        "corrections_set" => Some(json!({"text": "x"})),
        "guest_comments_add" => Some(json!({"text": "x", "name": "Gus"})),
        "guest_open" => Some(json!({"link": "x"})),
        "links_make" => Some(json!({"name": "Gus", "days": 7})),
        "me_put" => Some(json!({"retention_days": 7})),
        "question_set_links_make" => Some(json!({"days": 7})),
        "question_sets_add" | "question_sets_change" => Some(json!({"name": "x", "questions": ["pressure-deadline"]})),
        "questions_add" | "questions_change" => Some(json!({"text": "Why?", "family": "failure"})),
        "shared_set_copy" | "shared_set_open" => Some(json!({"link": fixture.set_secret})),
        "password_forgotten" => Some(json!({"name": "x"})),
        "password_set" => Some(json!({"link": "x", "password": "a long enough password"})),
        "providers_accept" => Some(json!({"provider": "x"})),
        "room_consent" => Some(json!({"version": consent::room::VERSION})),
        "sessions_create" => Some(json!({"questions": ["failure-own-mistake"]})),
        "sessions_gold" => Some(json!({"gold": true})),
        "passkeys_add" => Some(json!({"ceremony": "x", "name": "x", "credential": {}})),
        "sign_in_passkey" => Some(json!({"ceremony": "x", "credential": {}})),
        "sign_in_password" => Some(json!({"name": "x", "password": "y"})),
        "tokens_issue" => Some(json!({"name": "x", "scope": "api", "days": 1})),
        "upload_open" => Some(json!({"name": "a.webm", "content_type": "video/webm", "bytes": 1000})),
        "upload_urls" => Some(json!({"parts": [1]})),
        "upload_complete" => Some(json!({"crc64": null})),
        _ => None,
    };
    match (value, operation) {
        (Some(value), _) => request.json(&value),
        (None, "whip_publish" | "whep_watch" | "room_publish" | "room_watch") => {
            request.header("content-type", "application/sdp").body("v=0\r\n")
        }
        (None, "calibration_measure") => request.header("content-type", "video/webm").body("x"),
        _ => request,
    }
}

/// The operations of the API: id, method and path.
fn operations() -> Vec<(String, Method, String)> {
    let document = serde_json::to_value(coach_server::http::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            found.push((id, method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    found
}

#[test]
fn every_operation_has_a_rule() {
    let operations: BTreeSet<String> = operations().into_iter().map(|(id, ..)| id).collect();
    let rules: BTreeSet<String> = RULES.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(operations, rules, "a route without a rule, or a rule without a route");
}

#[tokio::test]
async fn nobody_does_more_than_the_table_of_rights_says() {
    on_both(async |db| {
        let configure = |config: &mut Config| {
            config.auth.local = true;
            config.limits.changes_hz = 100_000;
        };
        let server = Server::on(db.clone(), configure, now_us).await;
        let query = query_of_everything(&db).await;
        let (mut counts, mut leaks) = (BTreeMap::new(), Vec::new());
        for (operation, method, path) in operations() {
            let rule = RULES.iter().find(|(id, _)| *id == operation).unwrap().1;
            for caller in CALLERS {
                let fixture = fixture(&db, caller).await;
                let credential = credential(&db, &fixture, caller).await;
                let names_what_is_owned = OWNED.iter().any(|name| path.contains(name));
                let path = path
                    .replace("{id}", &fixture.session.to_string())
                    .replace("{browser}", &fixture.browser.to_string())
                    .replace("{token}", &fixture.token.to_string())
                    .replace("{comment}", &fixture.comment.to_string())
                    .replace("{link}", &fixture.link.to_string())
                    .replace("{question}", &fixture.question)
                    .replace("{passkey}", &fixture.passkey.to_string())
                    .replace("{set}", &fixture.set.to_string())
                    .replace("{set_link}", &fixture.set_link.to_string())
                    .replace("{start_ms}", "1000")
                    .replace("{purpose}", "review")
                    .replace("{grant}", &fixture.grant.to_string())
                    .replace("{participant}", "candidate")
                    .replace("{resource}", "x");
                let path = if operation == "retention_preview" { format!("{path}?days=7") } else { path };
                let path = if operation == "compare_get" {
                    let id = fixture.session;
                    format!("{path}?a={id}&answer_a=0&b={id}&answer_b=0")
                } else {
                    path
                };
                let before = everything(&db, &query).await;
                let request = body(&operation, &fixture, server.request(method.clone(), &path));
                let request = credential.into_iter().fold(request, |r, (name, value)| r.header(name, value));
                let answer = request.send().await.unwrap();
                let status = answer.status().as_u16();
                let text = answer.text().await.unwrap();
                let refused = matches!(status, 401 | 403 | 405 | 500);
                let unknown = status == 404 && text.contains("there is no such session");
                let expected = expected(rule, caller);
                let held = match expected {
                    Expected::SignIn if caller == Caller::Anonymous => status == 401,
                    Expected::SignIn => matches!(status, 401 | 429),
                    Expected::Unknown => unknown,
                    Expected::NoLink => status == 429 || status == 404 && text.contains("no such link any more"),
                    Expected::Forbidden => status == 403,
                    // A secret of its own may be asked for.
                    Expected::Allowed if rule == Open => true,
                    Expected::Allowed if operation == "compare_get" => !refused,
                    // What belongs to somebody else is not there.
                    Expected::Allowed if names_what_is_owned && !owns(caller) => status == 404,
                    Expected::Allowed => !refused && !unknown,
                };
                *counts.entry(format!("{expected:?}")).or_insert(0) += 1;
                let changed = status >= 400 && everything(&db, &query).await != before;
                if !held || changed {
                    leaks.push(format!(
                        "{operation} by {caller:?}: {status}, not {expected:?}; changed: {changed}; {text}"
                    ));
                }
            }
            empty(&db).await;
        }
        let total: i32 = counts.values().sum();
        println!(
            "{total} requests, {} operations, {} callers: {counts:?}, {} leaks",
            RULES.len(),
            CALLERS.len(),
            leaks.len()
        );
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    })
    .await;
}
