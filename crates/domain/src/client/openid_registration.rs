//! OpenID Connect metadata of a client.

use crate::client::redirect_uri::RedirectUri;
use crate::identifier::Subject;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

/// OpenID Connect metadata of a client (Dynamic Client Registration section 2, and the logout specifications).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenIdRegistration {
    /// Subject type: public or pairwise.
    pub subject_type: SubjectType,
    /// `userinfo_signed_response_alg`: signing algorithm of userinfo responses; `None` for plain JSON.
    pub userinfo_signing_algorithm: Option<SigningAlgorithm>,
    /// Whether the ID token also contains the claims of the scope. Otherwise only the userinfo endpoint returns them.
    pub scope_claims_in_id_token: bool,
    /// Whether ID tokens have the claim `token_use`, which OpenID Connect does not define.
    pub token_use_in_id_token: bool,
    /// `post_logout_redirect_uris` (RP-Initiated Logout section 3.1).
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// `backchannel_logout_uri` (Back-Channel Logout section 2.2).
    pub backchannel_logout_uri: Option<RedirectUri>,
    /// `frontchannel_logout_uri` (Front-Channel Logout section 2).
    pub frontchannel_logout_uri: Option<RedirectUri>,
}

/// `subject_type` (OpenID Connect Core section 8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SubjectType {
    /// The same `sub` for all clients.
    #[default]
    Public,
    /// A different `sub` for each sector.
    Pairwise(Sector),
}

/// Sector: a group of clients with the same pairwise subjects (OpenID Connect Core section 8.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sector {
    /// Host name of the redirect URIs, or of the sector identifier URI.
    pub host: String,
    /// Random bytes, the same for all clients of the sector. Without them, a pairwise subject cannot be traced to a
    /// user.
    pub salt: [u8; 32],
}

impl SubjectType {
    /// Returns `sub` of a user for this client.
    #[must_use]
    pub fn subject_of(&self, user: &Subject) -> Subject {
        match self {
            Self::Public => user.clone(),
            Self::Pairwise(Sector { host, salt }) => {
                let digest = Sha256::new()
                    .chain_update(salt)
                    .chain_update(host)
                    .chain_update([0])
                    .chain_update(user.as_str())
                    .finalize();
                Subject::new(Base64UrlUnpadded::encode_string(&digest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairwise(host: &str, salt: u8) -> SubjectType {
        SubjectType::Pairwise(Sector {
            host: host.into(),
            salt: [salt; 32],
        })
    }

    #[test]
    fn pairwise_subject_depends_on_sector() {
        let jane = Subject::new("jane");
        let own = pairwise("a.example", 1).subject_of(&jane);
        assert_eq!(pairwise("a.example", 1).subject_of(&jane), own);
        assert_ne!(pairwise("b.example", 1).subject_of(&jane), own);
        assert_ne!(pairwise("a.example", 2).subject_of(&jane), own);
        assert_ne!(
            pairwise("a.example", 1).subject_of(&Subject::new("joe")),
            own
        );
        assert_eq!(SubjectType::Public.subject_of(&jane), jane);
    }
}
