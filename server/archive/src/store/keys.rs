//! The store's own pair of keys: random, made at the first start, readable by the owner of the folder alone.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rand::Rng;
use serde::{Deserialize, Serialize};

/// An access key id and its secret. Debug hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The name of the key, which is part of every presigned URL.
    pub access_key: String,
    /// What signs; never leaves the server.
    pub secret_key: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("access_key", &self.access_key).field("secret_key", &"…").finish()
    }
}

impl Keys {
    /// 20 and 40 random characters, the lengths that S3 tools expect.
    fn random() -> Keys {
        let mut rng = rand::rng();
        let mut pick = |alphabet: &[u8], n: usize| -> String {
            (0..n).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
        };
        Keys {
            access_key: pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 20),
            secret_key: pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 40),
        }
    }

    /// Reads the keys of the store in this folder: for a process beside the one that serves it.
    ///
    /// # Errors
    /// There is no store, or its keys cannot be read.
    pub fn read(root: &Path) -> io::Result<Keys> {
        let path = root.join("keys.json");
        let mut file = File::open(&path)?;
        let mode = file.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            tracing::warn!(path = %path.display(), "the store's keys were readable by others; made private");
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let keys: Keys = serde_json::from_str(&text).map_err(io::Error::other)?;
        if keys.access_key.is_empty() || keys.secret_key.len() < 16 {
            return Err(io::Error::other("the keys are too short to protect anything"));
        }
        Ok(keys)
    }

    /// Reads the keys, or makes them when there are none.
    pub(super) fn load_or_make(root: &Path) -> io::Result<Keys> {
        match Keys::read(root) {
            Ok(keys) => Ok(keys),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let keys = Keys::random();
                let temporary = root.join("keys.json.new");
                let _ = std::fs::remove_file(&temporary);
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
                file.write_all(&serde_json::to_vec_pretty(&keys).map_err(io::Error::other)?)?;
                file.sync_all()?;
                std::fs::rename(&temporary, root.join("keys.json"))?;
                File::open(root)?.sync_all()?;
                Ok(keys)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_private_and_kept() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let made = Keys::load_or_make(dir.path()).expect("made");
        assert_eq!((made.access_key.len(), made.secret_key.len()), (20, 40));
        let path = dir.path().join("keys.json");
        let mode = || std::fs::metadata(&path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
        assert_eq!(Keys::load_or_make(dir.path()).expect("read"), made);
        assert_eq!(mode(), 0o600, "keys that others could read are made private again");
        assert!(!format!("{made:?}").contains(&made.secret_key));
    }

    #[test]
    fn damaged_keys_are_an_error_and_not_replaced() {
        for text in ["", "{", "{\"access_key\":\"A\",\"secret_key\":\"short\"}", "{\"access_key\":1}"] {
            let dir = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(dir.path().join("keys.json"), text).expect("written");
            assert!(Keys::load_or_make(dir.path()).is_err(), "{text:?}");
        }
    }
}
