//! `countersign keys`.

mod check_master;
mod examples;
mod over_api;
mod reseal;
mod revoke;

use crate::arguments::{ConfigArgs, OutputArgs, TargetArgs, store_only};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, make_signing_key, now};
use crate::date::date;
use crate::output;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_adapters_jwt::MasterKeys;
use countersign_application::admin::keys::NewSigningKey;
use countersign_domain::client::ClientId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{SigningKey, signing_key};
use serde::Serialize;

/// Commands of `countersign keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List signing keys and their states
    #[command(after_help = examples::LIST)]
    List {
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Rotate the signing keys
    ///
    /// The new key is published at once and signs after `keys.announcement` seconds. The previous key stays
    /// published until its last token has expired. An algorithm is in use if it is the default or if a client is
    /// registered for it; keys of other algorithms retire. Running servers pick up the change within a second.
    #[command(after_help = examples::ROTATE)]
    Rotate {
        /// Rotate only the key for this algorithm, or create one; without it, rotate all algorithms in use
        #[arg(long, value_name = "ALG", value_parser = asymmetric())]
        algorithm: Option<SigningAlgorithm>,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Revoke a leaked signing key
    ///
    /// Every token that the key signed is invalid at once. If no other key can sign, the command creates one.
    #[command(after_help = examples::REVOKE)]
    Revoke {
        /// `kid` of the key
        #[arg(allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Report what previous master keys still protect
    ///
    /// Counts the stored values under each configured master key, and prints how long values outside of the store can
    /// live. Then you know when you can remove a previous key.
    #[command(after_help = examples::CHECK_MASTER)]
    CheckMaster {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Seal stored secrets again under the current master key
    ///
    /// For signing keys, shared keys and authenticator apps that a previous master key protects. First start all servers
    /// with both keys. Then see `keys check-master`.
    #[command(after_help = examples::RESEAL)]
    Reseal {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Generate a master key and print it
    ///
    /// Keep it in a file with mode 0600: (umask 077; countersign keys generate-master > master.key). To
    /// replace a key, add the new key on a line above the old one. Keep the old key until `keys check-master` says
    /// that nothing needs it.
    #[command(after_help = examples::GENERATE_MASTER)]
    GenerateMaster,
}

fn asymmetric() -> impl TypedValueParser<Value = SigningAlgorithm> {
    PossibleValuesParser::new(SigningAlgorithm::ASYMMETRIC.iter().map(|own| own.as_str()))
        .try_map(|name| SigningAlgorithm::parse(&name).ok_or("unknown"))
}

impl KeysCommand {
    pub(crate) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::List { target, output } => {
                let keys = if target.server.is_some() {
                    over_api::list(&target).await?
                } else {
                    let setup = Setup::open(&target.config).await?;
                    setup.key_admin().list(&setup.tenant, &operator()).await?
                };
                print(&keys, &keys, output)
            }
            Self::Rotate {
                algorithm,
                target,
                output,
            } => {
                let (new, all) = match (&target.server, algorithm) {
                    (Some(_), Some(_)) => return Err(store_only("keys rotate --algorithm")),
                    (Some(_), None) => over_api::rotate(&target).await?,
                    (None, algorithm) => rotate(algorithm, &target.config).await?,
                };
                print(&new, &all, output)
            }
            Self::Revoke {
                kid,
                target,
                output,
            } => revoke::revoke(&kid, &target, output).await,
            Self::CheckMaster { config, output } => check_master::check(&config, output).await,
            Self::Reseal { config, output } => reseal::reseal(&config, output).await,
            Self::GenerateMaster => {
                let key = MasterKeys::generate()
                    .map_err(|error| CommandError::of("Cannot generate a key", &error))?;
                output::print(&format!("{key}\n"))
            }
        }
    }
}

/// Rotates the keys. Returns the new keys, and all of them.
async fn rotate(
    algorithm: Option<SigningAlgorithm>,
    config: &ConfigArgs,
) -> Result<(Vec<SigningKey>, Vec<SigningKey>), CommandError> {
    let setup = Setup::open(config).await?;
    let codecs = setup.codecs().await?;
    let make = |new: NewSigningKey<'_>| make_signing_key(&codecs, &new);
    let (admin, operator) = (setup.key_admin(), operator());
    let announcement = setup.settings.announcement;
    let new = admin
        .rotate(&setup.tenant, &operator, &make, algorithm, announcement)
        .await?;
    let all = admin.list(&setup.tenant, &operator).await?;
    Ok((new, all))
}

/// JSON form of a signing key. Times are seconds since the Unix epoch.
#[derive(Serialize)]
struct KeyRecord<'a> {
    kid: &'a str,
    algorithm: &'static str,
    client_id: Option<&'a str>,
    state: &'static str,
    created_at: u64,
    signs_from: u64,
    retires_at: Option<u64>,
}

/// Prints `keys`, with their states among `all` keys.
fn print(keys: &[SigningKey], all: &[SigningKey], output: OutputArgs) -> Result<(), CommandError> {
    let now = now();
    if let Some(format) = output.structured() {
        let records = keys.iter().map(|key| KeyRecord {
            kid: &key.id,
            algorithm: key.algorithm.as_str(),
            client_id: key.client.as_ref().map(ClientId::as_str),
            state: state(key, all, now),
            created_at: key.created_at.as_unix_seconds(),
            signs_from: key.signs_from.as_unix_seconds(),
            retires_at: key.retires_at.map(Timestamp::as_unix_seconds),
        });
        return output::print_as(format, &records.collect::<Vec<_>>());
    }
    let rows = keys.iter().map(|key| {
        let client = key.client.as_ref();
        vec![
            key.id.clone(),
            key.algorithm.as_str().to_owned(),
            state(key, all, now).to_owned(),
            format!("signs from {}", date(key.signs_from)),
            key.retires_at
                .map_or_else(String::new, |time| format!("retires {}", date(time))),
            client.map_or_else(String::new, |client| format!("client {client}")),
        ]
    });
    output::print_rows(&rows.collect::<Vec<_>>())
}

/// Returns the state of a key.
fn state(key: &SigningKey, all: &[SigningKey], now: Timestamp) -> &'static str {
    let signs = signing_key(all, key.algorithm, key.client.as_ref(), now)
        .is_some_and(|current| current.id == key.id);
    if !key.is_published(now) {
        "retired"
    } else if signs {
        "signs"
    } else if key.may_sign(now) {
        "checks"
    } else {
        "announced"
    }
}
