//! Page settings of a deployment.

use super::links::Links;
use super::scope_words::ScopeWords;
use super::theme::Theme;
use countersign_ports::{NoPlaces, Places};
use std::sync::Arc;
use std::time::Duration;

/// Page settings of a deployment.
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// Name, logo and colors.
    pub theme: Theme,
    /// Links below every page.
    pub links: Links,
    /// Language tag and TOML of additional catalogues. They override the built-in ones. Missing texts come from the
    /// built-in catalogue of the language, then from the English one.
    pub catalogues: Vec<(String, String)>,
    /// Language for requests that ask for no available language.
    pub default_language: String,
    /// Time between the request of a user to delete the account and the deletion; `None` forbids such requests.
    pub deletion_grace: Option<Duration>,
    /// Whether users may create a passkey after a sign-in with a password.
    pub offers_passkeys: bool,
    /// Descriptions of scope tokens.
    pub scope_words: ScopeWords,
    /// Places of network addresses.
    pub places: Arc<dyn Places>,
    /// Sender of mails; `None` for that of the server.
    pub mail_from: Option<String>,
    /// Whether clients reach the server over HTTPS.
    pub secure: bool,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            links: Links::default(),
            catalogues: Vec::new(),
            default_language: "en".to_owned(),
            deletion_grace: Some(Duration::from_secs(7 * 86_400)),
            offers_passkeys: true,
            scope_words: ScopeWords::default(),
            places: Arc::new(NoPlaces),
            mail_from: None,
            secure: true,
        }
    }
}
