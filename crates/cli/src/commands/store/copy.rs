//! Copies records one kind at a time. Existing records are kept.

mod people;

use super::progress::Progress;
use super::survey::{KINDS, Tallies, survey};
use crate::command_error::{CommandError, Exit};
use crate::commands::setup::now;
use crate::commands::slices::Slices;
use crate::output;
use countersign_adapters_store::AnyStore;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    AuditProof as _, ClientRepository as _, Definition, DefinitionKind, DefinitionRepository as _,
    Ephemeral, EphemeralKey, GrantRepository as _, KeyChange, Race, SealedBatch,
    SigningKeyRepository as _, StoreError, StoredEvent, Transfer as _, UserRepository as _,
};
use std::fmt::Write as _;
use std::io;
use tokio::task::JoinSet;

/// Copies every record and prints the count of each kind. Fails if the stores differ afterwards.
pub(super) async fn copy(source: &AnyStore, target: &AnyStore) -> Result<(), CommandError> {
    let now = now();
    let before = survey(source, now).await?;
    let [
        clients,
        definitions,
        users,
        sessions,
        consents,
        passkeys,
        recovery_codes,
        devices,
        identities,
        keys,
        grants,
        ephemera,
        events,
        batches,
    ] = std::array::from_fn(|kind| progress_of(&before, kind));
    let tenants = &source.list_tenants().await?;
    let copy = Copying {
        source,
        target,
        tenants,
    };
    copy.clients(clients).await?;
    copy.definitions(definitions).await?;
    copy.users(users).await?;
    copy.sessions(sessions).await?;
    copy.consents(consents).await?;
    copy.passkeys(passkeys).await?;
    copy.recovery_codes(recovery_codes).await?;
    copy.devices(devices).await?;
    copy.identities(identities).await?;
    copy.keys(keys).await?;
    copy.grants(grants).await?;
    copy.ephemera(ephemera, now).await?;
    copy.events(events).await?;
    copy.batches(batches).await?;
    judge(&survey(source, now).await?, &survey(target, now).await?)
}

fn progress_of(tallies: &Tallies, kind: usize) -> Progress {
    let total = tallies.get(kind).map_or(0, |tally| tally.count);
    Progress::new(KINDS.get(kind).copied().unwrap_or_default(), total)
}

fn won(race: Race) -> u64 {
    u64::from(race == Race::Won)
}

/// Source and target of a copy.
struct Copying<'a> {
    source: &'a AnyStore,
    target: &'a AnyStore,
    tenants: &'a [TenantId],
}

