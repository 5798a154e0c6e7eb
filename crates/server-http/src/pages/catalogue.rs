//! Catalogues: the words of the pages in one language, from TOML.

use std::collections::{BTreeMap, BTreeSet};

/// The words in one language. Keys are written `table.name`, as they stand in the file.
#[derive(Clone, Debug)]
pub struct Catalogue {
    language: String,
    texts: BTreeMap<String, String>,
}

/// Why a catalogue is not used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCatalogue {
    /// It is no TOML, or not tables of texts.
    #[error("{language}.toml cannot be read: {cause}")]
    Unreadable {
        /// The language tag.
        language: String,
        /// What the parser says.
        cause: toml::de::Error,
    },
    /// It has a key that no page asks for.
    #[error("{language}.toml has a text that no page uses: {key}")]
    UnknownKey {
        /// The language tag.
        language: String,
        /// The key.
        key: String,
    },
    /// A text has other placeholders than the English one.
    #[error("{language}.toml: the placeholders of {key} are not those of the English text")]
    Placeholders {
        /// The language tag.
        language: String,
        /// The key.
        key: String,
    },
    /// The file is not named after a language.
    #[error("{0:?} is not a language tag such as de or pt-BR")]
    Language(String),
}

impl Catalogue {
    /// Reads a catalogue. `language` is a tag of BCP 47, such as `de` or `pt-BR`.
    pub fn parse(language: &str, toml: &str) -> Result<Self, InvalidCatalogue> {
        let is_tag = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !language.split('-').all(is_tag) {
            return Err(InvalidCatalogue::Language(language.to_owned()));
        }
        let tables: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(toml).map_err(|cause| InvalidCatalogue::Unreadable {
                language: language.to_owned(),
                cause,
            })?;
        let texts = tables.into_iter().flat_map(|(table, texts)| {
            texts
                .into_iter()
                .map(move |(name, text)| (format!("{table}.{name}"), text))
        });
        Ok(Self {
            language: language.to_owned(),
            texts: texts.collect(),
        })
    }

    /// The language tag.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// This catalogue, with what it lacks taken from `complete`, which says what keys and placeholders there are.
    pub(super) fn completed(mut self, complete: &Self) -> Result<Self, InvalidCatalogue> {
        for (key, text) in &self.texts {
            let (language, key) = (self.language.clone(), key.clone());
            match complete.text(&key) {
                None => return Err(InvalidCatalogue::UnknownKey { language, key }),
                Some(model) if placeholders(model) != placeholders(text) => {
                    return Err(InvalidCatalogue::Placeholders { language, key });
                }
                Some(_) => {}
            }
        }
        for (key, text) in &complete.texts {
            self.texts
                .entry(key.clone())
                .or_insert_with(|| text.clone());
        }
        Ok(self)
    }
}

/// The names between braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let after = text.split('{').skip(1);
    after
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Catalogue {
        Catalogue::parse("en", "[a]\nb = \"To {client}\"\nc = \"C\"").unwrap()
    }

    #[test]
    fn what_a_catalogue_lacks_comes_from_the_complete_one() {
        let german = Catalogue::parse("de", "[a]\nb = \"Zu {client}\"").unwrap();
        let german = german.completed(&english()).unwrap();
        assert_eq!(german.text("a.b"), Some("Zu {client}"));
        assert_eq!(german.text("a.c"), Some("C"));
    }

    #[test]
    fn a_key_of_no_page_and_other_placeholders_are_refused() {
        for (toml, told) in [
            ("[a]\nd = \"D\"", "a.d"),
            ("[a]\nb = \"Zu {klient}\"", "placeholders of a.b"),
            ("[a]\nb = \"Zu\"", "placeholders of a.b"),
        ] {
            let catalogue = Catalogue::parse("de", toml).unwrap();
            let error = catalogue.completed(&english()).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_no_catalogue_is_refused() {
        for (language, toml) in [("de", "[a]\nb = 1"), ("de", "a ="), ("../de", ""), ("", "")] {
            assert!(
                Catalogue::parse(language, toml).is_err(),
                "{language} {toml}"
            );
        }
    }
}
