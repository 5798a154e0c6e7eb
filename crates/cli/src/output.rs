//! Output of records: one line per field for people, JSON for programs.

use crate::arguments::Format;
use crate::command_error::CommandError;
use serde::Serialize;
use std::io::{self, Write as _};
use std::mem;

/// Writes to standard output. Ignores a closed pipe (`countersign .. | head`).
pub(crate) fn print(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Writes to standard output. A closed pipe is an error: the text is lost, and more would follow.
pub(crate) fn print_all(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?)
}

/// List that is printed item by item.
pub(crate) struct ListOutput {
    format: Format,
    is_empty: bool,
}

impl ListOutput {
    /// Starts a list.
    pub(crate) const fn new(format: Format) -> Self {
        Self {
            format,
            is_empty: true,
        }
    }

    /// Prints an item.
    pub(crate) fn add(&mut self, item: &impl Serialize) -> Result<(), CommandError> {
        let is_first = mem::replace(&mut self.is_empty, false);
        let text = match self.format {
            Format::Json | Format::Table => {
                let item = serde_json::to_string_pretty(item).map_err(io::Error::from)?;
                format!("{}{item}", if is_first { "[\n" } else { ",\n" })
            }
            Format::Yaml => serde_saphyr::to_string(&[item]).map_err(io::Error::other)?,
        };
        print_all(&text)
    }

    /// Ends the list.
    pub(crate) fn end(self) -> Result<(), CommandError> {
        match (self.format, self.is_empty) {
            (Format::Yaml, false) => Ok(()),
            (_, false) => print_all("\n]\n"),
            (_, true) => print_all("[]\n"),
        }
    }
}

/// Prints a record or a list of them as JSON, with a line feed at the end.
pub(crate) fn print_json(record: &impl Serialize) -> Result<(), CommandError> {
    let text = serde_json::to_string_pretty(record).map_err(io::Error::from)?;
    print(&format!("{text}\n"))
}

/// Prints a record in this format. A table has no place for nested records, so it is not for programs.
pub(crate) fn print_as(format: Format, record: &impl Serialize) -> Result<(), CommandError> {
    match format {
        Format::Json | Format::Table => print_json(record),
        Format::Yaml => {
            let text = serde_saphyr::to_string(record).map_err(io::Error::other)?;
            print(&text)
        }
    }
}

/// Fields of a record, printed as a column of names and a column of values.
pub(crate) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// Creates an empty record.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a field, unless the value is empty.
    pub(crate) fn add(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((name, value));
        }
        self
    }

    /// Adds a field, if there is a value.
    pub(crate) fn add_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.add(name, value),
            None => self,
        }
    }

    /// Prints one line per field.
    pub(crate) fn print(&self) -> Result<(), CommandError> {
        let rows = self.0.iter();
        print_rows(
            &rows
                .map(|(name, value)| vec![(*name).to_owned(), value.clone()])
                .collect::<Vec<_>>(),
        )
    }
}

/// Prints rows with aligned columns.
pub(crate) fn print_rows(rows: &[Vec<String>]) -> Result<(), CommandError> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(cell);
            line.push_str(&" ".repeat(2 + width - cell.chars().count()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    print(&text)
}
