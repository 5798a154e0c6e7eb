//! Copying, a kind after the other. Each record is put in if it is not there.

mod people;

use super::progress::Progress;
use super::survey::{KINDS, Tallies, denied_tokens_page, grants_page, logins_page, survey};
use crate::commands::setup::now;
use crate::failure::{Exit, Failure};
use crate::output;
use crate::store::AnyStore;
use countersign_domain::grant::Grant;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    ClientRepository as _, DeniedTokenRepository as _, GrantRepository as _, KeyChange, Race,
    SigningKeyRepository as _, StoreError, Transfer as _, UserRepository as _,
};
use std::fmt::Write as _;
use std::io;
use tokio::task::JoinSet;

/// Copies every record, prints how many there are of each kind, and fails if the stores are not alike then.
pub(super) async fn copy(source: &AnyStore, target: &AnyStore) -> Result<(), Failure> {
    let now = now();
    let before = survey(source, now).await?;
    let [
        clients,
        users,
        sessions,
        consents,
        passkeys,
        recovery_codes,
        devices,
        keys,
        grants,
        logins,
        denied_tokens,
    ] = std::array::from_fn(|kind| progress_of(&before, kind));
    copy_clients(source, target, clients).await?;
    copy_users(source, target, users).await?;
    people::copy_sessions(source, target, sessions).await?;
    people::copy_consents(source, target, consents).await?;
    people::copy_passkeys(source, target, passkeys).await?;
    people::copy_recovery_codes(source, target, recovery_codes).await?;
    people::copy_devices(source, target, devices).await?;
    copy_keys(source, target, keys).await?;
    copy_grants(source, target, grants).await?;
    copy_logins(source, target, logins, now).await?;
    copy_denied_tokens(source, target, denied_tokens).await?;
    judge(&survey(source, now).await?, &survey(target, now).await?)
}

fn progress_of(tallies: &Tallies, kind: usize) -> Progress {
    let total = tallies.get(kind).map_or(0, |tally| tally.count);
    Progress::new(KINDS.get(kind).copied().unwrap_or_default(), total)
}

fn won(race: Race) -> u64 {
    u64::from(race == Race::Won)
}

async fn copy_clients(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
) -> Result<(), StoreError> {
    let mut copied = 0;
    for client in source.list_clients().await? {
        copied += won(target.insert_client(&client).await?);
        progress.add(1);
    }
    progress.end(copied);
    Ok(())
}

async fn copy_users(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
) -> Result<(), StoreError> {
    let mut copied = 0;
    for user in source.list_users().await? {
        copied += won(target.insert_user(&user).await?);
        if let Some(time_step) = source.last_time_step(user.id).await? {
            // Lost if it is there already.
            let _: Race = target.use_time_step(user.id, time_step).await?;
        }
        progress.add(1);
    }
    progress.end(copied);
    Ok(())
}

async fn copy_keys(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
) -> Result<(), StoreError> {
    let (_, keys) = source.list_signing_keys().await?;
    loop {
        let (seen, there) = target.list_signing_keys().await?;
        let mut add = keys.clone();
        add.retain(|key| there.iter().all(|other| other.id != key.id));
        let copied = add.len() as u64;
        let change = KeyChange {
            seen,
            add,
            retire: Vec::new(),
        };
        if copied == 0 || target.change_signing_keys(&change).await? == Race::Won {
            progress.add(keys.len() as u64);
            progress.end(copied);
            return Ok(());
        }
    }
}

async fn copy_grants(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
) -> Result<(), Failure> {
    let mut copied = 0;
    let mut last = None;
    while let Some(page) = grants_page(source, &mut last).await? {
        let count = page.len() as u64;
        copied += establish_all(target, page).await?;
        progress.add(count);
    }
    progress.end(copied);
    Ok(())
}

/// All at once, so that they share statements and commits.
async fn establish_all(target: &AnyStore, page: Vec<Grant>) -> Result<u64, Failure> {
    let establish = |grant: Grant| {
        let target = target.clone();
        async move { target.establish(&grant).await }
    };
    let mut waiting: JoinSet<_> = page.into_iter().map(establish).collect();
    let mut copied = 0;
    while let Some(answer) = waiting.join_next().await {
        copied += won(answer.map_err(io::Error::other)??);
    }
    Ok(copied)
}

async fn copy_logins(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut copied = 0;
    let mut last = None;
    while let Some(page) = logins_page(source, &mut last, now).await? {
        for login in &page {
            copied += won(target.insert_login(login).await?);
        }
        progress.add(page.len() as u64);
    }
    progress.end(copied);
    Ok(())
}

async fn copy_denied_tokens(
    source: &AnyStore,
    target: &AnyStore,
    mut progress: Progress,
) -> Result<(), StoreError> {
    let mut copied = 0;
    let mut last = None;
    while let Some(page) = denied_tokens_page(source, &mut last).await? {
        for denied in &page {
            copied += u64::from(!target.is_denied(&denied.id).await?);
            target.deny_token(&denied.id, denied.expires_at).await?;
        }
        progress.add(page.len() as u64);
    }
    progress.end(copied);
    Ok(())
}

/// Prints both sides if they are alike, and fails if they are not.
fn judge(source: &Tallies, target: &Tallies) -> Result<(), Failure> {
    let mut alike = String::new();
    let mut different = Vec::new();
    for (kind, (source, target)) in KINDS.iter().zip(source.iter().zip(target)) {
        if source == target {
            // Writing to a string cannot fail.
            let _ = writeln!(
                alike,
                "{kind}: {}, sha256 {}",
                source.count,
                hex(source.digest)
            );
        } else if source.count == target.count {
            different.push(format!(
                "{kind}: {} in both, with different contents",
                source.count
            ));
        } else {
            different.push(format!(
                "{kind}: {} in the source, {} in the target",
                source.count, target.count
            ));
        }
    }
    if different.is_empty() {
        return output::print(&format!("{alike}The stores are alike.\n"));
    }
    Err(Failure::new(
        Exit::Conflict,
        format!(
            "The stores are not alike. Either the target had other records before, or a store was in use meanwhile.\n{}",
            different.join("\n")
        ),
    ))
}

fn hex(digest: [u8; 32]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
