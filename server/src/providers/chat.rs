//! A language model behind OpenAI's `/chat/completions`, asked for one JSON object. It has no tools, and what people say is data in a
//! message of its own.

use super::outbound::{Failure, Outbound, Sent};
use axum::http::Method;
use coach_insight::said::bare;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A shorter quotation could stand anywhere.
pub const LEAST_QUOTED: usize = 3;
/// How an answer's form is asked for, from the strictest to none: servers know the first, the second or neither.
const FORMS: usize = 3;

/// What a model is asked for.
pub struct Wish<'a> {
    /// What the object is.
    pub name: &'a str,
    pub instructions: &'a str,
    /// What the object may be, as a JSON Schema.
    pub schema: Value,
    /// What it is about.
    pub data: Value,
}

/// A language model elsewhere.
#[derive(Debug, Clone)]
pub struct Chat {
    outbound: Outbound,
    model: String,
    /// The form of the latest answer, which may be simpler than the first: a server is asked for what it refused only once.
    form: Arc<AtomicUsize>,
}

impl Chat {
    /// # Errors
    /// As [`Outbound::new`].
    pub fn new(url: &str, key: Option<&str>, model: &str, within: Duration) -> anyhow::Result<Chat> {
        Ok(Chat { outbound: Outbound::bearer(url, key, within)?, model: model.to_owned(), form: Arc::default() })
    }

    /// Returns the model's name, as the operator set it.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Returns the object that the model answers.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn ask(&self, wish: &Wish<'_>) -> Result<Value, Failure> {
        for form in self.form.load(Ordering::Relaxed)..FORMS {
            match self.ask_in(wish, form).await {
                Err(failure) if failure.is_unknown_wish() && form + 1 < FORMS => {}
                answer => {
                    if answer.is_ok() {
                        self.form.store(form, Ordering::Relaxed);
                    }
                    return answer.and_then(|answer| object_of(&answer));
                }
            }
        }
        Err(Failure::refused("it takes no request of this kind"))
    }

    async fn ask_in(&self, wish: &Wish<'_>, form: usize) -> Result<bytes::Bytes, Failure> {
        let messages = [("system", wish.instructions.to_owned()), ("user", wish.data.to_string())];
        let mut asked = json!({
            "model": self.model,
            "temperature": 0,
            "messages": messages.map(|(role, content)| json!({"role": role, "content": content})),
        });
        match form {
            0 => {
                let schema = json!({"name": wish.name, "strict": true, "schema": wish.schema});
                asked["response_format"] = json!({"type": "json_schema", "json_schema": schema});
            }
            1 => asked["response_format"] = json!({"type": "json_object"}),
            _ => {}
        }
        let asked = Sent::whole("application/json", asked.to_string().into());
        self.outbound.send(Method::POST, "/chat/completions", asked).await
    }
}

/// Returns the object in an answer. It may have more around it: models like to explain.
fn object_of(answer: &[u8]) -> Result<Value, Failure> {
    let answer: Value = serde_json::from_slice(answer).map_err(|_| Failure::unreadable())?;
    let text = answer["choices"][0]["message"]["content"].as_str().ok_or_else(Failure::unreadable)?;
    let object = || serde_json::from_str(text.get(text.find('{')?..=text.rfind('}')?)?).ok();
    object().ok_or_else(Failure::unreadable)
}

/// Returns where a quotation stands among words that were said (each in its bare form), case and punctuation aside; `None`: nowhere, or
/// it is too short to be of one place.
pub fn quoted(quote: &str, said: &[String]) -> Option<std::ops::Range<usize>> {
    let wanted: Vec<String> = quote.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    if wanted.len() < LEAST_QUOTED {
        return None;
    }
    let from = said.windows(wanted.len()).position(|window| window == wanted)?;
    Some(from..from + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_among_what_a_model_explains_and_anything_else_is_unreadable() {
        let answer = |content: &str| json!({"choices": [{"message": {"content": content}}]}).to_string();
        for content in ["{\"a\":1}", "Sure:\n```json\n{\"a\":1}\n```"] {
            assert_eq!(object_of(answer(content).as_bytes()).unwrap(), json!({"a": 1}));
        }
        for content in ["", "no", "}{", "{", "{]}"] {
            assert!(matches!(object_of(answer(content).as_bytes()), Err(Failure::Away(_))), "{content}");
        }
        for answer in [&b"<html>"[..], b"{}", b"{\"choices\":[]}", b"{\"choices\":[{\"message\":{\"content\":7}}]}"] {
            assert!(matches!(object_of(answer), Err(Failure::Away(_))));
        }
    }

    #[test]
    fn a_quotation_is_three_words_in_a_row_that_were_said() {
        let said: Vec<String> = "i moved the whole release".split(' ').map(str::to_owned).collect();
        assert_eq!(quoted("Moved, the WHOLE", &said), Some(1..4));
        for quote in ["moved the", "the moved whole", "whole release early", "", "— — —"] {
            assert_eq!(quoted(quote, &said), None, "{quote}");
        }
    }
}
