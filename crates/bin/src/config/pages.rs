//! What is configured about pages, and the files that it names.

use crate::failure::Failure;
use countersign_server_http::pages::{Color, Logo, PageSettings, ScopeWords, Theme};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is configured about pages.
#[derive(Clone, Debug)]
pub(crate) struct PageOptions {
    /// Name, logo and colors.
    pub(crate) theme: Theme,
    /// The language for whoever asks for none that is there.
    pub(crate) language: String,
    /// A folder with catalogues.
    pub(crate) catalogues: Option<PathBuf>,
    /// A file with the meaning of scope tokens.
    pub(crate) scopes: Option<PathBuf>,
}

impl PageOptions {
    /// A theme of these.
    pub(super) fn new(
        (name, logo): (String, Option<Logo>),
        (accent, accent_dark): (Color, Color),
        language: String,
        (catalogues, scopes): (Option<PathBuf>, Option<PathBuf>),
    ) -> Self {
        Self {
            theme: Theme {
                name,
                logo,
                accent,
                accent_dark,
            },
            language,
            catalogues,
            scopes,
        }
    }

    /// Reads the files.
    pub(crate) fn settings(&self, issuer: &str) -> Result<PageSettings, Failure> {
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
            catalogues,
            default_language: self.language.clone(),
            scope_words,
            secure: issuer.starts_with("https://"),
        })
    }
}

/// Language tag and text of each `.toml` in a folder, by name.
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

fn cannot_read(key: &str, path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::usage(format!(
        "`{key}`: {} cannot be read: {error}.",
        path.display()
    ))
}
