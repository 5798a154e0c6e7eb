//! HTML pages, translated and themed.
//!
//! A page is a view: a struct with the data, and a template under `templates/`. [`PageContext::show`] renders it and adds the
//! common headers. This module makes no decisions.

mod assets;
mod branded;
mod catalogue;
mod footer;
mod headers;
mod languages;
mod links;
mod mark;
mod rooted;
mod scope_words;
mod settings;
#[cfg(test)]
mod tests;
mod theme;
pub mod views;

pub use branded::BrandedPages;
pub use catalogue::{Catalogue, InvalidCatalogue};
pub use headers::Policy;
pub(crate) use headers::keep_opener;
pub use links::{InvalidLink, Link, Links};
pub(crate) use mark::initial;
pub use scope_words::ScopeWords;
pub use settings::PageSettings;
pub use theme::{Color, InvalidColor, InvalidLogo, Logo, Theme};

use askama::Template;
use assets::Assets;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_domain::login::methods::Method;
use countersign_ports::Place;
use rooted::rooted;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

/// Built-in catalogues: language tag and TOML, from `locales/`. The first one is complete and defines the keys.
pub const CATALOGUES: [(&str, &str); 2] = [
    ("en", include_str!(concat!(env!("OUT_DIR"), "/en.toml"))),
    ("de", include_str!(concat!(env!("OUT_DIR"), "/de.toml"))),
];

/// Reason why the page settings were rejected.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPages {
    /// A catalogue was rejected.
    #[error(transparent)]
    Catalogue(#[from] InvalidCatalogue),
    /// The default language has no catalogue.
    #[error("the default language {0:?} has no catalogue")]
    DefaultLanguage(String),
}

/// Catalogues, theme and static files of the pages, created once.
#[derive(Debug)]
pub struct Pages {
    catalogues: Arc<[Catalogue]>,
    /// Index of the default language in `catalogues`.
    default_language: usize,
    settings: PageSettings,
    assets: Assets,
}

impl Pages {
    /// Creates the pages. Returns an error if a catalogue is invalid or the default language has none.
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
        let assets = Assets::new(&settings.theme);
        Ok(Self {
            catalogues: catalogues.into(),
            default_language,
            settings,
            assets,
        })
    }

    /// Returns the tags of all languages (`ui_locales_supported`, OpenID Connect Discovery section 3).
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.catalogues.iter().map(Catalogue::language)
    }

    /// Returns the languages without a built-in catalogue that lack texts, and the keys of these texts. They appear in
    /// English.
    pub fn untranslated(&self) -> impl Iterator<Item = (&str, &[String])> {
        let incomplete = self
            .catalogues
            .iter()
            .filter(|own| !own.missing().is_empty());
        incomplete.map(|own| (own.language(), own.missing()))
    }

    /// Returns a page in the language of the request. `ui_locales` is the parameter of the authorization request.
    #[must_use]
    pub fn page(&self, headers: &HeaderMap, ui_locales: Option<&str>) -> PageContext<'_> {
        let there: Vec<&str> = self.languages().collect();
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let place = languages::negotiated(&there, ui_locales, accepted)
            .and_then(|found| there.iter().position(|tag| *tag == found))
            .unwrap_or(self.default_language);
        PageContext {
            pages: self,
            place,
            here: None,
            root: "",
        }
    }

    /// Returns the time between the request of a user to delete the account and the deletion; `None` forbids such requests.
    pub(crate) const fn deletion_grace(&self) -> Option<Duration> {
        self.settings.deletion_grace
    }

    /// Returns the sender of mails; `None` for that of the server.
    pub(crate) fn mail_from(&self) -> Option<&str> {
        self.settings.mail_from.as_deref()
    }

    /// Returns whether users may create a passkey after a sign-in with a password.
    pub(crate) const fn offers_passkeys(&self) -> bool {
        self.settings.offers_passkeys
    }

    /// Returns the file `/assets/{file}`, if it exists.
    #[must_use]
    pub fn asset(&self, file: &str) -> Option<Response> {
        self.assets.serve(file)
    }
}

