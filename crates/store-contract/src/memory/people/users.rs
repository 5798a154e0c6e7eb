use crate::memory::{Contents, MemoryStore, insert, of, slice};
use countersign_domain::administration::group::Group;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, DefinitionKey, EphemeralKey, EventRecord, Race, Slice, StoreError, UserKey,
    UserRepository,
};

impl Contents {
    /// Adds a user unchanged. Returns `Lost` if the ID or email address is taken.
    pub(crate) fn insert_user(&mut self, tenant: TenantId, user: User) -> Race {
        if self.is_email_of_another(tenant, &user) {
            return Race::Lost;
        }
        insert(&mut self.users, tenant, user.id, user)
    }

    fn is_email_of_another(&self, tenant: TenantId, user: &User) -> bool {
        of(tenant, &self.users).any(|(_, other)| other.id != user.id && other.email == user.email)
    }

    pub(super) fn has_groups_of(&self, tenant: TenantId, user: &User) -> bool {
        let keys = user
            .groups
            .iter()
            .map(|own| DefinitionKey::of::<Group>(own.as_str()));
        keys.map(|key| (tenant, key))
            .all(|key| self.definitions.contains_key(&key))
    }

    /// Changes an enabled user if a condition holds. For changes by users themselves.
    fn change_own(
        &mut self,
        (tenant, id): (TenantId, UserId),
        condition: impl FnOnce(&User) -> bool,
        change: impl FnOnce(&mut User),
    ) -> Race {
        match self.users.get_mut(&(tenant, id)) {
            Some(user) if user.enabled && condition(user) => {
                change(user);
                Race::Won
            }
            _ => Race::Lost,
        }
    }

    /// Removes used time steps, recovery codes, devices and, if `all`, passkeys.
    pub(super) fn remove_factors(&mut self, (tenant, user): (TenantId, UserId), all: bool) {
        self.time_steps.remove(&(tenant, user));
        self.replace_recovery_codes(tenant, user, &[]);
        let is_anothers = |of, owner| of != tenant || owner != user;
        self.devices
            .retain(|(of, _), device| is_anothers(*of, device.user));
        self.passkeys
            .retain(|(of, _), passkey| !all || is_anothers(*of, passkey.user));
    }

    /// Changes a user unconditionally. For operator commands.
    fn set(
        &mut self,
        (tenant, id): (TenantId, UserId),
        change: impl FnOnce(&mut User),
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        self.check_event(tenant, event)?;
        let Some(user) = self.users.get_mut(&(tenant, id)) else {
            return Ok(Race::Lost);
        };
        change(user);
        self.store_event(tenant, event);
        Ok(Race::Won)
    }
}

impl UserRepository for MemoryStore {
    async fn find_user(
        &self,
        tenant: TenantId,
        key: UserKey<'_>,
    ) -> Result<Option<User>, StoreError> {
        let contents = self.lock();
        let mut users = of(tenant, &contents.users).map(|(_, user)| user);
        let user = users.find(|user| match key {
            UserKey::Id(id) => user.id == id,
            UserKey::Email(email) => user.email == *email,
        });
        Ok(user.cloned())
    }

