//! Https by the server itself: an operator's certificate, or one of the server's own making for devices of the same network.

use anyhow::Context as _;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long a certificate of the server's own making is good, days. Apple's devices take no more than 825.
const GOOD_DAYS: i64 = 397;
/// An own certificate is made anew when it is so old.
const RENEW_AFTER: Duration = Duration::from_secs(300 * 24 * 3600);

/// Files of a certificate and its key, PEM.
#[derive(Debug, Clone)]
pub struct Files {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// The certificate in use, which is replaced when its files change.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Returns what accepts https with the certificate in these files. They are read again when they change; what cannot be read then is
/// told in the log, and the former certificate stays in use.
///
/// # Errors
/// The files cannot be read, or key and certificate do not belong together.
pub fn acceptor(files: Files) -> anyhow::Result<TlsAcceptor> {
    let provider = Arc::new(ring::default_provider());
    let mut changed = modified(&files);
    let current = Arc::new(Current(RwLock::new(Arc::new(read(&files)?))));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(current.clone());
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tick.tick().await;
            let now = modified(&files);
            if now == changed {
                continue;
            }
            match read(&files) {
                Ok(key) => {
                    *current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    tracing::info!(certificate = %files.cert.display(), "a new certificate is in use");
                }
                Err(error) => tracing::error!(error = %format!("{error:#}"), "the new certificate cannot be used"),
            }
            changed = now;
        }
    });
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn modified(files: &Files) -> [Option<SystemTime>; 2] {
    [&files.cert, &files.key].map(|path| std::fs::metadata(path).and_then(|data| data.modified()).ok())
}

fn read(files: &Files) -> anyhow::Result<CertifiedKey> {
    let shown = |path: &Path| format!("{}", path.display());
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("http.tls_cert: {} cannot be read as PEM", shown(&files.cert)))?;
    anyhow::ensure!(!chain.is_empty(), "http.tls_cert: {} holds no certificate", shown(&files.cert));
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .with_context(|| format!("http.tls_key: {} cannot be read as PEM", shown(&files.key)))?;
    let key = ring::sign::any_supported_type(&key).context("http.tls_key: this kind of key is not supported")?;
    let certified = CertifiedKey::new(chain, key);
    certified.keys_match().context("http.tls_key is not the key of http.tls_cert")?;
    Ok(certified)
}

/// Returns the files of the server's own certificate in this folder, made when they are missing, old, or lack one of these names.
///
/// # Errors
/// The folder cannot be written.
pub fn own(folder: &Path, names: &[String]) -> anyhow::Result<Files> {
    let files = Files { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
    let named = folder.join("names");
    let wanted = names.join("\n");
    let age = std::fs::metadata(&files.cert).and_then(|data| data.modified()).ok().and_then(|made| made.elapsed().ok());
    let known = std::fs::read_to_string(&named).unwrap_or_default();
    if age.is_some_and(|age| age < RENEW_AFTER) && known == wanted && read(&files).is_ok() {
        return Ok(files);
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let (cert, key) = make(names)?;
    for (path, text) in [(&files.key, &key), (&files.cert, &cert), (&named, &wanted)] {
        std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    tracing::info!(names = %names.join(", "), "made a certificate; browsers warn of it once, because nobody vouches for it");
    Ok(files)
}

fn make(names: &[String]) -> anyhow::Result<(String, String)> {
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name.push(DnType::CommonName, "Behavioural Interview Coach");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = time::OffsetDateTime::now_utc();
    // A device whose clock is behind takes it too.
    params.not_before = now - time::Duration::days(1);
    params.not_after = now + time::Duration::days(GOOD_DAYS);
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

/// Returns the names and addresses by which devices reach this machine: its own, and those that are configured.
pub fn names(addresses: &[IpAddr], further: &[String]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".into(), "::1".into()];
    if let Some(host) = host_name() {
        names.push(format!("{host}.local"));
        names.push(host);
    }
    names.extend(addresses.iter().map(IpAddr::to_string));
    names.extend(further.iter().cloned());
    names.sort();
    names.dedup();
    names
}

/// Returns this machine's name, if it can stand in a certificate.
pub fn host_name() -> Option<String> {
    let name = rustix::system::uname().nodename().to_str().ok()?.to_ascii_lowercase();
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name.split('.').all(label).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_certificate_is_kept_until_a_name_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let names: Vec<String> = ["localhost", "192.0.2.7", "::1"].map(str::to_owned).into();
        let files = own(dir.path(), &names).unwrap();
        let first = std::fs::read(&files.cert).unwrap();
        assert!(read(&files).is_ok());
        own(dir.path(), &names).unwrap();
        assert_eq!(std::fs::read(&files.cert).unwrap(), first);
        own(dir.path(), &[&names[..], &["192.0.2.8".to_owned()]].concat()).unwrap();
        assert_ne!(std::fs::read(&files.cert).unwrap(), first);
        std::fs::write(&files.key, "damaged").unwrap();
        own(dir.path(), &names).unwrap();
        assert!(read(&files).is_ok(), "a damaged key is made anew");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) =
            (own(&dir.path().join("a"), &names(&[], &[])).unwrap(), own(&dir.path().join("b"), &[]).unwrap());
        let said = |files: Files| format!("{:#}", read(&files).unwrap_err());
        let mixed = Files { cert: one.cert.clone(), key: other.key };
        assert!(said(mixed).contains("is not the key of"));
        let missing = Files { cert: one.cert.clone(), key: dir.path().join("none") };
        assert!(said(missing).contains("http.tls_key"));
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\u{0}\u{ff}"] {
            std::fs::write(&one.cert, text).unwrap();
            assert!(!said(one.clone()).is_empty());
        }
    }
}
