//! Token introspection (RFC 7662).

use crate::access_tokens::{AccessTokens, LiveToken, TokenQuery};
use crate::app::App;
use crate::claims::log_dropped;
use crate::client_authentication::ClientAuthentication;
use crate::definitions::Definitions;
use crate::failure::Failure;
use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::claims::mapping::Destination;
use countersign_domain::claims::policies::Policies;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::Subject;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Clock, Document, OpenError, RefreshTokenCodec};
use std::sync::Arc;

/// Token introspection for clients.
pub struct Introspections<A: App> {
    /// Validates access tokens.
    pub tokens: Arc<AccessTokens<A::Store>>,
    /// Resource servers.
    pub definitions: Arc<Definitions<A::Store>>,
    /// Authenticates clients.
    pub authentication: Arc<ClientAuthentication<A::Store>>,
    /// Decodes refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokenCodec>,
    /// Signs JWT responses.
    pub signer: Arc<A::Signer>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

/// Introspection result.
#[derive(Clone, Debug)]
pub struct Introspection {
    /// The token; `None` if it is inactive or the client may not introspect it.
    pub active: Option<ActiveToken>,
    /// Requesting client.
    pub client: Arc<Client>,
    /// Time of the introspection.
    pub now: Timestamp,
}

/// An active token (RFC 7662 section 2.2).
#[derive(Clone, Debug)]
pub enum ActiveToken {
    /// An access token.
    AccessToken {
        /// Claims of the token.
        token: AccessToken,
        /// Its user, for a resource server that receives personal claims.
        person: Option<Box<Person>>,
        /// Claims of a policy.
        custom: CustomClaims,
    },
    /// A refresh token.
    RefreshToken {
        /// Grant of the token.
        grant: Grant,
        /// Scope of the grant that the client is still registered for.
        scope: Scope,
        /// `sub`: identifier of the resource owner for this client.
        subject: Subject,
    },
}

/// A user, and the claims that the scope of a token includes.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user.
    pub user: User,
    /// Claims to return.
    pub claims: ClaimSet,
}

impl<A: App> Introspections<A> {
    /// Authenticates the client and introspects a token.
    pub async fn introspect(
        &self,
        tenant: &Tenant,
        query: &TokenQuery,
    ) -> Result<Introspection, Failure> {
        let now = self.clock.now();
        let evidence = &query.evidence;
        let client = self.authentication.identify(tenant, evidence).await?;
        self.authentication
            .authenticate(tenant, &client, evidence, now)
            .await?
            .may_introspect()?;
        let active = match self.refresh_tokens.decode(tenant.id, &query.token) {
            Ok(token) => self.refresh_token(tenant, &token, &client, now).await?,
            Err(OpenError::Later) => return Err(Failure::Later),
            Err(OpenError::Unknown) => {
                self.access_token(tenant, &query.token, &client, now)
                    .await?
            }
        };
        Ok(Introspection {
            active,
            client,
            now,
        })
    }

    async fn refresh_token(
        &self,
        tenant: &Tenant,
        token: &RefreshToken,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<ActiveToken>, Failure> {
        // Reject a token of another client before reading the store.
        let named = token.authorization();
        if let Some(authorization) = named
            && *authorization.client() != client.id
        {
            deny(&client.id, authorization.client());
            return Ok(None);
        }
        let grant = self
            .tokens
            .store
            .find_grant(tenant.id, token.grant())
            .await?;
        let Some(grant) = grant.filter(|grant| grant.is_current(token, now)) else {
            return Ok(None);
        };
        let authorization = grant.authorization();
        if *authorization.client() != client.id {
            deny(&client.id, authorization.client());
            return Ok(None);
        }
        let subject_type = &client.openid.subject_type;
        let subject = subject_type.subject_of(&authorization.subject);
        let scope = authorization.scope().intersection(&client.scope);
        Ok(Some(ActiveToken::RefreshToken {
            grant,
            scope,
            subject,
        }))
    }

    async fn access_token(
        &self,
        tenant: &Tenant,
        text: &str,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<ActiveToken>, Failure> {
        let Ok(token) = self.tokens.known(tenant, text, now) else {
            return Ok(None);
        };
        // A client needs no resource server for its own tokens.
        let server = if token.client == client.id {
            None
        } else {
            self.definitions
                .receiver(tenant.id, &token, &client.id)
                .await?
        };
        if server.is_none() && !token.may_be_introspected_by(&client.id) {
            deny(&client.id, &token.client);
            return Ok(None);
        }
        let shows_person = server.as_ref().is_some_and(|server| server.personal_claims);
        let into = Destination::Introspection;
        // A resource server gets the claims of its own policy, and a client those of its own.
        let audience = token.audience.clone();
        let policies = match &server {
            Some(server) => Some(Policies::of_resource_server(server)),
            None if token.client == client.id => Some(Policies::of(into, client, (&audience, &[]))),
            None => None,
        };
        let policies = policies.filter(|own| !own.is_empty());
        match self
            .active(tenant, token, (shows_person, policies), now)
            .await
        {
            Ok(active) => Ok(Some(active)),
            Err(Failure::Refused(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn active(
        &self,
        tenant: &Tenant,
        token: AccessToken,
        (shows_person, policies): (bool, Option<Policies<'_>>),
        now: Timestamp,
    ) -> Result<ActiveToken, Failure> {
        let (person, mut custom) = (None, CustomClaims::none());
        if !shows_person && policies.is_none() {
            let LiveToken { token, .. } = self.tokens.live(tenant, token, now).await?;
            return Ok(ActiveToken::AccessToken {
                token,
                person,
                custom,
            });
        }
        let live = self.tokens.live_with_user(tenant, token, now).await?;
        let (token, client) = (live.token.clone(), Arc::clone(&live.client));
        let user = live.into_user()?;
        if let Some(policies) = policies {
            let mut all = [(policies, &mut custom)];
            let facts = (user.as_ref(), &token.scope);
            let log = |result| log_dropped(&client.id, result);
            let claims = self.definitions.claims(tenant.id, &mut all, facts, log);
            Box::pin(claims).await?;
        }
        let claims = ClaimSet::of_scope(&token.scope);
        let person = user.filter(|_| shows_person);
        let person = person.map(|user| Box::new(Person { user, claims }));
        Ok(ActiveToken::AccessToken {
            token,
            person,
            custom,
        })
    }

    /// Signs the JSON response for the requesting client (RFC 9701 section 5).
    pub async fn sign(
        &self,
        tenant: &Tenant,
        client: &Client,
        answer: &[u8],
    ) -> Result<String, Failure> {
        let document = Document::Introspection(answer);
        let algorithm = tenant.published_algorithm(client.signing_algorithm);
        let signed = self
            .signer
            .sign_document(tenant.id, &document, &client.id, algorithm);
        Ok(signed.await?)
    }
}

/// Logs that a client tried to introspect a token of another client.
fn deny(asking: &ClientId, issued_to: &ClientId) {
    tracing::warn!(
        event = "token_introspection_denied",
        rule = "token_of_another_client",
        client_id = %asking,
        %issued_to,
        "introspection denied: the token belongs to another client"
    );
}
