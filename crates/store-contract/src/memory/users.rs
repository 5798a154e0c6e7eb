use super::{Contents, MemoryStore};
use countersign_domain::identifier::UserId;
use countersign_domain::user::User;
use countersign_ports::{Race, StoreError, UserKey, UserRepository};

impl Contents {
    fn is_email_of_another(&self, user: &User) -> bool {
        self.users
            .values()
            .any(|other| other.id != user.id && other.email == user.email)
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
