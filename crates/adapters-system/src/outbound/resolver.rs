//! Name resolution that drops addresses in blocked networks.

use super::networks::Reach;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::sync::Arc;
use tokio::net::lookup_host;

/// System resolver.
pub(super) struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // With port 0, the client uses the port of the URL.
            let found: Vec<_> = lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Resolver that returns only allowed addresses. The client connects to one of them and does not resolve the name
/// again.
pub(super) struct GuardedNames {
    pub(super) names: Arc<dyn Resolve>,
    pub(super) reach: Reach,
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (resolving, reach) = (self.names.resolve(name), self.reach);
        Box::pin(async move {
            let (allowed, refused): (Vec<_>, Vec<_>) = resolving
                .await?
                .partition(|address| reach.allows(address.ip()));
            if allowed.is_empty() && !refused.is_empty() {
                return Err(Refused.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// All addresses of a host are in blocked networks.
#[derive(Debug, thiserror::Error)]
#[error("all addresses of the host are in private networks")]
pub(super) struct Refused;
