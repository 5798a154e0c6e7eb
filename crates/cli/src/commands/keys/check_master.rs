//! `countersign keys check-master`: what previous master keys still protect.

use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::CommandError;
use crate::commands::setup::{Setup, master_keys, now};
use crate::commands::slices::Slices;
use crate::output;
use countersign_adapters_jwt::MasterKeys;
use countersign_adapters_store::AnyStore;
use countersign_application::stored;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::user::User;
use countersign_domain::webhook::Webhook;
use countersign_ports::{
    AuditProof as _, Ephemeral, EphemeralKey, EphemeralKind, SigningKeyRepository as _, StoreError,
    Transfer as _, UserRepository as _,
};
use countersign_server_pages::BROWSER_LIFETIME;
use serde::Serialize;
use std::time::Duration;

/// Number of stored values of a kind under each master key.
#[derive(Serialize)]
struct Tally {
    kind: &'static str,
    current: u64,
    /// In the order of the previous keys.
    previous: Vec<u64>,
    /// Under a key that is not configured.
    unknown: u64,
}

/// Kind of values outside of the store, and their longest lifetime in seconds.
#[derive(Serialize)]
struct Outside {
    kind: &'static str,
    lifetime: u64,
}

/// JSON form of the report.
#[derive(Serialize)]
struct Report {
    /// ID of the current master key.
    current: String,
    /// IDs of the previous master keys.
    previous: Vec<String>,
    stored: Vec<Tally>,
    outside: Vec<Outside>,
}

/// Prints how many stored values each master key sealed, and how long values outside of the store can live.
pub(super) async fn check(config: &ConfigArgs, output: OutputArgs) -> Result<(), CommandError> {
    let setup = Setup::open(config).await?;
    let keys = master_keys(&setup.settings)?;
    let mut ids = keys.ids();
    let report = Report {
        current: ids.remove(0),
        previous: ids,
        stored: stored(&setup.store, &keys).await?,
        outside: outside(&setup.settings.lifetimes),
    };
    match output.structured() {
        Some(format) => output::print_as(format, &report),
        None => report.print(),
    }
}

impl Tally {
    fn new(kind: &'static str, keys: &MasterKeys) -> Self {
        Self {
            kind,
            current: 0,
            previous: vec![0; keys.ids().len().saturating_sub(1)],
            unknown: 0,
        }
    }

    /// Counts a value that the key at this position sealed.
    fn add(&mut self, sealer: Option<usize>) {
        let count = match sealer {
            Some(0) => Some(&mut self.current),
            Some(position) => self.previous.get_mut(position - 1),
            None => None,
        };
        *count.unwrap_or(&mut self.unknown) += 1;
    }
}

/// Counts the stored values of all tenants, slice by slice.
async fn stored(store: &AnyStore, keys: &MasterKeys) -> Result<Vec<Tally>, StoreError> {
    let tally = |kind| Tally::new(kind, keys);
    let (mut signing, mut shared) = (tally("signing keys"), tally("shared keys (HS256)"));
    let (mut apps, mut replies) = (tally("authenticator apps"), tally("stored replies"));
    let (mut webhooks, mut batches) = (
        tally("webhook secrets"),
        tally("last batch of the audit log"),
    );
    let mut providers = tally("upstream provider secrets");
    let now = now();
    for tenant in store.list_tenants().await? {
        let (_, stored) = store.list_signing_keys(tenant).await?;
        // A retired key is never opened.
        for key in stored.iter().filter(|key| key.is_published(now)) {
            let of = if key.client.is_some() {
                &mut shared
            } else {
                &mut signing
            };
            of.add(keys.sealer(&key.sealed_private_key));
        }
        count_apps(store, tenant, |sealed| apps.add(keys.sealer(sealed))).await?;
        count_webhooks(store, tenant, |sealed| webhooks.add(keys.sealer(sealed))).await?;
        for provider in stored::all::<UpstreamProvider>(store, tenant).await? {
            if let Some(secret) = &provider.secret {
                providers.add(keys.sealer(&secret.sealed));
            }
        }
        let mut slices = Slices::<(EphemeralKey, Ephemeral)>::new();
        while let Some(after) = slices.next() {
            for (key, own) in slices.take(store.list_ephemera(tenant, after).await?) {
                let is_reply = key.kind == EphemeralKind::CommandReply && !own.value.is_empty();
                if is_reply && !key.expires_at.has_passed(now) {
                    replies.add(keys.sealer(&own.value));
                }
            }
        }
        // Each batch vouches for its predecessor, so only the last one needs its key.
        if let Some(batch) = store.latest_batch(tenant).await? {
            batches.add(keys.batch_sealer(&batch));
        }
    }
    Ok(vec![
        signing, shared, apps, webhooks, providers, replies, batches,
    ])
}

