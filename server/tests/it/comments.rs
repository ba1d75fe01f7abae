//! Comments on a session: by its owner, by whom they named, by guests; at a moment, a stretch or on the whole.

use crate::support::people::{Browser, grant, login, person};
use crate::support::shown::{Shown, accounts};
use crate::support::{on_both, problem, sqlite};
use coach_server::store::Db;
use coach_server::store::people::grants::Role;
use coach_server::store::sharing::comments::{self, Added, COMMENTS_MAX, EACH_MAX, NewComment, Writer};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// A guest who opened a link that lets guests comment. Returns the link's id.
async fn guest(shown: &Shown, browser: &Browser) -> String {
    let (id, secret) = shown.link(json!({"days": 7, "comments": true})).await;
    assert_eq!(shown.open(browser, json!({"link": secret})).await.status(), 200);
    id
}

async fn say(shown: &Shown, browser: &Browser, link: &str, body: Value) -> Response {
    let url = format!("{}/api/guest/{link}/comments", shown.server.base);
    browser.send(Method::POST, &url, |request| request.json(&body)).await
}

async fn id_of(answer: Response) -> String {
    assert_eq!(answer.status(), 201);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_owner_a_coach_and_a_guest_talk_about_a_moment() {
    on_both(async |db| {
        let shown = Shown::on(db.clone(), accounts).await;
        let coach = person(&db, "ona").await;
        grant(&db, shown.owner, shown.session, coach, Role::Coach, false).await;
        let coach = login(&db, coach).await;
        let here = format!("/api/sessions/{}/comments", shown.session);
        let as_coach = async |method: Method, below: &str, body: Value| {
            let request = shown.server.request(method, &format!("{here}{below}")).header("cookie", &coach);
            request.json(&body).send().await.unwrap()
        };
        let browser = Browser::new();
        let link = guest(&shown, &browser).await;

        let moment = json!({"text": " One breath before\nthe phones rang. ", "start_ms": 1000, "end_ms": 4000});
        let first = id_of(as_coach(Method::POST, "", moment).await).await;
        problem(say(&shown, &browser, &link, json!({"text": "Who am I?"})).await, 422, "unprocessable").await;
        let reply = json!({"text": "I agree", "reply_to": first, "name": "Gus"});
        let second = id_of(say(&shown, &browser, &link, reply).await).await;
        let third = id_of(say(&shown, &browser, &link, json!({"text": "A good end", "start_ms": 90_000})).await).await;
        id_of(shown.ask(Method::POST, "/comments", json!({"text": "Thank you", "reply_to": third})).await).await;

        let list =
            async |answer: Response| answer.json::<Value>().await.unwrap()["comments"].as_array().unwrap().clone();
        let seen = list(shown.see(&browser, &link, "/comments").await).await;
        let what =
            |c: &Value| format!("{} {} {}", c["by"].as_str().unwrap(), c["author_name"].as_str().unwrap(), c["own"]);
        assert_eq!(
            seen.iter().map(what).collect::<Vec<_>>(),
            ["person ona false", "guest Gus true", "guest Gus true", "owner ada false"]
        );
        assert_eq!(
            (&seen[0]["text"], &seen[0]["start_ms"], &seen[0]["end_ms"]),
            (&json!("One breath before\nthe phones rang."), &json!(1000), &json!(4000))
        );
        assert_eq!((&seen[1]["reply_to"], &seen[2]["end_ms"]), (&json!(first), &Value::Null));
        assert!(!format!("{seen:?}").contains("uni.test"), "no addresses are shown");

        // Others delete and settle their own alone, the owner any.
        assert_eq!(as_coach(Method::DELETE, &format!("/{third}"), Value::Null).await.status(), 404);
        assert_eq!(as_coach(Method::PUT, &format!("/{third}/resolved"), json!({"resolved": true})).await.status(), 404);
        assert_eq!(as_coach(Method::PUT, &format!("/{first}/resolved"), json!({"resolved": true})).await.status(), 204);
        assert_eq!(
            shown.ask(Method::PUT, &format!("/comments/{first}/resolved"), json!({"resolved": false})).await.status(),
            204
        );
        assert_eq!(
            shown.ask(Method::PUT, &format!("/comments/{second}/resolved"), json!({"resolved": true})).await.status(),
            404,
            "a reply"
        );
        let erase = async |comment: &str| {
            let url = format!("{}/api/guest/{link}/comments/{comment}", shown.server.base);
            browser.send(Method::DELETE, &url, |request| request).await.status().as_u16()
        };
        assert_eq!((erase(&first).await, erase("x").await, erase(&third).await), (404, 404, 204));
        assert_eq!(shown.links().await[0]["visits"][0]["name"], "Gus");

        assert_eq!(as_coach(Method::DELETE, "", Value::Null).await.status(), 403);
        assert_eq!(shown.ask(Method::DELETE, "/comments", Value::Null).await.status(), 204);
        assert!(list(shown.ask(Method::GET, "/comments", Value::Null).await).await.is_empty());
        assert_eq!(shown.ask(Method::DELETE, &format!("/links/{link}"), Value::Null).await.status(), 204);
        problem(say(&shown, &browser, &link, json!({"text": "Still here?"})).await, 404, "not-found").await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_comment_stays_without_its_words_until_its_last_reply_goes() {
    on_both(async |db| {
        let shown = Shown::on(db, accounts).await;
        let browser = Browser::new();
        let link = guest(&shown, &browser).await;
        let body = json!({"text": "A good end", "start_ms": 90_000, "name": "Gus"});
        let first = id_of(say(&shown, &browser, &link, body).await).await;
        let reply = json!({"text": "Thank you", "reply_to": first});
        let reply = id_of(shown.ask(Method::POST, "/comments", reply).await).await;
        let erase = async || {
            let url = format!("{}/api/guest/{link}/comments/{first}", shown.server.base);
            browser.send(Method::DELETE, &url, |request| request).await.status().as_u16()
        };
        assert_eq!((erase().await, erase().await), (204, 404), "once");
        let seen: Value = shown.ask(Method::GET, "/comments", Value::Null).await.json().await.unwrap();
        let (deleted, kept) = (&seen["comments"][0], &seen["comments"][1]);
        assert_eq!(
            (&deleted["text"], &deleted["author_name"], &deleted["deleted"]),
            (&json!(""), &json!(""), &json!(true))
        );
        assert_eq!(
            (&deleted["start_ms"], &kept["text"], &kept["deleted"]),
            (&json!(90_000), &json!("Thank you"), &json!(false))
        );
        let late = json!({"text": "Which one?", "reply_to": first});
        problem(say(&shown, &browser, &link, late).await, 422, "unprocessable").await;
        for (method, below) in [(Method::PUT, format!("/{first}/resolved")), (Method::DELETE, format!("/{first}"))] {
            let answer = shown.ask(method, &format!("/comments{below}"), json!({"resolved": true})).await;
            problem(answer, 404, "not-found").await;
        }
        assert_eq!(shown.ask(Method::DELETE, &format!("/comments/{reply}"), Value::Null).await.status(), 204);
        let seen: Value = shown.ask(Method::GET, "/comments", Value::Null).await.json().await.unwrap();
        assert_eq!(seen["comments"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_comment_is_none() {
    let (db, _dir) = sqlite().await;
    let shown = Shown::on(db, accounts).await;
    let browser = Browser::new();
    let link = guest(&shown, &browser).await;
    let answered = id_of(shown.ask(Method::POST, "/comments", json!({"text": "x"})).await).await;
    let reply = id_of(shown.ask(Method::POST, "/comments", json!({"text": "x", "reply_to": answered})).await).await;
    for wrong in [
        json!({}),
        json!({"text": ""}),
        json!({"text": " \n "}),
        json!({"text": "x".repeat(2001)}),
        json!({"text": "a\u{0}b"}),
        json!({"text": "a\u{1b}[2J"}),
        json!({"text": "x", "start_ms": -1}),
        json!({"text": "x", "start_ms": 90_001}),
        json!({"text": "x", "start_ms": 2000, "end_ms": 1000}),
        json!({"text": "x", "start_ms": 2000, "end_ms": 90_001}),
        json!({"text": "x", "start_ms": i64::MAX, "end_ms": i64::MAX}),
        json!({"text": "x", "end_ms": 1000}),
        json!({"text": "x", "start_ms": 1.5}),
        json!({"text": "x", "reply_to": answered, "start_ms": 1}),
        json!({"text": "x", "reply_to": reply}),
        json!({"text": "x", "reply_to": Uuid::nil()}),
        json!({"text": "x", "reply_to": "y"}),
        json!({"text": "x", "author_name": "Ada"}),
        json!({"text": "x", "resolved": true}),
    ] {
        problem(shown.ask(Method::POST, "/comments", wrong.clone()).await, 422, "unprocessable").await;
        let mut named = wrong.clone();
        named.as_object_mut().unwrap().insert("name".into(), "Gus".into());
        problem(say(&shown, &browser, &link, named).await, 422, "unprocessable").await;
    }
    for name in ["x".repeat(81), "a\nb".into(), "  ".into()] {
        problem(say(&shown, &browser, &link, json!({"text": "x", "name": name})).await, 422, "unprocessable").await;
    }
    // What looks like a page or like SQL is text.
    let hostile = "<script>alert(1)</script>'); DROP TABLE comments; --";
    id_of(say(&shown, &browser, &link, json!({"text": hostile, "name": hostile})).await).await;
    let list: Value = shown.ask(Method::GET, "/comments", Value::Null).await.json().await.unwrap();
    assert_eq!((list["comments"].as_array().unwrap().len(), &list["comments"][2]["text"]), (3, &json!(hostile)));
}

#[tokio::test]
async fn comments_have_an_end_for_each_writer_and_for_the_session() {
    on_both(async |db: Db| {
        let shown = Shown::on(db.clone(), accounts).await;
        let coach = person(&db, "ona").await;
        let add = async |writer| {
            let new = NewComment {
                writer,
                author_name: "x".into(),
                reply_to: None,
                start_ms: None,
                end_ms: None,
                text: "x".into(),
            };
            comments::add(&db, shown.owner, shown.session, new, |_| None).await.unwrap()
        };
        let mut coachs = Vec::new();
        for _ in 0..EACH_MAX {
            coachs.push(add(Writer::Person(coach)).await);
        }
        assert!(coachs.iter().all(|added| matches!(added, Added::Done(_))));
        assert_eq!(add(Writer::Person(coach)).await, Added::Enough);
        for _ in EACH_MAX..COMMENTS_MAX - 2 {
            assert!(matches!(add(Writer::Person(shown.owner)).await, Added::Done(_)));
        }
        // Of many at once, as many are added as there is room for.
        let all = futures::future::join_all((0..8).map(|_| add(Writer::Person(shown.owner)))).await;
        assert_eq!(all.iter().filter(|added| matches!(added, Added::Done(_))).count(), 2, "{all:?}");
        problem(shown.ask(Method::POST, "/comments", json!({"text": "x"})).await, 409, "conflict").await;
        let new = NewComment {
            writer: Writer::Person(coach),
            author_name: "x".into(),
            reply_to: None,
            start_ms: None,
            end_ms: None,
            text: "x".into(),
        };
        let elsewhere = comments::add(&db, coach, shown.session, new, |_| None).await.unwrap();
        assert_eq!(elsewhere, Added::Unknown, "the session is not theirs");
    })
    .await;
}
