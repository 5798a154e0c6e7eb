//! Setup of the database file and its connections.

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

/// Maximum time to wait for a lock of another process. A request may wait no longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serializes file creation, because closing a file drops all locks of this process on it
/// (<https://sqlite.org/howtocorrupt.html>, section 2.2). SQLite must not have the file open by then.
static MAKING: Mutex<()> = Mutex::new(());

/// Creates the file if it is missing, readable only by its owner. Returns its absolute path, so that no part of the
/// name has a special meaning to SQLite.
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

/// Opens the connection of the writer. Its cache (4 MiB at most) holds frequently written pages.
pub(crate) fn to_write(path: &Path) -> Result<SqliteConnection, Failure> {
    open(path, "PRAGMA cache_size = -4096;")
}

/// Opens a read-only connection. Its cache is small, because every commit of the writer invalidates it.
pub(crate) fn to_read(path: &Path) -> Result<SqliteConnection, Failure> {
    open(path, "PRAGMA cache_size = -512; PRAGMA query_only = ON;")
}

fn open(path: &Path, own: &str) -> Result<SqliteConnection, Failure> {
    let path = path.to_str().ok_or("the path is not valid UTF-8")?;
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute(&format!("PRAGMA busy_timeout = {};", PATIENCE.as_millis()))?;
    turn_log_on(&mut connection)?;
    // An acknowledged write must be on disk.
    connection.batch_execute("PRAGMA synchronous = FULL;")?;
    connection.batch_execute(own)?;
    Ok(connection)
}

/// Turns on WAL mode, a persistent setting of the file. `busy_timeout` does not cover several processes that do this to
/// a new file at the same time.
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
