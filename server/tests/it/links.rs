//! Links by which people without an account see a session: what they show, how they end, and who guesses.

use crate::support::people::{Browser, person};
use crate::support::report::session;
use crate::support::shown::{Shown, accounts};
use crate::support::{on_both, problem, sqlite};
use coach_server::clock::{DAY_US, now_us};
use coach_server::store::people::{all_owners_sweep, users};
use coach_server::store::sessions;
use coach_server::store::sharing::links::{self, LINKS_MAX, NewLink};
use coach_server::store::sharing::visits::{self, VISIT_US};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_link_shows_what_its_owner_says_until_it_is_ended() {
    on_both(async |db| {
        let shown = Shown::on(db, accounts).await;
        let (id, secret) = shown.link(json!({"name": "Prof. Gus", "days": 7})).await;
        let guest = Browser::new();
        let opened = shown.open(&guest, json!({"link": secret, "name": " Gus "})).await;
        assert_eq!(opened.status(), 200);
        let cookie = opened.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=86400"),
            "{cookie}"
        );
        let view: Value = opened.json().await.unwrap();
        assert_eq!((&view["owner_name"], &view["name"]), (&json!("ada"), &json!("Gus")));
        assert_eq!(
            (&view["scores"], &view["session"]["scores"], &view["session"]["answers"][0]["scores"]["confidence"]),
            (&json!(false), &Value::Null, &Value::Null)
        );
        assert!(!view.to_string().contains("uni.test") && !view.to_string().contains("Prof"), "{view}");
        let recording: Value = shown.see(&guest, &id, "/recording").await.json().await.unwrap();
        let good_us = recording["expires_us"].as_i64().unwrap_or_else(|| panic!("{recording}")) - now_us();
        assert!(
            (1..=30_000_000).contains(&good_us) && recording["url"].as_str().unwrap().ends_with("expires=30"),
            "{recording}"
        );
        assert_eq!(shown.see(&guest, &id, "/transcript").await.status(), 200);
        problem(shown.see(&guest, &id, "/report").await, 403, "forbidden").await;
        // The cookie is good for nothing else, and nothing else opens the link's session.
        let elsewhere = format!("{}/api/sessions/{}", shown.server.base, shown.session);
        assert_eq!(guest.send(Method::GET, &elsewhere, |request| request).await.status(), 401);
        problem(shown.see(&Browser::new(), &id, "").await, 404, "not-found").await;
        // Opening it again in the same browser is the same visit.
        assert_eq!(shown.open(&guest, json!({"link": secret})).await.status(), 200);
        let (scored, other) = shown.link(json!({"days": 90, "scores": true})).await;
        let view: Value = shown.open(&guest, json!({"link": other})).await.json().await.unwrap();
        assert_eq!(view["session"]["scores"]["confidence"], 77.0);
        assert_eq!(shown.see(&guest, &scored, "/report").await.status(), 200);
        let links = shown.links().await;
        assert_eq!((&links[1]["name"], &links[1]["visits"][0]["name"]), (&json!("Prof. Gus"), &json!("Gus")));
        assert_eq!((links[1]["visits"].as_array().unwrap().len(), &links[0]["visits"][0]["name"]), (1, &Value::Null));

        assert_eq!(shown.ask(Method::DELETE, &format!("/links/{id}"), Value::Null).await.status(), 204);
        assert_eq!(shown.ask(Method::DELETE, &format!("/links/{id}"), Value::Null).await.status(), 404);
        for below in ["", "/recording", "/transcript", "/report"] {
            problem(shown.see(&guest, &id, below).await, 404, "not-found").await;
        }
        problem(shown.open(&guest, json!({"link": secret})).await, 404, "not-found").await;
        assert_eq!(shown.see(&guest, &scored, "").await.status(), 200, "the other link goes on");
        assert_eq!(shown.links().await[1]["visits"][0]["name"], "Gus", "who looked is seen after the end");
        let log = ["link_ended", "link_opened", "link_made", "link_opened", "link_made"];
        assert_eq!(shown.audit().await, log);

        assert_eq!(shown.ask(Method::DELETE, "", Value::Null).await.status(), 200);
        problem(shown.see(&guest, &scored, "/recording").await, 404, "not-found").await;
        problem(shown.open(&Browser::new(), json!({"link": other})).await, 404, "not-found").await;
    })
    .await;
}

