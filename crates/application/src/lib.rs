//! The use cases. They are independent of any wire format.
//!
//! Each use case takes the tenant as its first argument and reads the clock once. It reads facts from the store,
//! applies a domain rule, and carries out the decision with one store operation.

mod access_tokens;
mod account;
pub mod admin;
mod app;
mod attempts;
mod authorize;
mod claims;
mod client_authentication;
mod clients;
mod compose;
mod current_request;
mod definitions;
mod devices;
mod ephemera;
mod failure;
mod federation;
mod interaction;
mod login;
mod logout;
mod mail;
mod one_time_code;
mod password;
mod read_through;
mod registration;
mod sessions;
mod sign_in;
mod slices;
mod tenants;
mod token;
mod ways_in;
mod webhooks;

pub use access_tokens::{
    AccessTokens, ActiveToken, Introspection, Introspections, LiveToken, NotSet, Person,
    ReadableAttributes, Revocations, TokenQuery, UserAttributes, UserInfo, UserInfos, UserRoles,
};
pub use account::{
    AccountData, Accounts, Enrollment, Factors, NewAccount, NewCredential, NewUser, Overview,
    ProfileChange, entered_attribute, refusals,
};
pub use app::App;
pub use attempts::AttemptSource;
pub use authorize::{Authorizations, RequestingClient, ValidRequest};
pub use client_authentication::{ClientAuthentication, ClientEvidence};
pub use clients::{Clients, SecretUses};
pub use compose::{Ports, UseCases};
pub use current_request::{CurrentRequest, Refused, RequestId};
pub use definitions::{Definitions, stored};
pub use devices::{DeviceAuthorized, DeviceQuestion, DeviceRequested, Devices};
pub use failure::Failure;
pub use federation::{
    Departure, Federation, LogoutThere, OfferedProvider, UpstreamAnswer, UpstreamHints,
};
pub use login::{IssuedCode, LoginRequest, Logins, PendingStep};
pub use logout::{Logout, LogoutRequest};
pub use mail::{
    Compose, FoundLink, InvitationMail, LinkId, LinkMail, Mail, MailedLinks, NewLink, NewlyMade,
    Notice, NoticeMail, Notices,
};
pub use one_time_code::totp_context;
pub use registration::{ClientRegistrations, Excess, Registered, RegistrationError, Restated};
pub use sessions::{
    BrowserSessions, FrontChannel, LiveSession, Origin, SessionCredential, Sessions,
};
pub use sign_in::{
    Answer, Answered, FactorResetStep, FirstFactor, Prompt, Prompted, Proof, SignIn, Visitor,
};
pub use tenants::{OwnHosts, RequestPlace, Served, TenantDirectory};
pub use token::{
    ExchangeParameters, GrantRequest, ResponseForm, TokenIssuer, TokenRequest, TokenResponse,
};
pub use ways_in::ways_in;
pub use webhooks::{NotDelivered, WEBHOOK_LEASE, WebhookSender, webhook_delivery};
