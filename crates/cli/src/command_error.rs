//! Errors of commands, with an exit code and a message.

use countersign_application::admin::AdminError;
use countersign_ports::StoreError;
use std::error::Error;
use std::io;

/// Exit codes other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Failure of the store, a file or the network.
    Failed = 1,
    /// Invalid usage or configuration.
    Usage = 2,
    /// The object of the command does not exist.
    NotFound = 3,
    /// The object to create already exists, or a concurrent change won.
    Conflict = 4,
}

/// Error of a command.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// Exit code of the process.
    pub(crate) exit: Exit,
    /// What happened and what to do, printed to standard error.
    pub(crate) message: String,
}

impl CommandError {
    /// Creates an error with this exit code.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }

    /// Creates an error that the user has to fix, with exit code 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Changes the exit code.
    pub(crate) fn with(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Appends a sentence.
    pub(crate) fn with_advice(mut self, advice: Option<String>) -> Self {
        if let Some(advice) = advice {
            self.message.push_str(". ");
            self.message.push_str(&advice);
        }
        self
    }

    /// Creates an error with exit code 1 from `what`, `error` and all its sources.
    pub(crate) fn of(what: &str, error: &dyn Error) -> Self {
        let mut message = format!("{what}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Some errors already end with the text of their source.
            if !message.ends_with(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        Self::new(Exit::Failed, message)
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::of("The command failed", &error)
    }
}

impl From<countersign_application::Failure> for CommandError {
    fn from(error: countersign_application::Failure) -> Self {
        Self::of("The command failed", &error)
    }
}

/// Fallback for errors that a command does not convert itself.
impl From<AdminError> for CommandError {
    fn from(error: AdminError) -> Self {
        let exit = match &error {
            AdminError::Refused(_) => Exit::Failed,
            AdminError::NotFound(_) | AdminError::Unexplained(_) => Exit::NotFound,
            AdminError::Conflict(_) | AdminError::AttributeUsed(..) | AdminError::Stale => {
                Exit::Conflict
            }
            AdminError::Registration(broken) => {
                return Self::usage(format!("The client cannot be registered: {broken}."));
            }
            AdminError::Claim(claim, why) => {
                let claim = claim.as_str();
                return Self::usage(format!("The claim {claim:?} is invalid: {why}."));
            }
            AdminError::ResourceServer(broken) => {
                return Self::usage(format!("The resource server cannot be saved: {broken}."));
            }
            AdminError::IntrospectionClient(..) => {
                return Self::usage(format!("The resource server cannot be saved: {error}."));
            }
            AdminError::SigningKeyMissing(algorithm) => {
                let algorithm = algorithm.as_str();
                return Self::usage(format!(
                    "No signing key for {algorithm} exists. Create one with `countersign keys rotate --algorithm {algorithm}`."
                ));
            }
            AdminError::Role(broken) => {
                return Self::usage(format!("The admin role cannot be saved: {broken}."));
            }
            AdminError::Group(broken) => {
                return Self::usage(format!("The group cannot be saved: {broken}."));
            }
            AdminError::Webhook(broken) => {
                return Self::usage(format!("The webhook cannot be saved: {broken}."));
            }
            AdminError::UpstreamProvider(broken) => {
                return Self::usage(format!("The upstream provider cannot be saved: {broken}."));
            }
            AdminError::ClaimsPolicy(broken) => {
                return Self::usage(format!("The claims policy cannot be saved: {broken}."));
            }
            AdminError::InvalidTenant(broken) => {
                return Self::usage(format!("The tenant cannot be saved: {broken}."));
            }
            AdminError::AttributeDefinition(broken) => {
                return Self::usage(format!("The attribute cannot be saved: {broken}."));
            }
            AdminError::ApplicationRoles(_)
            | AdminError::RoleUndefined(..)
            | AdminError::Attribute(..)
            | AdminError::Keys(_)
            | AdminError::SharedKeyMissing
            | AdminError::Language
            | AdminError::Password => Exit::Usage,
            AdminError::Assignment(broken) => {
                return Self::new(Exit::Conflict, format!("The command failed: {broken}."));
            }
            AdminError::Failure(_) => {
                return Self::of("The command failed", &error);
            }
        };
        Self::new(exit, format!("The command failed: {error}."))
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::of("I/O error", &error)
    }
}