/// A page in one language, without content.
#[derive(Clone, Copy, Debug)]
pub struct PageContext<'a> {
    pages: &'a Pages,
    place: usize,
    /// Path and query of this page.
    here: Option<&'a str>,
    /// Path of the tenant.
    root: &'a str,
}

impl<'a> PageContext<'a> {
    /// Returns the page within a tenant with this path.
    #[must_use]
    pub const fn within(self, root: &'a str) -> Self {
        Self { root, ..self }
    }

    fn catalogue(self) -> Option<&'a Catalogue> {
        self.pages.catalogues.get(self.place)
    }

    /// Returns the language tag.
    #[must_use]
    pub fn language(self) -> &'a str {
        self.catalogue().map_or("en", Catalogue::language)
    }

    /// Returns the text of a key, or the key itself if it is unknown. A test finds unknown keys.
    #[must_use]
    pub fn text(self, key: &'a str) -> &'a str {
        self.catalogue()
            .and_then(|catalogue| catalogue.text(key))
            .unwrap_or(key)
    }

    /// Returns the text of a key, with `{name}` replaced by `value`.
    #[must_use]
    pub fn with(self, key: &str, name: &str, value: impl Display) -> String {
        let text = self.catalogue().and_then(|catalogue| catalogue.text(key));
        text.unwrap_or(key)
            .replace(&format!("{{{name}}}"), &value.to_string())
    }

    /// Returns a text of a login method, from its table of the catalogue.
    #[must_use]
    pub fn of_method(self, method: Method, name: &str) -> String {
        let key = format!("{}.{name}", method.as_str().replace('-', "_"));
        let text = self.catalogue().and_then(|catalogue| catalogue.text(&key));
        text.map_or(key.clone(), str::to_owned)
    }

    /// Returns a text of a mail, with its placeholders.
    #[must_use]
    pub(crate) fn mail_text(self, mail: &str, part: &str) -> String {
        let key = format!("mail.{mail}_{part}");
        let text = self.catalogue().and_then(|catalogue| catalogue.text(&key));
        text.map_or(key.clone(), str::to_owned)
    }

    /// Returns the page in an available language that matches a language tag, or else in its own language.
    #[must_use]
    pub fn in_language_of(self, tag: &str) -> Self {
        let there: Vec<&str> = self.pages.languages().collect();
        let place = languages::negotiated(&there, Some(tag), None)
            .and_then(|found| there.iter().position(|tag| *tag == found));
        Self {
            place: place.unwrap_or(self.place),
            ..self
        }
    }

    /// Returns the description of a scope token.
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

    /// Returns the approximate place of a network address. `None` if it is unknown.
    pub(crate) fn place(self, address: Option<&str>) -> Option<Place> {
        let places = &self.pages.settings.places;
        places.find(address?.parse().ok()?, self.language())
    }

    /// Returns a sentence about the approximate place of a network address. `None` if it is unknown.
    pub(crate) fn place_text(self, address: Option<&str>) -> Option<String> {
        let place = self.place(address)?;
        // A database often knows only the country, and is never certain.
        let key = match place.city {
            Some(_) => "account.near",
            None => "account.probably",
        };
        Some(self.with(key, "place", place))
    }

    /// Returns the pages that this page belongs to.
    #[must_use]
    pub fn pages(self) -> &'a Pages {
        self.pages
    }

    /// Returns name, logo and colors.
    #[must_use]
    pub fn theme(self) -> &'a Theme {
        &self.pages.settings.theme
    }

    /// Returns the static files.
    fn assets(self) -> &'a Assets {
        &self.pages.assets
    }

    /// Renders a view as a response. Links and forms of templates name paths within the tenant.
    #[must_use]
    pub fn show<V: View>(self, status: StatusCode, view: &V) -> Response {
        match view.render().map(|html| rooted(html, self.root)) {
            Ok(html) => headers::page(status, &view.policy(), self.pages.settings.secure, html),
            Err(error) => {
                tracing::error!(%error, "cannot render a page");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// Content of a page.
pub trait View: Template {
    /// Returns the permissions that the page needs.
    fn policy(&self) -> Policy {
        Policy::default()
    }
}
