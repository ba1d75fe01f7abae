//! Questions of one's own and sets of them, in the pages: written and ordered by keyboard, practised, copied by somebody else.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use serde_json::json;
use std::ffi::OsString;

#[tokio::test(flavor = "multi_thread")]
async fn a_set_of_own_questions_is_made_by_keyboard_practised_and_copied_by_somebody_else() -> Result<()> {
    let coach = Coach::start(&[("COACH_AUTH_LOCAL", "true")]).await?;
    let links = [coach.invite("ada@uni.test", "Ada")?, coach.invite("bob@uni.test", "Bob")?];
    let mut args: Vec<OsString> = links.iter().map(OsString::from).collect();
    args.push(screenshots()?.into());
    let seen = walk(&coach, "questions.mjs", &args).await?;
    println!("the browsers saw: {seen:#}");
    let text = |name: &str| seen[name].as_str().with_context(|| format!("{name} in {seen:#}"));
    ensure!(
        text("first")? == "Tell me about yourself." && seen["classics"] == 10,
        "ten classics, the usual first one first"
    );
    let own = text("own")?;
    ensure!(own.contains("keep a lighthouse") && own.contains("Lighthouse keeper") && own.contains("3 min"), "{own}");
    let texts = |name: &str| -> Result<Vec<String>> {
        let list = seen[name].as_array().with_context(|| format!("{name} in {seen:#}"))?;
        let text =
            |item: &serde_json::Value| item.as_str().unwrap_or_default().lines().last().unwrap_or_default().to_owned();
        Ok(list.iter().map(text).collect())
    };
    let (before, after, asked) = (texts("before")?, texts("after")?, texts("session")?);
    ensure!(before.len() == 3 && before[0] == "Why a lighthouse?", "{before:?}");
    ensure!(after == [before[1].clone(), before[2].clone(), before[0].clone()], "two steps down: {after:?}");
    ensure!(asked == after, "a session of the set asks in its order: {asked:?}");
    ensure!(text("set")?.contains("3 questions") && text("copied")?.contains("3 questions"));
    ensure!(text("secret_in_fragment")? == "/set" && seen["sent_secret"] == 0, "no address holds the secret");
    let shown = text("shown")?;
    ensure!(shown.contains("from Ada") && shown.contains("Why a lighthouse?"), "{shown}");
    ensure!(text("copies")?.contains("1 copy"));
    ensure!(text("left")?.contains("2 questions"), "what is deleted leaves its sets");
    ensure!(text("kept")?.contains("3 questions"), "and not the copy of somebody else");
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);
    Ok(())
}
