//! Settings of sign-up on the pages.

use crate::config::key::{Key, Kind};
use crate::config::reader::Reader;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::ClientId;
use countersign_domain::tenant::sign_up::{Document, SignUpMode, SignUpPolicy};

pub(crate) static SIGN_UP: Key = Key {
    path: "login.sign_up",
    kind: Kind::OneOf(&["off", "open", "domains"]),
    default: Some("off"),
    doc: "Who can create an account on the pages: no one, anyone with an email address, or anyone with an address in `login.sign_up_domains`. Requires `mail.url`, because the address is verified first. Independent of `login.registration_client`.",
};
pub(crate) static SIGN_UP_DOMAINS: Key = Key {
    path: "login.sign_up_domains",
    kind: Kind::List,
    default: None,
    doc: "Domains of email addresses that can sign up, such as `example.org`, with `login.sign_up = \"domains\"`. A subdomain is another domain.",
};
pub(crate) static SIGN_UP_CLIENTS: Key = Key {
    path: "login.sign_up_clients",
    kind: Kind::List,
    default: None,
    doc: "`client_id` of each client whose users can create an account. If not set, the users of all clients can, and so can visitors of `/account`.",
};
pub(crate) static SIGN_UP_FIELDS: Key = Key {
    path: "login.sign_up_fields",
    kind: Kind::AnyOf(&[
        "name",
        "given_name",
        "family_name",
        "nickname",
        "phone_number",
        "birthdate",
    ]),
    default: Some("name"),
    doc: "Claims that the form of a new account asks for. All of them are required.",
};
pub(crate) static TERMS_URL: Key = Key {
    path: "login.terms_url",
    kind: Kind::Service,
    default: None,
    doc: "URL of the terms of service, which new users must agree to. Requires `login.terms_version`.",
};
pub(crate) static TERMS_VERSION: Key = Key {
    path: "login.terms_version",
    kind: Kind::Text,
    default: None,
    doc: "Version of the terms of service, such as `2026-11`. The server stores it with the user, and in the audit log.",
};
pub(crate) static PRIVACY_URL: Key = Key {
    path: "login.privacy_url",
    kind: Kind::Service,
    default: None,
    doc: "URL of the privacy policy, which new users must agree to. Requires `login.privacy_version`.",
};
pub(crate) static PRIVACY_VERSION: Key = Key {
    path: "login.privacy_version",
    kind: Kind::Text,
    default: None,
    doc: "Version of the privacy policy. The server stores it with the user, and in the audit log.",
};

impl Reader<'_> {
    /// Parses the settings of sign-up.
    pub(in crate::config) fn sign_up(&mut self) -> Option<SignUpPolicy> {
        let mode = self.word(&SIGN_UP, SignUpMode::parse);
        let domains = self.list(&SIGN_UP_DOMAINS, |domain| Some(domain.to_lowercase()));
        let clients = self.list(&SIGN_UP_CLIENTS, |client| ClientId::parse(client).ok());
        let fields = self.list(&SIGN_UP_FIELDS, |name| match SIGN_UP_FIELDS.kind {
            Kind::AnyOf(names) if names.contains(&name) => StandardClaim::parse(name),
            _ => None,
        });
        let terms = self.document(&TERMS_URL, &TERMS_VERSION);
        let privacy = self.document(&PRIVACY_URL, &PRIVACY_VERSION);
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

    /// Reads a list of texts.
    fn list<T>(&mut self, key: &Key, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        self.read(key, |text| {
            let texts = text.split(',').map(str::trim);
            texts
                .filter(|text| !text.is_empty())
                .map(parse)
                .collect::<Option<_>>()
        })
    }
}