#[tokio::test]
async fn in_personal_mode_a_link_opens_its_session_by_its_cookie_alone() {
    let (db, _dir) = sqlite().await;
    let shown = Shown::on(db, |_| {}).await;
    let (id, secret) = shown.link(json!({"days": 1})).await;
    let guest = Browser::new();
    problem(shown.see(&guest, &id, "").await, 404, "not-found").await;
    let view: Value = shown.open(&guest, json!({"link": secret})).await.json().await.unwrap();
    assert_eq!((&view["owner_name"], &view["session"]["state"]), (&Value::Null, &json!("ready")));
    assert_eq!(shown.see(&guest, &id, "/recording").await.status(), 200);
}

#[tokio::test]
async fn a_passphrase_is_asked_for_once_and_wrong_ones_are_slowed() {
    let (db, _dir) = sqlite().await;
    let shown = Shown::on(db, accounts).await;
    let (id, secret) = shown.link(json!({"days": 7, "passphrase": "blue heron"})).await;
    assert_eq!(shown.links().await[0]["passphrase"], true);
    let guest = Browser::new();
    problem(shown.open(&guest, json!({"link": secret})).await, 403, "passphrase").await;
    problem(shown.open(&guest, json!({"link": secret, "passphrase": "blue herring"})).await, 403, "passphrase").await;
    problem(shown.see(&guest, &id, "").await, 404, "not-found").await;
    assert_eq!(shown.open(&guest, json!({"link": secret, "passphrase": "blue heron"})).await.status(), 200);
    assert_eq!(shown.open(&guest, json!({"link": secret})).await.status(), 200, "this browser is let in already");
    let (mut refused, mut slowed) = (0, 0);
    for n in 0..25 {
        match shown
            .open(&Browser::new(), json!({"link": secret, "passphrase": format!("guess {n}")}))
            .await
            .status()
            .as_u16()
        {
            403 => refused += 1,
            429 => slowed += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((refused, slowed), (9, 16), "ten wrong ones; the right one in between does not count");
    let right = shown.open(&Browser::new(), json!({"link": secret, "passphrase": "blue heron"})).await;
    assert_eq!(right.status(), 429, "the right one is not told from a wrong one while the link is slowed");
    assert_eq!(shown.see(&guest, &id, "").await.status(), 200, "whoever was let in is not slowed");
}

#[tokio::test]
async fn what_cannot_be_a_link_makes_and_opens_none() {
    let (db, _dir) = sqlite().await;
    let shown = Shown::on(db, accounts).await;
    let long = "x".repeat(257);
    for wish in [
        json!({}),
        json!({"days": 0}),
        json!({"days": 91}),
        json!({"days": -1}),
        json!({"days": 7, "passphrase": "short"}),
        json!({"days": 7, "passphrase": long}),
        json!({"days": 7, "name": "x".repeat(81)}),
        json!({"days": 7, "name": "a\u{0}b"}),
        json!({"days": 7, "owner": "me"}),
        json!({"days": 7, "scores": "yes"}),
    ] {
        problem(shown.ask(Method::POST, "/links", wish.clone()).await, 422, "unprocessable").await;
    }
    assert_eq!(shown.links().await, json!([]));
    let guest = Browser::new();
    for secret in ["", "x", "/../..", "' OR 1=1 --", "\u{0}", "ü", &"0".repeat(64), &"a".repeat(10_000)] {
        problem(shown.open(&guest, json!({"link": secret})).await, 404, "not-found").await;
    }
    for body in
        [json!({}), json!({"link": 1}), json!({"link": "x", "name": "a\nb"}), json!({"link": "x", "session": "y"})]
    {
        problem(shown.open(&guest, body).await, 422, "unprocessable").await;
    }
    let (id, _) = shown.link(json!({"days": 7})).await;
    for link in [id.as_str(), "x", "00000000-0000-0000-0000-000000000000", "%00", "..%2f.."] {
        let cookie = format!("coach-guest-{}={long}", id.replace('-', ""));
        let path = format!("/api/guest/{link}");
        let answer = shown.server.request(Method::GET, &path).header("cookie", cookie).send().await.unwrap();
        problem(answer, 404, "not-found").await;
    }
}

#[tokio::test]
async fn a_guesser_of_links_is_slowed() {
    let (db, _dir) = sqlite().await;
    let shown = Shown::on(db, accounts).await;
    let (_, secret) = shown.link(json!({"days": 7})).await;
    let mut answers = std::collections::BTreeMap::new();
    for n in 0..1000 {
        let body = json!({"link": format!("{n:064x}")});
        let status = shown.server.post("/api/guest", body).await.status().as_u16();
        *answers.entry(status).or_insert(0) += 1;
    }
    println!("1000 guessed links: {answers:?}");
    assert!(answers.keys().all(|status| [404, 429].contains(status)) && answers[&429] > 500, "{answers:?}");
    assert_eq!(shown.server.post("/api/guest", json!({"link": secret})).await.status(), 200, "the right one is let in");
}

#[tokio::test]
async fn a_visit_lasts_a_day_and_no_longer_than_its_link_its_session_and_its_owner() {
    on_both(async |db| {
        let owner = person(&db, "ada").await;
        let id = session(&db, owner).await.id;
        let now = now_us();
        let make = async |expires_us| {
            let new = NewLink { expires_us, ..NewLink::default() };
            links::make(&db, owner, id, new).await.unwrap().unwrap()
        };
        let (link, secret) = make(now + 10 * DAY_US).await;
        let opens = links::find(&db, &secret, now).await.unwrap().unwrap();
        assert_eq!((opens.owner(), opens.session()), (owner, id));
        assert_eq!(links::find(&db, &secret, now + 10 * DAY_US).await.unwrap(), None, "it has expired");
        let (visit, cookie) = visits::begin(&db, &opens, None, now).await.unwrap().unwrap();
        let seen = async |at| visits::find(&db, link, &cookie, at).await.unwrap().map(|guest| guest.visit);
        assert_eq!(seen(now + VISIT_US - 1).await, Some(visit));
        assert_eq!(seen(now + VISIT_US).await, None);
        // A request is noted once a minute.
        let noted = links::visits(&db, owner, id).await.unwrap()[&link][0].seen_us;
        assert_eq!(noted, now + VISIT_US - 1);
        assert_eq!(visits::find(&db, uuid::Uuid::nil(), &cookie, now).await.unwrap(), None);

        assert!(!links::revoke(&db, person(&db, "eve").await, id, link).await.unwrap(), "somebody else's");
        assert_eq!(seen(now).await, Some(visit));
        users::disable(&db, owner).await.unwrap();
        assert_eq!((seen(now).await, links::find(&db, &secret, now).await.unwrap()), (None, None));
        users::enable(&db, owner).await.unwrap();
        assert_eq!(seen(now).await, Some(visit));

        assert_eq!(links::make(&db, person(&db, "eve").await, id, NewLink::default()).await.unwrap(), None);
        for _ in 1..LINKS_MAX {
            make(now).await;
        }
        assert_eq!(links::make(&db, owner, id, NewLink::default()).await.unwrap(), None, "as many as there may be");

        assert_eq!(all_owners_sweep(&db, now + 367 * DAY_US, DAY_US).await.unwrap(), 1, "the visit is a year old");
        assert_eq!(seen(now).await, None);
        let machine =
            coach_server::session::Machine::new(db.clone(), std::sync::Arc::new(coach_server::channel::Hub::new(4)));
        machine.apply(owner, id, coach_server::session::Event::Deleted).await.unwrap();
        assert_eq!(links::find(&db, &secret, now).await.unwrap(), None);
        assert!(sessions::erase(&db, owner, id).await.unwrap());
        assert_eq!(links::list(&db, owner, id).await.unwrap(), []);
    })
    .await;
}
