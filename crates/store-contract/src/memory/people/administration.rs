use crate::memory::{Contents, MemoryStore, of, slice};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Definition, DefinitionKey, DefinitionKind, Ended, EventRecord, Race, Removal, Slice,
    StoreError, UserAdministration, UserDeletion,
};

impl Contents {
    fn revoke_grants(
        &mut self,
        tenant: TenantId,
        user: UserId,
        is_affected: impl Fn(&Grant) -> bool,
        at: Timestamp,
    ) -> u64 {
        let subject = Subject::from(user);
        let is_theirs = |(owner, _): &(TenantId, GrantId), grant: &Grant| {
            *owner == tenant && grant.authorization().subject == subject && is_affected(grant)
        };
        self.grants.revoke_all(is_theirs, at)
    }

    /// Removes what the removal names. Returns `None` if it does not exist.
    fn remove(&mut self, tenant: TenantId, removal: &Removal, at: Timestamp) -> Option<Ended> {
        let none = Ended::default();
        match removal {
            Removal::Passkey(user, id) => {
                let key = (tenant, id.clone());
                let passkey = self.passkeys.get(&key)?;
                (passkey.user == *user).then(|| self.passkeys.remove(&key))?;
                Some(none)
            }
            Removal::RecoveryCodes(user) => {
                let codes = self.recovery_codes.remove(&(tenant, *user))?;
                (!codes.is_empty()).then_some(none)
            }
            Removal::Device(user, id) => {
                let key = (tenant, *id);
                let device = self.devices.get(&key)?;
                (device.user == *user).then(|| self.devices.remove(&key))?;
                Some(none)
            }
            Removal::Identity(user, id) => {
                let key = (tenant, *id);
                let identity = self.identities.get(&key)?;
                (identity.user == *user).then(|| self.identities.remove(&key))?;
                Some(none)
            }
            Removal::Consent(user, client) => {
                let key = (tenant, (*user, client.clone()));
                let had_consent = self.consents.remove(&key).is_some();
                let is_to_client = |grant: &Grant| grant.authorization().client() == client;
                let grants = self.revoke_grants(tenant, *user, is_to_client, at);
                (had_consent || grants > 0).then_some(Ended { grants, ..none })
            }
            Removal::Session(id) => {
                let session = self.sessions.get_mut(&(tenant, *id))?;
                if session.ended_at.is_some() {
                    return None;
                }
                session.ended_at = Some(at);
                Some(Ended {
                    sessions: vec![*id],
                    ..none
                })
            }
            Removal::Sessions(user) => {
                let sessions = self.end_sessions(tenant, *user, None, at);
                (!sessions.is_empty()).then_some(Ended { sessions, ..none })
            }
            Removal::Grant(id) => match self.grants.revoke(&(tenant, *id), at) {
                Race::Won => Some(Ended { grants: 1, ..none }),
                Race::Lost => None,
            },
            Removal::Grants(user) => {
                let grants = self.revoke_grants(tenant, *user, |_| true, at);
                (grants > 0).then_some(Ended { grants, ..none })
            }
            Removal::Attempts(keys) => {
                let removed = keys.iter().map(|key| self.ephemera.remove(&(tenant, *key)));
                let removed = removed.flatten().count();
                (removed > 0).then_some(none)
            }
        }
    }

    fn delete_user(&mut self, tenant: TenantId, deletion: &UserDeletion, at: Timestamp) -> Ended {
        let user = deletion.user;
        if let Some(left) = &deletion.holders {
            let left = Definition::Administrators(left.clone());
            let (key, version) = (left.key(), left.version() + 1);
            self.definitions
                .insert((tenant, key.clone()), left.at_version(version));
            self.definition_changed(tenant, key, version);
        }
        self.users.remove(&(tenant, user));
        self.remove_factors((tenant, user), true);
        self.remove_identities((tenant, user));
        let sessions = self.end_sessions(tenant, user, None, at);
        self.sessions
            .retain(|(of, _), session| *of != tenant || session.user != user);
        self.consents
            .retain(|(of, (owner, _)), _| *of != tenant || *owner != user);
        let grants = self.revoke_grants(tenant, user, |_| true, at);
        Ended { sessions, grants }
    }
}

impl UserAdministration for MemoryStore {
    async fn search_users(
        &self,
        tenant: TenantId,
        prefix: &EmailPrefix,
        after: After<Email>,
    ) -> Result<Slice<User>, StoreError> {
        let contents = self.lock();
        let users = of(tenant, &contents.users).map(|(_, user)| user);
        let found = users.filter(|user| prefix.begins(&user.email));
        let mut found: Vec<_> = found.map(|user| (&user.email, user)).collect();
        found.sort_by_key(|(email, _)| *email);
        Ok(slice(found.into_iter(), &after))
    }

    async fn list_members(
        &self,
        tenant: TenantId,
        group: &GroupName,
        after: After<UserId>,
    ) -> Result<Slice<User>, StoreError> {
        let contents = self.lock();
        let users = of(tenant, &contents.users);
        let members = users.filter(|(_, user)| user.groups.contains(group));
        Ok(slice(members, &after))
    }

    async fn list_user_grants(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let subject = Subject::from(user);
        let contents = self.lock();
        let theirs = of(tenant, contents.grants.rows())
            .filter(|(_, grant)| grant.authorization().subject == subject);
        Ok(slice(theirs, &after))
    }

    async fn delete_user(
        &self,
        tenant: TenantId,
        deletion: &UserDeletion,
        event: &EventRecord,
    ) -> Result<Option<Ended>, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let holders = DefinitionKey {
            kind: DefinitionKind::Administrators,
            id: DefinitionKey::ADMINISTRATORS.to_owned(),
        };
        let holders = contents.definitions.get(&(tenant, holders));
        let user = contents.users.get(&(tenant, deletion.user));
        let is_current = user.is_some_and(|user| user.version == deletion.version)
            && holders.map_or(0, Definition::version) == deletion.holders_version;
        if !is_current {
            return Ok(None);
        }
        let ended = contents.delete_user(tenant, deletion, event.event.at);
        contents.store_event(tenant, event);
        Ok(Some(ended))
    }

    async fn remove(
        &self,
        tenant: TenantId,
        removal: &Removal,
        event: &EventRecord,
    ) -> Result<Option<Ended>, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let ended = contents.remove(tenant, removal, event.event.at);
        if ended.is_some() {
            contents.store_event(tenant, event);
        }
        Ok(ended)
    }
}
