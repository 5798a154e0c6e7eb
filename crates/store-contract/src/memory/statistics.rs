use super::{MemoryStore, of};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Count, Counts, Statistics, StoreError};

fn up_to(most: u32, all: usize) -> Count {
    let (all, most) = (all as u64, u64::from(most));
    Count {
        number: all.min(most),
        is_exact: all <= most,
    }
}

impl Statistics for MemoryStore {
    async fn count_objects(
        &self,
        tenant: TenantId,
        most: u32,
        now: Timestamp,
    ) -> Result<Counts, StoreError> {
        let contents = self.lock();
        let sessions = of(tenant, &contents.sessions);
        let grants = of(tenant, contents.grants.rows());
        let live_sessions = sessions.filter(|(_, session)| session.is_live(now));
        let live_grants = grants.filter(|(_, grant)| grant.is_live(now));
        Ok(Counts {
            users: up_to(most, of(tenant, &contents.users).count()),
            clients: up_to(most, of(tenant, &contents.clients).count()),
            sessions: up_to(most, live_sessions.count()),
            grants: up_to(most, live_grants.count()),
        })
    }
}
