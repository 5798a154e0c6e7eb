//! Settings for pages, and the files that they name.

pub(crate) mod keys;
mod passkeys;

use crate::command_error::CommandError;
use crate::config::keys as shared;
use crate::config::reader::Reader;
use countersign_adapters_system::PlaceFile;
use countersign_ports::Places;
use countersign_server_pages::pages::{Links, PageSettings, Pages, ScopeWords, Theme};
use passkeys::PasskeyOptions;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Settings for pages.
#[derive(Clone, Debug)]
pub(crate) struct PageOptions {
    /// Name, logo and colors.
    pub(crate) theme: Theme,
    /// Links below every page.
    links: Links,
    /// Time between the request of a user to delete the account and the deletion; `None` forbids such requests.
    deletion_grace: Option<Duration>,
    /// Settings for passkeys.
    pub(crate) passkeys: PasskeyOptions,
    /// Language for browsers that request none of the available languages.
    pub(crate) language: String,
    /// Folder with translations.
    pub(crate) catalogues: Option<PathBuf>,
    /// File with descriptions of scope tokens.
    pub(crate) scopes: Option<PathBuf>,
    /// File with places of network addresses.
    places: Option<PathBuf>,
}

impl Reader<'_> {
    pub(in crate::config) fn pages(&mut self) -> Option<PageOptions> {
        let line = |text: &str| (!text.contains(char::is_control)).then(|| text.to_owned());
        let name = self.read(&shared::PAGES_NAME, line);
        let logo = self.read(&shared::PAGES_LOGO, |text| text.parse().ok());
        let accent = self.read(&shared::PAGES_ACCENT, |text| text.parse().ok());
        let accent_dark = self.read(&shared::PAGES_ACCENT_DARK, |text| text.parse().ok());
        let language = self.read(&shared::PAGES_LANGUAGE, line);
        let catalogues = self.read(&shared::PAGES_CATALOGUES, |text| Some(text.into()));
        let scopes = self.read(&shared::PAGES_SCOPES, |text| Some(text.into()));
        let places = self.read(&keys::PAGES_PLACES, |text| Some(text.into()));
        let links = Links {
            help: self.read(&keys::PAGES_HELP, |text| text.parse().ok()),
            terms: self.read(&keys::PAGES_TERMS, |text| text.parse().ok()),
            privacy: self.read(&keys::PAGES_PRIVACY, |text| text.parse().ok()),
        };
        let passkeys = self.passkeys();
        let deletion = self.word(&keys::ACCOUNT_DELETION, |text| text.parse().ok());
        let grace = self.seconds(&keys::ACCOUNT_DELETION_GRACE);
        Some(PageOptions {
            links,
            passkeys: passkeys?,
            deletion_grace: grace.filter(|_| deletion == Some(true)),
            theme: Theme {
                name: name?,
                logo,
                accent: accent?,
                accent_dark: accent_dark?,
            },
            language: language?,
            catalogues,
            scopes,
            places,
        })
    }
}

impl PageOptions {
    /// Reads the files and creates the pages.
    pub(crate) fn pages(
        &self,
        issuer: &str,
        places: Arc<dyn Places>,
    ) -> Result<Pages, CommandError> {
        Pages::new(self.settings(issuer, places)?)
            .map_err(|error| CommandError::usage(format!("Cannot load the pages: {error}.")))
    }

    /// Reads the file with places, if one is set.
    pub(crate) fn places(&self) -> Result<Option<Arc<PlaceFile>>, CommandError> {
        let Some(path) = &self.places else {
            return Ok(None);
        };
        match PlaceFile::open(path) {
            Ok(file) => Ok(Some(Arc::new(file))),
            Err(error) => {
                let advice = "Download a City or Country database in the MaxMind DB format again, or remove the setting.";
                let failure = cannot_read("pages.places", path, &error);
                Err(failure.with_advice(Some(advice.to_owned())))
            }
        }
    }

    /// Reads the files and returns the page settings.
    fn settings(
        &self,
        issuer: &str,
        places: Arc<dyn Places>,
    ) -> Result<PageSettings, CommandError> {
        let catalogues = match &self.catalogues {
            Some(folder) => read_catalogues(folder)
                .map_err(|error| cannot_read("pages.catalogues", folder, &error))?,
            None => Vec::new(),
        };
        let scope_words = match &self.scopes {
            Some(file) => {
                read_scopes(file).map_err(|error| cannot_read("pages.scopes", file, &*error))?
            }
            None => ScopeWords::default(),
        };
        Ok(PageSettings {
            theme: self.theme.clone(),
            links: self.links.clone(),
            offers_passkeys: self.passkeys.offer,
            deletion_grace: self.deletion_grace,
            catalogues,
            default_language: self.language.clone(),
            scope_words,
            places,
            mail_from: None,
            secure: issuer.starts_with("https://"),
        })
    }
}

/// Reads each `.toml` file in a folder. Returns pairs of language tag and text, sorted by tag.
fn read_catalogues(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut catalogues = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_toml = path
            .extension()
            .is_some_and(|extension| extension == "toml");
        if let Some(language) = path.file_stem().and_then(|stem| stem.to_str())
            && is_toml
        {
            catalogues.insert(language.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(catalogues.into_iter().collect())
}

fn read_scopes(file: &Path) -> Result<ScopeWords, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(file)?;
    let words = toml::from_str(&text)?;
    Ok(ScopeWords(words))
}

fn cannot_read(key: &str, path: &Path, error: &dyn std::error::Error) -> CommandError {
    CommandError::usage(format!(
        "`{key}`: failed to read {}: {error}.",
        path.display()
    ))
}