    async fn find_user_and_take_step(
        &self,
        tenant: TenantId,
        user: UserId,
        step: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<(User, Race)>, StoreError> {
        let mut contents = self.lock();
        let Some(user) = contents.users.get(&(tenant, user)).cloned() else {
            return Ok(None);
        };
        let race = if user.enabled {
            contents.insert_value(tenant, step, &[], now)
        } else {
            Race::Lost
        };
        Ok(Some((user, race)))
    }

    async fn list_users(
        &self,
        tenant: TenantId,
        after: After<UserId>,
    ) -> Result<Slice<User>, StoreError> {
        let contents = self.lock();
        Ok(slice(of(tenant, &contents.users), &after))
    }

    async fn insert_user(
        &self,
        tenant: TenantId,
        user: &User,
        event: Option<&EventRecord>,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        if let Some(event) = event {
            contents.check_event(tenant, event)?;
        }
        let user = User {
            version: 1,
            ..user.clone()
        };
        if !contents.has_groups_of(tenant, &user) {
            return Ok(Race::Lost);
        }
        let race = contents.insert_user(tenant, user);
        if let (Race::Won, Some(event)) = (race, event) {
            contents.store_event(tenant, event);
        }
        Ok(race)
    }

    async fn update_user(
        &self,
        tenant: TenantId,
        user: &User,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        if contents.is_email_of_another(tenant, user) || !contents.has_groups_of(tenant, user) {
            return Ok(Race::Lost);
        }
        let Some(stored) = contents.users.get_mut(&(tenant, user.id)) else {
            return Ok(Race::Lost);
        };
        if stored.version != user.version {
            return Ok(Race::Lost);
        }
        *stored = User {
            password_hash: stored.password_hash.take(),
            sealed_totp_secret: stored.sealed_totp_secret.take(),
            created_at: stored.created_at,
            version: user.version + 1,
            ..user.clone()
        };
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }

    async fn set_password_hash(
        &self,
        tenant: TenantId,
        user: UserId,
        hash: &str,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let change = |user: &mut User| user.password_hash = Some(hash.to_owned());
        self.lock().set((tenant, user), change, event)
    }

    async fn reset_factors(
        &self,
        tenant: TenantId,
        user: UserId,
        secret: Option<&[u8]>,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let change = |user: &mut User| user.sealed_totp_secret = secret.map(<[u8]>::to_vec);
        let mut contents = self.lock();
        let race = contents.set((tenant, user), change, event)?;
        if race == Race::Won {
            contents.remove_factors((tenant, user), secret.is_none());
        }
        Ok(race)
    }

    async fn verify_email(
        &self,
        tenant: TenantId,
        user: UserId,
        email: &Email,
    ) -> Result<Race, StoreError> {
        let is_theirs = |user: &User| user.email == *email;
        let change = |user: &mut User| user.email_verified = true;
        Ok(self.lock().change_own((tenant, user), is_theirs, change))
    }

    async fn hand_over(
        &self,
        tenant: TenantId,
        user: UserId,
        email: &Email,
        at: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let is_unverified = |user: &User| user.email == *email && !user.email_verified;
        let change = |user: &mut User| {
            user.email_verified = true;
            user.password_hash = None;
            user.sealed_totp_secret = None;
        };
        let mut contents = self.lock();
        if contents.change_own((tenant, user), is_unverified, change) == Race::Lost {
            return Ok(None);
        }
        contents.remove_factors((tenant, user), true);
        contents.remove_identities((tenant, user));
        Ok(Some(contents.end_sessions(tenant, user, None, at)))
    }

    async fn replace_password_hash(
        &self,
        tenant: TenantId,
        user: UserId,
        present: Option<&str>,
        new: Option<&str>,
    ) -> Result<Race, StoreError> {
        let is_present = |user: &User| user.password_hash.as_deref() == present;
        let change = |user: &mut User| user.password_hash = new.map(str::to_owned);
        Ok(self.lock().change_own((tenant, user), is_present, change))
    }

    async fn replace_totp_secret(
        &self,
        tenant: TenantId,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> Result<Race, StoreError> {
        let is_present = |user: &User| user.sealed_totp_secret.as_deref() == present;
        let change = |user: &mut User| user.sealed_totp_secret = new.map(<[u8]>::to_vec);
        let mut contents = self.lock();
        let race = contents.change_own((tenant, user), is_present, change);
        if race == Race::Won {
            contents.replace_recovery_codes(tenant, user, recovery_codes);
        }
        Ok(race)
    }

    async fn use_time_step(
        &self,
        tenant: TenantId,
        user: UserId,
        time_step: u64,
    ) -> Result<Race, StoreError> {
        let key = (tenant, user);
        let mut contents = self.lock();
        let is_known = contents.users.contains_key(&key);
        let last = contents.time_steps.get(&key);
        if !is_known || last.is_some_and(|last| time_step <= *last) {
            return Ok(Race::Lost);
        }
        contents.time_steps.insert(key, time_step);
        Ok(Race::Won)
    }
}
