//! Configuration keys and the kinds of their values.

use std::ops::RangeInclusive;

/// Configuration key.
#[derive(Debug)]
pub(crate) struct Key {
    /// Path in a configuration file: `section.key`.
    pub(crate) path: &'static str,
    /// Kind of value.
    pub(crate) kind: Kind,
    /// Default value.
    pub(crate) default: Option<&'static str>,
    /// Description in Markdown.
    pub(crate) doc: &'static str,
}

/// Kind of value.
#[derive(Debug)]
pub(crate) enum Kind {
    /// IP address and port.
    Address,
    /// URL of an authorization server.
    Issuer,
    /// URL of a store.
    StoreUrl,
    /// Path of a file or folder.
    Path,
    /// Text without line breaks.
    Text,
    /// URL of a mail server, which may contain a password.
    MailUrl,
    /// Color.
    Color,
    /// URL of an image.
    Image,
    /// URL of a page for people.
    Link,
    /// List of web origins.
    Origins,
    /// Master key, never shown.
    MasterKey,
    /// Number of seconds.
    Seconds(RangeInclusive<u64>),
    /// Count.
    Count(RangeInclusive<u64>),
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// List of a few words.
    AnyOf(&'static [&'static str]),
    /// List of pauses in seconds.
    Pauses,
    /// URL of a service of the operator.
    Service,
    /// List of texts without commas.
    List,
    /// URL of a proxy, which may contain a password.
    ProxyUrl,
    /// Receiver of the audit log.
    Destination,
}

impl Key {
    /// Returns the environment variable that sets this key.
    pub(crate) fn variable(&self) -> String {
        format!(
            "{PREFIX}__{}",
            self.path.replace('.', SEPARATOR).to_uppercase()
        )
    }
}

impl Kind {
    /// Describes the allowed values, to complete the sentence "it must be ..".
    pub(crate) fn allowed(&self) -> String {
        match self {
            Self::Address => "an IP address and a port, such as 127.0.0.1:8080".into(),
            Self::Issuer => "an https URL with scheme, host and port only, such as https://id.example.org (http is allowed for localhost and loopback addresses)".into(),
            Self::StoreUrl => "sqlite:///path with an absolute path, or postgres://user:password@host/database".into(),
            Self::Path => "a path".into(),
            Self::Text => "a single line of text".into(),
            Self::MailUrl => "smtp://user:password@host, smtps://user:password@host or file:///folder".into(),
            Self::Service => "an http or https URL without user, query and fragment".into(),
            Self::List => "a list of texts (separated by commas in an environment variable)".into(),
            Self::Color => "a color such as #2f4fd0".into(),
            Self::Image => "an https URL or a data:image/ URL".into(),
            Self::Link => "an https, http or mailto URL".into(),
            Self::Origins => "a list of origins such as https://id.example.org (separated by commas in an environment variable)".into(),
            Self::MasterKey => "a key from `countersign keys generate-master`".into(),
            Self::Seconds(range) => format!(
                "a whole number of seconds from {} to {}",
                range.start(),
                range.end()
            ),
            Self::Count(range) => format!("a whole number from {} to {}", range.start(), range.end()),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::AnyOf(words) => format!(
                "a list of {} (separated by commas in an environment variable)",
                words.join(", ")
            ),
            Self::Pauses => "a list of 1 to 20 whole numbers of seconds from 1 to 604800 (separated by commas in an environment variable)".into(),
            Self::Destination => "off, stdout, syslog:///dev/log, syslog+udp://host:514, syslog+tcp://host:601 or otlp+https://host:4318".into(),
            Self::ProxyUrl => "an http or https URL with scheme, host and port, and with user and password if the proxy requires them, such as http://proxy.example.org:3128".into(),
        }
    }
}

/// Prefix of environment variables.
pub(crate) const PREFIX: &str = "COUNTERSIGN";
/// Separator between the parts of a variable name.
pub(crate) const SEPARATOR: &str = "__";
