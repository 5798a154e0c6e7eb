//! Progress of a copy on standard error: a bar on a terminal, otherwise a line per kind.
//!
//! Written here because `indicatif` prints nothing without a terminal.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

/// Interval between redraws of the bar.
const FRAME: Duration = Duration::from_millis(100);
/// Width of the bar in characters.
const WIDTH: u64 = 30;

/// Progress of one kind of record.
pub(super) struct Progress {
    kind: &'static str,
    total: u64,
    done: u64,
    is_terminal: bool,
    drawn: Option<Instant>,
}

impl Progress {
    pub(super) fn new(kind: &'static str, total: u64) -> Self {
        Self {
            kind,
            total,
            done: 0,
            is_terminal: stderr().is_terminal(),
            drawn: None,
        }
    }

    /// Adds `count` processed records.
    pub(super) fn add(&mut self, count: u64) {
        self.done += count;
        if self.is_terminal && self.drawn.is_none_or(|drawn| drawn.elapsed() >= FRAME) {
            self.drawn = Some(Instant::now());
            print(&format!("\r{}", self.line()));
        }
    }

    /// Ends the progress. `copied` records were new in the target.
    pub(super) fn end(self, copied: u64) {
        let start = if self.is_terminal { "\r" } else { "" };
        print(&format!("{start}{}, {copied} copied\n", self.line()));
    }

    fn line(&self) -> String {
        let Self {
            kind, total, done, ..
        } = self;
        if !self.is_terminal {
            return format!("{kind}: {done} of {total}");
        }
        let filled = done * WIDTH / (*total).max(1);
        let bar = |character: &str, count| character.repeat(usize::try_from(count).unwrap_or(0));
        let (full, empty) = (
            bar("#", filled.min(WIDTH)),
            bar(".", WIDTH.saturating_sub(filled)),
        );
        format!("{kind:<15} [{full}{empty}] {done} of {total}")
    }
}

/// Writes to standard error and ignores errors: progress is not essential.
fn print(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(is_terminal: bool, total: u64, done: u64) -> String {
        let progress = Progress {
            done,
            is_terminal,
            ..Progress::new("grants", total)
        };
        progress.line()
    }

    #[test]
    fn bar_shows_progress() {
        let bar = |full: usize| format!("[{}{}]", "#".repeat(full), ".".repeat(30 - full));
        for (total, done, full) in [
            (0, 0, 0),
            (10, 0, 0),
            (10, 5, 15),
            (10, 10, 30),
            (10, 11, 30),
        ] {
            let expected = format!("grants          {} {done} of {total}", bar(full));
            assert_eq!(line(true, total, done), expected);
        }
        assert_eq!(line(false, 10, 5), "grants: 5 of 10");
    }
}
