//! Invitations to create an account.
//!
//! The mailed link is an expiring value, like all mailed links. The invitation is a definition, because operators list and
//! revoke invitations, and a definition changes together with its audit event. A link without its invitation is void.

mod acceptance;

use super::events::{Done, EventSource};
use super::fields::Fields;
use super::reach::{administrators, permissions_of};
use super::{AdminError, Conflict, TRIES, definitions, may};
use crate::app::App;
use crate::definitions::stored;
use crate::mail::{InvitationMail, LinkId, Mail, MailedLinks, NewLink, NewlyMade};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::permission::Permissions;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::identifier::UserId;
use countersign_domain::login::mailed_link::LinkPurpose;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::{Email, User};
use countersign_ports::prelude::*;
use countersign_ports::{
    After, Clock, Definition, Entropy, EventRecord, Letter, Mailer, Message, Race, Slice, UserKey,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Composes a mail in a language; `None` for a language without texts. Without a language, uses that of the server.
pub type ComposeIn = dyn Fn(&Tenant, Mail<'_>, Option<&str>) -> Option<Letter> + Send + Sync;

/// Person to invite.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Address.
    pub email: Email,
    /// Groups that the new user joins.
    pub groups: BTreeSet<GroupName>,
    /// Language of the mail.
    pub language: Option<String>,
}

/// Commands for invitations.
pub struct InvitationAdmin<A: App> {
    /// Invitations, users and groups.
    pub store: Arc<A::Store>,
    /// Makes the links.
    pub links: MailedLinks<A>,
    /// Sends the mails.
    pub mailer: Arc<dyn Mailer>,
    /// Composes the mails.
    pub compose: Arc<ComposeIn>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> InvitationAdmin<A> {
    /// Returns a slice of the invitations, ordered by address.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<String>,
    ) -> Result<Slice<Invitation>, AdminError> {
        may(operator, Permission::UsersRead)?;
        Ok(stored::list(&*self.store, tenant.id, after).await?)
    }

    /// Invites a person by mail. Replaces an earlier invitation of the address, whose link is then void. The operator must
    /// have all permissions of the groups, as for adding a member.
    pub async fn invite(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        new: NewInvitation,
    ) -> Result<Invitation, AdminError> {
        may(operator, Permission::UsersWrite)?;
        if !self.mailer.is_set_up() || !tenant.settings.sign_up.allows_invitations() {
            return Err(Conflict::InvitationsOff.into());
        }
        let permissions = self.may_name(tenant, operator, &new.groups).await?;
        let key = UserKey::Email(&new.email);
        if self.store.find_user(tenant.id, key).await?.is_some() {
            return Err(Conflict::Email.into());
        }
        for _ in 0..TRIES {
            let (made, link) = self.link(tenant, &new.email);
            let letter = self.letter(tenant, &made, new.language.as_deref())?;
            let invitation = Invitation {
                groups: new.groups.iter().cloned().collect(),
                permissions,
                ..self.invitation(tenant, &new.email, made.id).await?
            };
            if let Some(stored) = self.put(tenant, operator, invitation).await? {
                // Stored last, because only the invitation carries an event. A failure leaves an invitation without a
                // link, which a repeated command replaces.
                self.links.put(tenant, made.id, &link).await?;
                self.mailer.send(Message::new(new.email, letter));
                return Ok(stored);
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Revokes an invitation, so that its link is void.
    pub async fn revoke(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        email: &Email,
    ) -> Result<(), AdminError> {
        may(operator, Permission::UsersWrite)?;
        for _ in 0..TRIES {
            let invitation: Invitation =
                definitions::find(&*self.store, tenant, email.as_str()).await?;
            let changes = Fields::default().since(&Fields::of_invitation(&invitation));
            let action = Action::INVITATION_REVOKED;
            let event = self.event(tenant, operator, (action, &invitation), changes);
            if definitions::delete(&*self.store, tenant, &invitation, &event).await? == Race::Won {
                return Ok(());
            }
        }
        Err(Conflict::Changed.into())
    }

    /// Checks that the operator may add members to these groups. Returns the permissions that the groups give.
    async fn may_name(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        groups: &BTreeSet<GroupName>,
    ) -> Result<Permissions, AdminError> {
        if groups.len() > User::MAX_GROUPS {
            return Err(Conflict::TooManyGroups.into());
        }
        if !groups.is_empty() {
            may(operator, Permission::GroupsWrite)?;
        }
        let all = administrators(&*self.store, tenant).await?;
        let mut permissions = Permissions::NONE;
        for name in groups {
            definitions::find::<Group>(&*self.store, tenant, name.as_str()).await?;
            let holder = Holder::Group(name.clone());
            let own = permissions_of(&*self.store, tenant, &all, &holder).await?;
            operator.may_affect(own)?;
            permissions = permissions.and(own);
        }
        Ok(permissions)
    }

    /// Returns a new link, and its sealed form.
    fn link(&self, tenant: &Tenant, email: &Email) -> (NewlyMade, Vec<u8>) {
        let new = NewLink {
            purpose: LinkPurpose::INVITATION,
            user: None,
            email: email.as_str(),
            data: Vec::new(),
            lifetime: tenant.settings.sign_up.invitation,
        };
        self.links.prepare(tenant, new)
    }

    fn letter(
        &self,
        tenant: &Tenant,
        made: &NewlyMade,
        language: Option<&str>,
    ) -> Result<Letter, AdminError> {
        let mail = Mail::Invitation(InvitationMail {
            token: &made.token,
            expires_at: made.id.expires_at,
        });
        (self.compose)(tenant, mail, language).ok_or(AdminError::Language)
    }

    /// Returns an invitation with this link, which replaces the stored invitation of the address, if there is one.
    async fn invitation(
        &self,
        tenant: &Tenant,
        email: &Email,
        link: LinkId,
    ) -> Result<Invitation, AdminError> {
        let user = UserId::from_bytes(self.entropy.time_ordered_id());
        let lifetime = tenant.settings.sign_up.invitation;
        let new = Invitation::new(email.clone(), user, link.id, lifetime, self.clock.now());
        let earlier = stored::find(&*self.store, tenant.id, email.as_str()).await?;
        Ok(Invitation {
            link: link.id,
            expires_at: link.expires_at,
            ..earlier.unwrap_or(new)
        })
    }

    /// Stores an invitation. Returns `None` if another command was faster.
    async fn put(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        mut invitation: Invitation,
    ) -> Result<Option<Invitation>, AdminError> {
        let changes = Fields::of_invitation(&invitation).since(&Fields::default());
        let action = Action::INVITATION_CREATED;
        let event = self.event(tenant, operator, (action, &invitation), changes);
        let definition = Definition::Invitation(invitation.clone());
        let (store, id) = (&self.store, tenant.id);
        let stored = if invitation.version == 0 {
            store.insert_definition(id, &definition, &event).await?
        } else {
            store.update_definition(id, &definition, &event).await?
        };
        invitation.version += 1;
        Ok((stored == Race::Won).then_some(invitation))
    }

    fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        (action, invitation): (Action, &Invitation),
        changes: Vec<FieldChange>,
    ) -> EventRecord {
        let done = Done {
            action,
            target: Party::new("user", invitation.user.to_string()),
            changes,
            at: self.clock.now(),
        };
        self.events.record(tenant.id, operator, done)
    }
}
