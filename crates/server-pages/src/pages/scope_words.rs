//! Descriptions of scope tokens for the resource owner.

use super::catalogue::Catalogue;
use std::collections::BTreeMap;

/// Descriptions that an administrator configured, by scope token and language tag.
#[derive(Clone, Debug, Default)]
pub struct ScopeWords(pub BTreeMap<String, BTreeMap<String, String>>);

impl ScopeWords {
    /// Returns the description of a token: the configured one in this language, else the built-in one in this language,
    /// else the configured one in the default language or in any language, else the token itself.
    pub(super) fn describe<'a>(
        &'a self,
        token: &'a str,
        catalogue: &'a Catalogue,
        default_language: &str,
    ) -> &'a str {
        let words = self.0.get(token);
        let of = |language: &str| words.and_then(|words| words.get(language));
        of(catalogue.language())
            .map(String::as_str)
            .or_else(|| catalogue.text(&format!("scope.{token}")))
            .or_else(|| of(default_language).map(String::as_str))
            .or_else(|| words.and_then(|words| words.values().next().map(String::as_str)))
            .unwrap_or(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_description_prefers_page_language() {
        let of = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(language, text)| ((*language).to_owned(), (*text).to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        let words = ScopeWords(BTreeMap::from([
            ("read".to_owned(), of(&[("de", "Lesen"), ("en", "Read")])),
            ("trade".to_owned(), of(&[("fr", "Commercer")])),
            ("email".to_owned(), of(&[("en", "Your mailbox")])),
        ]));
        let german = Catalogue::parse("de", "[scope]\nemail = \"E-Mail\"").unwrap();
        let english = Catalogue::parse("en", "[scope]\nemail = \"Email\"").unwrap();
        for (token, catalogue, text) in [
            ("read", &german, "Lesen"),
            ("read", &english, "Read"),
            ("trade", &english, "Commercer"),
            ("email", &german, "E-Mail"),
            ("email", &english, "Your mailbox"),
            ("write", &german, "write"),
        ] {
            assert_eq!(words.describe(token, catalogue, "en"), text, "{token}");
        }
    }
}
