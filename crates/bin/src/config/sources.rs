//! Where values come from: a file, then the environment over it.

use crate::config::key::{Key, Kind, PREFIX, SEPARATOR};
use crate::config::keys;
use config::{Environment, File, FileFormat, Source as _, Value, ValueKind};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nowhere: it is the default.
    Default,
    /// In the configuration file.
    File(PathBuf),
    /// In the environment variable of the key.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(variable) => write!(f, "environment {variable}"),
        }
    }
}

/// The values of all keys that have one, as text, and whatever is wrong with their sources.
#[derive(Default)]
pub(crate) struct Values {
    set: BTreeMap<&'static str, (String, Origin)>,
    /// One sentence each. None of them holds a value: it may be a secret in the wrong place.
    pub(crate) problems: Vec<String>,
}

impl Values {
    /// Reads the file, if there is one to read, and the environment.
    pub(crate) fn read(file: Option<&Path>, environment: Vec<(OsString, OsString)>) -> Self {
        let mut values = Self::default();
        if let Some(path) = file {
            match read_file(path) {
                Ok(table) => values.take_table("", table, &Origin::File(path.to_owned())),
                Err(problem) => values.problems.push(problem),
            }
        }
        values.take_environment(environment);
        values
    }

    /// The value of a key and where it is from; `None` if it is not set and has no default.
    pub(crate) fn get(&self, key: &Key) -> Option<(&str, Origin)> {
        match self.set.get(key.path) {
            Some((value, origin)) => Some((value, origin.clone())),
            None => key.default.map(|default| (default, Origin::Default)),
        }
    }

    fn take_table(&mut self, prefix: &str, table: HashMap<String, Value>, origin: &Origin) {
        // A map in no order: problems are told in the order of their names.
        for (name, value) in table.into_iter().collect::<BTreeMap<_, _>>() {
            let path = format!("{prefix}{name}");
            match (value.kind, keys::find(&path)) {
                (ValueKind::Table(inner), None) if is_section(&path) => {
                    self.take_table(&format!("{path}."), inner, origin);
                }
                (_, None) => {
                    let problem = unknown(&format!("`{path}` ({origin})"), &path, |key| {
                        format!("`{}`", key.path)
                    });
                    self.problems.push(problem);
                }
                (ValueKind::Array(list), Some(key)) => match joined(key, list) {
                    Some(words) => {
                        self.set.insert(key.path, (words, origin.clone()));
                    }
                    None => self.problems.push(must_be(key, origin)),
                },
                (ValueKind::Table(_) | ValueKind::Nil, Some(key)) => {
                    self.problems.push(must_be(key, origin));
                }
                (scalar, Some(key)) => {
                    self.set
                        .insert(key.path, (scalar.to_string(), origin.clone()));
                }
            }
        }
    }

    fn take_environment(&mut self, environment: Vec<(OsString, OsString)>) {
        let prefix = format!("{PREFIX}{SEPARATOR}");
        let mut own = HashMap::new();
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(&prefix)) else {
                continue;
            };
            match value.into_string() {
                Ok(value) => {
                    own.insert(name.to_owned(), value);
                }
                Err(_) => self.problems.push(format!("{name} is not UTF-8.")),
            }
        }
        let source = Environment::with_prefix(PREFIX)
            .prefix_separator(SEPARATOR)
            .separator(SEPARATOR)
            .ignore_empty(true)
            .source(Some(own));
        // What could fail in there was sorted out above.
        let collected = source.collect().unwrap_or_default();
        for (path, value) in collected.into_iter().collect::<BTreeMap<_, _>>() {
            let variable = format!("{prefix}{}", path.replace('.', SEPARATOR).to_uppercase());
            match keys::find(&path) {
                Some(key) => {
                    let text = value.kind.to_string();
                    self.set
                        .insert(key.path, (text, Origin::Environment(variable)));
                }
                None => self.problems.push(unknown(&variable, &path, Key::variable)),
            }
        }
    }
}

/// A list of words as it stands in an environment variable; `None` if this is no list of words, or not the place for
/// one.
fn joined(key: &Key, list: Vec<Value>) -> Option<String> {
    let Kind::AnyOf(_) = key.kind else {
        return None;
    };
    let words = list.into_iter().map(|word| match word.kind {
        ValueKind::String(word) if !word.contains(',') => Some(word),
        _ => None,
    });
    let words: Vec<String> = words.collect::<Option<_>>()?;
    Some(words.join(","))
}

/// A value as `config show` prints it: without what is secret.
pub(crate) fn shown(key: &Key, value: &str) -> String {
    match key.kind {
        Kind::MasterKey => "..".into(),
        Kind::StoreUrl if value.starts_with("sqlite:///") => value.into(),
        Kind::StoreUrl | Kind::MailUrl | Kind::ProxyUrl => scheme_and_host(value),
        Kind::Issuer if value.contains(['@', '?', '#']) => scheme_and_host(value),
        _ => value.into(),
    }
}

/// A URL without what may be a secret: user information, path and query. What is left out shows as `..`,
/// and so does the host if it is not certain which part that is.
pub(crate) fn scheme_and_host(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "..".into();
    };
    let before_query = rest.split(['?', '#']).next().unwrap_or_default();
    if rest.matches('@').count() != before_query.matches('@').count() {
        return format!("{scheme}://..");
    }
    let (user, place) = match before_query.rsplit_once('@') {
        Some((_, place)) => ("..@", place),
        None => ("", before_query),
    };
    let host = place.split('/').next().unwrap_or_default();
    let is_all = host == place && before_query == rest;
    let more = if is_all { "" } else { "/.." };
    format!("{scheme}://{user}{host}{more}")
}

/// The sentence about a value that is not allowed. It names the place and not the value, which may be a
/// secret in the wrong place.
pub(crate) fn must_be(key: &Key, origin: &Origin) -> String {
    format!("`{}` ({origin}) must be {}.", key.path, key.kind.allowed())
}

fn unknown(what: &str, path: &str, name: impl Fn(&Key) -> String) -> String {
    let hint =
        keys::nearest(path).map_or_else(String::new, |key| format!(" Did you mean {}?", name(key)));
    format!("{what} is not a configuration key.{hint}")
}

fn is_section(path: &str) -> bool {
    keys::TABLE.iter().any(|key| {
        key.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn read_file(path: &Path) -> Result<HashMap<String, Value>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        format!(
            "The configuration file {} cannot be read: {error}.",
            path.display()
        )
    })?;
    File::from_str(&text, FileFormat::Toml)
        .collect()
        .map_err(|error| {
            format!(
                "The configuration file {} is not TOML: {}.",
                path.display(),
                without_excerpt(&error.to_string())
            )
        })
}

/// The message of a TOML error without the lines of the file that it quotes: there may be a secret in
/// them.
fn without_excerpt(message: &str) -> String {
    let quoted = |line: &str| {
        line.trim_start()
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start()
            .starts_with('|')
    };
    let kept: Vec<&str> = message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !quoted(line))
        .collect();
    kept.join(": ")
}
