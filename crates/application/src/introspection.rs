//! The introspection endpoint's use case (RFC 7662).

use crate::access_tokens::AccessTokens;
use crate::clients::Clients;
use crate::failure::Failure;
use crate::secret_uses::SecretUses;
use crate::token::{TokenQuery, TokenSettings};
use countersign_domain::claims::TokenId;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::identifier::Subject;
use countersign_domain::refresh_token::RefreshToken;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock, Document, RefreshTokenCodec, Signer, Store};
use std::sync::Arc;

/// Tells clients whether tokens are good.
pub struct Introspections<S, G> {
    /// Checks access tokens.
    pub tokens: Arc<AccessTokens<S>>,
    /// Who may ask.
    pub clients: Arc<Clients<S>>,
    /// Uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Reads refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Signs for clients that want a JWT.
    pub signer: Arc<G>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// What is configured.
    pub settings: TokenSettings,
}

/// The answer to a query.
#[derive(Clone, Debug)]
pub struct Introspection {
    /// What is told of the token; nothing if it is not good, or not the client's business.
    pub active: Option<ActiveToken>,
    /// Who asked.
    pub client: Arc<Client>,
    /// When.
    pub now: Timestamp,
}

/// What is told of a good token (RFC 7662 section 2.2).
#[derive(Clone, Debug)]
pub struct ActiveToken {
    /// Whether it is an access token; else it is a refresh token.
    pub is_access_token: bool,
    /// `scope`.
    pub scope: Scope,
    /// `client_id`.
    pub client: ClientId,
    /// `sub`.
    pub subject: Subject,
    /// `aud`.
    pub audience: Vec<String>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `jti`.
    pub token_id: Option<TokenId>,
}

impl<S: Store, G: Signer> Introspections<S, G> {
    /// Serves a query.
    pub async fn introspect(&self, query: &TokenQuery) -> Result<Introspection, Failure> {
        let now = self.clock.now();
        let client = self.clients.registered(&query.client_id).await?;
        self.secret_uses
            .authenticate(&client, &query.credential, now)?
            .may_introspect()?;
        let active = match self.refresh_tokens.decode(&query.token) {
            Some(token) => self.refresh_token(&token, &client, now).await?,
            None => self.access_token(&query.token, &client, now).await?,
        };
        Ok(Introspection {
            active,
            client,
            now,
        })
    }

    async fn refresh_token(
        &self,
        token: &RefreshToken,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<ActiveToken>, Failure> {
        if token.client != client.id {
            deny(&client.id, &token.client);
            return Ok(None);
        }
        let grant = self.tokens.store.find_grant(token.grant).await?;
        Ok(grant
            .filter(|grant| grant.is_current(token, now))
            .map(|grant| ActiveToken {
                is_access_token: false,
                subject: client.openid.subject_type.subject_of(&grant.subject),
                audience: vec![self.settings.issuer.clone()],
                scope: grant.scope,
                client: grant.client,
                issued_at: grant.rotated_at,
                expires_at: grant.expires_at,
                token_id: None,
            }))
    }

    async fn access_token(
        &self,
        text: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<ActiveToken>, Failure> {
        let Ok(token) = self.tokens.known(text, now) else {
            return Ok(None);
        };
        if !token.may_be_introspected_by(&client.id) {
            deny(&client.id, &token.client);
            return Ok(None);
        }
        match self.tokens.live(token, now).await {
            Ok(live) => Ok(Some(ActiveToken {
                is_access_token: true,
                scope: live.token.scope,
                client: live.token.client,
                subject: live.token.subject,
                audience: live.token.audience,
                issued_at: live.token.issued_at,
                expires_at: live.token.expires_at,
                token_id: Some(live.token.token_id),
            })),
            Err(Failure::Refused(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Signs the answer, written down as JSON, for who asked (RFC 9701 section 5).
    pub async fn sign(&self, client: &Client, answer: &[u8]) -> Result<String, Failure> {
        let document = Document::Introspection(answer);
        let algorithm = self.settings.published_algorithm(client.signing_algorithm);
        let signed = self.signer.sign_document(&document, &client.id, algorithm);
        Ok(signed.await?)
    }
}

/// Leaves the audit event: somebody holds a token that is none of their business.
fn deny(asking: &ClientId, issued_to: &ClientId) {
    tracing::warn!(
        event = "token_introspection_denied",
        client_id = %asking,
        %issued_to,
        "a client asked about a token of another"
    );
}
