//! Lists keys in their order, a page at a time.

use std::ops::Bound;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as TOKEN;
use s3s::{S3ErrorCode, S3Result};

use super::commit::no_bucket;
use super::index::Object;
use super::{Inner, failure};

/// The most entries of one page.
pub(super) const PAGE: i32 = 1000;

pub(super) struct Query<'a> {
    pub bucket: &'a str,
    pub prefix: &'a str,
    pub delimiter: Option<&'a str>,
    /// Keys after this one.
    pub start_after: Option<&'a str>,
    /// Where the page before ended.
    pub token: Option<&'a str>,
    pub max: i32,
}

#[derive(Default)]
pub(super) struct Page {
    pub objects: Vec<Arc<Object>>,
    pub prefixes: Vec<String>,
    /// The token of the next page, when there is one.
    pub next: Option<String>,
}

/// A page size within the protocol's bounds.
pub(super) fn page_size(asked: Option<i32>) -> S3Result<i32> {
    match asked {
        None => Ok(PAGE),
        Some(asked) if asked >= 0 => Ok(asked.min(PAGE)),
        Some(asked) => Err(failure::refuse(S3ErrorCode::InvalidArgument, format!("{asked} is no page size"))),
    }
}

impl Inner {
    pub fn list(&self, query: &Query<'_>) -> S3Result<Page> {
        let after = match query.token {
            Some(token) => Some(decode(token)?),
            None => query.start_after.map(|key| (key.to_owned(), false)),
        };
        let max = usize::try_from(query.max).unwrap_or(0);
        let index = self.index();
        let objects = &index.buckets.get(query.bucket).ok_or_else(no_bucket)?.objects;
        let mut page = Page::default();
        if max == 0 {
            return Ok(page);
        }
        // From the later of the prefix and the place where the last page ended.
        let from = match &after {
            Some((key, _)) if key.as_str() >= query.prefix => Bound::Excluded(key.as_str()),
            _ => Bound::Included(query.prefix),
        };
        let skip = after.as_ref().filter(|(_, is_prefix)| *is_prefix).map(|(prefix, _)| prefix.as_str());
        let mut last: Option<(String, bool)> = None;
        for (key, object) in objects.range::<str, _>((from, Bound::Unbounded)) {
            if !key.starts_with(query.prefix) {
                break;
            }
            let group = query.delimiter.filter(|delimiter| !delimiter.is_empty()).and_then(|delimiter| {
                let rest = &key[query.prefix.len()..];
                rest.find(delimiter).map(|at| &key[..query.prefix.len() + at + delimiter.len()])
            });
            let seen = |group: &str| skip == Some(group) || page.prefixes.last().is_some_and(|p| p == group);
            if group.is_some_and(seen) {
                continue;
            }
            if page.objects.len() + page.prefixes.len() == max {
                page.next = last.map(|(key, is_prefix)| encode(&key, is_prefix));
                break;
            }
            match group {
                Some(group) => {
                    page.prefixes.push(group.to_owned());
                    last = Some((group.to_owned(), true));
                }
                None => {
                    page.objects.push(object.clone());
                    last = Some((key.clone(), false));
                }
            }
        }
        Ok(page)
    }
}

fn encode(key: &str, is_prefix: bool) -> String {
    TOKEN.encode(format!("{}{key}", if is_prefix { 'p' } else { 'k' }))
}

fn decode(token: &str) -> S3Result<(String, bool)> {
    let wrong = || failure::refuse(S3ErrorCode::InvalidArgument, "the continuation token is not one of ours");
    let text = TOKEN.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(wrong)?;
    match text.split_at_checked(1) {
        Some(("k", key)) => Ok((key.to_owned(), false)),
        Some(("p", prefix)) => Ok((prefix.to_owned(), true)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::super::record::{Algorithm, Headers, Manifest};
    use super::super::{Options, Store};
    use super::*;

    /// One store for all cases: only its index matters here.
    static STORE: LazyLock<(tempfile::TempDir, Store)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(Options::new(dir.path())).expect("opens");
        (dir, store)
    });

    /// All entries, page by page, in the order in which they come.
    fn all(store: &Store, prefix: &str, delimiter: Option<&str>, max: i32) -> Vec<String> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let query = Query { bucket: "b", prefix, delimiter, start_after: None, token: token.as_deref(), max };
            let page = store.inner.list(&query).expect("a page");
            let objects = page.objects.iter().map(|object| object.manifest.key.clone());
            let mut entries: Vec<String> = objects.chain(page.prefixes).collect();
            assert!(entries.len() <= usize::try_from(max).expect("a size"));
            entries.sort();
            found.extend(entries);
            token = page.next;
            if token.is_none() {
                return found;
            }
        }
    }

    proptest! {
        #[test]
        fn pages_of_any_size_together_are_the_list(
            keys in proptest::collection::btree_set("[ab/ü]{1,6}", 0..30),
            prefix in "[ab/]{0,2}",
            delimiter in proptest::option::of("[/b]{1,2}"),
            max in 1..5i32,
        ) {
            let store = &STORE.1;
            {
                let mut index = store.inner.index();
                let bucket = index.buckets.entry("b".into()).or_default();
                bucket.objects.clear();
                for key in &keys {
                    let headers = Headers::default();
                    let manifest = Manifest::new("b".into(), key.clone(), headers, Algorithm::Crc64, String::new());
                    bucket.objects.insert(key.clone(), Arc::new(Object { manifest, blobs: Vec::new() }));
                }
            }
            let expected: BTreeSet<String> = keys
                .iter()
                .filter(|key| key.starts_with(&prefix))
                .map(|key| match delimiter.as_deref().and_then(|d| key[prefix.len()..].find(d).map(|at| at + d.len())) {
                    Some(end) => key[..prefix.len() + end].to_owned(),
                    None => key.clone(),
                })
                .collect();
            let expected: Vec<String> = expected.into_iter().collect();
            prop_assert_eq!(all(store, &prefix, delimiter.as_deref(), max), expected);
        }

        #[test]
        fn a_token_of_somebody_elses_making_is_refused_or_harmless(token in any::<String>()) {
            let _ = decode(&token);
            let _ = decode(&TOKEN.encode(&token));
        }
    }

    #[test]
    fn a_token_goes_there_and_back() {
        for (key, is_prefix) in [("", false), ("a/ü", true), ("p", false)] {
            assert_eq!(decode(&encode(key, is_prefix)).expect("ours"), (key.to_owned(), is_prefix));
        }
        for token in ["", "x", "AA", "////", "\u{0}"] {
            assert!(decode(token).is_err(), "{token:?}");
        }
    }
}
