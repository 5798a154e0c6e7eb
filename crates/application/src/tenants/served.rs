//! Tenants whose settings and keys are in memory.

use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::KeysInMemory;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Where a request was sent.
#[derive(Clone, Copy, Debug)]
pub struct RequestPlace<'a> {
    /// Host and port of the request; `None` for a request without one, as HTTP/1.0 allows.
    pub host: Option<&'a str>,
    /// Path.
    pub path: &'a str,
}

/// Start of the paths of the metadata that a client finds by inserting it before the path of the issuer (RFC 8414
/// section 3.1).
const WELL_KNOWN: &str = "/.well-known/";

impl RequestPlace<'_> {
    /// Returns whether the path may name a tenant.
    pub(super) fn may_name_tenant(&self) -> bool {
        self.path.starts_with(TenantPlace::PREFIX)
            || (self.path.starts_with(WELL_KNOWN) && self.path.contains(TenantPlace::PREFIX))
    }

    /// Splits the path into the name of a tenant and the path within the tenant.
    pub(super) fn split(&self) -> Option<(&str, String)> {
        if let Some((name, rest)) = TenantPlace::split(self.path) {
            let rest = if rest.is_empty() { "/" } else { rest };
            return Some((name, rest.to_owned()));
        }
        let document = self.path.strip_prefix(WELL_KNOWN)?;
        let (document, issuer_path) = document.split_at_checked(document.find('/')?)?;
        let (name, rest) = TenantPlace::split(issuer_path)?;
        rest.is_empty()
            .then(|| (name, format!("{WELL_KNOWN}{document}")))
    }
}

/// Tenant of a request.
#[derive(Debug)]
pub struct Served {
    /// Tenant.
    pub tenant: Arc<Tenant>,
    /// Path within the tenant, if it differs from that of the request.
    pub path: Option<String>,
}

impl Served {
    /// Returns the result for a tenant that has the whole host.
    pub(super) const fn whole(tenant: Arc<Tenant>) -> Self {
        Self { tenant, path: None }
    }
}

/// Tenants whose settings and keys are in memory, at most [`Serving::MOST`].
pub(super) struct Serving {
    keys: Arc<dyn KeysInMemory>,
    tenants: RwLock<HashMap<TenantId, Slot>>,
}

struct Slot {
    tenant: Arc<Tenant>,
    /// Time of the last request, in seconds.
    used_at: AtomicU64,
}

impl Serving {
    /// Maximum number of tenants.
    pub(super) const MOST: usize = 16_384;

    pub(super) fn new(keys: Arc<dyn KeysInMemory>) -> Self {
        Self {
            keys,
            tenants: RwLock::default(),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<TenantId, Slot>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<TenantId, Slot>> {
        self.tenants.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: TenantId, now: Timestamp) -> Option<Arc<Tenant>> {
        let tenants = self.read();
        let slot = tenants.get(&id)?;
        slot.used_at.store(now.as_unix_seconds(), Ordering::Relaxed);
        Some(slot.tenant.clone())
    }

    pub(super) fn contains(&self, id: TenantId) -> bool {
        self.read().contains_key(&id)
    }

    /// Adds a tenant. At the limit, forgets the tenants that were not used for the longest time.
    pub(super) fn insert(&self, tenant: Arc<Tenant>, now: Timestamp) {
        let mut tenants = self.write();
        if tenants.len() >= Self::MOST {
            let used_at = |slot: &Slot| slot.used_at.load(Ordering::Relaxed);
            let mut by_use: Vec<_> = tenants
                .iter()
                .map(|(id, slot)| (used_at(slot), *id))
                .collect();
            by_use.sort_unstable();
            for (_, id) in by_use.into_iter().take(Self::MOST / 4) {
                tenants.remove(&id);
                self.keys.forget(id);
            }
        }
        let slot = Slot {
            used_at: AtomicU64::new(now.as_unix_seconds()),
            tenant,
        };
        tenants.insert(slot.tenant.id, slot);
    }

    /// Forgets the settings of a tenant. Its keys stay for the requests that are running.
    pub(super) fn remove(&self, id: TenantId) {
        self.write().remove(&id);
    }

    /// Forgets all settings and keys.
    pub(super) fn clear(&self) {
        let mut tenants = self.write();
        tenants.drain().for_each(|(id, _)| self.keys.forget(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(path: &str) -> Option<(String, String)> {
        let place = RequestPlace { host: None, path };
        let split = place.split();
        assert!(split.is_none() || place.may_name_tenant(), "{path}");
        split.map(|(name, path)| (name.to_owned(), path))
    }

    #[test]
    fn issuer_path_is_recognized_in_both_places() {
        let found = |name: &str, path: &str| Some((name.to_owned(), path.to_owned()));
        assert_eq!(
            split("/t/acme/oauth2/token"),
            found("acme", "/oauth2/token")
        );
        assert_eq!(split("/t/acme"), found("acme", "/"));
        assert_eq!(
            split("/.well-known/oauth-authorization-server/t/acme"),
            found("acme", "/.well-known/oauth-authorization-server")
        );
        assert_eq!(
            split("/t/acme/.well-known/openid-configuration"),
            found("acme", "/.well-known/openid-configuration")
        );
        for none in [
            "/oauth2/token",
            "/.well-known/openid-configuration",
            "/.well-known/openid-configuration/t/acme/x",
            "/.well-known/x/y/t/acme",
        ] {
            assert_eq!(split(none), None, "{none}");
        }
    }
}
