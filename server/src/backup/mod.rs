//! A copy of everything that a server holds: the database, recordings that are still on its disk, and the objects of the store.
//!
//! A backup is a folder: `coach.db` (SQLite only), `spool/` with the files of sessions that were not over, `objects/` with the
//! objects by their keys, and `backup.jsonl`, a list of all files with their checksums whose last line is written last.

mod list;
mod restore;
mod take;

pub use list::{Entry, List, ListError};
pub use restore::{Restored, restore, verify};
pub use take::{Taken, take};

/// The file of a backup that lists the others.
const LIST: &str = "backup.jsonl";
/// The copy of a SQLite database in a backup.
const DATABASE: &str = "coach.db";
/// The folder of a backup that holds the files of sessions that were not over.
const SPOOL: &str = "spool";
/// The folder of a backup that holds the objects.
const OBJECTS: &str = "objects";
