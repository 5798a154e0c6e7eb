//! Files and folders with declared objects.

use super::document::{Document, read};
use super::mistake::Mistakes;
use crate::command_error::CommandError;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Ends of the names of files that are read in a folder.
const ENDS: [&str; 3] = ["yaml", "yml", "json"];

/// Maximum size of a file in bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// Reads the documents of these files and of all YAML and JSON files in these folders. `-` is standard input.
pub(crate) fn documents(
    paths: &[PathBuf],
    mistakes: &mut Mistakes,
) -> Result<Vec<Document>, CommandError> {
    let mut documents = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            io::stdin().take(MOST).read_to_string(&mut text)?;
            documents.extend(read(&Arc::from("standard input"), &text, mistakes));
            continue;
        }
        for file in files(path)? {
            let text = fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
            let name = Arc::from(file.display().to_string());
            documents.extend(read(&name, &text, mistakes));
        }
    }
    Ok(documents)
}

/// Returns the files below a path, sorted by name. Leaves out names that start with a dot, and links to
/// folders.
fn files(path: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let found = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    if found.is_file() && found.len() > MOST {
        return Err(CommandError::usage(format!(
            "{} is larger than 64 MiB. Split it into several files.",
            path.display()
        )));
    }
    if !found.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| cannot_read(path, &error))?;
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let end = entry.extension().unwrap_or_default().to_string_lossy();
        // A link to a folder could lead in a circle.
        let is_folder = entry.is_dir() && !entry.is_symlink();
        let is_meant = is_folder || entry.is_file() && ENDS.contains(&&*end);
        if is_meant && !name.starts_with('.') {
            all.extend(files(&entry)?);
        }
    }
    Ok(all)
}

fn cannot_read(path: &Path, error: &io::Error) -> CommandError {
    CommandError::of(&format!("Cannot read {}", path.display()), error)
}
