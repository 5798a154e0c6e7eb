//! The use cases: read, judge, race.
//!
//! Each takes the tenant as its first argument, reads the clock once, asks the store for facts, lets a rule of the domain
//! judge, and carries the decision out by one verb of the store. None of them knows a wire format.

mod access_tokens;
mod account;
pub mod admin;
mod attempts;
mod authorize;
mod client_authentication;
mod clients;
mod ephemera;
mod failure;
mod introspection;
mod login;
mod logout;
mod one_time_code;
mod password;
mod revocation;
mod secret_uses;
mod sessions;
mod sign_in;
mod slices;
mod token;
mod userinfo;

pub use access_tokens::{AccessTokens, LiveToken};
pub use account::{Accounts, Enrollment, NewUser, Overview};
pub use authorize::{Asker, Authorizations, Next, Page, Progress, ValidRequest};
pub use client_authentication::{
    ClientAuthentication, ClientEvidence, PresentedAssertion, PresentedProof,
};
pub use clients::Clients;
pub use failure::Failure;
pub use introspection::{ActiveToken, Introspection, Introspections};
pub use login::{IssuedCode, LoginRequest, Logins, PendingStep};
pub use logout::{Logout, LogoutRequest};
pub use one_time_code::totp_context;
pub use revocation::Revocations;
pub use secret_uses::SecretUses;
pub use sessions::{BrowserSessions, FrontChannel, LiveSession, Origin, SessionToken, Sessions};
pub use sign_in::{
    EmailCodeLogin, FirstFactor, HalfDone, PasskeyCeremony, PasskeyPurpose, Proof, SignIn,
};
pub use token::{GrantRequest, ResponseForm, TokenIssuer, TokenQuery, TokenRequest, TokenResponse};
pub use userinfo::{UserInfo, UserInfos};
