//! Sectors of pairwise subjects.

use super::ClientAdmin;
use crate::admin::AdminError;
use countersign_domain::client::openid_registration::{Sector, SubjectType};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Store};

impl<S: Store> ClientAdmin<S> {
    /// Returns the sector of a host. Reuses the salt of existing clients in the sector, or generates a new one.
    pub(super) async fn sector(&self, tenant: &Tenant, host: String) -> Result<Sector, AdminError> {
        let mut after = After::start();
        loop {
            let slice = self.store.list_clients(tenant.id, None, after).await?;
            let last = slice.items.last().map(|client| client.id.clone());
            for client in slice.items {
                match client.openid.subject_type {
                    SubjectType::Pairwise(sector) if sector.host == host => return Ok(sector),
                    _ => {}
                }
            }
            match last {
                Some(last) if slice.has_more => after = After::key(last),
                _ => break,
            }
        }
        let mut salt = [0; 32];
        self.entropy.fill(&mut salt);
        Ok(Sector { host, salt })
    }
}
