use super::MemoryStore;
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::time::Timestamp;
use countersign_ports::{GrantRepository, Race, StoreError};
use std::collections::btree_map::Entry;

impl GrantRepository for MemoryStore {
    async fn establish(&self, grant: &Grant) -> Result<Race, StoreError> {
        match self.lock().grants.entry(grant.id) {
            Entry::Occupied(_) => Ok(Race::Lost),
            Entry::Vacant(place) => {
                place.insert(grant.clone());
                Ok(Race::Won)
            }
        }
    }

    async fn find_grant(&self, id: GrantId) -> Result<Option<Grant>, StoreError> {
        Ok(self.lock().grants.get(&id).cloned())
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Race, StoreError> {
        match self.lock().grants.get_mut(&rotation.grant) {
            Some(grant) if rotation.applies_to(grant) => {
                grant.generation = rotation.successor();
                grant.rotated_at = rotation.now;
                grant.expires_at = rotation.expires_at;
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn revoke(&self, id: GrantId, at: Timestamp) -> Result<Race, StoreError> {
        match self.lock().grants.get_mut(&id) {
            Some(grant) if grant.revoked_at.is_none() => {
                grant.revoked_at = Some(at);
                Ok(Race::Won)
            }
            _ => Ok(Race::Lost),
        }
    }

    async fn list_grants(&self, session: SessionId) -> Result<Vec<Grant>, StoreError> {
        let contents = self.lock();
        let of_session = contents
            .grants
            .values()
            .filter(|grant| grant.authentication.session == Some(session));
        Ok(of_session.cloned().collect())
    }

    async fn revoke_all(
        &self,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut contents = self.lock();
        let live = contents.grants.values_mut().filter(|grant| {
            grant.subject == *subject
                && client.is_none_or(|client| grant.client == *client)
                && grant.revoked_at.is_none()
        });
        Ok(live.map(|grant| grant.revoked_at = Some(at)).count() as u64)
    }
}