/// Passes the sealed secret of each authenticator app to `count`.
async fn count_apps(
    store: &AnyStore,
    tenant: TenantId,
    mut count: impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut slices = Slices::<User>::new();
    while let Some(after) = slices.next() {
        let users = slices.take(store.list_users(tenant, after).await?);
        let sealed = users
            .iter()
            .filter_map(|own| own.sealed_totp_secret.as_ref());
        sealed.for_each(|sealed| count(sealed));
    }
    Ok(())
}

/// Passes the sealed secrets of all webhooks to `count`.
async fn count_webhooks(
    store: &AnyStore,
    tenant: TenantId,
    mut count: impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    for webhook in stored::all::<Webhook>(store, tenant).await? {
        let secrets = webhook.secrets.iter();
        secrets.for_each(|secret| count(&secret.sealed));
    }
    Ok(())
}

/// Returns the lifetimes of the values that users, browsers and clients keep.
fn outside(lifetimes: &Lifetimes) -> Vec<Outside> {
    let of = |kind, lifetime: Duration| Outside {
        kind,
        lifetime: lifetime.as_secs(),
    };
    vec![
        of("authorization codes", lifetimes.authorization_code()),
        of("device codes", lifetimes.device_code()),
        of("sign-ins in progress", lifetimes.login()),
        of(
            "refresh tokens, from their last use",
            lifetimes.refresh_token(),
        ),
        of(
            "access tokens under a shared key (HS256)",
            Lifetimes::LONGEST_TOKEN,
        ),
        of("cookies of trusted devices", lifetimes.device()),
        of("cookies of known browsers", BROWSER_LIFETIME),
    ]
}

impl Report {
    fn print(&self) -> Result<(), CommandError> {
        let mut header = vec![
            "sealed under".to_owned(),
            format!("current {}", self.current),
        ];
        let previous = self.previous.iter();
        header.extend(previous.map(|id| format!("previous {id}")));
        header.push("unknown".to_owned());
        let mut rows = vec![header];
        rows.extend(self.stored.iter().map(|own| {
            let counts = std::iter::once(&own.current).chain(&own.previous);
            let counts = counts.chain([&own.unknown]).map(u64::to_string);
            [own.kind.to_owned()].into_iter().chain(counts).collect()
        }));
        output::print_rows(&rows)?;
        output::print(&format!("\n{}\n", self.advice()))?;
        if self.previous.is_empty() {
            return Ok(());
        }
        output::print(
            "Values outside of the store need it for at most these seconds after all servers have started with the current key:\n\n",
        )?;
        let rows = self.outside.iter();
        let rows = rows.map(|own| vec![own.kind.to_owned(), own.lifetime.to_string()]);
        output::print_rows(&rows.collect::<Vec<_>>())
    }

    fn advice(&self) -> String {
        let unknown: u64 = self.stored.iter().map(|own| own.unknown).sum();
        let previous: u64 = self.stored.iter().flat_map(|own| &own.previous).sum();
        if unknown > 0 {
            "Some values are sealed under a key that is not configured, and cannot be opened. Add this key below the current one.".to_owned()
        } else if self.previous.is_empty() {
            "All values are sealed under the current master key.".to_owned()
        } else if previous > 0 {
            "The store needs a previous key. `countersign keys reseal` seals the values under the current one. Stored replies expire within two days.".to_owned()
        } else {
            "No stored value needs a previous key.".to_owned()
        }
    }
}
