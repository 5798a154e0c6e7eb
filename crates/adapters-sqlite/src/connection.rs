//! Connections, and how each is set up.

use crate::columns::Failure;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

/// Waits for another process, for as long as a request may wait at all. First of all pragmas, because
/// the others may have to wait.
const PATIENCE: &str = "PRAGMA busy_timeout = 5000;";

/// What has answered is on the disk, not on its way there.
const DURABILITY: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

/// Makes the file, if it is not there, for the eyes of its owner alone, and names it in full, so that no
/// part of the name means anything special to SQLite.
pub(crate) fn prepare_file(path: &Path) -> Result<PathBuf, Failure> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(path.canonicalize()?)
}

/// The connection that writes; its cache (4 MiB at most) holds what is written to again and again.
pub(crate) fn to_write(path: &Path) -> Result<SqliteConnection, Failure> {
    open(path, "PRAGMA cache_size = -4096;")
}

/// A connection that only reads. Its cache is small, because every commit of the writer empties it.
pub(crate) fn to_read(path: &Path) -> Result<SqliteConnection, Failure> {
    open(path, "PRAGMA cache_size = -512; PRAGMA query_only = ON;")
}

fn open(path: &Path, own: &str) -> Result<SqliteConnection, Failure> {
    let path = path.to_str().ok_or("the path is not valid UTF-8")?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(PATIENCE)?;
    connection.batch_execute(DURABILITY)?;
    connection.batch_execute(own)?;
    Ok(connection)
}