impl Copying<'_> {
    async fn clients(&self, mut progress: Progress) -> Result<(), StoreError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let mut slices = Slices::<Client>::new();
            while let Some(after) = slices.next() {
                for client in slices.take(self.source.list_clients(*tenant, None, after).await?) {
                    copied += won(self.target.insert_client_as_is(*tenant, &client).await?);
                    progress.add(1);
                }
            }
        }
        progress.end(copied);
        Ok(())
    }

    async fn definitions(&self, mut progress: Progress) -> Result<(), StoreError> {
        let (source, target) = (self.source, self.target);
        let mut copied = 0;
        for (tenant, kind) in self.tenants.iter().flat_map(|tenant| {
            let kinds = DefinitionKind::ALL.iter();
            kinds.map(|kind| (*tenant, *kind))
        }) {
            let mut slices = Slices::<Definition>::new();
            while let Some(after) = slices.next() {
                for definition in slices.take(source.list_definitions(tenant, kind, after).await?) {
                    copied += won(target.insert_definition_as_is(tenant, &definition).await?);
                    progress.add(1);
                }
            }
        }
        progress.end(copied);
        Ok(())
    }

    async fn users(&self, mut progress: Progress) -> Result<(), StoreError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let mut slices = Slices::<User>::new();
            while let Some(after) = slices.next() {
                for user in slices.take(self.source.list_users(*tenant, after).await?) {
                    copied += won(self.user(*tenant, &user).await?);
                    progress.add(1);
                }
            }
        }
        progress.end(copied);
        Ok(())
    }

    async fn user(&self, tenant: TenantId, user: &User) -> Result<Race, StoreError> {
        let (source, target) = (self.source, self.target);
        let race = target.insert_user_as_is(tenant, user).await?;
        if let Some(time_step) = source.last_time_step(tenant, user.id).await? {
            // The race is lost if the target has this time step already.
            let _: Race = target.use_time_step(tenant, user.id, time_step).await?;
        }
        Ok(race)
    }

    async fn keys(&self, mut progress: Progress) -> Result<(), StoreError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let (_, keys) = self.source.list_signing_keys(*tenant).await?;
            loop {
                let (seen, there) = self.target.list_signing_keys(*tenant).await?;
                let mut add = keys.clone();
                add.retain(|key| there.iter().all(|other| other.id != key.id));
                let count = add.len() as u64;
                let change = KeyChange {
                    seen,
                    add,
                    retire: Vec::new(),
                };
                let target = self.target;
                if count == 0
                    || target.change_signing_keys(*tenant, &change, None).await? == Race::Won
                {
                    progress.add(keys.len() as u64);
                    copied += count;
                    break;
                }
            }
        }
        progress.end(copied);
        Ok(())
    }

    async fn grants(&self, mut progress: Progress) -> Result<(), CommandError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let mut slices = Slices::<Grant>::new();
            while let Some(after) = slices.next() {
                let grants = slices.take(self.source.list_all_grants(*tenant, after).await?);
                let count = grants.len() as u64;
                copied += self.establish_all(*tenant, grants).await?;
                progress.add(count);
            }
        }
        progress.end(copied);
        Ok(())
    }

    /// Inserts grants concurrently, so that they share statements and commits.
    async fn establish_all(
        &self,
        tenant: TenantId,
        grants: Vec<Grant>,
    ) -> Result<u64, CommandError> {
        let establish = |grant: Grant| {
            let target = self.target.clone();
            async move { target.establish(tenant, &grant).await }
        };
        let mut waiting: JoinSet<_> = grants.into_iter().map(establish).collect();
        let mut copied = 0;
        while let Some(answer) = waiting.join_next().await {
            copied += won(answer.map_err(io::Error::other)??);
        }
        Ok(copied)
    }

    /// Copies values that have not expired.
    async fn ephemera(&self, mut progress: Progress, now: Timestamp) -> Result<(), StoreError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let mut slices = Slices::<(EphemeralKey, Ephemeral)>::new();
            while let Some(after) = slices.next() {
                let mut values = slices.take(self.source.list_ephemera(*tenant, after).await?);
                values.retain(|(key, _)| !key.expires_at.has_passed(now));
                for (key, value) in &values {
                    copied += won(self.target.insert_ephemeral(*tenant, key, value).await?);
                    progress.add(1);
                }
            }
        }
        progress.end(copied);
        Ok(())
    }

    async fn events(&self, mut progress: Progress) -> Result<(), StoreError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let mut slices = Slices::<StoredEvent>::new();
            while let Some(after) = slices.next() {
                for event in slices.take(self.source.list_stored_events(*tenant, after).await?) {
                    copied += won(self.target.insert_event(*tenant, &event).await?);
                    progress.add(1);
                }
            }
        }
        progress.end(copied);
        Ok(())
    }

    async fn batches(&self, mut progress: Progress) -> Result<(), StoreError> {
        let mut copied = 0;
        for tenant in self.tenants {
            let mut slices = Slices::<SealedBatch>::new();
            while let Some(after) = slices.next() {
                for batch in slices.take(self.source.list_batches(*tenant, after).await?) {
                    copied += won(self.target.insert_batch(*tenant, &batch).await?);
                    progress.add(1);
                }
            }
        }
        progress.end(copied);
        Ok(())
    }
}

/// Prints the tallies if the stores match. Fails if they differ.
fn judge(source: &Tallies, target: &Tallies) -> Result<(), CommandError> {
    let mut alike = String::new();
    let mut different = Vec::new();
    for (kind, (source, target)) in KINDS.iter().zip(source.iter().zip(target)) {
        if source == target {
            // Writing to a string cannot fail.
            let _ = writeln!(
                alike,
                "{kind}: {}, sha256 {}",
                source.count,
                base16ct::lower::encode_string(&source.digest)
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
        return output::print(&format!("{alike}The stores are identical.\n"));
    }
    Err(CommandError::new(
        Exit::Conflict,
        format!(
            "The stores differ. Either the target had other records before, or a store was in use during the copy.\n{}",
            different.join("\n")
        ),
    ))
}
