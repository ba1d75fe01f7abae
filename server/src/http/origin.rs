//! Checks hosts and origins. Prevents DNS rebinding, requests of foreign pages and foreign WebSockets.

use crate::config;
use crate::http::error::Error;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, header};
use std::net::IpAddr;

/// The host names and origins of this server.
#[derive(Debug, Clone)]
pub struct Allowed {
    hosts: Vec<String>,
    /// Whether any address is taken for this server's: its own may change, and no DNS answer leads to a host that is written as an
    /// address.
    addresses: bool,
    origins: Vec<String>,
}

impl Allowed {
    pub fn new(http: &config::http::Config) -> Allowed {
        let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
        hosts.push(http.bind.ip().to_string());
        if let Some(host) = http.base_url().parse::<Uri>().ok().as_ref().and_then(Uri::host) {
            hosts.push(host.to_ascii_lowercase());
        }
        let addresses = http.tls && !http.bind.ip().is_loopback();
        if let Some(name) = super::listen::tls::host_name().filter(|_| addresses) {
            hosts.extend([format!("{name}.local"), name]);
        }
        hosts.extend(http.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()));
        let origins = http.allowed_origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
        let mut origins: Vec<String> = origins.collect();
        origins.push(http.base_url().to_ascii_lowercase());
        Allowed { hosts, addresses, origins }
    }

    /// Returns the authority that the request names, if it is one of this server's.
    fn host(&self, headers: &HeaderMap, uri: &Uri) -> Result<Authority, Error> {
        // HTTP/2 has the name in the URI, HTTP/1 in the Host header. Two Host headers are always refused.
        let mut named = headers.get_all(header::HOST).iter();
        let authority = match (uri.authority(), named.next(), named.next()) {
            (Some(authority), None, _) => authority.clone(),
            (None, Some(value), None) => {
                let text = value.to_str().unwrap_or_default();
                text.parse().map_err(|_| Error::Host(text.to_owned()))?
            }
            (Some(authority), Some(value), None) if value.as_bytes() == authority.as_str().as_bytes() => {
                authority.clone()
            }
            _ => return Err(Error::Host(String::new())),
        };
        let ours = authority.host().to_ascii_lowercase();
        let literal = || ours.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        let known = self.hosts.contains(&ours) || (self.addresses && literal());
        if authority.as_str().contains('@') || !known {
            return Err(Error::Host(authority.to_string()));
        }
        Ok(authority)
    }

    /// Returns whether a page of this origin may call: its origin is the requested host, or is configured.
    fn origin(&self, origin: &str, host: &Authority) -> bool {
        let origin = origin.to_ascii_lowercase();
        let same = ["http://", "https://"]
            .into_iter()
            .filter_map(|scheme| origin.strip_prefix(scheme))
            .any(|authority| authority == host.as_str().to_ascii_lowercase());
        same || self.origins.contains(&origin)
    }

    /// Refuses a foreign host, and a foreign page that would change something or open the live channel.
    pub fn check(&self, method: &Method, headers: &HeaderMap, uri: &Uri) -> Result<(), Error> {
        let host = self.host(headers, uri)?;
        let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let upgrade = headers.contains_key(header::UPGRADE) || headers.contains_key(header::SEC_WEBSOCKET_KEY);
        if safe && !upgrade {
            return self.check_read(headers, uri, &host);
        }
        if let Some(value) = headers.get(header::ORIGIN) {
            // The origin decides: a page of an allowed origin is cross-site, and is accepted.
            let ours = value.to_str().is_ok_and(|origin| self.origin(origin, &host));
            return if ours { Ok(()) } else { Err(Error::Origin) };
        }
        match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
            None | Some(b"same-origin" | b"none") => Ok(()),
            Some(_) => Err(Error::Origin),
        }
    }
}

