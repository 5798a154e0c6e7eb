//! OpenID Connect metadata of a client.

use crate::authorize::claims_request::{ClaimSet, StandardClaim};
use crate::client::redirect_uri::RedirectUri;
use crate::identifier::Subject;
use crate::scope::Scope;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac_sha256::Hash;

/// OpenID Connect metadata of a client (Dynamic Client Registration section 2, and the logout specifications).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenIdRegistration {
    /// Subject type: public or pairwise.
    pub subject_type: SubjectType,
    /// `userinfo_signed_response_alg`: signing algorithm of userinfo responses; `None` for plain JSON.
    pub userinfo_signing_algorithm: Option<SigningAlgorithm>,
    /// Claims of the scope that the ID token contains. The userinfo endpoint returns all of them.
    pub scope_claims_in_id_token: ScopeClaims,
    /// Whether ID tokens have the claim `token_use`, which OpenID Connect does not define.
    pub token_use_in_id_token: bool,
    /// `post_logout_redirect_uris` (RP-Initiated Logout section 3.1).
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// `backchannel_logout_uri` (Back-Channel Logout section 2.2).
    pub backchannel_logout_uri: Option<RedirectUri>,
    /// `frontchannel_logout_uri` (Front-Channel Logout section 2).
    pub frontchannel_logout_uri: Option<RedirectUri>,
}

/// Claims of the scope in an ID token. Claims that the `claims` parameter requests for it are always included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeClaims {
    /// None. This is the strict form: OpenID Connect Core section 5.4 returns them from the userinfo endpoint.
    #[default]
    None,
    /// Those of `profile` and `email`, for clients that read only the ID token. An ID token travels further than a
    /// userinfo response, for example as `id_token_hint`, so it leaves out `address` and `phone`.
    ProfileAndEmail,
    /// All, including those of `address` and `phone`.
    All,
}
crate::wire_names!(ScopeClaims {
    None = "none",
    ProfileAndEmail = "profile_and_email",
    All = "all",
});

impl ScopeClaims {
    /// Returns the claims of `scope` that go into the ID token.
    #[must_use]
    pub fn of(self, scope: &Scope) -> ClaimSet {
        let is_basic = |claim: &StandardClaim| matches!(claim.scope_token(), "profile" | "email");
        match self {
            Self::None => ClaimSet::NONE,
            Self::ProfileAndEmail => ClaimSet::of_scope(scope).iter().filter(is_basic).collect(),
            Self::All => ClaimSet::of_scope(scope),
        }
    }
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
    /// Returns the value of `subject_type`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Pairwise(_) => "pairwise",
        }
    }

    /// Returns `sub` of a user for this client.
    #[must_use]
    pub fn subject_of(&self, user: &Subject) -> Subject {
        match self {
            Self::Public => user.clone(),
            Self::Pairwise(Sector { host, salt }) => {
                let mut hash = Hash::new();
                hash.update(salt);
                hash.update(host);
                hash.update([0]);
                hash.update(user.as_str());
                Subject::new(Base64UrlUnpadded::encode_string(&hash.finalize()))
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
    fn id_token_omits_address_and_phone_unless_all_claims_are_set() {
        let scope = Scope::parse("openid profile email address phone").unwrap();
        let tokens = |claims: ScopeClaims| {
            let mut tokens: Vec<_> = claims
                .of(&scope)
                .iter()
                .map(StandardClaim::scope_token)
                .collect();
            tokens.sort_unstable();
            tokens.dedup();
            tokens
        };
        assert!(tokens(ScopeClaims::None).is_empty());
        assert_eq!(tokens(ScopeClaims::ProfileAndEmail), ["email", "profile"]);
        let all = ["address", "email", "phone", "profile"];
        assert_eq!(tokens(ScopeClaims::All), all);
        let narrow = Scope::parse("openid email").unwrap();
        for claims in [ScopeClaims::ProfileAndEmail, ScopeClaims::All] {
            assert_eq!(claims.of(&narrow), ClaimSet::of_scope(&narrow));
        }
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
