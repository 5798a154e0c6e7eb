//! Sources of values: a file, overridden by the environment.

use crate::config::key::{Key, Kind, PREFIX, SEPARATOR};
use crate::config::table;
use crate::ownership;
use config::{Environment, File, FileFormat, Source as _, Value, ValueKind};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Default value.
    Default,
    /// Configuration file.
    File(PathBuf),
    /// Environment variable.
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

/// Values as text, and the problems found in their sources.
#[derive(Default)]
pub(crate) struct Values {
    set: BTreeMap<&'static str, (String, Origin)>,
    /// Messages, one per problem. They omit values because a misplaced value may be a secret.
    pub(crate) problems: Vec<String>,
}

impl Values {
    /// Reads the file, if any, and the environment.
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

    /// Returns the value of a key and its source, or `None` if it is not set and has no default.
    pub(crate) fn get(&self, key: &Key) -> Option<(&str, Origin)> {
        match self.set.get(key.path) {
            Some((value, origin)) => Some((value, origin.clone())),
            None => key.default.map(|default| (default, Origin::Default)),
        }
    }

    fn take_table(&mut self, prefix: &str, table: HashMap<String, Value>, origin: &Origin) {
        // Sorted, so that problems are reported in a stable order.
        for (name, value) in table.into_iter().collect::<BTreeMap<_, _>>() {
            let path = format!("{prefix}{name}");
            match (value.kind, table::find(&path)) {
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
                    None => self.problems.push(must_be(key, "", origin)),
                },
                (ValueKind::Table(_) | ValueKind::Nil, Some(key)) => {
                    self.problems.push(must_be(key, "", origin));
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
            let Some(name) = name.to_str() else {
                continue;
            };
            if !name.starts_with(&prefix) {
                if let Some(key) = with_single_underscores(name) {
                    self.problems.push(format!(
                        "{name} is not a configuration variable, because two underscores separate the parts of a name. Rename it to {}.",
                        key.variable()
                    ));
                }
                continue;
            }
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
        // Cannot fail: all values are valid UTF-8.
        let collected = source.collect().unwrap_or_default();
        for (path, value) in collected.into_iter().collect::<BTreeMap<_, _>>() {
            let variable = format!("{prefix}{}", path.replace('.', SEPARATOR).to_uppercase());
            match table::find(&path) {
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

/// Returns the key whose variable this would be with two underscores everywhere, such as `COUNTERSIGN_STORE_URL`.
fn with_single_underscores(name: &str) -> Option<&'static Key> {
    let name = name.strip_prefix(PREFIX)?.strip_prefix('_')?;
    let name = name.replace(SEPARATOR, "_");
    let mut keys = table::TABLE.iter().copied();
    keys.find(|key| key.path.replace('.', "_").eq_ignore_ascii_case(&name))
}

/// Joins a list of words or numbers as in an environment variable.
///
/// Returns `None` if an item is of another type or the key does not accept a list.
fn joined(key: &Key, list: Vec<Value>) -> Option<String> {
    if !matches!(
        key.kind,
        Kind::AnyOf(_) | Kind::List | Kind::Origins | Kind::Pauses
    ) {
        return None;
    }
    let words = list.into_iter().map(|item| match (&key.kind, item.kind) {
        (Kind::AnyOf(_) | Kind::List, ValueKind::String(word)) if !word.contains(',') => Some(word),
        (Kind::Pauses, ValueKind::I64(seconds)) => Some(seconds.to_string()),
        _ => None,
    });
    let words: Vec<String> = words.collect::<Option<_>>()?;
    Some(words.join(","))
}

/// Returns a value as `config show` prints it, without secrets.
pub(crate) fn shown(key: &Key, value: &str) -> String {
    match key.kind {
        Kind::MasterKey => "..".into(),
        Kind::StoreUrl if value.starts_with("sqlite:///") => value.into(),
        Kind::StoreUrl | Kind::MailUrl | Kind::ProxyUrl => scheme_and_host(value),
        Kind::Issuer if value.contains(['@', '?', '#']) => scheme_and_host(value),
        _ => value.into(),
    }
}

/// Returns a URL without parts that may be secret: user information, path and query.
///
/// Omitted parts are shown as `..`, including the host if it cannot be identified reliably.
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

/// Returns the message for an invalid value. It omits the value, except for a URL without its secret parts, because a
/// misplaced value may be a secret.
pub(crate) fn must_be(key: &Key, value: &str, origin: &Origin) -> String {
    let named = match key.kind {
        Kind::Issuer if value.contains("://") => format!(" is {}, but", scheme_and_host(value)),
        _ => String::new(),
    };
    format!(
        "`{}` ({origin}){named} must be {}.",
        key.path,
        key.kind.allowed()
    )
}

fn unknown(what: &str, path: &str, name: impl Fn(&Key) -> String) -> String {
    let hint = table::nearest(path)
        .map_or_else(String::new, |key| format!(" Did you mean {}?", name(key)));
    format!("{what} is not a configuration key.{hint}")
}

fn is_section(path: &str) -> bool {
    table::TABLE.iter().any(|key| {
        key.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn read_file(path: &Path) -> Result<HashMap<String, Value>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let advice = ownership::advice(path)
            .unwrap_or_else(|| "Check the path in --config or COUNTERSIGN_CONFIG.".to_owned());
        format!(
            "Cannot read the configuration file {}: {error}. {advice}",
            path.display()
        )
    })?;
    File::from_str(&text, FileFormat::Toml)
        .collect()
        .map_err(|error| {
            format!(
                "The configuration file {} is not valid TOML: {}.",
                path.display(),
                without_excerpt(&error.to_string())
            )
        })
}

/// Removes the quoted lines of the file from a TOML error, because they may contain a secret.
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
