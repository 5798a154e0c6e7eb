//! Catalogues: the page texts of one language, in TOML.

use std::collections::{BTreeMap, BTreeSet};

/// The page texts of one language. Keys have the form `table.name`.
#[derive(Clone, Debug)]
pub struct Catalogue {
    language: String,
    texts: BTreeMap<String, String>,
    /// Keys of the texts that another catalogue filled in.
    missing: Vec<String>,
}

/// Reason why a catalogue was rejected.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCatalogue {
    /// The file is not TOML, or not tables of strings.
    #[error("{language}.toml cannot be read: {cause}")]
    Unreadable {
        /// The language tag.
        language: String,
        /// The error of the parser.
        cause: toml::de::Error,
    },
    /// The catalogue has a key that no page uses.
    #[error("{language}.toml has the unknown key {key}; remove it")]
    UnknownKey {
        /// The language tag.
        language: String,
        /// The key.
        key: String,
    },
    /// A text has different placeholders than the English text.
    #[error("{language}.toml: the placeholders of {key} must be the same as in English")]
    Placeholders {
        /// The language tag.
        language: String,
        /// The key.
        key: String,
    },
    /// The file name is not a language tag.
    #[error("{0:?} is not a language tag such as de or pt-BR")]
    Language(String),
}

impl Catalogue {
    /// Parses a catalogue. `language` is a BCP 47 tag, such as `de` or `pt-BR`.
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
            missing: Vec::new(),
        })
    }

    /// Returns the language tag.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns the keys of the texts that come from a catalogue of another language.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Returns the text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// Fills in missing texts from `complete`. Returns an error if a key or its placeholders differ from `complete`.
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
        let is_same_language = complete.language.eq_ignore_ascii_case(&self.language);
        for (key, text) in &complete.texts {
            if !self.texts.contains_key(key) {
                self.texts.insert(key.clone(), text.clone());
                if !is_same_language {
                    self.missing.push(key.clone());
                }
            }
        }
        Ok(self)
    }
}

/// Returns the names in braces.
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
    fn missing_texts_come_from_complete_catalogue() {
        let german = Catalogue::parse("de", "[a]\nb = \"Zu {client}\"").unwrap();
        let german = german.completed(&english()).unwrap();
        assert_eq!(german.text("a.b"), Some("Zu {client}"));
        assert_eq!(german.text("a.c"), Some("C"));
        assert_eq!(german.missing(), ["a.c"]);
        let own = Catalogue::parse("de", "[a]\nc = \"D\"").unwrap();
        assert_eq!(own.completed(&german).unwrap().missing(), [""; 0]);
    }

    #[test]
    fn unknown_key_or_placeholder_is_rejected() {
        for (toml, expected) in [
            ("[a]\nd = \"D\"", "a.d"),
            ("[a]\nb = \"Zu {klient}\"", "placeholders of a.b"),
            ("[a]\nb = \"Zu\"", "placeholders of a.b"),
        ] {
            let catalogue = Catalogue::parse("de", toml).unwrap();
            let error = catalogue.completed(&english()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn invalid_catalogue_file_is_rejected() {
        for (language, toml) in [("de", "[a]\nb = 1"), ("de", "a ="), ("../de", ""), ("", "")] {
            assert!(
                Catalogue::parse(language, toml).is_err(),
                "{language} {toml}"
            );
        }
    }
}
