//! The data folder of `dev`: store, master key, configuration and `dev.json`.

use crate::command_error::{CommandError, Exit};
use crate::config::{Settings, Values};
use crate::ownership;
use countersign_adapters_jwt::MasterKeys;
use countersign_ports::OutboundPurpose;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Data folder, as an absolute path, and the lock that keeps other `dev` servers out of it.
pub(super) struct DataFolder(
    PathBuf,
    #[expect(dead_code, reason = "dropping it unlocks")] File,
);

/// Opens the lock file. A link could lead to a file of the user, and so could one of the configuration, which is
/// overwritten at each start.
fn lock_file(folder: &Path) -> io::Result<File> {
    for name in ["lock", "countersign.toml"] {
        if folder.join(name).is_symlink() {
            let text = format!("{name} is a link; remove it");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
    }
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    options.open(folder.join("lock"))
}

impl DataFolder {
    /// Opens the folder. Creates it with mode 0700 if it does not exist.
    pub(super) fn open(path: &Path) -> Result<Self, CommandError> {
        let opened = make_folder(path)
            .and_then(|()| path.canonicalize())
            .and_then(|path| Ok((lock_file(&path)?, path)));
        let (lock, path) = opened.map_err(|error| {
            let advice = ownership::advice(path)
                .unwrap_or_else(|| "Choose another folder with --data.".to_owned());
            let what = format!("Cannot create the folder {}", path.display());
            CommandError::new(Exit::Failed, format!("{what}: {error}. {advice}"))
        })?;
        // A file system without locks is no reason not to start.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(CommandError::new(
                Exit::Failed,
                format!(
                    "Another `countersign dev` uses the folder {}. Stop it, or choose another folder with --data.",
                    path.display()
                ),
            ));
        }
        Ok(Self(path, lock))
    }

    /// Writes the configuration file, which other commands can use too, and returns its settings.
    pub(super) fn settings(&self, issuer: &str) -> Result<Settings, CommandError> {
        let master_key = self.file("master.key");
        self.read_or_make(&master_key, || {
            MasterKeys::generate()
                .map(|key| format!("{key}\n"))
                .map_err(|error| CommandError::of("Cannot generate a master key", &error))
        })?;
        let store = self.file("countersign.db");
        let text = format!(
            "# Written by `countersign dev` at each start.\nissuer = {}\nhosts = [\"*\"]\nmaster_key_file = {}\n\n[store]\nurl = {}\n\n# Clients run on this machine.\n[outbound]\nprivate_networks = [{}]\n",
            quoted(issuer),
            quoted(&utf8(&master_key)?),
            quoted(&format!("sqlite://{}", utf8(&store)?)),
            OutboundPurpose::ALL
                .iter()
                .map(|purpose| quoted(purpose.as_str()))
                .collect::<Vec<_>>()
                .join(", "),
        );
        let file = self.config_file();
        fs::write(&file, text).map_err(|error| cannot_write(&file, &error))?;
        Settings::from_values(&Values::read(Some(&file), Vec::new()))
            .map_err(|problems| CommandError::usage(problems.join("\n")))
    }

    /// Returns the path of the configuration file.
    pub(super) fn config_file(&self) -> PathBuf {
        self.file("countersign.toml")
    }

    /// Returns the path of a file in the folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Reads a file, or creates it with mode 0600. Returns its text and whether it was created.
    pub(super) fn read_or_make(
        &self,
        file: &Path,
        make: impl FnOnce() -> Result<String, CommandError>,
    ) -> Result<(String, bool), CommandError> {
        match fs::read_to_string(file) {
            Ok(text) => return Ok((text, false)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let what = format!("Cannot read {}", file.display());
                return Err(CommandError::of(&what, &error));
            }
        }
        let text = make()?;
        write_private(&self.0, file, &text).map_err(|error| cannot_write(file, &error))?;
        Ok((text, true))
    }
}

/// Writes a file atomically with mode 0600, which temporary files have.
fn write_private(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.persist(file)?;
    Ok(())
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn cannot_write(file: &Path, error: &io::Error) -> CommandError {
    CommandError::of(&format!("Cannot write {}", file.display()), error)
}

fn utf8(path: &Path) -> Result<String, CommandError> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        CommandError::usage(format!(
            "The path {} is not UTF-8. Choose another folder with --data.",
            path.display()
        ))
    })
}

/// Returns a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_path_is_read_back_unchanged() {
        assert_eq!(quoted("/var/lib/x.db"), r#""/var/lib/x.db""#);
        for path in ["/a\"b", "C:\\data", "/it's", "/a\u{7f}b\tc", "/\u{e9}"] {
            let table: toml::Table = format!("path = {}", quoted(path)).parse().unwrap();
            assert_eq!(table["path"].as_str(), Some(path));
        }
    }
}
