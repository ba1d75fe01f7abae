//! Free space on the disk of the data folder, measured every second: decides whether a session may begin or must end.

use super::spool::Spool;
use crate::config::storage;
use crate::shutdown::Ticks;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Time between two measurements.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Bytes that joining parts leaves free for the database and for the report.
const RESERVE: u64 = 4 << 20;

/// The last measurement, with the limits that it is judged by. All fields are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    /// Free on the disk of the data folder; `u64::MAX` when the disk does not tell.
    pub free: u64,
    /// Held by the spool.
    pub spooled: u64,
    min_free: u64,
    spool_limit: u64,
}

impl DiskSpace {
    fn measure(config: &storage::Config) -> DiskSpace {
        DiskSpace {
            // When the free space is unknown, the first failing write shows that the disk is full.
            free: free(&config.data).unwrap_or(u64::MAX),
            spooled: Spool::bytes(&config.spool()),
            min_free: config.min_free_bytes,
            spool_limit: config.spool_bytes,
        }
    }

    /// Checks whether a session may begin now.
    ///
    /// # Errors
    /// There is too little space; the text says how much, for the person.
    pub fn admits(&self) -> Result<(), String> {
        self.judge(self.min_free, self.spool_limit / 4 * 3)
    }

    /// Checks whether live sessions may go on.
    ///
    /// # Errors
    /// There is too little space; the text says how much, for the person.
    pub fn carries(&self) -> Result<(), String> {
        self.judge(self.min_free / 4, self.spool_limit)
    }

    /// Compares with the least free and the most spooled bytes that are allowed.
    fn judge(&self, free: u64, spooled: u64) -> Result<(), String> {
        if self.free < free {
            return Err(format!("the disk is nearly full: {} MB are free, {} MB are needed", mb(self.free), mb(free)));
        }
        if self.spooled > spooled {
            let (now, most) = (mb(self.spooled), mb(spooled));
            return Err(format!("{now} MB of recordings wait for the object store, {most} MB are allowed"));
        }
        Ok(())
    }
}

fn mb(bytes: u64) -> u64 {
    bytes / 1_000_000
}

/// Returns the bytes that this account may still write to the disk of the folder.
///
/// # Errors
/// The folder is not there, or the disk does not say.
pub fn free(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Measures every second until `stop`. The receiver is notified only when the measurement has changed.
pub fn watch(config: storage::Config, stop: CancellationToken) -> watch::Receiver<DiskSpace> {
    let (sender, space) = watch::channel(DiskSpace::measure(&config));
    tokio::spawn(async move {
        let mut ticks = Ticks::until(&stop, LOOK_EVERY);
        while ticks.next().await {
            let config = config.clone();
            // The blocking task fails only when the runtime ends.
            if let Ok(now) = tokio::task::spawn_blocking(move || DiskSpace::measure(&config)).await {
                sender.send_if_modified(|space| std::mem::replace(space, now) != now);
            }
        }
    });
    space
}

/// Checks whether a copy of all these files fits on the disk of `to`, so that an unfinished copy does not fill the disk.
///
/// # Errors
/// `StorageFull` when there is too little space; otherwise the error of asking the disk.
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
    fn new_sessions_are_refused_before_live_ones_must_end() {
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
    fn a_file_larger_than_the_disk_does_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sparse");
        let to = folder.path().join("to");
        std::fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
        let full = fits_again(std::slice::from_ref(&file), &to);
        assert!(free(folder.path()).unwrap() > 1 << 40 || full.unwrap_err().kind() == io::ErrorKind::StorageFull);
        assert!(fits_again(&[folder.path().join("absent")], &to).is_ok());
    }
}
