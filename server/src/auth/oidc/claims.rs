//! Claims beside the standard ones, and the roles among them.

use crate::config::auth::Config;
use crate::store::people::users::AccountRole;
use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// All claims that the standard does not define.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extra(pub Map<String, Value>);

impl AdditionalClaims for Extra {}

impl Extra {
    /// Returns a claim that is text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }
}

/// Which claim says roles, and what its values mean.
#[derive(Debug, Clone)]
pub struct Roles {
    path: String,
    coaches: Vec<String>,
    admins: Vec<String>,
}

impl Roles {
    pub fn new(config: &Config) -> Roles {
        Roles { path: config.roles_claim.clone(), coaches: config.coaches.clone(), admins: config.admins.clone() }
    }

    /// Returns the highest role that any of the sources names.
    pub fn of<'a>(&self, sources: impl IntoIterator<Item = Option<&'a Extra>>) -> AccountRole {
        let mut role = AccountRole::Candidate;
        for value in sources.into_iter().flatten().flat_map(|extra| values(&extra.0, &self.path)) {
            if self.admins.contains(&value) {
                return AccountRole::Admin;
            }
            if self.coaches.contains(&value) {
                role = AccountRole::Coach;
            }
        }
        role
    }
}

/// Returns the texts at a dotted path. A claim's name may hold dots itself, as in `https://coach.example/roles`: the longest name
/// that is there is taken.
fn values(claims: &Map<String, Value>, path: &str) -> Vec<String> {
    let mut end = path.len();
    loop {
        if let Some(found) = claims.get(&path[..end]) {
            return match (path.get(end + 1..), found) {
                (Some(rest), Value::Object(inner)) => values(inner, rest),
                (Some(_), _) => Vec::new(),
                (None, Value::String(text)) => vec![text.clone()],
                (None, Value::Array(items)) => {
                    items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
                }
                (None, _) => Vec::new(),
            };
        }
        match path[..end].rfind('.') {
            Some(dot) => end = dot,
            None => return Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn at(claims: Value, path: &str) -> Vec<String> {
        values(claims.as_object().unwrap(), path)
    }

    #[test]
    fn roles_are_found_at_a_dotted_path() {
        assert_eq!(at(json!({"roles": ["a", "b"]}), "roles"), ["a", "b"]);
        assert_eq!(at(json!({"realm_access": {"roles": ["a", 7]}}), "realm_access.roles"), ["a"]);
        assert_eq!(at(json!({"https://coach.example/roles": "a"}), "https://coach.example/roles"), ["a"]);
        assert_eq!(at(json!({"https://coach.example": {"x.y": {"z": "a"}}}), "https://coach.example.x.y.z"), ["a"]);
        for nothing in [json!({}), json!({"roles": 5}), json!({"roles": {"roles": "a"}}), json!({"roles": null})] {
            assert!(at(nothing, "roles").is_empty());
        }
        assert!(at(json!({"roles": "a"}), "roles.deeper").is_empty());
    }

    #[test]
    fn the_highest_role_of_all_sources_counts() {
        let config = Config { coaches: vec!["staff".into()], admins: vec!["ops".into()], ..Config::default() };
        let extra = |values: Value| Extra(json!({"roles": values}).as_object().unwrap().clone());
        let roles = Roles::new(&config);
        let of = |sources: [Option<&Extra>; 2]| roles.of(sources);
        assert_eq!(of([None, None]), AccountRole::Candidate);
        assert_eq!(of([Some(&extra(json!(["student", "staff"]))), None]), AccountRole::Coach);
        assert_eq!(of([Some(&extra(json!("staff"))), Some(&extra(json!(["ops"])))]), AccountRole::Admin);
        assert_eq!(of([Some(&extra(json!("Staff"))), None]), AccountRole::Candidate);
    }

    proptest! {
        #[test]
        fn no_path_breaks_it(path in "[a-zäöü.:/]{0,20}") {
            let _ = at(json!({"a": {"b": ["c"]}, "": "x", "ä": {"": "y"}}), &path);
        }
    }
}
