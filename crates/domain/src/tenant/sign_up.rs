//! Settings of sign-up on the pages.

use crate::authorize::claims_request::StandardClaim;
use crate::client::ClientId;
use crate::user::Email;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Who may create an account on the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignUpMode {
    /// No one. Operators create all accounts.
    #[default]
    Off,
    /// Anyone with an email address.
    Open,
    /// Anyone with an email address in one of [`SignUpPolicy::domains`].
    Domains,
    /// People whom an operator invites.
    Invitation,
}

crate::wire_names!(SignUpMode {
    Off = "off",
    Open = "open",
    Domains = "domains",
    Invitation = "invitation",
});

/// Document that a new user must agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// `https` URL.
    pub url: String,
    /// Version that the user agrees to.
    pub version: String,
}

/// Settings of sign-up on the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpPolicy {
    /// Who may create an account.
    pub mode: SignUpMode,
    /// Domains of [`SignUpMode::Domains`], in lower case.
    pub domains: Vec<String>,
    /// Clients from which users may come. If empty, users may come from every client and from the account page.
    pub clients: Vec<ClientId>,
    /// Claims that the form asks for: `name`, and text claims.
    pub fields: Vec<StandardClaim>,
    /// Terms of service.
    pub terms: Option<Document>,
    /// Privacy policy.
    pub privacy: Option<Document>,
    /// Lifetime of an invitation.
    pub invitation: Duration,
}

impl Default for SignUpPolicy {
    fn default() -> Self {
        Self {
            mode: SignUpMode::Off,
            domains: Vec::new(),
            clients: Vec::new(),
            fields: Vec::new(),
            terms: None,
            privacy: None,
            invitation: Duration::from_secs(7 * 86_400),
        }
    }
}

impl SignUpPolicy {
    /// Returns the documents that a new user must agree to, with their names.
    pub fn documents(&self) -> impl Iterator<Item = (&'static str, &Document)> {
        let documents = [("terms", &self.terms), ("privacy", &self.privacy)];
        let documents = documents.into_iter();
        documents.filter_map(|(name, document)| Some((name, document.as_ref()?)))
    }

    /// Returns whether operators may invite people. An invitation admits every address, from every client.
    #[must_use]
    pub fn allows_invitations(&self) -> bool {
        self.mode != SignUpMode::Off
    }

    /// Returns whether a user who comes from this client may sign up without an invitation; `None` is the account page.
    #[must_use]
    pub fn is_offered(&self, client: Option<&ClientId>) -> bool {
        let is_listed = client.is_some_and(|client| self.clients.contains(client));
        let is_public = matches!(self.mode, SignUpMode::Open | SignUpMode::Domains);
        is_public && (self.clients.is_empty() || is_listed)
    }

    /// Returns whether an address may get an account without an invitation. A subdomain of a listed domain is another
    /// domain.
    #[must_use]
    pub fn admits(&self, email: &Email) -> bool {
        match self.mode {
            SignUpMode::Off | SignUpMode::Invitation => false,
            SignUpMode::Open => true,
            SignUpMode::Domains => {
                let domain = email.as_str().rsplit_once('@').map(|(_, domain)| domain);
                domain.is_some_and(|domain| self.domains.iter().any(|own| own == domain))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn admits(policy: &SignUpPolicy, email: &str) -> bool {
        policy.admits(&Email::parse(email).unwrap())
    }

    #[test]
    fn only_addresses_in_listed_domains_are_admitted() {
        let policy = SignUpPolicy {
            mode: SignUpMode::Domains,
            domains: vec!["example.org".into()],
            ..SignUpPolicy::default()
        };
        assert!(admits(&policy, "jane@example.org") && admits(&policy, "jane@EXAMPLE.org"));
        for other in [
            "jane@example.com",
            "jane@mail.example.org",
            "jane@notexample.org",
            "jane@example.org.evil.example",
        ] {
            assert!(!admits(&policy, other), "{other}");
        }
        let open = SignUpPolicy {
            mode: SignUpMode::Open,
            ..policy.clone()
        };
        assert!(admits(&open, "jane@example.com"));
        assert!(!admits(&SignUpPolicy::default(), "jane@example.org"));
    }

    #[test]
    fn sign_up_is_offered_only_from_listed_clients() {
        let client = |id| ClientId::parse(id).unwrap();
        let policy = SignUpPolicy {
            mode: SignUpMode::Open,
            ..SignUpPolicy::default()
        };
        assert!(policy.is_offered(None) && policy.is_offered(Some(&client("web"))));
        let listed = SignUpPolicy {
            clients: vec![client("web")],
            ..policy
        };
        assert!(listed.is_offered(Some(&client("web"))));
        assert!(!listed.is_offered(Some(&client("app"))) && !listed.is_offered(None));
        assert!(!SignUpPolicy::default().is_offered(None));
    }

    #[test]
    fn invitations_admit_no_address_by_themselves() {
        let policy = SignUpPolicy {
            mode: SignUpMode::Invitation,
            ..SignUpPolicy::default()
        };
        assert!(policy.allows_invitations());
        assert!(!policy.is_offered(None) && !admits(&policy, "jane@example.org"));
        assert!(!SignUpPolicy::default().allows_invitations());
    }
}
