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
