//! Registered clients.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use countersign_domain::client::authentication::{Caller, RegisteredClient};
use countersign_domain::client::presented::PresentedProof;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::decision::Race;
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;

/// Registered clients by identifier.
#[derive(Clone, Debug, Default)]
pub struct Clients(BTreeMap<ClientId, Client>);

impl Clients {
    /// Checks the registration and stores the client. Returns `Lost` if a client has its identifier.
    pub fn register(&mut self, client: Client) -> Result<Race, InvalidRegistration> {
        client.registered()?;
        Ok(match self.0.entry(client.id.clone()) {
            Entry::Occupied(_) => Race::Lost,
            Entry::Vacant(place) => {
                place.insert(client);
                Race::Won
            }
        })
    }

    /// Authenticates the client of a request by a secret, or a public client without one.
    pub fn authenticate(
        &self,
        client_id: Option<&str>,
        proof: &PresentedProof,
        now: Timestamp,
    ) -> Result<Caller<'_>, Refusal> {
        proof.authenticate(self.find(client_id.unwrap_or_default())?, now)
    }

    /// Returns the client with this `client_id`.
    pub fn find(&self, client_id: &str) -> Result<RegisteredClient<'_>, Refusal> {
        let unknown = || Refusal::ClientUnknown(Evidence::of(client_id));
        let id = ClientId::parse(client_id).map_err(|_| unknown())?;
        let client = self.0.get(&id).ok_or_else(unknown)?;
        Ok(RegisteredClient::from_stored(client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use countersign_domain::client::{ClientType, GrantType};

    fn client() -> Client {
        let created_at = Timestamp::from_unix_seconds(0);
        let id = ClientId::parse("job").unwrap();
        let mut client = Client::new(id, "Job", ClientType::Confidential, created_at);
        client.grant_types = vec![GrantType::CLIENT_CREDENTIALS];
        client
    }

    #[test]
    fn invalid_registration_stores_nothing() {
        let mut clients = Clients::default();
        let mut invalid = client();
        invalid.grant_types.clear();
        let missing = Err(InvalidRegistration::GrantTypeMissing);
        assert_eq!(clients.register(invalid), missing);
        assert!(clients.find("job").is_err());
    }

    #[test]
    fn second_client_with_same_identifier_is_rejected() {
        let mut clients = Clients::default();
        assert_eq!(clients.register(client()), Ok(Race::Won));
        let mut other = client();
        other.name = "Other".into();
        assert_eq!(clients.register(other), Ok(Race::Lost));
        assert_eq!(clients.find("job").unwrap().client().name, "Job");
    }

    #[test]
    fn unknown_or_malformed_client_id_is_refused() {
        let clients = Clients::default();
        for id in ["other", "", "j\u{f6}b"] {
            let unknown = Refusal::ClientUnknown(Evidence::of(id));
            assert_eq!(clients.find(id).err(), Some(unknown), "{id}");
        }
    }
}
