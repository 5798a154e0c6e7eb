//! Files and folders with declared objects.

use super::document::{Document, read};
use super::mistake::Mistakes;
use crate::command_error::{CommandError, Exit};
use std::fs::{self, File};
use std::io::{self, Read};
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
            let text = bounded(io::stdin().lock(), Path::new("standard input"))?;
            documents.extend(read(&Arc::from("standard input"), &text, mistakes));
            continue;
        }
        for file in files(path)? {
            let opened = File::open(&file).map_err(|error| cannot_read(&file, &error))?;
            let text = bounded(opened, &file)?;
            let name = Arc::from(file.display().to_string());
            documents.extend(read(&name, &text, mistakes));
        }
    }
    Ok(documents)
}

/// Reads a text that has a maximum size.
pub(super) fn bounded(input: impl Read, path: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    let read = input.take(MOST + 1).read_to_string(&mut text);
    read.map_err(|error| cannot_read(path, &error))?;
    if text.len() as u64 > MOST {
        return Err(CommandError::new(
            Exit::Failed,
            format!(
                "{} is larger than 64 MiB. Split it into several files.",
                path.display()
            ),
        ));
    }
    Ok(text)
}

/// Returns the files below a path, sorted by name. Leaves out names that start with a dot, and links to folders. An entry
/// that cannot be read is an error: its objects would otherwise count as no longer declared.
fn files(path: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let found = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    if !found.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| cannot_read(path, &error))?;
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|error| cannot_read(path, &error))?;
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let found = fs::metadata(&entry).map_err(|error| cannot_read(&entry, &error))?;
        let end = entry.extension().unwrap_or_default().to_ascii_lowercase();
        // A link to a folder could lead in a circle.
        if found.is_dir() && !entry.is_symlink() {
            all.extend(files(&entry)?);
        } else if found.is_file() && ENDS.iter().any(|own| end == *own) {
            all.push(entry);
        }
    }
    Ok(all)
}

fn cannot_read(path: &Path, error: &io::Error) -> CommandError {
    CommandError::of(&format!("Cannot read {}", path.display()), error)
}
