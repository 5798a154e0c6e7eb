//! Result of a check.

use crate::command_error::CommandError;
use countersign_ports::StoreError;
use serde::Serialize;

/// State of what was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Nothing to do.
    Ok,
    /// Works now, but may fail later.
    Warning,
    /// Fails now, or soon.
    Problem,
    /// The check could not run.
    NotChecked,
}

impl State {
    /// Returns the word in the output.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::NotChecked => "not checked",
        }
    }
}

/// Result of a check.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    /// State.
    pub(crate) state: State,
    /// What was found; for a warning or a problem, also what to do.
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn ok(message: impl Into<String>) -> Self {
        Self::new(State::Ok, &message.into())
    }

    /// `advice` is a sentence that says what to do.
    pub(crate) fn warning(message: impl Into<String>, advice: &str) -> Self {
        Self::new(State::Warning, &format!("{} {advice}", message.into()))
    }

    /// `advice` is a sentence that says what to do.
    pub(crate) fn problem(message: impl Into<String>, advice: &str) -> Self {
        Self::new(State::Problem, &format!("{} {advice}", message.into()))
    }

    pub(crate) fn not_checked(message: impl Into<String>) -> Self {
        Self::new(State::NotChecked, &message.into())
    }

    /// `message` also says what to do, if necessary.
    pub(crate) fn new(state: State, message: &str) -> Self {
        // Each finding is one line.
        let message = message.replace('\n', " ");
        Self { state, message }
    }
}

/// The message of a command's error says what to do.
impl From<CommandError> for Finding {
    fn from(failure: CommandError) -> Self {
        Self::new(State::Problem, &failure.message)
    }
}

/// The check could not read the store.
impl From<StoreError> for Finding {
    fn from(error: StoreError) -> Self {
        Self::not_checked(CommandError::of("cannot read the store", &error).message)
    }
}

/// Result of a check that ends with the first finding.
pub(crate) type Checked<T> = Result<T, Finding>;

/// Returns a list of names, shortened.
pub(crate) fn names(all: &[String]) -> String {
    const MOST: usize = 10;
    let shown: Vec<&str> = all.iter().take(MOST).map(String::as_str).collect();
    let more = all.len().saturating_sub(MOST);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{rest}", shown.join(", "))
}
