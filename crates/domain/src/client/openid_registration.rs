//! What a client is registered with for OpenID Connect.

use crate::client::redirect_uri::RedirectUri;
use crate::identifier::Subject;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

/// Client metadata of OpenID Connect (Dynamic Client Registration section 2, and the logout
/// specifications).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenIdRegistration {
    /// What the client gets to see of a user's identifier.
    pub subject_type: SubjectType,
    /// `userinfo_signed_response_alg`: userinfo comes as a JWT; `None` for plain JSON.
    pub userinfo_signing_algorithm: Option<SigningAlgorithm>,
    /// The claims that the scope asks for are in the ID token too, not at the userinfo endpoint alone.
    pub scope_claims_in_id_token: bool,
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
    /// All clients see the same `sub`.
    #[default]
    Public,
    /// Each sector sees a `sub` of its own.
    Pairwise(Sector),
}

/// Clients that see the same pairwise identifiers (OpenID Connect Core section 8.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sector {
    /// A host name: that of the redirect URIs, or of the sector identifier URI.
    pub host: String,
    /// The same random bytes for every client of the sector: without them nobody can tell which
    /// user an identifier stands for.
    pub salt: [u8; 32],
}

impl SubjectType {
    /// `sub` of a user at this client.
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
    fn a_sector_sees_one_identifier_and_others_see_another() {
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