impl Allowed {
    /// Refuses a foreign page's reading of the API: it would not see the answer, but it would have it made, and could tell by the
    /// time that takes what there is. Links to our pages are followed from anywhere.
    fn check_read(&self, headers: &HeaderMap, uri: &Uri, host: &Authority) -> Result<(), Error> {
        let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
        let foreign = matches!(site, Some(b"cross-site" | b"same-site"));
        let allowed = |origin: &axum::http::HeaderValue| origin.to_str().is_ok_and(|origin| self.origin(origin, host));
        if uri.path().starts_with("/api/") && foreign && !headers.get(header::ORIGIN).is_some_and(allowed) {
            return Err(Error::Origin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, pairs: &[(&str, &str)]) -> Result<(), Error> {
        let http = config::http::Config {
            public_url: Some("https://coach.example".into()),
            allowed_origins: vec!["http://localhost:5173".into()],
            ..Default::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        Allowed::new(&http).check(&method, &headers, &Uri::from_static("/api/me"))
    }

    #[test]
    fn our_own_names_are_known_on_any_port_and_in_any_case() {
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:9", "[::1]:8080", "coach.example"] {
            assert!(check(Method::GET, &[("host", host)]).is_ok(), "{host}");
        }
    }

    #[test]
    fn a_foreign_missing_doubled_or_odd_host_is_refused() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "localhost@evil.example",
            "evil@localhost",
            "",
            "127.0.0.2",
            "a b",
        ] {
            assert!(matches!(check(Method::GET, &[("host", host)]), Err(Error::Host(_))), "{host}");
        }
        assert!(check(Method::GET, &[]).is_err());
        assert!(check(Method::GET, &[("host", "localhost"), ("host", "evil.example")]).is_err());
    }

    #[test]
    fn a_server_of_the_network_is_known_by_its_addresses_and_by_no_other_name() {
        let http = config::Config::for_network().http;
        let allowed = Allowed::new(&http);
        let get = |host: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            allowed.check(&Method::GET, &headers, &Uri::from_static("/api/me"))
        };
        for host in ["192.0.2.7:8443", "[2001:db8::1]:8443", "localhost:8443"] {
            assert!(get(host).is_ok(), "{host}");
        }
        for host in ["evil.example", "192.0.2.7.evil.example", "evil@192.0.2.7", "192.0.2.777", "[::1"] {
            assert!(get(host).is_err(), "{host}");
        }
    }

    #[test]
    fn a_foreign_page_changes_nothing_and_opens_no_channel() {
        let host = ("host", "localhost:8080");
        for origin in
            ["http://evil.example", "null", "http://localhost:9", "http://localhost", "file://", "ws://localhost:8080"]
        {
            assert!(check(Method::POST, &[host, ("origin", origin)]).is_err(), "{origin}");
            assert!(check(Method::DELETE, &[host, ("origin", origin)]).is_err(), "{origin}");
            assert!(check(Method::GET, &[host, ("origin", origin), ("upgrade", "websocket")]).is_err(), "{origin}");
            assert!(
                check(Method::GET, &[host, ("origin", origin)]).is_ok(),
                "reading is stopped by the browser itself"
            );
        }
        assert!(check(Method::POST, &[host, ("sec-fetch-site", "cross-site")]).is_err());
        assert!(check(Method::POST, &[host, ("sec-fetch-site", "same-site")]).is_err());
    }

    #[test]
    fn a_foreign_page_does_not_read_the_api_and_links_to_pages_are_followed() {
        let host = ("host", "localhost:8080");
        let allowed = Allowed::new(&config::http::Config {
            allowed_origins: vec!["http://localhost:5173".into()],
            ..Default::default()
        });
        let read = |path: &'static str, site: &'static str, origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert("host", host.1.parse().unwrap());
            headers.insert("sec-fetch-site", site.parse().unwrap());
            origin.map(|origin| headers.insert("origin", origin.parse().unwrap()));
            allowed.check(&Method::GET, &headers, &Uri::from_static(path))
        };
        for site in ["cross-site", "same-site"] {
            assert!(matches!(read("/api/me", site, None), Err(Error::Origin)), "{site}");
            assert!(matches!(read("/api/me", site, Some("http://evil.example")), Err(Error::Origin)), "{site}");
            assert!(read("/api/me", site, Some("http://localhost:5173")).is_ok());
            assert!(read("/history", site, None).is_ok());
        }
        assert!(read("/api/me", "same-origin", None).is_ok() && read("/api/me", "none", None).is_ok());
    }

    #[test]
    fn our_own_page_an_allowed_page_and_a_program_may() {
        let host = ("host", "localhost:8080");
        assert!(
            check(Method::POST, &[host, ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")])
                .is_ok()
        );
        assert!(
            check(Method::POST, &[host, ("origin", "http://localhost:5173"), ("sec-fetch-site", "same-site")]).is_ok()
        );
        assert!(check(Method::POST, &[host]).is_ok());
    }
}
