//! Copies the records that belong to users, one user at a time.

use super::{Copying, won};
use crate::commands::slices::{Listed, Slices};
use crate::commands::store::progress::Progress;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, ConsentRepository as _, DeviceRepository as _, IdentityRepository as _,
    PasskeyRepository as _, Race, RecoveryCodeRepository as _, SessionRepository as _, Slice,
    StoreError, Transfer as _, UserRepository as _,
};

impl Copying<'_> {
    /// Runs `work` for each user.
    async fn for_each_user(
        &self,
        mut work: impl AsyncFnMut(TenantId, UserId) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for tenant in self.tenants {
            let mut slices = Slices::<User>::new();
            while let Some(after) = slices.next() {
                for user in slices.take(self.source.list_users(*tenant, after).await?) {
                    work(*tenant, user.id).await?;
                }
            }
        }
        Ok(())
    }

    /// Copies a list of each user. `put` wins its race if the record is new.
    async fn copy_of_all<T: Listed>(
        &self,
        mut progress: Progress,
        list: impl AsyncFn(TenantId, UserId, After<T::Key>) -> Result<Slice<T>, StoreError>,
        put: impl AsyncFn(TenantId, &T) -> Result<Race, StoreError>,
    ) -> Result<(), StoreError> {
        let mut copied = 0;
        self.for_each_user(async |tenant, user| {
            let mut slices = Slices::new();
            while let Some(after) = slices.next() {
                for record in slices.take(list(tenant, user, after).await?) {
                    copied += won(put(tenant, &record).await?);
                    progress.add(1);
                }
            }
            Ok(())
        })
        .await?;
        progress.end(copied);
        Ok(())
    }

    pub(super) async fn sessions(&self, progress: Progress) -> Result<(), StoreError> {
        let list = async |tenant, user, after| self.source.list_sessions(tenant, user, after).await;
        let put =
            async |tenant, session: &Session| self.target.insert_session(tenant, session).await;
        self.copy_of_all(progress, list, put).await
    }

    pub(super) async fn consents(&self, progress: Progress) -> Result<(), StoreError> {
        let list = async |tenant, user, after| self.source.list_consents(tenant, user, after).await;
        let put = async |tenant, consent: &Consent| {
            let (user, client) = (consent.user, &consent.client);
            let there = self.target.find_consent(tenant, user, client).await?;
            if there.is_some() {
                return Ok(Race::Lost);
            }
            self.target.put_consent(tenant, consent).await?;
            Ok(Race::Won)
        };
        self.copy_of_all(progress, list, put).await
    }

    pub(super) async fn passkeys(&self, progress: Progress) -> Result<(), StoreError> {
        let list = async |tenant, user, after| self.source.list_passkeys(tenant, user, after).await;
        let put =
            async |tenant, passkey: &Passkey| self.target.insert_passkey(tenant, passkey).await;
        self.copy_of_all(progress, list, put).await
    }

    /// Copies all recovery codes of a user at once, unless the user has codes in the target.
    pub(super) async fn recovery_codes(&self, mut progress: Progress) -> Result<(), StoreError> {
        let mut copied = 0;
        self.for_each_user(async |tenant, user| {
            let codes = self.source.recovery_codes(tenant, user).await?;
            let target = self.target;
            if !codes.is_empty() && target.count_recovery_codes(tenant, user).await? == 0 {
                target.replace_recovery_codes(tenant, user, &codes).await?;
                copied += codes.len() as u64;
            }
            progress.add(codes.len() as u64);
            Ok(())
        })
        .await?;
        progress.end(copied);
        Ok(())
    }

    pub(super) async fn devices(&self, progress: Progress) -> Result<(), StoreError> {
        let list = async |tenant, user, after| self.source.list_devices(tenant, user, after).await;
        let put = async |tenant, device: &Device| self.target.insert_device(tenant, device).await;
        self.copy_of_all(progress, list, put).await
    }

    pub(super) async fn identities(&self, progress: Progress) -> Result<(), StoreError> {
        let list =
            async |tenant, user, after| self.source.list_identities(tenant, user, after).await;
        let put =
            async |tenant, identity: &Identity| self.target.insert_identity(tenant, identity).await;
        self.copy_of_all(progress, list, put).await
    }
}
