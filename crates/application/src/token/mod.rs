//! Exchanging credentials for tokens: what the grants have in common.

mod client_credentials;
mod log_in;
mod redeem_code;
mod refresh;

use crate::client_authentication::{ClientAuthentication, ClientEvidence};
use crate::clients::Clients;
use crate::failure::Failure;
use countersign_domain::client::authentication::Caller;
use countersign_domain::client::{Client, ClientId, GrantType};
use countersign_domain::grant::authorization_code::CodeExchange;
use countersign_domain::identifier::GrantId;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::issuance::Issuance;
use countersign_domain::user::User;
use countersign_ports::{
    AuthorizationCodeCodec, Clock, Entropy, RefreshTokenCodec, RefreshTokenForm, Signer, Store,
    UserKey,
};
use std::sync::Arc;
use std::time::Duration;

/// What a token request asks for, by grant type, parameters as they came.
pub enum GrantRequest {
    /// RFC 6749 section 4.1.3.
    AuthorizationCode {
        /// `code`.
        code: String,
        /// `redirect_uri`.
        redirect_uri: String,
        /// `code_verifier`.
        code_verifier: Option<String>,
    },
    /// RFC 6749 section 6.
    RefreshToken {
        /// `refresh_token`.
        refresh_token: String,
        /// `scope`.
        scope: Option<String>,
    },
    /// RFC 6749 section 4.4.2.
    ClientCredentials {
        /// `scope`.
        scope: Option<String>,
    },
}

impl GrantRequest {
    /// Returns its grant type.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AUTHORIZATION_CODE,
            Self::RefreshToken { .. } => GrantType::REFRESH_TOKEN,
            Self::ClientCredentials { .. } => GrantType::CLIENT_CREDENTIALS,
        }
    }
}

/// What a dialect wants in its answers.
#[derive(Clone, Copy, Debug)]
pub struct ResponseForm {
    /// How refresh tokens are written.
    pub refresh_token: RefreshTokenForm,
    /// Whether ID tokens are part of the dialect.
    pub id_token: bool,
}

/// A token request, free of its wire format.
pub struct TokenRequest {
    /// Which client sends it, and the proof of that.
    pub evidence: ClientEvidence,
    /// What is asked for.
    pub grant: GrantRequest,
    /// `resource`, each (RFC 8707 section 2.2).
    pub resources: Vec<String>,
    /// How to answer.
    pub form: ResponseForm,
}

/// A successful answer (RFC 6749 section 5.1).
pub struct TokenResponse {
    /// `access_token`.
    pub access_token: String,
    /// `expires_in`.
    pub expires_in: Duration,
    /// `scope`.
    pub scope: Scope,
    /// `id_token`.
    pub id_token: Option<String>,
    /// `refresh_token`, and its lifetime.
    pub refresh_token: Option<(String, Duration)>,
    /// The client that received the tokens, for the log.
    pub client: Arc<Client>,
}

/// A request about one token, for introspection or revocation, free of its wire format. The token itself shows its
/// type, so `token_type_hint` is not needed (RFC 7009 section 2.1, RFC 7662 section 2.1).
pub struct TokenQuery {
    /// Which client sends it, and the proof of that.
    pub evidence: ClientEvidence,
    /// `token`.
    pub token: String,
}

/// The token endpoint's use case.
pub struct TokenIssuer<S, G> {
    /// Grants and users.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Authenticates clients.
    pub authentication: Arc<ClientAuthentication<S>>,
    /// Signs tokens.
    pub signer: Arc<G>,
    /// Opens codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Reads and writes refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Makes tokens unique.
    pub entropy: Arc<dyn Entropy>,
}

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// Serves a token request.
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
        let issuance = match grant {
            GrantRequest::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
            } => {
                let exchange = CodeExchange {
                    redirect_uri,
                    code_verifier: code_verifier.as_deref(),
                    resources: &resources,
                };
                self.redeem_code(tenant, &caller, code, &exchange, now)
                    .await?
            }
            GrantRequest::RefreshToken {
                refresh_token,
                scope,
            } => {
                let narrowed = (scope.as_deref(), &*resources);
                self.refresh(tenant, &caller, refresh_token, narrowed, now)
                    .await?
            }
            GrantRequest::ClientCredentials { scope } => {
                client_credentials::judge(tenant, &caller, scope.as_deref(), &resources, now)?
            }
        };
        self.mint(tenant, &client, issuance, *form).await
    }

    /// Revokes a grant as the consequence of a refusal, and refuses.
    async fn revoke<T>(
        &self,
        tenant: &Tenant,
        client: &ClientId,
        (grant, refusal): (GrantId, Refusal),
        now: Timestamp,
    ) -> Result<T, Failure> {
        // Lost: it was revoked before, which is all that is wanted.
        let _ = self.store.revoke(tenant.id, grant, now).await?;
        tracing::warn!(client_id = %client, %grant, rule = ?refusal, "a grant was revoked");
        Err(refusal.into())
    }

    async fn mint(
        &self,
        tenant: &Tenant,
        client: &Arc<Client>,
        issuance: Issuance,
        form: ResponseForm,
    ) -> Result<TokenResponse, Failure> {
        let own = issuance.signing_algorithm;
        let mut unique = [0; 12];
        self.entropy.fill(&mut unique);
        let claims = issuance.access_token_claims(&tenant.issuer, unique);
        let access_token = self
            .signer
            .sign_access_token(
                tenant.id,
                &claims,
                own.unwrap_or(tenant.settings.signing_algorithm),
            )
            .await?;
        let user = self.described(tenant, &issuance, form).await?;
        let id_token = match issuance.id_token_claims(&tenant.issuer, &access_token, user.as_ref())
        {
            Some(claims) if form.id_token => {
                let algorithm = tenant.published_algorithm(own);
                let signed = self.signer.sign_id_token(tenant.id, &claims, algorithm);
                Some(signed.await?)
            }
            _ => None,
        };
        let refresh_token = issuance.refresh_token.as_ref().map(|facts| {
            let form = form.refresh_token;
            let text = self.refresh_tokens.encode(tenant.id, &facts.token, form);
            (text, facts.lifetime)
        });
        Ok(TokenResponse {
            access_token,
            expires_in: issuance.expires_in(),
            scope: issuance.scope,
            id_token,
            refresh_token,
            client: client.clone(),
        })
    }

    /// The user whose claims the ID token carries. Nothing is read for an ID token without claims.
    async fn described(
        &self,
        tenant: &Tenant,
        issuance: &Issuance,
        form: ResponseForm,
    ) -> Result<Option<User>, Failure> {
        let Some(facts) = issuance.id_token.as_ref().filter(|_| form.id_token) else {
            return Ok(None);
        };
        match facts.owner.as_str().parse() {
            Ok(id) if !facts.claims.is_empty() => {
                Ok(self.store.find_user(tenant.id, UserKey::Id(id)).await?)
            }
            _ => Ok(None),
        }
    }
}
