//! DiskSpace on the disk of the data folder: looked at every second, asked by who begins, heeded by who records.

use super::spool::Spool;
use crate::config::storage;
use crate::shutdown::Ticks;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What joining parts leaves free for the database and for the report.
const RESERVE: u64 = 4 << 20;

/// What was found at the last look. Bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    pub free: u64,
    /// What the spool holds.
    pub spooled: u64,
    min_free: u64,
    spool_limit: u64,
}

impl DiskSpace {
    fn look(config: &storage::Config) -> DiskSpace {
        DiskSpace {
            // A disk that does not say has room: a write will tell.
            free: free(&config.data).unwrap_or(u64::MAX),
            spooled: Spool::bytes(&config.spool()),
            min_free: config.min_free_bytes,
            spool_limit: config.spool_bytes,
        }
    }

    /// Why no session may begin now.
    ///
    /// # Errors
    /// There is too little space; the text is for the person.
    pub fn admits(&self) -> Result<(), String> {
        self.judge(self.min_free, self.spool_limit / 4 * 3)
    }

    /// Why live sessions must end now.
    ///
    /// # Errors
    /// There is too little space; the text is for the person.
    pub fn carries(&self) -> Result<(), String> {
        self.judge(self.min_free / 4, self.spool_limit)
    }

    fn judge(&self, free: u64, spooled: u64) -> Result<(), String> {
        if self.free < free {
            return Err(format!("the disk is nearly full: {} MB are free, {} MB are needed", mb(self.free), mb(free)));
        }
        if self.spooled > spooled {
            let (now, most) = (mb(self.spooled), mb(spooled));
            return Err(format!("{now} MB of recordings wait for the object store, {most} MB may"));
        }
        Ok(())
    }
}

fn mb(bytes: u64) -> u64 {
    bytes / 1_000_000
}

fn free(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Looks until the server stops. The receiver is woken only when something has changed.
pub fn watch(config: storage::Config, stop: CancellationToken) -> watch::Receiver<DiskSpace> {
    let (told, space) = watch::channel(DiskSpace::look(&config));
    tokio::spawn(async move {
        let mut ticks = Ticks::until(&stop, LOOK_EVERY);
        while ticks.next().await {
            let config = config.clone();
            // It fails when the runtime ends.
            if let Ok(now) = tokio::task::spawn_blocking(move || DiskSpace::look(&config)).await {
                told.send_if_modified(|space| std::mem::replace(space, now) != now);
            }
        }
    });
    space
}

/// Whether what these files hold can be written once more beside `to`, so that no half of it fills the disk up.
///
/// # Errors
/// `StorageFull`, or the disk's own.
pub fn fits_again(files: &[PathBuf], to: &Path) -> io::Result<()> {
    let wanted: u64 = files.iter().map(|file| std::fs::metadata(file).map_or(0, |m| m.len())).sum::<u64>() + RESERVE;
    let free = free(to.parent().unwrap_or(to))?;
    if free < wanted {
        let why = format!("{} MB are needed on the disk, {} MB are free", mb(wanted), mb(free));
        return Err(io::Error::new(io::ErrorKind::StorageFull, why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(free: u64, spooled: u64) -> DiskSpace {
        DiskSpace { free, spooled, min_free: 400_000_000, spool_limit: 1_000_000_000 }
    }

    #[test]
    fn sessions_are_refused_before_live_ones_must_end() {
        assert!(space(500_000_000, 0).admits().is_ok());
        let low = space(300_000_000, 0);
        assert!(low.admits().unwrap_err().contains("300 MB are free, 400 MB are needed"));
        assert!(low.carries().is_ok());
        assert!(space(99_000_000, 0).carries().is_err());
    }

    #[test]
    fn the_spool_has_a_limit_of_its_own() {
        assert!(space(u64::MAX, 700_000_000).admits().is_ok());
        let much = space(u64::MAX, 800_000_000);
        assert!(much.admits().unwrap_err().contains("wait for the object store"));
        assert!(much.carries().is_ok());
        assert!(space(u64::MAX, 1_000_000_001).carries().is_err());
    }

    #[test]
    fn what_is_larger_than_the_disk_does_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sparse");
        let to = folder.path().join("to");
        std::fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
        let full = fits_again(std::slice::from_ref(&file), &to);
        assert!(free(folder.path()).unwrap() > 1 << 40 || full.unwrap_err().kind() == io::ErrorKind::StorageFull);
        assert!(fits_again(&[folder.path().join("absent")], &to).is_ok());
    }
}
