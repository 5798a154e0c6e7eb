//! Common imports of a server: `use countersign_domain::prelude::*;`.
//!
//! The prelude has the types for the three grant types, for OpenID Connect sign-in and consent, and for revocation. The
//! names match those in their modules.

pub use crate::authorize::claims_request::{ClaimSet, RequestedClaims};
pub use crate::authorize::consent::Consent;
pub use crate::authorize::demands::{DemandParameters, Demands};
pub use crate::authorize::next_step::{Done, NextStep, Situation};
pub use crate::authorize::policy::RequestPolicy;
pub use crate::authorize::{AuthorizationRequest, RequestedGrant, ResourceOwner};
pub use crate::client::authentication::{Caller, Credential, RegisteredClient};
pub use crate::client::presented::{PresentedAssertion, PresentedProof};
pub use crate::client::redirect_uri::RedirectUri;
pub use crate::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, ExchangeRule, GrantType, PkcePolicy,
};
pub use crate::decision::{Decision, Race};
pub use crate::evidence::Evidence;
pub use crate::grant::Grant;
pub use crate::grant::authorization::{Access, Authorization};
pub use crate::grant::authorization_code::{AuthorizationCode, CodeExchange};
pub use crate::grant::custom::{CustomCredential, CustomGrant};
pub use crate::grant::redemption::{Insertion, Redemption};
pub use crate::grant::refresh::Refreshed;
pub use crate::grant::refresh_token::RefreshToken;
pub use crate::grant::rotation::Rotation;
pub use crate::grant::token_exchange::{PresentedToken, TokenExchange};
pub use crate::identifier::{GrantId, SessionId, Subject, UserId};
pub use crate::login::authentication::{Acr, AcrNames, Authentication, Method, Methods};
pub use crate::login::session::Session;
pub use crate::refusal::{CustomRule, ErrorCode, Refusal};
pub use crate::resource::Resource;
pub use crate::scope::{RequestedScope, Scope};
pub use crate::secret::{Secret, SecretDigest};
pub use crate::tenant::lifetimes::Lifetimes;
pub use crate::time::Timestamp;
pub use crate::token::access_token::AccessToken;
pub use crate::token::claims::{AccessTokenClaims, IdTokenClaims};
pub use crate::token::custom_claims::{CustomClaims, CustomValue};
pub use crate::token::issuance::Issuance;
pub use crate::token::token_id::{Root, TokenId};
pub use crate::user::User;
