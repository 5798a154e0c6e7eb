//! Pages: what people see of this server, in their language and in its colors.
//!
//! A page is a view (a struct with what it shows, and a template of its name under `templates/`), shown by
//! [`Page::show`], which puts the headers of every page on it. Nothing is decided here.

mod assets;
mod catalogue;
mod headers;
mod languages;
mod scope_words;
#[cfg(test)]
mod tests;
mod theme;
pub mod views;

pub use catalogue::{Catalogue, InvalidCatalogue};
pub use headers::Policy;
pub(crate) use headers::keep_opener;
pub use scope_words::ScopeWords;
pub use theme::{Color, InvalidColor, InvalidLogo, Logo, Theme};

use askama::Template;
use assets::Assets;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Display;

/// The catalogues of the binary: language tag and TOML. The first is complete, and says what keys there are.
pub const CATALOGUES: [(&str, &str); 2] = [
    ("en", include_str!("../../locales/en.toml")),
    ("de", include_str!("../../locales/de.toml")),
];

/// What a deployment says about its pages.
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// Name, logo and colors.
    pub theme: Theme,
    /// Language tag and TOML of catalogues beside those of the binary, or in their place. What one of them lacks
    /// comes from the binary's catalogue of this language, then from the English one.
    pub catalogues: Vec<(String, String)>,
    /// The language for whoever asks for none that is there.
    pub default_language: String,
    /// What scope tokens mean.
    pub scope_words: ScopeWords,
    /// Whether the server is reached over https.
    pub secure: bool,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            catalogues: Vec::new(),
            default_language: "en".to_owned(),
            scope_words: ScopeWords::default(),
            secure: true,
        }
    }
}

/// Why there are no pages.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPages {
    /// A catalogue is of no use.
    #[error(transparent)]
    Catalogue(#[from] InvalidCatalogue),
    /// The default language has no catalogue.
    #[error("there is no catalogue for the default language {0:?}")]
    DefaultLanguage(String),
}

/// All that pages are made of, made once.
#[derive(Debug)]
pub struct Pages {
    catalogues: Vec<Catalogue>,
    /// The place of the default language among them.
    default_language: usize,
    settings: PageSettings,
    assets: Assets,
}

impl Pages {
    /// Reads the catalogues.
    pub fn new(settings: PageSettings) -> Result<Self, InvalidPages> {
        let mut catalogues: Vec<Catalogue> = Vec::new();
        let own = CATALOGUES.into_iter();
        let others = settings.catalogues.iter();
        for (language, toml) in own.chain(others.map(|(tag, toml)| (&**tag, &**toml))) {
            let catalogue = Catalogue::parse(language, toml)?;
            let earlier = catalogues
                .iter()
                .position(|have| have.language().eq_ignore_ascii_case(language));
            match earlier.and_then(|place| catalogues.get_mut(place)) {
                Some(earlier) => *earlier = catalogue.completed(earlier)?,
                None => match catalogues.first() {
                    Some(english) => catalogues.push(catalogue.completed(english)?),
                    None => catalogues.push(catalogue),
                },
            }
        }
        let default_language = catalogues
            .iter()
            .position(|have| {
                have.language()
                    .eq_ignore_ascii_case(&settings.default_language)
            })
            .ok_or_else(|| InvalidPages::DefaultLanguage(settings.default_language.clone()))?;
        let assets = Assets::new(settings.theme.style_sheet());
        Ok(Self {
            catalogues,
            default_language,
            settings,
            assets,
        })
    }

    /// The tags of all languages (`ui_locales_supported`, OpenID Connect Discovery section 3).
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.catalogues.iter().map(Catalogue::language)
    }

    /// A page for whoever sent these headers. `ui_locales` is the parameter of the authorization request.
    #[must_use]
    pub fn page(&self, headers: &HeaderMap, ui_locales: Option<&str>) -> Page<'_> {
        let there: Vec<&str> = self.languages().collect();
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let place = languages::negotiated(&there, ui_locales, accepted)
            .and_then(|found| there.iter().position(|tag| *tag == found))
            .unwrap_or(self.default_language);
        Page { pages: self, place }
    }

    /// The file `/assets/{file}`.
    #[must_use]
    pub fn asset(&self, file: &str) -> Response {
        self.assets.serve(file)
    }
}

/// One page in one language, before it has content.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    pages: &'a Pages,
    place: usize,
}

impl<'a> Page<'a> {
    fn catalogue(self) -> Option<&'a Catalogue> {
        self.pages.catalogues.get(self.place)
    }

    /// The tag of the language.
    #[must_use]
    pub fn language(self) -> &'a str {
        self.catalogue().map_or("en", Catalogue::language)
    }

    /// The text of a key. One that no catalogue has shows itself: a test looks for that.
    #[must_use]
    pub fn text(self, key: &'a str) -> &'a str {
        self.catalogue()
            .and_then(|catalogue| catalogue.text(key))
            .unwrap_or(key)
    }

    /// The text of a key, with `value` in the place of `{name}`.
    #[must_use]
    pub fn with(self, key: &str, name: &str, value: impl Display) -> String {
        let text = self.catalogue().and_then(|catalogue| catalogue.text(key));
        text.unwrap_or(key)
            .replace(&format!("{{{name}}}"), &value.to_string())
    }

    /// Subject and text of the message with a code to log in with.
    #[must_use]
    pub fn code_mail(self, code: &str) -> (String, String) {
        let of = |key| self.with(key, "code", code);
        (of("mail.code_subject"), of("mail.code_text"))
    }

    /// What a scope token means.
    #[must_use]
    pub fn scope(self, token: &'a str) -> &'a str {
        let Some(catalogue) = self.catalogue() else {
            return token;
        };
        let settings = &self.pages.settings;
        settings
            .scope_words
            .describe(token, catalogue, &settings.default_language)
    }

    /// What it is made of.
    #[must_use]
    pub fn pages(self) -> &'a Pages {
        self.pages
    }

    /// Name, logo and colors.
    #[must_use]
    pub fn theme(self) -> &'a Theme {
        &self.pages.settings.theme
    }

    /// Where the static files are.
    fn assets(self) -> &'a Assets {
        &self.pages.assets
    }

    /// The answer with a view in it.
    #[must_use]
    pub fn show<V: View>(self, status: StatusCode, view: &V) -> Response {
        match view.render() {
            Ok(html) => headers::page(status, &view.policy(), self.pages.settings.secure, html),
            Err(error) => {
                tracing::error!(%error, "a page cannot be written down");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// What a page shows.
pub trait View: Template {
    /// What its policy has to allow.
    fn policy(&self) -> Policy {
        Policy::default()
    }
}
