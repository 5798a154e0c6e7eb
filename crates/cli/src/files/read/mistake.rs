//! Mistakes in files.

use crate::command_error::{CommandError, Exit};
use std::fmt;
use std::sync::Arc;

/// Place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Path of the file, as the command line names it.
    pub(crate) file: Arc<str>,
    /// Line, from 1.
    pub(crate) line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// All mistakes of a set of files.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(Vec<(Option<Place>, String)>);

impl Mistakes {
    /// Adds a mistake.
    pub(crate) fn add(&mut self, place: Place, text: impl Into<String>) {
        self.0.push((Some(place), text.into()));
    }

    /// Adds a mistake that has no place in a file.
    pub(crate) fn add_without_place(&mut self, text: impl Into<String>) {
        self.0.push((None, text.into()));
    }

    /// Fails if there are mistakes. The error lists all of them by file and line.
    pub(crate) fn check(mut self) -> Result<(), CommandError> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort();
        self.0.dedup();
        let lines = self.0.iter().map(|(place, text)| match place {
            Some(place) => format!("{place}: {text}"),
            None => text.clone(),
        });
        let lines = lines.collect::<Vec<_>>().join("\n");
        let count = match self.0.len() {
            1 => "1 mistake".to_owned(),
            several => format!("{several} mistakes"),
        };
        Err(CommandError::new(
            Exit::Failed,
            format!("{lines}\n{count}. Nothing was changed."),
        ))
    }
}
