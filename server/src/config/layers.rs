//! Merges the layers of configuration, and names the key at fault in errors.

use super::{Config, SECTIONS};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Variables that begin with `COACH_` and are not settings.
const OTHER_VARIABLES: [&str; 15] = [
    "ALLOW_BIND",
    "CHROMIUM",
    "CONFIG",
    "DEV_SERVER",
    "FIREFOX",
    "MODELS",
    "MODEL_MIRROR",
    "NOT_CHECKED",
    "PROFILE",
    "REQUIRE",
    "SHARED",
    "TEST_JOBS",
    "TEST_S",
    "TEST_SPOOL",
    "UPDATE",
];

/// Former names of settings, which are still read: section, former key, present key.
const FORMER_KEYS: [(&str, &str, &str); 1] = [("media", "analysed_hz", "analyzed_hz")];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}: {message}")]
    File { path: PathBuf, message: String },
    #[error("the environment variable {variable} is no setting: {message}")]
    UnknownVariable { variable: String, message: String },
    #[error("the environment variable {variable}: {message}")]
    Variable { variable: String, message: String },
    #[error("--set {flag}: {message}")]
    Flag { flag: String, message: String },
    #[error("{key}: {why}")]
    Invalid { key: &'static str, why: String },
}

/// Where each layer comes from. The program fills it from its arguments and environment, tests by hand.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// What holds where nothing else is said.
    pub defaults: Config,
    /// Configuration file that must exist.
    pub file: Option<PathBuf>,
    /// Configuration file that is read if it exists.
    pub default_file: Option<PathBuf>,
    /// All environment variables.
    pub environment: Vec<(String, String)>,
    /// Settings as `section.key=value`, in the order given.
    pub flags: Vec<(String, String)>,
}

impl Layers {
    /// Returns the configuration after checking it.
    pub fn load(&self) -> Result<Config, Error> {
        let mut config = match (&self.file, &self.default_file) {
            (Some(path), _) => from_file(path, &self.defaults)?,
            (None, Some(path)) if path.exists() => from_file(path, &self.defaults)?,
            _ => self.defaults.clone(),
        };
        for (name, value) in &self.environment {
            let Some(rest) = name.strip_prefix("COACH_") else { continue };
            if rest == "ALLOW_BIND" {
                if value != "i-understand" {
                    let message = "the only value it knows is i-understand".into();
                    return Err(Error::Variable { variable: name.clone(), message });
                }
                config.http.allow_any_bind = true;
                continue;
            }
            if OTHER_VARIABLES.contains(&rest) {
                continue;
            }
            let unknown = || Error::UnknownVariable {
                variable: name.clone(),
                message: format!("it should be COACH_<SECTION>_<KEY> with a section of {}", SECTIONS.join(", ")),
            };
            let (section, key) = rest.split_once('_').ok_or_else(unknown)?;
            let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
            if !SECTIONS.contains(&section.as_str()) {
                return Err(unknown());
            }
            config = set(&config, &section, &key, value)
                .map_err(|message| Error::Variable { variable: name.clone(), message })?;
        }
        for (name, value) in &self.flags {
            let fail = |message| Error::Flag { flag: name.clone(), message };
            let (section, key) = name
                .split_once('.')
                .filter(|(section, _)| SECTIONS.contains(section))
                .ok_or_else(|| fail(format!("it should be section.key with a section of {}", SECTIONS.join(", "))))?;
            config = set(&config, section, key, value).map_err(fail)?;
        }
        config.check()?;
        Ok(config)
    }
}

fn from_file(path: &Path, defaults: &Config) -> Result<Config, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let wrong = |error: toml::de::Error| Error::File { path: path.to_owned(), message: place_of(&error, &text) };
    let alone: Config = toml::from_str(&text).map_err(wrong)?;
    if *defaults == Config::default() {
        return Ok(alone);
    }
    let merged = over(defaults, toml::from_str(&text).map_err(wrong)?);
    merged.map_err(|message| Error::File { path: path.to_owned(), message })
}

/// Returns these defaults with what a file names in their place.
fn over(defaults: &Config, file: Table) -> Result<Config, String> {
    let mut merged = Table::try_from(defaults).map_err(|error| error.to_string())?;
    for (section, named) in file {
        let Value::Table(named) = named else { continue };
        for (key, value) in named {
            let renamed = FORMER_KEYS.iter().find(|&&(of, former, _)| of == section && former == key);
            let key = renamed.map_or(key, |(_, _, present)| (*present).to_owned());
            if let Some(Value::Table(known)) = merged.get_mut(&section) {
                known.insert(key, value);
            }
        }
    }
    merged.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}

/// Returns what is wrong with a configuration file, with the line's number and key. toml's own text prints the whole line, and with it a secret.
fn place_of(error: &toml::de::Error, text: &str) -> String {
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else { return error.message().to_owned() };
    let line = before.matches('\n').count();
    let key = text.lines().nth(line).and_then(|line| line.split_once('=')).map(|(key, _)| format!(", {}", key.trim()));
    format!("line {}{}: {}", line + 1, key.unwrap_or_default(), error.message())
}

