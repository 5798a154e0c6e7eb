use super::{Contents, MemoryStore};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::user::{Email, User};
use countersign_ports::{Race, StoreError, UserKey, UserRepository};

impl Contents {
    fn is_email_of_another(&self, user: &User) -> bool {
        self.users
            .values()
            .any(|other| other.id != user.id && other.email == user.email)
    }

    /// Changes a user who is enabled, if a condition holds.
    fn change_user(
        &mut self,
        id: UserId,
        condition: impl FnOnce(&User) -> bool,
        change: impl FnOnce(&mut User),
    ) -> Race {
        match self.users.get_mut(&id) {
            Some(user) if user.enabled && condition(user) => {
                change(user);
                Race::Won
            }
            _ => Race::Lost,
        }
    }
}

impl UserRepository for MemoryStore {
    async fn find_user(&self, key: UserKey<'_>) -> Result<Option<User>, StoreError> {
        let contents = self.lock();
        let user = match key {
            UserKey::Id(id) => contents.users.get(&id),
            UserKey::Email(email) => contents.users.values().find(|user| user.email == *email),
        };
        Ok(user.cloned())
    }

    async fn list_users(&self) -> Result<Vec<User>, StoreError> {
        let mut users: Vec<User> = self.lock().users.values().cloned().collect();
        // A stable sort of what is sorted by id.
        users.sort_by_key(|user| user.created_at);
        Ok(users)
    }

    async fn insert_user(&self, user: &User) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        if contents.users.contains_key(&user.id) || contents.is_email_of_another(user) {
            return Ok(Race::Lost);
        }
        contents.users.insert(user.id, user.clone());
        Ok(Race::Won)
    }

    async fn update_user(&self, user: &User) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        if contents.is_email_of_another(user) {
            return Ok(Race::Lost);
        }
        let Some(stored) = contents.users.get_mut(&user.id) else {
            return Ok(Race::Lost);
        };
        stored.clone_from(user);
        Ok(Race::Won)
    }

    async fn verify_email(&self, user: UserId, email: &Email) -> Result<Race, StoreError> {
        let is_theirs = |user: &User| user.email == *email;
        let change = |user: &mut User| user.email_verified = true;
        Ok(self.lock().change_user(user, is_theirs, change))
    }

    async fn replace_password_hash(
        &self,
        user: UserId,
        present: Option<&str>,
        new: &str,
    ) -> Result<Race, StoreError> {
        let is_present = |user: &User| user.password_hash.as_deref() == present;
        let change = |user: &mut User| user.password_hash = Some(new.to_owned());
        Ok(self.lock().change_user(user, is_present, change))
    }

    async fn replace_totp_secret(
        &self,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> Result<Race, StoreError> {
        let is_present = |user: &User| user.sealed_totp_secret.as_deref() == present;
        let change = |user: &mut User| user.sealed_totp_secret = new.map(<[u8]>::to_vec);
        let mut contents = self.lock();
        let race = contents.change_user(user, is_present, change);
        if race == Race::Won {
            contents.replace_recovery_codes(user, recovery_codes);
        }
        Ok(race)
    }

    async fn use_time_step(&self, user: UserId, time_step: u64) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        if !contents.users.contains_key(&user) {
            return Ok(Race::Lost);
        }
        if contents
            .time_steps
            .get(&user)
            .is_some_and(|last| time_step <= *last)
        {
            return Ok(Race::Lost);
        }
        contents.time_steps.insert(user, time_step);
        Ok(Race::Won)
    }
}
