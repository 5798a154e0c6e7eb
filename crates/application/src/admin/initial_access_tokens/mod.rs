//! Commands for initial access tokens, with which clients register themselves (RFC 7591 section 3).

use super::events::{Done, EventSource};
use super::fields::Fields;
use super::replies::with_reply;
use super::{AdminError, Conflict, TRIES, definitions, may, random_secret};
use crate::definitions::stored;
use crate::ephemera::uses_of;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::dynamic::initial_access_token::{
    InitialAccessToken, PresentedToken, TokenName,
};
use countersign_domain::later::LaterMembers;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, Clock, Definition, Entropy, EventRecord, Race, Slice, Store};
use std::sync::Arc;
use std::time::Duration;

/// Token to create.
#[derive(Clone, Debug)]
pub struct NewInitialAccessToken {
    /// Name.
    pub name: TokenName,
    /// Time until it expires; `None` for no expiration. A long lifetime ends at [`Timestamp::LATEST`].
    pub lifetime: Option<Duration>,
    /// Maximum number of registrations; `None` for no limit.
    pub most_uses: Option<u32>,
}

/// Token, with the number of its uses.
#[derive(Clone, Debug)]
pub struct UsedInitialAccessToken {
    /// Token.
    pub token: InitialAccessToken,
    /// Number of registrations.
    pub uses: u64,
}

/// Created token.
#[derive(Debug)]
pub struct CreatedInitialAccessToken {
    /// Stored token.
    pub token: InitialAccessToken,
    /// Token in cleartext. It is shown only once.
    pub text: Secret,
}

/// Commands for initial access tokens.
pub struct InitialAccessTokenAdmin<S> {
    /// Tokens and the counters of their uses.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of secrets.
    pub entropy: Arc<dyn Entropy>,
}

/// Maximum number of tokens of a tenant.
const MOST: usize = 1000;

impl<S: Store> InitialAccessTokenAdmin<S> {
    /// Returns a slice of the tokens, ordered by name.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<UsedInitialAccessToken>, AdminError> {
        may(operator, Permission::ClientsRead)?;
        let now = self.clock.now();
        let Slice { items, has_more } = stored::list(&*self.store, tenant.id, after).await?;
        let mut all = Vec::with_capacity(items.len());
        for token in items {
            let found = self.store.get(tenant.id, &uses_of(&token), now).await?;
            let uses = found.map_or(0, |found| found.total);
            all.push(UsedInitialAccessToken { token, uses });
        }
        Ok(Slice {
            items: all,
            has_more,
        })
    }

    /// Creates a token. It is shown only once.
    pub async fn create(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        new: NewInitialAccessToken,
    ) -> Result<CreatedInitialAccessToken, AdminError> {
        may(operator, Permission::ClientsWrite)?;
        let all: Vec<InitialAccessToken> = stored::all(&*self.store, tenant.id).await?;
        if all.len() >= MOST {
            return Err(Conflict::TooManyInitialAccessTokens.into());
        }
        let now = self.clock.now();
        let secret = random_secret(&*self.entropy);
        let mut token = InitialAccessToken {
            digest: secret.digest(),
            expires_at: new
                .lifetime
                .map(|lifetime| now.plus(lifetime).min(Timestamp::LATEST)),
            most_uses: new.most_uses,
            created_at: now,
            version: 0,
            later: LaterMembers::default(),
            name: new.name,
        };
        let changes = Fields::of_initial_access_token(&token).since(&Fields::default());
        let action = Action::INITIAL_ACCESS_TOKEN_CREATED;
        let event = self.event(tenant, operator, (action, &token), changes);
        token.version = 1;
        let presented = PresentedToken {
            name: token.name.clone(),
            secret,
        };
        let created = CreatedInitialAccessToken {
            text: presented.text(),
            token,
        };
        let event = with_reply(event, &created);
        let definition = Definition::InitialAccessToken(created.token.clone());
        let inserted = self.store.insert_definition(tenant.id, &definition, &event);
        match inserted.await? {
            Race::Won => Ok(created),
            Race::Lost => Err(Conflict::InitialAccessTokenName.into()),
        }
    }

    /// Deletes a token. Clients that registered with it stay. With `expected`, fails if the token has another version.
    pub async fn delete(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        name: &TokenName,
        expected: Option<u64>,
    ) -> Result<(), AdminError> {
        may(operator, Permission::ClientsWrite)?;
        for _ in 0..TRIES {
            let found = definitions::expected(&*self.store, tenant, name.as_str(), expected);
            let token: InitialAccessToken = found.await?;
            let changes = Fields::default().since(&Fields::of_initial_access_token(&token));
            let action = Action::INITIAL_ACCESS_TOKEN_DELETED;
            let event = self.event(tenant, operator, (action, &token), changes);
            if definitions::delete(&*self.store, tenant, &token, &event).await? == Race::Won {
                let now = self.clock.now();
                self.store.take(tenant.id, &uses_of(&token), now).await?;
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, token): (Action, &InitialAccessToken),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("initial_access_token", token.name.as_str()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
