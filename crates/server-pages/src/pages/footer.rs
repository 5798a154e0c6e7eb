//! Footer of every page: links, and the choice of a language.

use super::PageContext;
use super::links::Links;
use countersign_server_http::wire::form;

/// A language that the user can choose.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// Language tag.
    pub(super) tag: &'a str,
    /// Name of the language, in this language.
    pub(super) name: &'a str,
    /// Link that shows the same page in this language.
    pub(super) link: String,
}

impl<'a> PageContext<'a> {
    /// Returns the page with a choice of languages, which leads back to this path. A page that is the answer to a form
    /// has none, because its path shows another page.
    #[must_use]
    pub const fn at(self, here: Option<&'a str>) -> Self {
        Self { here, ..self }
    }

    /// Returns the links below the page.
    pub(super) fn links(self) -> &'a Links {
        &self.pages.settings.links
    }

    /// Returns the name of the language of this page.
    pub(super) fn language_name(self) -> &'a str {
        self.pages.name_of(self.language())
    }

    /// Returns the other languages.
    pub(super) fn other_languages(self) -> Vec<Choice<'a>> {
        let Some(here) = self.here else {
            return Vec::new();
        };
        let others = self.pages.languages().filter(|tag| *tag != self.language());
        others
            .map(|tag| Choice {
                tag,
                name: self.pages.name_of(tag),
                link: format!("/language?{}", form::encoded(&[("to", tag), ("at", here)])),
            })
            .collect()
    }
}

impl super::Pages {
    /// Returns the tags of all languages, with the names of the languages.
    pub(crate) fn language_names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.languages().map(|tag| (tag, self.name_of(tag)))
    }

    /// Returns the name of a language in this language, or its tag if the catalogue does not name it.
    fn name_of<'a>(&'a self, tag: &'a str) -> &'a str {
        const NAME: &str = "layout.language";
        let mut catalogues = self.catalogues.iter();
        let named = catalogues
            .find(|own| own.language() == tag)
            .filter(|own| own.missing().iter().all(|key| key != NAME));
        named.and_then(|own| own.text(NAME)).unwrap_or(tag)
    }
}

#[cfg(test)]
mod tests {
    use crate::pages::{PageSettings, Pages};
    use axum::http::HeaderMap;

    #[test]
    fn page_offers_other_languages_by_their_own_names() {
        let pages = Pages::new(PageSettings {
            catalogues: vec![("fr".into(), "[login]\ntitle = \"Connexion\"".into())],
            ..PageSettings::default()
        })
        .unwrap();
        let page = pages.page(&HeaderMap::new(), Some("de"));
        assert!(page.other_languages().is_empty());
        let page = page.at(Some("/login?interaction=a&b"));
        let others = page.other_languages();
        let shown: Vec<_> = others.iter().map(|one| (one.name, &*one.link)).collect();
        assert_eq!(
            shown,
            [
                (
                    "English",
                    "/language?to=en&at=%2Flogin%3Finteraction%3Da%26b"
                ),
                ("fr", "/language?to=fr&at=%2Flogin%3Finteraction%3Da%26b"),
            ]
        );
        assert_eq!(page.language_name(), "Deutsch");
    }
}
