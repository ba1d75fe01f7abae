//! Keeps other accounts of the machine away from the files of this program.

use rustix::fs::Mode;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// Makes every file and folder that this process creates from now on closed to other accounts.
pub fn from_now_on() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Creates the folder, or takes the rights of other accounts from everything in it. Returns how many entries had some.
///
/// Links are left alone. What belongs to another account is left alone too: its owner decides. What somebody removes meanwhile, such
/// as a worker beside the server, is passed over.
///
/// # Errors
/// The folder cannot be created or read.
pub fn tighten(folder: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let account = rustix::process::geteuid().as_raw();
    let mut tightened = 0;
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let Some(found) = unless_gone(path.symlink_metadata())? else { continue };
        if found.is_symlink() || found.uid() != account {
            continue;
        }
        if found.mode() & 0o077 != 0 {
            let closed = std::fs::set_permissions(&path, PermissionsExt::from_mode(found.mode() & 0o700));
            tightened += usize::from(unless_gone(closed)?.is_some());
        }
        if found.is_dir() {
            for entry in unless_gone(std::fs::read_dir(&path))?.into_iter().flatten() {
                waiting.push(entry?.path());
            }
        }
    }
    Ok(tightened)
}

/// Returns `None` where the file is not there any more.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
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
