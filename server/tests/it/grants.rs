//! Sharing a session with a person who has an account.

use crate::support::people::{login, person};
use crate::support::report::session;
use crate::support::{Server, on_both};
use coach_server::clock::now_us;
use coach_server::session::consent;
use coach_server::store::consents;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_share_shows_what_it_says_until_it_ends() {
    on_both(async |db| {
        let server = Server::on(db.clone(), |config| config.auth.local = true, now_us).await;
        let ada = person(&db, "ada").await;
        consents::accept(&db, ada, consent::VERSION).await.unwrap();
        let session = session(&db, ada).await.id;
        let owner = login(&db, ada).await;
        let coach = login(&db, person(&db, "ona").await).await;
        let ask = async |method: Method, path: String, cookie: &str, body: Value| {
            let request = server.request(method, &path).header("cookie", cookie).json(&body);
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
        };
        let here = format!("/api/sessions/{}", session);
        let share = |email: &str, more: Value| {
            let mut body = json!({ "email": email });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        assert_eq!(ask(Method::GET, here.clone(), &coach, Value::Null).await.0, 404);
        for wrong in [
            share("nobody@uni.test", json!({})),
            share("", json!({})),
            share("ona@uni.test", json!({"days": 0})),
            share("ona@uni.test", json!({"role": "owner"})),
        ] {
            assert_eq!(ask(Method::POST, format!("{here}/grants"), &owner, wrong.clone()).await.0, 422, "{wrong}");
        }
        let (status, made) =
            ask(Method::POST, format!("{here}/grants"), &owner, share("ONA@uni.test", json!({}))).await;
        assert_eq!(status, 201);
        let (status, seen) = ask(Method::GET, here.clone(), &coach, Value::Null).await;
        assert_eq!((status, &seen["scores"]), (200, &Value::Null));
        assert_eq!(ask(Method::GET, format!("{here}/report"), &coach, Value::Null).await.0, 403, "scores are off");
        assert_eq!(
            ask(Method::GET, format!("{here}/recording"), &coach, Value::Null).await.0,
            409,
            "nothing is recorded yet"
        );
        let (_, shared) = ask(Method::GET, "/api/shared".into(), &coach, Value::Null).await;
        assert_eq!(shared["sessions"][0]["session"], session.to_string());
        let (_, list) = ask(Method::GET, format!("{here}/grants"), &owner, Value::Null).await;
        assert!(list["grants"].as_array().unwrap().iter().any(|grant| grant["email"] == "ona@uni.test"), "{list}");
        let grant = format!("{here}/grants/{}", made["id"].as_str().unwrap());
        assert_eq!(ask(Method::DELETE, grant.clone(), &coach, Value::Null).await.0, 403);
        assert_eq!(ask(Method::DELETE, grant.clone(), &owner, Value::Null).await.0, 204);
        assert_eq!(ask(Method::DELETE, grant, &owner, Value::Null).await.0, 404);
        assert_eq!(ask(Method::GET, here, &coach, Value::Null).await.0, 404);
        let (_, log) = ask(Method::GET, "/api/audit".into(), &owner, Value::Null).await;
        let what: Vec<_> = log["entries"].as_array().unwrap().iter().map(|e| e["what"].as_str().unwrap()).collect();
        assert_eq!(what, ["unshared", "shared"]);
    })
    .await;
}
