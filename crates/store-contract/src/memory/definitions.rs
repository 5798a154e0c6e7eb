use super::{MemoryStore, insert, of};
use countersign_domain::administration::group::Group;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, Definition, DefinitionKey, DefinitionKind, DefinitionRepository, EventRecord, Race,
    Slice, StoreError,
};

impl DefinitionRepository for MemoryStore {
    async fn find_definition(
        &self,
        tenant: TenantId,
        key: &DefinitionKey,
    ) -> Result<Option<Definition>, StoreError> {
        Ok(self.lock().definitions.get(&(tenant, key.clone())).cloned())
    }

    async fn tenants_with(&self, kind: DefinitionKind) -> Result<Vec<TenantId>, StoreError> {
        let contents = self.lock();
        let keys = contents.definitions.keys();
        let mut tenants: Vec<TenantId> = keys
            .filter(|(_, key)| key.kind == kind)
            .map(|(tenant, _)| *tenant)
            .collect();
        tenants.dedup();
        Ok(tenants)
    }

    async fn list_definitions(
        &self,
        tenant: TenantId,
        kind: DefinitionKind,
        After { key: last, limit }: After<String>,
    ) -> Result<Slice<Definition>, StoreError> {
        let contents = self.lock();
        let one_more = (limit as usize).saturating_add(1);
        let items = of(tenant, &contents.definitions)
            .filter(|(key, _)| key.kind == kind)
            .filter(|(key, _)| last.as_ref().is_none_or(|last| key.id > *last))
            .take(one_more)
            .map(|(_, definition)| definition.clone());
        Ok(Slice::of(items.collect(), limit))
    }

    async fn insert_definition(
        &self,
        tenant: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let key = definition.key();
        let stored = definition.clone().at_version(1);
        let race = insert(&mut contents.definitions, tenant, key.clone(), stored);
        if race == Race::Won {
            contents.definition_changed(tenant, key, 1);
            contents.store_event(tenant, event);
        }
        Ok(race)
    }

    async fn update_definition(
        &self,
        tenant: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let key = definition.key();
        let Some(stored) = contents.definitions.get_mut(&(tenant, key.clone())) else {
            return Ok(Race::Lost);
        };
        if stored.version() != definition.version() {
            return Ok(Race::Lost);
        }
        let version = definition.version() + 1;
        *stored = definition.clone().at_version(version);
        contents.definition_changed(tenant, key, version);
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }

    async fn delete_definition(
        &self,
        tenant: TenantId,
        key: &DefinitionKey,
        version: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let mut contents = self.lock();
        contents.check_event(tenant, event)?;
        let row = (tenant, key.clone());
        let stored = contents.definitions.get(&row);
        if stored.is_none_or(|stored| stored.version() != version) {
            return Ok(Race::Lost);
        }
        let is_member = |user: &User| {
            user.groups
                .iter()
                .any(|own| DefinitionKey::of::<Group>(own.as_str()) == *key)
        };
        if of(tenant, &contents.users).any(|(_, user)| is_member(user)) {
            return Ok(Race::Lost);
        }
        contents.definitions.remove(&row);
        contents.definition_changed(tenant, key.clone(), 0);
        contents.store_event(tenant, event);
        Ok(Race::Won)
    }
}
