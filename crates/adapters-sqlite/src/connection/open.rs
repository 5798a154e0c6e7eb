//! Connections, and how each is set up.

use countersign_adapters_sql::columns::Failure;
use diesel::connection::SimpleConnection as _;
use diesel::result::Error::DatabaseError;
use diesel::{Connection as _, QueryResult, SqliteConnection};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long another process is waited for: as long as a request may wait at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// One at a time, because closing a file gives up every lock that this process has on it
/// (<https://sqlite.org/howtocorrupt.html>, section 2.2): SQLite must not have it open by then.
static MAKING: Mutex<()> = Mutex::new(());

/// Makes the file, if it is not there, for the eyes of its owner alone, and names it in full, so that no
/// part of the name means anything special to SQLite.
pub(crate) fn prepare_file(path: &Path) -> Result<PathBuf, Failure> {
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(path.canonicalize()?),
    }
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
    connection.batch_execute(&format!("PRAGMA busy_timeout = {};", PATIENCE.as_millis()))?;
    turn_log_on(&mut connection)?;
    // What has answered is on the disk, not on its way there.
    connection.batch_execute("PRAGMA synchronous = FULL;")?;
    connection.batch_execute(own)?;
    Ok(connection)
}

/// Turns WAL mode on, which the file remembers. `busy_timeout` does not cover the moment in which several
/// processes do this to a new file.
fn turn_log_on(connection: &mut SqliteConnection) -> QueryResult<()> {
    let pause = Duration::from_millis(5);
    let mut waited = Duration::ZERO;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL;") {
            Err(DatabaseError(_, info))
                if info.message() == "database is locked" && waited < PATIENCE =>
            {
                thread::sleep(pause);
                waited += pause;
            }
            outcome => return outcome,
        }
    }
}
