//! A store in memory.

mod clients;
mod consents;
mod denied_tokens;
mod devices;
mod grants;
mod housekeeping;
mod logins;
mod passkeys;
mod recovery_codes;
mod sessions;
mod signing_keys;
mod transfer;
mod users;

use countersign_domain::client::{Client, ClientId};
use countersign_domain::consent::Consent;
use countersign_domain::credential::{Device, Passkey};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, LoginId, SessionId, UserId};
use countersign_domain::session::Session;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{DeniedToken, Race, Revision};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store that forgets. One lock around everything, so that calls come one after the other.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    revision: u64,
    grants: BTreeMap<GrantId, Grant>,
    clients: BTreeMap<ClientId, Client>,
    users: BTreeMap<UserId, User>,
    /// The last time step that each user's one-time code was used up for.
    time_steps: BTreeMap<UserId, u64>,
    logins: BTreeMap<LoginId, Login>,
    signing_keys: Vec<SigningKey>,
    sessions: BTreeMap<SessionId, Session>,
    consents: BTreeMap<(UserId, ClientId), Consent>,
    passkeys: BTreeMap<Vec<u8>, Passkey>,
    /// The digests of each user's codes.
    recovery_codes: BTreeMap<UserId, BTreeSet<[u8; 32]>>,
    devices: BTreeMap<DeviceId, Device>,
    /// By the text of the token's identifier.
    denied_tokens: BTreeMap<String, DeniedToken>,
}

#[derive(Debug)]
struct Login {
    position: u8,
    attempts: u32,
    expires_at: Timestamp,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    const fn revision(&self) -> Revision {
        Revision(self.revision)
    }

    /// Counts a change of what servers keep copies of.
    const fn changed(&mut self) -> Race {
        self.revision += 1;
        Race::Won
    }
}
