//! What a configuration key is, and the values that it takes.

use std::ops::RangeInclusive;

/// One configuration key.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its path in a file: `section.key`.
    pub(crate) path: &'static str,
    /// What its values look like.
    pub(crate) kind: Kind,
    /// Its value if nobody sets it.
    pub(crate) default: Option<&'static str>,
    /// What it does, in Markdown.
    pub(crate) doc: &'static str,
}

/// What values look like.
#[derive(Debug)]
pub(crate) enum Kind {
    /// An IP address and a port.
    Address,
    /// The URL of an authorization server.
    Issuer,
    /// Where a store is.
    StoreUrl,
    /// A file or a folder.
    Path,
    /// Any text that has no line break.
    Text,
    /// Where mail goes; it may have a password in it.
    MailUrl,
    /// A color.
    Color,
    /// The address of an image.
    Image,
    /// A master key, never shown.
    MasterKey,
    /// A number of seconds.
    Seconds(RangeInclusive<u64>),
    /// A number of things.
    Count(RangeInclusive<u64>),
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// Any number of a few words.
    AnyOf(&'static [&'static str]),
    /// The URL of a proxy; it may have a password in it.
    ProxyUrl,
}

impl Key {
    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!(
            "{PREFIX}__{}",
            self.path.replace('.', SEPARATOR).to_uppercase()
        )
    }
}

impl Kind {
    /// What is allowed, as the end of the sentence "it must be ..".
    pub(crate) fn allowed(&self) -> String {
        match self {
            Self::Address => "an IP address and a port, such as 127.0.0.1:8080".into(),
            Self::Issuer => "an https URL (http for this machine only) of scheme, host and port, without user, path, query and fragment, such as https://id.example.org".into(),
            Self::StoreUrl => "sqlite:///path with the absolute path of a file, or postgres://user:password@host/database".into(),
            Self::Path => "a path".into(),
            Self::Text => "a text of one line".into(),
            Self::MailUrl => "smtp://user:password@host, smtps://user:password@host or file:///folder".into(),
            Self::Color => "a color such as #2f4fd0".into(),
            Self::Image => "an https URL or a data:image/ URL".into(),
            Self::MasterKey => "a key made by `countersign keys generate-master`".into(),
            Self::Seconds(range) => format!(
                "a whole number of seconds from {} to {}",
                range.start(),
                range.end()
            ),
            Self::Count(range) => format!("a whole number from {} to {}", range.start(), range.end()),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::AnyOf(words) => format!(
                "a list of {}; in an environment variable with commas between",
                words.join(", ")
            ),
            Self::ProxyUrl => "an http or https URL of scheme, host and port, with user and password if the proxy asks for them, such as http://proxy.example.org:3128".into(),
        }
    }
}

/// What the environment variables of this program begin with.
pub(crate) const PREFIX: &str = "COUNTERSIGN";
/// What stands between the parts of a variable's name.
pub(crate) const SEPARATOR: &str = "__";
