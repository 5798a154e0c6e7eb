//! How a command ends when it does not succeed: an exit code and a sentence.

use countersign_application::admin::AdminError;
use countersign_ports::StoreError;
use std::error::Error;
use std::fmt::Write as _;
use std::io;

/// Exit codes other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The store, a file or the network.
    Failed = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// What the command is about is not there.
    NotFound = 3,
    /// What the command would make is there already.
    Conflict = 4,
}

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process exits with.
    pub(crate) exit: Exit,
    /// What happened and what to do, for standard error.
    pub(crate) message: String,
}

impl Failure {
    /// Of the given kind.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }

    /// Something the caller has to put right.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A failure to do `what`, with the causes of `error` down to the first.
    pub(crate) fn of(what: &str, error: &dyn Error) -> Self {
        let mut message = format!("{what}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            // Writing to a string cannot fail.
            let _ = write!(message, ": {cause}");
            source = cause.source();
        }
        Self::new(Exit::Failed, message)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::of("The command could not be carried out", &error)
    }
}

impl From<countersign_application::Failure> for Failure {
    fn from(error: countersign_application::Failure) -> Self {
        Self::of("The command could not be carried out", &error)
    }
}

/// Commands that know what they are about say so before it comes to this.
impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Self {
        let exit = match &error {
            AdminError::Refused(_) => Exit::Failed,
            AdminError::NotFound(_) => Exit::NotFound,
            AdminError::Conflict(_) => Exit::Conflict,
            AdminError::Registration(broken) => {
                return Self::usage(format!("The client cannot be registered: {broken}."));
            }
            AdminError::Claim(claim, why) => {
                let claim = claim.as_str();
                return Self::usage(format!("The claim {claim:?} is wrong: {why}."));
            }
            AdminError::Keys(_) | AdminError::Password => Exit::Usage,
            AdminError::Failure(_) => {
                return Self::of("The command could not be carried out", &error);
            }
        };
        Self::new(
            exit,
            format!("The command could not be carried out: {error}."),
        )
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::of("Standard input or output failed", &error)
    }
}
