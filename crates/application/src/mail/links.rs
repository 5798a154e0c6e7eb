//! Mailed links: single-use links with a code, for actions that require access to a mailbox.
//!
//! The page of a link only reads it ([`MailedLinks::find`]), because mail scanners open links. The form on that page takes
//! it ([`MailedLinks::take`]). The store has only digests, in a sealed value.

use super::token::{LinkId, SECRET, code_digest, place_of, token};
use crate::app::App;
use crate::attempts::{self, AttemptSource, bounded};
use crate::current_request::CurrentRequest;
use crate::ephemera::{attempts_in_login, mailed_link};
use crate::failure::{Failure, opened};
use crate::one_time_code::six_digits;
use crate::refusals;
use crate::tenants::room;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::attempts::Target;
use countersign_domain::login::mailed_link::{LinkPurpose, MailedLink};
use countersign_domain::login::may_be_tried;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{
    Clock, Entropy, EphemeralKey, EphemeralKind, MailedLinkCodec, Race, UserKey,
};
use std::sync::Arc;
use std::time::Duration;

/// Use cases of mailed links.
pub struct MailedLinks<A: App> {
    /// Links and users.
    pub store: Arc<A::Store>,
    /// Seals links for the store.
    pub codec: Arc<dyn MailedLinkCodec>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of secrets and codes.
    pub entropy: Arc<dyn Entropy>,
}

/// Link to make.
pub struct NewLink<'a> {
    /// Purpose.
    pub purpose: LinkPurpose,
    /// User; `None` if the address has no account. A link to sign up or to accept an invitation is only sent without a
    /// user, any other one only with a user.
    pub user: Option<&'a User>,
    /// Recipient.
    pub email: &'a str,
    /// What the purpose needs besides, such as the session that asked.
    pub data: Vec<u8>,
    /// Lifetime.
    pub lifetime: Duration,
}

/// New link, for its mail.
#[derive(Debug)]
pub struct NewlyMade {
    /// Place in the store.
    pub id: LinkId,
    /// Secret for the address of the link.
    pub token: Secret,
    /// Six-digit code, which works instead of the link.
    pub code: Secret,
}

/// Link that may be used, with its user.
#[derive(Debug)]
pub struct FoundLink {
    /// Place in the store.
    pub id: LinkId,
    /// Link.
    pub link: MailedLink,
    /// User. The account is enabled and in the state for which the link was made.
    pub user: User,
}

impl FoundLink {
    /// Returns whether the mail went to the present address of the user. The owner of a former address must not get
    /// access to the account.
    #[must_use]
    pub fn is_to_present_address(&self) -> bool {
        self.link.email == self.user.email.as_str()
    }
}

impl<A: App> MailedLinks<A> {
    /// Stores a new link.
    pub async fn make(&self, tenant: &Tenant, new: NewLink<'_>) -> Result<NewlyMade, Failure> {
        let (made, sealed) = self.prepare(tenant, new);
        self.put(tenant, made.id, &sealed).await?;
        Ok(made)
    }

    /// Returns a new link that is not stored yet, and its sealed form.
    pub(crate) fn prepare(&self, tenant: &Tenant, new: NewLink<'_>) -> (NewlyMade, Vec<u8>) {
        let now = self.clock.now();
        let mut secret = [0; SECRET];
        self.entropy.fill(&mut secret);
        let id = LinkId {
            id: LoginId::from_bytes(self.entropy.time_ordered_id()),
            expires_at: now.plus(new.lifetime),
        };
        let token = token(id, &secret);
        let code = Secret::new(six_digits(&*self.entropy));
        let link = MailedLink {
            purpose: new.purpose,
            user: new.user.map(|user| user.id),
            email: new.email.to_owned(),
            secret: token.digest(),
            code: code_digest(id, code.expose_secret()),
            state: new.user.map_or([0; 8], |user| new.purpose.state_of(user)),
            data: new.data,
        };
        let sealed = self.codec.seal(tenant.id, id.id, &link);
        (NewlyMade { id, token, code }, sealed)
    }

