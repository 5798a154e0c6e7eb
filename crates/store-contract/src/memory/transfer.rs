use super::{Login, MemoryStore};
use countersign_domain::claims::TokenId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_ports::{DeniedToken, LoginState, Race, StoreError, Transfer};
use std::collections::btree_map::Entry;
use std::ops::Bound;

fn after<T>(id: Option<T>) -> (Bound<T>, Bound<T>) {
    (
        id.map_or(Bound::Unbounded, Bound::Excluded),
        Bound::Unbounded,
    )
}

impl Transfer for MemoryStore {
    async fn grants_after(&self, id: Option<GrantId>, most: u32) -> Result<Vec<Grant>, StoreError> {
        let contents = self.lock();
        let page = contents.grants.range(after(id)).take(most as usize);
        Ok(page.map(|(_, grant)| grant.clone()).collect())
    }

    async fn logins_after(
        &self,
        id: Option<LoginId>,
        most: u32,
    ) -> Result<Vec<LoginState>, StoreError> {
        let contents = self.lock();
        let page = contents.logins.range(after(id)).take(most as usize);
        let state = |(id, login): (&LoginId, &Login)| LoginState {
            id: *id,
            position: login.position,
            attempts: login.attempts,
            expires_at: login.expires_at,
        };
        Ok(page.map(state).collect())
    }

    async fn insert_login(&self, login: &LoginState) -> Result<Race, StoreError> {
        match self.lock().logins.entry(login.id) {
            Entry::Occupied(_) => Ok(Race::Lost),
            Entry::Vacant(place) => {
                place.insert(Login {
                    position: login.position,
                    attempts: login.attempts,
                    expires_at: login.expires_at,
                });
                Ok(Race::Won)
            }
        }
    }

    async fn last_time_step(&self, user: UserId) -> Result<Option<u64>, StoreError> {
        Ok(self.lock().time_steps.get(&user).copied())
    }

    async fn recovery_codes(&self, user: UserId) -> Result<Vec<SecretDigest>, StoreError> {
        let contents = self.lock();
        let codes = contents.recovery_codes.get(&user).into_iter().flatten();
        Ok(codes.copied().map(SecretDigest::from_bytes).collect())
    }

    async fn denied_tokens_after(
        &self,
        id: Option<TokenId>,
        most: u32,
    ) -> Result<Vec<DeniedToken>, StoreError> {
        let contents = self.lock();
        let from = after(id.map(|id| id.to_string()));
        let page = contents.denied_tokens.range(from).take(most as usize);
        Ok(page.map(|(_, denied)| denied.clone()).collect())
    }
}
