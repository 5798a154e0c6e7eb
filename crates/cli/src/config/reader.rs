//! Conversion of values to types. It reports all problems, not only the first.

use crate::config::key::{Key, Kind};
use crate::config::sources::{Values, must_be};
use std::time::Duration;

/// Reader of values, with the problems that it found.
pub(super) struct Reader<'a> {
    /// Values to read.
    pub(super) values: &'a Values,
    /// Messages, one per problem.
    pub(super) problems: Vec<String>,
}

impl Reader<'_> {
    /// Reads a value. Returns `None` if it is not set or invalid.
    pub(super) fn read<T>(
        &mut self,
        key: &Key,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let (text, origin) = self.values.get(key)?;
        let value = parse(text);
        if value.is_none() {
            self.problems.push(must_be(key, text, &origin));
        }
        value
    }

    /// Reads a duration within the range of its key.
    pub(super) fn seconds(&mut self, key: &Key) -> Option<Duration> {
        self.read(key, |text| {
            let seconds = text.parse().ok()?;
            let Kind::Seconds(range) = &key.kind else {
                return None;
            };
            range
                .contains(&seconds)
                .then_some(Duration::from_secs(seconds))
        })
    }

    /// Reads a number within the range of its key.
    pub(super) fn count(&mut self, key: &Key) -> Option<usize> {
        self.read(key, |text| {
            let count: u64 = text.parse().ok()?;
            let Kind::Count(range) = &key.kind else {
                return None;
            };
            range.contains(&count).then_some(count)?.try_into().ok()
        })
    }

    /// Reads a list of texts.
    pub(super) fn list<T>(
        &mut self,
        key: &Key,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.read(key, |text| {
            let texts = text.split(',').map(str::trim);
            texts
                .filter(|text| !text.is_empty())
                .map(parse)
                .collect::<Option<_>>()
        })
    }

    /// Reads one of the words of its key.
    pub(super) fn word<T>(
        &mut self,
        key: &Key,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.read(key, |text| match key.kind {
            Kind::OneOf(words) if words.contains(&text) => parse(text),
            _ => None,
        })
    }
}