    /// Stores a prepared link.
    pub(crate) async fn put(
        &self,
        tenant: &Tenant,
        id: LinkId,
        sealed: &[u8],
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        room::for_value(&*self.store, tenant, EphemeralKind::MailedLink, now).await?;
        match self.store.insert(tenant.id, &key(id), sealed, now).await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// Returns the link with this token. Changes nothing.
    pub async fn find(
        &self,
        tenant: &Tenant,
        purpose: LinkPurpose,
        token: &Secret,
    ) -> Result<FoundLink, Failure> {
        let (id, link) = self.presented(tenant, purpose, token).await?;
        self.found(tenant, id, link).await
    }

    /// Returns the link with this token for an address that had no account. Changes nothing.
    pub async fn find_for_new_user(
        &self,
        tenant: &Tenant,
        purpose: LinkPurpose,
        token: &Secret,
    ) -> Result<(LinkId, MailedLink), Failure> {
        let found = self.presented(tenant, purpose, token).await?;
        if found.1.user.is_none() {
            Ok(found)
        } else {
            Err(refusals::LINK_INVALID.into())
        }
    }

    /// Returns the link at a place, for an address that had no account. Changes nothing.
    pub(crate) async fn read_for_new_user(
        &self,
        tenant: &Tenant,
        (purpose, id): (LinkPurpose, LinkId),
    ) -> Result<MailedLink, Failure> {
        let link = self.read(tenant, purpose, id).await?;
        if link.user.is_none() {
            Ok(link)
        } else {
            Err(refusals::LINK_INVALID.into())
        }
    }

    async fn presented(
        &self,
        tenant: &Tenant,
        purpose: LinkPurpose,
        token: &Secret,
    ) -> Result<(LinkId, MailedLink), Failure> {
        let id = place_of(token).ok_or(refusals::LINK_INVALID)?;
        let link = self.read(tenant, purpose, id).await?;
        if token.digest().is(&link.secret) {
            Ok((id, link))
        } else {
            Err(refusals::LINK_INVALID.into())
        }
    }

    /// Returns the link with this code. Counts the attempt first, because a six-digit code can be guessed.
    pub async fn find_by_code(
        &self,
        tenant: &Tenant,
        (purpose, id): (LinkPurpose, LinkId),
        code: &str,
        source: AttemptSource<'_>,
    ) -> Result<FoundLink, Failure> {
        let now = self.clock.now();
        let link = self.read(tenant, purpose, id).await?;
        if let Some(user) = link.user {
            CurrentRequest::note_user(user);
        }
        let email = link.email.clone();
        let targets = attempts::logins(&email, None, source);
        self.count(tenant, id, &targets, now).await?;
        if link.user.is_none() || !code_digest(id, code.trim()).is(&link.code) {
            return Err(Refusal::OneTimeCodeWrong.into());
        }
        let found = self.found(tenant, id, link).await?;
        attempts::give_back(&*self.store, tenant.id, &targets, now).await;
        Ok(found)
    }

    /// Checks the code of a link for an address that had no account. Counts the attempt first.
    pub async fn check_code_for_new_user(
        &self,
        tenant: &Tenant,
        (purpose, id): (LinkPurpose, LinkId),
        code: &str,
        source: AttemptSource<'_>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let link = self.read(tenant, purpose, id).await?;
        let targets = attempts::logins(&link.email, None, source);
        self.count(tenant, id, &targets, now).await?;
        if link.user.is_some() || !code_digest(id, code.trim()).is(&link.code) {
            return Err(Refusal::OneTimeCodeWrong.into());
        }
        attempts::give_back(&*self.store, tenant.id, &targets, now).await;
        Ok(())
    }

    /// Counts an attempt to guess the code of a link.
    async fn count(
        &self,
        tenant: &Tenant,
        id: LinkId,
        targets: &[Target<'_>],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let of_link = [attempts_in_login(id.id, id.expires_at)];
        let taken = attempts::take(&*self.store, tenant, targets, (&of_link, None), now);
        let others = taken.await?.others;
        Ok(may_be_tried(
            others.first().copied().map_or(u32::MAX, bounded),
        )?)
    }

    /// Uses up a link. Only one of several concurrent callers succeeds.
    pub async fn take(&self, tenant: &Tenant, found: &FoundLink) -> Result<(), Failure> {
        self.take_place(tenant, found.id).await
    }

    /// Uses up the link at a place.
    pub async fn take_place(&self, tenant: &Tenant, id: LinkId) -> Result<(), Failure> {
        let now = self.clock.now();
        let key = key(id);
        let taken = self.store.take(tenant.id, &key, now).await?;
        taken.map(drop).ok_or_else(|| refusals::LINK_INVALID.into())
    }

    async fn read(
        &self,
        tenant: &Tenant,
        purpose: LinkPurpose,
        id: LinkId,
    ) -> Result<MailedLink, Failure> {
        let now = self.clock.now();
        let stored = self.store.get(tenant.id, &key(id), now).await?;
        let sealed = stored.ok_or(refusals::LINK_INVALID)?.value;
        let link = self.codec.open(tenant.id, id.id, &sealed);
        let link = opened(link, refusals::LINK_INVALID)?;
        if link.purpose == purpose {
            Ok(link)
        } else {
            Err(refusals::LINK_INVALID.into())
        }
    }

    async fn found(
        &self,
        tenant: &Tenant,
        id: LinkId,
        link: MailedLink,
    ) -> Result<FoundLink, Failure> {
        let user = link.user.ok_or(refusals::LINK_INVALID)?;
        let user = self.store.find_user(tenant.id, UserKey::Id(user)).await?;
        let user = user.filter(|user| user.enabled && link.is_for(user));
        let user = user.ok_or(refusals::LINK_INVALID)?;
        Ok(FoundLink { id, link, user })
    }
}

const fn key(link: LinkId) -> EphemeralKey {
    mailed_link(link.id, link.expires_at)
}