/// Returns the configuration with one value changed. The value is parsed as the type of its key: a number, a list, plain text.
fn set(config: &Config, section: &str, key: &str, text: &str) -> Result<Config, String> {
    let renamed = FORMER_KEYS.iter().find(|&&(of, former, _)| of == section && former == key);
    let key = renamed.map_or(key, |(_, _, present)| present);
    let table = Table::try_from(config).map_err(|error| error.to_string())?;
    let mut first_error = None;
    for value in readings(text) {
        let mut changed = table.clone();
        let Some(Value::Table(entries)) = changed.get_mut(section) else {
            return Err(format!("there is no section {section}"));
        };
        entries.insert(key.to_owned(), value);
        match changed.try_into::<Config>() {
            Ok(mut new) => {
                new.http.allow_any_bind = config.http.allow_any_bind;
                return Ok(new);
            }
            Err(error) => {
                first_error.get_or_insert(error.message().to_owned());
            }
        }
    }
    Err(first_error.unwrap_or_else(|| "cannot be read".into()))
}

/// Returns the possible readings of a text, the most literal first.
fn readings(text: &str) -> Vec<Value> {
    let mut readings = vec![Value::String(text.to_owned())];
    if let Ok(mut table) = toml::from_str::<Table>(&format!("value = {text}"))
        && table.len() == 1
        && let Some(value) = table.remove("value")
    {
        readings.push(value);
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    readings.push(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()));
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Layers {
        let environment = pairs.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect();
        Layers { environment, ..Layers::default() }
    }

    fn file(text: &str) -> (tempfile::TempDir, Layers) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("coach.toml");
        std::fs::write(&path, text).unwrap();
        (dir, Layers { file: Some(path), ..Layers::default() })
    }

    #[test]
    fn nothing_given_is_the_default_on_loopback() {
        let config = Layers::default().load().unwrap();
        assert_eq!(config, Config::default());
        assert!(config.http.bind.ip().is_loopback());
        assert_eq!(config.database_url(), "sqlite://data/coach.db");
    }

    #[test]
    fn a_flag_is_stronger_than_the_environment_and_that_than_the_file() {
        let (_dir, mut layers) = file("[hints]\nbudget_ms = 1\n[limits]\nlive_sessions = 1\n[media]\ngrace_s = 1\n");
        layers.environment = environment(&[("COACH_HINTS_BUDGET_MS", "2"), ("COACH_MEDIA_GRACE_S", "2")]).environment;
        layers.flags = vec![("hints.budget_ms".into(), "3".into())];
        let config = layers.load().unwrap();
        assert_eq!((config.hints.budget_ms, config.media.grace_s, config.limits.live_sessions), (3, 2, 1));
    }

    #[test]
    fn a_file_is_stronger_than_the_defaults_it_is_read_over() {
        let (_dir, mut layers) = file("[http]\nbind = \"0.0.0.0:9000\"\n[media]\nanalysed_hz = 1\n");
        layers.defaults = Config::for_network();
        let config = layers.load().unwrap();
        assert_eq!((config.http.bind.port(), config.http.tls, config.media.analyzed_hz), (9000, true, 1));
        assert_eq!(config.media.udp_from, crate::config::media::From::Network);
        assert_eq!(config.http.base_url(), "https://localhost:9000");
    }

    #[test]
    fn a_setting_is_read_under_its_former_name_from_each_layer() {
        let (_dir, mut layers) = file("[media]\nanalysed_hz = 1\n");
        assert_eq!(layers.load().unwrap().media.analyzed_hz, 1);
        layers.environment = environment(&[("COACH_MEDIA_ANALYSED_HZ", "2")]).environment;
        assert_eq!(layers.load().unwrap().media.analyzed_hz, 2);
        layers.flags = vec![("media.analysed_hz".into(), "3".into())];
        assert_eq!(layers.load().unwrap().media.analyzed_hz, 3);
        let (_dir, both) = file("[media]\nanalysed_hz = 1\nanalyzed_hz = 1\n");
        let message = both.load().unwrap_err().to_string();
        assert!(message.contains("analyzed_hz"), "{message}");
    }

    #[test]
    fn trusted_proxies_are_addresses_and_networks() {
        let set = environment(&[("COACH_HTTP_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1")]).load().unwrap();
        let networks: Vec<String> = set.http.trusted_proxies.into_iter().map(String::from).collect();
        assert_eq!(networks, ["10.0.0.0/8", "2001:db8::1/128"]);
        for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0"] {
            let message = environment(&[("COACH_HTTP_TRUSTED_PROXIES", wrong)]).load().unwrap_err().to_string();
            assert!(message.contains(wrong) && message.contains("TRUSTED_PROXIES"), "{message}");
        }
    }

    #[test]
    fn an_unknown_key_in_the_file_is_named() {
        for (text, name) in
            [("[http]\nbnid = \"x\"\n", "bnid"), ("[htpp]\nbind = \"x\"\n", "htpp"), ("budget = 1", "budget")]
        {
            let (_dir, layers) = file(text);
            let message = layers.load().unwrap_err().to_string();
            assert!(message.contains(name) && message.contains("coach.toml"), "{message}");
        }
    }

    #[test]
    fn an_unknown_variable_is_named_and_what_belongs_to_others_is_left_alone() {
        for name in ["COACH_HTTP_BNID", "COACH_SPEED", "COACH_HTTPBIND", "COACH_"] {
            let message = environment(&[(name, "x")]).load().unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
        }
        assert!(
            environment(&[("COACH_SHARED", "x"), ("COACH_REQUIRE", "y"), ("COACH_NOT_CHECKED", "z")]).load().is_ok()
        );
    }

    #[test]
    fn an_unknown_or_misshapen_flag_is_named() {
        for name in ["http.bnid", "bind", "speed.up", "."] {
            let layers = Layers { flags: vec![(name.into(), "1".into())], ..Layers::default() };
            let message = layers.load().unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn a_value_is_read_as_what_its_key_wants() {
        let config = environment(&[
            ("COACH_STORAGE_ACCESS_KEY", "12345"),
            ("COACH_STORAGE_SECRET_KEY", "true"),
            ("COACH_AFFECT_ENABLED", "false"),
            ("COACH_HTTP_ALLOWED_HOSTS", "coach.example, box"),
            ("COACH_HINTS_ENABLED", r#"["slow_down"]"#),
            ("COACH_STORAGE_KIND", "s3"),
        ])
        .load()
        .unwrap();
        assert_eq!(config.storage.access_key.as_deref(), Some("12345"));
        assert_eq!(config.storage.secret_key.as_deref(), Some("true"));
        assert!(!config.affect.enabled);
        assert_eq!(config.http.allowed_hosts, ["coach.example", "box"]);
        assert_eq!(config.hints.enabled.unwrap(), ["slow_down"]);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_its_variable() {
        for (name, value) in [
            ("COACH_HTTP_BIND", "everywhere"),
            ("COACH_LIMITS_LIVE_SESSIONS", "-1"),
            ("COACH_LIMITS_LIVE_SESSIONS", "1\nhttp = 2"),
            ("COACH_AFFECT_ENABLED", "perhaps"),
            ("COACH_STORAGE_KIND", "tape"),
        ] {
            let message = environment(&[(name, value)]).load().unwrap_err().to_string();
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn an_address_beyond_loopback_needs_the_words_i_understand() {
        let open = ("COACH_HTTP_BIND", "0.0.0.0:8080");
        let message = environment(&[open]).load().unwrap_err().to_string();
        assert!(message.contains("http.bind") && message.contains("COACH_ALLOW_BIND=i-understand"), "{message}");
        assert!(environment(&[open, ("COACH_ALLOW_BIND", "yes")]).load().is_err());
        assert!(environment(&[open, ("COACH_ALLOW_BIND", "i-understand")]).load().is_ok());
        assert!(environment(&[("COACH_ALLOW_BIND", "i-understand"), open]).load().is_ok());
        let paired = environment(&[open, ("COACH_HTTP_TLS", "true")]).load().unwrap();
        assert!(paired.http.pairs(false) && !paired.http.pairs(true));
    }

    #[test]
    fn what_cannot_work_together_is_refused_by_key() {
        for (name, value, key) in [
            ("COACH_STORAGE_KIND", "s3", "storage.access_key"),
            ("COACH_STORAGE_PRESIGN_S", "1", "storage.presign_s"),
            ("COACH_LIMITS_CHANNELS", "0", "limits.channels"),
            ("COACH_LIMITS_VIEWERS", "201", "limits.viewers"),
            ("COACH_HTTP_PUBLIC_URL", "coach.example", "http.public_url"),
            ("COACH_HTTP_TLS_CERT", "cert.pem", "http.tls_cert"),
            ("COACH_HTTP_PUBLIC_URL", "https://coach.example/path", "http.public_url"),
        ] {
            let message = environment(&[(name, value)]).load().unwrap_err().to_string();
            assert!(message.contains(key), "{message}");
        }
    }

    #[test]
    fn an_error_in_the_file_names_line_and_key_and_shows_no_secret() {
        for text in [
            "[auth]\nclient_secret = \"hush\" x\n",
            "[auth]\nclient_sekret = \"hush\"\n",
            "[media]\n\ngrace_s = \"hush",
        ] {
            let (_dir, layers) = file(text);
            let message = layers.load().unwrap_err().to_string();
            assert!(!message.contains("hush"), "{message}");
            assert!(message.contains("line 2, client_s") || message.contains("line 3, grace_s"), "{message}");
        }
    }

    #[test]
    fn a_file_that_was_named_and_is_not_there_is_an_error() {
        let layers = Layers { file: Some("/nowhere/coach.toml".into()), ..Layers::default() };
        assert!(layers.load().unwrap_err().to_string().contains("/nowhere/coach.toml"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = environment(&[("COACH_STORAGE_SECRET_KEY", "hush-hush")]).load().unwrap();
        assert!(!format!("{config:?}").contains("hush-hush"));
    }
}
