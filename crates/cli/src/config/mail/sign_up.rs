//! Settings of sign-up on the pages.

use super::keys;
use crate::config::key::{Key, Kind};
use crate::config::reader::Reader;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::sign_up::{Document, SignUpMode, SignUpPolicy};

impl Reader<'_> {
    /// Parses the settings of sign-up.
    pub(in crate::config) fn sign_up(&mut self) -> Option<SignUpPolicy> {
        let mode = self.word(&keys::SIGN_UP, SignUpMode::parse);
        let domains = self.list(&keys::SIGN_UP_DOMAINS, |domain| Some(domain.to_lowercase()));
        let clients = self.list(&keys::SIGN_UP_CLIENTS, |client| {
            ClientId::parse(client).ok()
        });
        let fields = self.list(&keys::SIGN_UP_FIELDS, |name| {
            match keys::SIGN_UP_FIELDS.kind {
                Kind::AnyOf(names) if names.contains(&name) => StandardClaim::parse(name),
                _ => None,
            }
        });
        let terms = self.document(&keys::TERMS_URL, &keys::TERMS_VERSION);
        let privacy = self.document(&keys::PRIVACY_URL, &keys::PRIVACY_VERSION);
        let invitation = self.seconds(&keys::INVITATION);
        let has_domains = domains.as_ref().is_some_and(|all| !all.is_empty());
        if mode == Some(SignUpMode::Domains) && !has_domains {
            let problem = "`login.sign_up` is `domains`, but `login.sign_up_domains` is empty. List the domains.";
            self.problems.push(problem.to_owned());
        }
        if mode.is_some_and(|mode| mode != SignUpMode::Off) && !self.has_mail() {
            let problem = "`login.sign_up` requires `mail.url`. Set it to the mail server, or set `login.sign_up` to `off`.";
            self.problems.push(problem.to_owned());
        }
        Some(SignUpPolicy {
            mode: mode?,
            domains: domains.unwrap_or_default(),
            clients: clients.unwrap_or_default(),
            fields: fields.unwrap_or_default(),
            terms,
            privacy,
            invitation: invitation?,
        })
    }

    /// Reads a document. URL and version belong together.
    fn document(&mut self, url: &'static Key, version: &'static Key) -> Option<Document> {
        let text = self.url(url);
        let named = self.read(version, |text| Some(text.to_owned()));
        match (text, named) {
            (Some(url), Some(version)) => Some(Document { url, version }),
            (None, None) => None,
            _ => {
                self.problems.push(format!(
                    "Set both `{}` and `{}`, or neither.",
                    url.path, version.path
                ));
                None
            }
        }
    }
}
