use crate::memory::{Contents, MemoryStore};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Change, ChangeKind, Changes, Cursor, DefinitionKey, StoreError};

impl Contents {
    /// Adds a client change to the feed. `version` is 0 for a deletion.
    pub(crate) fn client_changed(&mut self, tenant: TenantId, id: &ClientId, version: u64) {
        self.changes.push(Change {
            tenant,
            kind: ChangeKind::Client,
            id: id.to_string(),
            version,
        });
    }

    /// Adds a change of a definition to the feed. `version` is 0 for a deletion.
    pub(crate) fn definition_changed(
        &mut self,
        tenant: TenantId,
        key: DefinitionKey,
        version: u64,
    ) {
        self.changes.push(Change {
            tenant,
            kind: ChangeKind::Definition(key.kind),
            id: key.id,
            version,
        });
    }

    /// Increments the version of a set of signing keys, and adds the change to the feed.
    pub(crate) fn signing_keys_changed(&mut self, tenant: TenantId) {
        let version = self.key_sets.entry(tenant).or_default();
        *version += 1;
        self.changes.push(Change {
            tenant,
            kind: ChangeKind::SigningKeys,
            id: String::new(),
            version: *version,
        });
    }
}

impl Changes for MemoryStore {
    async fn latest_change(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor(self.lock().changes.len() as u64))
    }

    async fn changes_after(&self, cursor: Cursor) -> Result<(Vec<Change>, Cursor), StoreError> {
        let contents = self.lock();
        let behind = usize::try_from(cursor.0).map_err(StoreError::new)?;
        let changes = contents.changes.get(behind..).unwrap_or_default();
        let end = Cursor(contents.changes.len() as u64);
        Ok((changes.to_vec(), end))
    }
}
