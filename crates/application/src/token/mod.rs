//! Token requests: the steps that all grant types share.

mod client_credentials;
mod compose;
mod device_code;
mod exchange;
mod exchange_parameters;
mod log_in;
mod mint;
mod policies;
mod redeem_code;
mod redemption;
mod refresh;

use crate::access_tokens::AccessTokens;
use crate::app::App;
use crate::client_authentication::{ClientAuthentication, ClientEvidence};
use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::definitions::Definitions;
use crate::devices::Devices;
use crate::failure::Failure;
use countersign_domain::client::authentication::Caller;
use countersign_domain::client::{Client, ClientId, GrantType};
use countersign_domain::grant::authorization_code::CodeExchange;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::{RequestedScope, Scope};
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::issuance::Issuance;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{
    AuthorizationCodeCodec, Clock, Entropy, Race, RefreshTokenCodec, RefreshTokenForm, UserKey,
};
use std::sync::Arc;
use std::time::Duration;

pub use exchange_parameters::ExchangeParameters;

/// Parameters of a token request by grant type, not yet validated.
pub enum GrantRequest {
    /// Authorization code (RFC 6749 section 4.1.3).
    AuthorizationCode {
        /// `code`.
        code: String,
        /// `redirect_uri`. May be absent if the code has a challenge.
        redirect_uri: Option<String>,
        /// `code_verifier`.
        code_verifier: Option<String>,
    },
    /// Refresh token (RFC 6749 section 6).
    RefreshToken {
        /// `refresh_token`.
        refresh_token: String,
        /// `scope`.
        scope: Option<String>,
    },
    /// Client credentials (RFC 6749 section 4.4.2).
    ClientCredentials {
        /// `scope`.
        scope: Option<String>,
    },
    /// Token exchange (RFC 8693 section 2.1).
    TokenExchange(Box<ExchangeParameters>),
    /// Device code (RFC 8628 section 3.4).
    DeviceCode {
        /// `device_code`.
        device_code: String,
    },
}

impl GrantRequest {
    /// Returns the grant type.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AUTHORIZATION_CODE,
            Self::RefreshToken { .. } => GrantType::REFRESH_TOKEN,
            Self::ClientCredentials { .. } => GrantType::CLIENT_CREDENTIALS,
            Self::TokenExchange(_) => GrantType::TOKEN_EXCHANGE,
            Self::DeviceCode { .. } => GrantType::DEVICE_CODE,
        }
    }
}

/// Response options of a dialect.
#[derive(Clone, Copy, Debug)]
pub struct ResponseForm {
    /// Format of refresh tokens.
    pub refresh_token: RefreshTokenForm,
    /// Whether the dialect supports ID tokens.
    pub id_token: bool,
}

/// Token request, independent of the wire format.
pub struct TokenRequest {
    /// Client identifier and credentials.
    pub evidence: ClientEvidence,
    /// Grant type and its parameters.
    pub grant: GrantRequest,
    /// All `resource` parameters (RFC 8707 section 2.2).
    pub resources: Vec<String>,
    /// Response options.
    pub form: ResponseForm,
}

/// Successful token response (RFC 6749 section 5.1).
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: String,
    /// `expires_in`.
    pub expires_in: Duration,
    /// `scope`.
    pub scope: Scope,
    /// `id_token`.
    pub id_token: Option<String>,
    /// `refresh_token` and its lifetime.
    pub refresh_token: Option<(String, Duration)>,
    /// `issued_token_type` (RFC 8693 section 2.2.1).
    pub issued_token_type: Option<&'static str>,
    /// Client that received the tokens, for the log.
    pub client: Arc<Client>,
}

/// Token issuance.
pub struct TokenIssuer<A: App> {
    /// Grants and users.
    pub store: Arc<A::Store>,
    /// Registered clients.
    pub clients: Arc<Clients<A::Store>>,
    /// Resource servers, groups and attributes.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Validates access tokens that clients exchange.
    pub access_tokens: Arc<AccessTokens<A::Store>>,
    /// Authenticates clients.
    pub authentication: Arc<ClientAuthentication<A::Store>>,
    /// Requests of devices.
    pub devices: Arc<Devices<A::Store>>,
    /// Signs tokens.
    pub signer: Arc<A::Signer>,
    /// Opens authorization codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Encodes and decodes refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of grant identifiers and unique token identifiers.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> TokenIssuer<A> {
    /// Authenticates the client and issues tokens.
    pub async fn issue(
        &self,
        tenant: &Tenant,
        request: &TokenRequest,
    ) -> Result<TokenResponse, Failure> {
        let now = self.clock.now();
        let TokenRequest {
            evidence,
            grant,
            resources,
            form,
        } = request;
        let client = self.authentication.identify(tenant, evidence).await?;
        let caller = self
            .authentication
            .authenticate(tenant, &client, evidence, now)
            .await?;
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        let mut known = None;
        let issuance = match grant {
            GrantRequest::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
            } => {
                let exchange = CodeExchange {
                    redirect_uri: redirect_uri.as_deref(),
                    code_verifier: code_verifier.as_deref(),
                    resources: &resources,
                };
                let redeemed = self.redeem_code(tenant, &caller, code, &exchange, now);
                let (issuance, user) = redeemed.await?;
                known = user;
                issuance
            }
            GrantRequest::RefreshToken {
                refresh_token,
                scope,
            } => {
                let narrowed = (requested(tenant, scope.as_deref()), &*resources);
                self.refresh(tenant, &caller, refresh_token, narrowed, now)
                    .await?
            }
            GrantRequest::ClientCredentials { scope } => {
                let scope = requested(tenant, scope.as_deref());
                client_credentials::judge(tenant, &caller, scope, &resources, now)?
            }
            GrantRequest::TokenExchange(parameters) => {
                let exchanged = self.exchange(tenant, &caller, parameters, &resources, now);
                let (issuance, user) = Box::pin(exchanged).await?;
                known = user;
                issuance
            }
            GrantRequest::DeviceCode { device_code } => {
                let redeemed =
                    self.redeem_device_code(tenant, &caller, device_code, &resources, now);
                // Boxed, because otherwise the future of every token request would reserve memory for it.
                let (issuance, user) = Box::pin(redeemed).await?;
                known = user;
                issuance
            }
        };
        self.mint(tenant, &client, (issuance, known), *form).await
    }

    /// Revokes a grant and returns the refusal that caused it.
    async fn revoke<T>(
        &self,
        tenant: &Tenant,
        (client, owner): (&ClientId, &Subject),
        (grant, refusal): (GrantId, Refusal),
        now: Timestamp,
    ) -> Result<T, Failure> {
        CurrentRequest::note_subject(owner);
        CurrentRequest::note_revocation(Some((grant, refusal.name())));
        // Lost: the grant is already revoked. Its revocation is an event only once, because a client can repeat this.
        if self.store.revoke(tenant.id, grant, now).await? == Race::Lost {
            CurrentRequest::note_revocation(None);
        }
        tracing::warn!(client_id = %client, %grant, rule = refusal.name(), "grant revoked");
        Err(refusal.into())
    }
}

/// Returns the `scope` parameter with the policy of the tenant.
const fn requested<'a>(tenant: &Tenant, text: Option<&'a str>) -> RequestedScope<'a> {
    RequestedScope {
        text,
        unregistered: tenant.settings.requests.unregistered_scope,
    }
}
