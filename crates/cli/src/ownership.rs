//! Advice for files that belong to another user, such as those that root created during the installation.

use std::path::Path;

/// Returns how to get access to a file or folder, if this process may not read it.
pub(crate) fn advice(path: &Path) -> Option<String> {
    access::to_read(path)
}

/// Returns how to get access to a SQLite file, if this process may not write it, its folder or the files beside it.
pub(crate) fn store_advice(path: &Path) -> Option<String> {
    access::to_write(path)
}

/// No advice: owners and modes are specific to Unix.
#[cfg(not(unix))]
mod access {
    use std::path::Path;

    pub(super) fn to_read(_: &Path) -> Option<String> {
        None
    }

    pub(super) fn to_write(_: &Path) -> Option<String> {
        None
    }
}

#[cfg(unix)]
mod access {
    use std::ffi::OsString;
    use std::fs::{self, OpenOptions};
    use std::io::{self, ErrorKind};
    use std::os::unix::fs::MetadataExt as _;
    use std::path::{Path, PathBuf};

    pub(super) fn to_read(path: &Path) -> Option<String> {
        let blocked = unreadable(path)?;
        explained(&blocked, &blocked.display().to_string())
    }

    pub(super) fn to_write(store: &Path) -> Option<String> {
        let folder = store.parent()?;
        if let Some(blocked) = unreadable(folder) {
            return explained(&blocked, &blocked.display().to_string());
        }
        if is_denied(tempfile::tempfile_in(folder)) {
            let mut all = folder.display().to_string();
            if store.exists() {
                all = format!("{all} {}*", store.display());
            }
            return explained(folder, &all);
        }
        let beside = |end: &str| {
            let mut name = OsString::from(store);
            name.push(end);
            PathBuf::from(name)
        };
        let files = ["", "-wal", "-shm"].map(beside);
        let is_blocked =
            |file: &&PathBuf| is_denied(OpenOptions::new().read(true).write(true).open(file));
        let blocked = files.iter().find(is_blocked)?;
        explained(blocked, &format!("{}*", store.display()))
    }

    /// Names the owner of a file or folder, and the command for all paths in a text for the shell.
    fn explained(blocked: &Path, all: &str) -> Option<String> {
        let owner = fs::metadata(blocked).ok()?.uid();
        // This process owns the files that it creates.
        let own = tempfile::tempfile().ok()?.metadata().ok()?.uid();
        let place = blocked.display();
        if owner == own {
            return Some(format!(
                "This user owns {place}, but its mode denies access. Run `chmod u+rwX {all}`."
            ));
        }
        let (owner, own) = (name(owner), name(own));
        Some(format!(
            "{place} belongs to {owner}, and this process runs as {own}. As root, run `chown {own} {all}`."
        ))
    }

    fn is_denied<T>(outcome: io::Result<T>) -> bool {
        outcome.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    }

    /// Returns the file or folder that denies read access.
    fn unreadable(path: &Path) -> Option<PathBuf> {
        if is_denied(fs::metadata(path)) {
            // The last folder that can be seen denies access to the next one.
            let mut folders = path.ancestors().skip(1);
            return folders.find(|folder| folder.is_dir()).map(Path::to_owned);
        }
        let is_blocked = if path.is_dir() {
            is_denied(fs::read_dir(path))
        } else {
            is_denied(fs::File::open(path))
        };
        is_blocked.then(|| path.to_owned())
    }

    /// Returns the name of a user, or else the ID. `chown` accepts both.
    fn name(id: u32) -> String {
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
        });
        found.unwrap_or_else(|| id.to_string())
    }
}
