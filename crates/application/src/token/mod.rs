//! Exchanging credentials for tokens: what the three grants have in common.

mod client_credentials;
mod log_in;
mod redeem_code;
mod refresh;

use crate::clients::Clients;
use crate::failure::Failure;
use crate::secret_uses::SecretUses;
use countersign_domain::authorization_code::CodeExchange;
use countersign_domain::client::GrantType;
use countersign_domain::client_authentication::{AuthenticatedClient, Credential};
use countersign_domain::identifier::GrantId;
use countersign_domain::issuance::Issuance;
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::time::Timestamp;
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
    /// Which grant type it is.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
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
    /// `client_id`.
    pub client_id: String,
    /// What came with it.
    pub credential: Credential,
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
    /// `refresh_token`, and how long it lives.
    pub refresh_token: Option<(String, Duration)>,
}

/// A question about a token, or a wish to be rid of it, free of its wire format. What kind of token it is shows
/// by itself, so `token_type_hint` is not needed (RFC 7009 section 2.1, RFC 7662 section 2.1).
pub struct TokenQuery {
    /// `client_id`.
    pub client_id: String,
    /// What came with it.
    pub credential: Credential,
    /// `token`.
    pub token: String,
}

/// What is configured about tokens.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// `iss`.
    pub issuer: String,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// Signs for clients that name no algorithm of their own.
    pub signing_algorithm: SigningAlgorithm,
}

impl TokenSettings {
    /// Signs what is for the client itself. A shared key would let the resource server that shares it make such
    /// documents, so they are signed with the server's own algorithm where the client's is HS256.
    pub(crate) fn published_algorithm(&self, own: Option<SigningAlgorithm>) -> SigningAlgorithm {
        match own {
            Some(SigningAlgorithm::Hs256) | None => self.signing_algorithm,
            Some(own) => own,
        }
    }
}

/// The token endpoint's use case.
pub struct TokenIssuer<S, G> {
    /// Grants live here.
    pub store: Arc<S>,
    /// Who may ask.
    pub clients: Arc<Clients<S>>,
    /// Uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Signs tokens.
    pub signer: Arc<G>,
    /// Opens codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Reads and writes refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes tokens unique.
    pub entropy: Arc<dyn Entropy>,
    /// What is configured.
    pub settings: TokenSettings,
}

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// Serves a token request.
    pub async fn issue(&self, request: &TokenRequest) -> Result<TokenResponse, Failure> {
        let now = self.clock.now();
        let client = self.clients.registered(&request.client_id).await?;
        let caller = self
            .secret_uses
            .authenticate(&client, &request.credential, now)?;
        let resources: Vec<&str> = request.resources.iter().map(String::as_str).collect();
        let issuance = match &request.grant {
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
                self.redeem_code(&caller, code, &exchange, now).await?
            }
            GrantRequest::RefreshToken {
                refresh_token,
                scope,
            } => {
                self.refresh(&caller, refresh_token, scope.as_deref(), &resources, now)
                    .await?
            }
            GrantRequest::ClientCredentials { scope } => {
                self.client_credentials(&caller, scope.as_deref(), &resources, now)?
            }
        };
        self.mint(issuance, request.form).await
    }

    /// The consequence of a replay, and the refusal that goes with it.
    async fn revoke<T>(
        &self,
        grant: GrantId,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<T, Failure> {
        // Lost: somebody else has revoked it already, which is all that is wanted.
        let _ = self.store.revoke(grant, now).await?;
        tracing::warn!(%grant, rule = ?refusal, "a grant was revoked");
        Err(refusal.into())
    }

    async fn mint(&self, issuance: Issuance, form: ResponseForm) -> Result<TokenResponse, Failure> {
        let algorithm = issuance
            .signing_algorithm
            .unwrap_or(self.settings.signing_algorithm);
        let mut unique = [0; 12];
        self.entropy.fill(&mut unique);
        let claims = issuance.access_token_claims(&self.settings.issuer, unique);
        let access_token = self.signer.sign_access_token(&claims, algorithm).await?;
        let user = self.described(&issuance, form).await?;
        let id_token =
            match issuance.id_token_claims(&self.settings.issuer, &access_token, user.as_ref()) {
                Some(claims) if form.id_token => Some(
                    self.signer
                        .sign_id_token(
                            &claims,
                            self.settings
                                .published_algorithm(issuance.signing_algorithm),
                        )
                        .await?,
                ),
                _ => None,
            };
        let refresh_token = issuance.refresh_token.as_ref().map(|facts| {
            (
                self.refresh_tokens.encode(&facts.token, form.refresh_token),
                facts.lifetime,
            )
        });
        Ok(TokenResponse {
            access_token,
            expires_in: issuance.expires_in(),
            scope: issuance.scope,
            id_token,
            refresh_token,
        })
    }

    /// The user whose claims the ID token carries; nobody is looked up for one that carries none.
    async fn described(
        &self,
        issuance: &Issuance,
        form: ResponseForm,
    ) -> Result<Option<User>, Failure> {
        let Some(facts) = issuance.id_token.as_ref().filter(|_| form.id_token) else {
            return Ok(None);
        };
        match facts.owner.as_str().parse() {
            Ok(id) if !facts.claims.is_empty() => Ok(self.store.find_user(UserKey::Id(id)).await?),
            _ => Ok(None),
        }
    }
}
