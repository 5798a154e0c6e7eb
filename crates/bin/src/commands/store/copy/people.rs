//! What belongs to people, a user after the other.

use super::won;
use crate::commands::store::progress::Progress;
use crate::store::AnyStore;
use countersign_domain::consent::Consent;
use countersign_domain::identifier::UserId;
use countersign_ports::{
    ConsentRepository as _, DeviceRepository as _, PasskeyRepository as _, Race,
    RecoveryCodeRepository as _, SessionRepository as _, StoreError, Transfer as _,
    UserRepository as _,
};

/// Reads what each user of `source` has, and puts it in; `put` says whether it was not there.
async fn copy_of_all<T>(
    source: &AnyStore,
    mut progress: Progress,
    list: impl AsyncFn(UserId) -> Result<Vec<T>, StoreError>,
    put: impl AsyncFn(&T) -> Result<Race, StoreError>,
) -> Result<(), StoreError> {
    let mut copied = 0;
    for user in source.list_users().await? {
        for record in list(user.id).await? {
            copied += won(put(&record).await?);
            progress.add(1);
        }
    }
    progress.end(copied);
    Ok(())
}

pub(super) async fn copy_sessions(
    source: &AnyStore,
    target: &AnyStore,
    progress: Progress,
) -> Result<(), StoreError> {
    let list = async |user| source.list_sessions(user).await;
    let put = async |session: &_| target.insert_session(session).await;
    copy_of_all(source, progress, list, put).await
}

pub(super) async fn copy_consents(
    source: &AnyStore,
    target: &AnyStore,
    progress: Progress,
) -> Result<(), StoreError> {
    let list = async |user| source.list_consents(user).await;
    let put = async |consent: &Consent| {
        let there = target.find_consent(consent.user, &consent.client).await?;
        if there.is_some() {
            return Ok(Race::Lost);
        }
        target.put_consent(consent).await?;
        Ok(Race::Won)
    };
    copy_of_all(source, progress, list, put).await
}

pub(super) async fn copy_passkeys(
    source: &AnyStore,
    target: &AnyStore,
    progress: Progress,
) -> Result<(), StoreError> {
    let list = async |user| source.list_passkeys(user).await;
    let put = async |passkey: &_| target.insert_passkey(passkey).await;
    copy_of_all(source, progress, list, put).await
}

/// A user's codes are put in all at once, if the user has none there.
pub(super) async fn copy_recovery_codes(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
) -> Result<(), StoreError> {
    let mut copied = 0;
    for user in source.list_users().await? {
        let codes = source.recovery_codes(user.id).await?;
        if !codes.is_empty() && target.count_recovery_codes(user.id).await? == 0 {
            target.replace_recovery_codes(user.id, &codes).await?;
            copied += codes.len() as u64;
        }
        progress.add(codes.len() as u64);
    }
    progress.end(copied);
    Ok(())
}

pub(super) async fn copy_devices(
    source: &AnyStore,
    target: &AnyStore,
    progress: Progress,
) -> Result<(), StoreError> {
    let list = async |user| source.list_devices(user).await;
    let put = async |device: &_| target.insert_device(device).await;
    copy_of_all(source, progress, list, put).await
}
