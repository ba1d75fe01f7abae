//! What lies on the disk is for the account that runs the program alone.

use rustix::fs::Mode;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// From here on this process makes files and folders that nobody else may open.
pub fn from_now_on() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Makes the folder, or takes the rights of others from everything in it; returns how many entries had some.
///
/// Links are left alone. What belongs to another account is left alone too: its owner decides.
///
/// # Errors
/// The folder cannot be made or read.
pub fn tighten(folder: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let account = rustix::process::geteuid().as_raw();
    let mut tightened = 0;
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let found = match path.symlink_metadata() {
            Ok(found) => found,
            // Something that is being removed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if found.is_symlink() || found.uid() != account {
            continue;
        }
        if found.mode() & 0o077 != 0 {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(found.mode() & 0o700))?;
            tightened += 1;
        }
        if found.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        }
    }
    Ok(tightened)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.symlink_metadata().unwrap().mode() & 0o777
    }

    #[test]
    fn an_existing_folder_loses_the_rights_of_others_all_the_way_down_and_links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (data, outside) = (dir.path().join("data"), dir.path().join("outside"));
        std::fs::create_dir_all(data.join("spool/1")).unwrap();
        std::fs::write(data.join("spool/1/part-0.webm"), b"a face").unwrap();
        std::fs::write(&outside, b"not ours to change").unwrap();
        std::os::unix::fs::symlink(&outside, data.join("link")).unwrap();
        for (path, mode) in [("", 0o755), ("spool", 0o755), ("spool/1", 0o777), ("spool/1/part-0.webm", 0o644)] {
            std::fs::set_permissions(data.join(path), PermissionsExt::from_mode(mode)).unwrap();
        }
        std::fs::set_permissions(&outside, PermissionsExt::from_mode(0o644)).unwrap();
        assert_eq!(tighten(&data).unwrap(), 4);
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(&data.join("spool/1")), 0o700);
        assert_eq!(mode(&data.join("spool/1/part-0.webm")), 0o600);
        assert_eq!(mode(&outside), 0o644);
        assert_eq!(tighten(&data).unwrap(), 0);
    }
}
