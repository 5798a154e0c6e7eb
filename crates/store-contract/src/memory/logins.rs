use super::{Contents, Login, MemoryStore};
use countersign_domain::identifier::LoginId;
use countersign_domain::time::Timestamp;
use countersign_ports::{LoginRepository, Race, StoreError};

impl Contents {
    fn login(&mut self, id: LoginId, expires_at: Timestamp) -> &mut Login {
        self.logins.entry(id).or_insert(Login {
            position: 0,
            attempts: 0,
            expires_at,
        })
    }
}

impl LoginRepository for MemoryStore {
    async fn advance(
        &self,
        login: LoginId,
        position: u8,
        expires_at: Timestamp,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        let login = contents.login(login, expires_at);
        if position <= login.position {
            return Ok(Race::Lost);
        }
        login.position = position;
        login.expires_at = login.expires_at.max(expires_at);
        Ok(Race::Won)
    }

    async fn count_attempt(
        &self,
        login: LoginId,
        expires_at: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut contents = self.lock();
        let login = contents.login(login, expires_at);
        login.attempts = login.attempts.saturating_add(1);
        login.expires_at = login.expires_at.max(expires_at);
        Ok(login.attempts)
    }

    async fn attempts(&self, login: LoginId) -> Result<u32, StoreError> {
        let contents = self.lock();
        Ok(contents
            .logins
            .get(&login)
            .map_or(0, |login| login.attempts))
    }
}
