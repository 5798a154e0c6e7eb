//! Clients, users and resource servers in the store, and changes of them.

use super::Server;
use crate::facts::TENANT;
use crate::requests::claims;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::client::Client;
use countersign_domain::identifier::UserId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::token::token_id::TokenId;
use countersign_domain::user::User;
use countersign_ports::{
    ClientRepository as _, Definition, DefinitionRepository as _, GrantRepository as _, Race,
    UserKey, UserRepository as _,
};
use countersign_store_contract::fixtures;

impl Server {
    /// Returns everything in the store, as text.
    pub(crate) fn contents(&self) -> String {
        format!("{:?}", self.store)
    }

    /// Changes a client and notifies the server.
    pub(crate) async fn change(&self, id: &str, change: impl FnOnce(&mut Client)) {
        let mut client = self
            .store
            .find_client(TENANT, &fixtures::client_id(id))
            .await
            .unwrap()
            .unwrap();
        change(&mut client);
        let event = fixtures::event();
        let updated = self.store.update_client(TENANT, &client, &event);
        assert_eq!(updated.await.unwrap(), Race::Won);
        self.follow().await;
    }

    /// Registers a client.
    pub(crate) async fn register(&self, client: &Client) {
        let event = fixtures::event();
        let inserted = self.store.insert_client(TENANT, client, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }

    /// Deletes a client and notifies the server.
    pub(crate) async fn delete(&self, id: &str) {
        let (id, event) = (fixtures::client_id(id), fixtures::event());
        let stored = self.store.find_client(TENANT, &id).await.unwrap();
        let version = stored.unwrap().version;
        let deleted = self.store.delete_client(TENANT, &id, version, &event);
        assert_eq!(deleted.await.unwrap(), Race::Won);
        self.follow().await;
    }

    /// Stores a group without members.
    pub(crate) async fn add_group(&self, name: &str) {
        let name = GroupName::parse(name).unwrap();
        let group = Definition::Group(Group::new(name, fixtures::NOW));
        let event = fixtures::event();
        let inserted = self.store.insert_definition(TENANT, &group, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }

    /// Stores a definition, or a change of one, and notifies the server.
    pub(crate) async fn put(&self, definition: Definition) {
        let event = fixtures::event();
        let race = if definition.version() == 0 {
            let inserted = self.store.insert_definition(TENANT, &definition, &event);
            inserted.await
        } else {
            let updated = self.store.update_definition(TENANT, &definition, &event);
            updated.await
        };
        assert_eq!(race.unwrap(), Race::Won);
        self.follow().await;
    }

    /// Stores a resource server, or a change of one.
    pub(crate) async fn put_resource_server(&self, server: ResourceServer) {
        self.put(Definition::ResourceServer(server)).await;
    }

    /// Stores a user.
    pub(crate) async fn add_user(&self, user: &User) {
        let inserted = self.store.insert_user(TENANT, user, None);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }

    /// Changes the fields of a user that administrators edit.
    pub(crate) async fn change_user(&self, id: UserId, change: impl FnOnce(&mut User)) {
        let found = self.store.find_user(TENANT, UserKey::Id(id));
        let mut user = found.await.unwrap().unwrap();
        change(&mut user);
        let event = fixtures::event();
        let updated = self.store.update_user(TENANT, &user, &event);
        assert_eq!(updated.await.unwrap(), Race::Won);
    }

    /// Sets the password of a user, as an administrator does.
    pub(crate) async fn set_password(&self, id: UserId, password: &str) {
        let event = fixtures::event();
        let set = self.store.set_password_hash(TENANT, id, password, &event);
        assert_eq!(set.await.unwrap(), Race::Won);
    }

    /// Returns the generation of the grant of an access token.
    pub(crate) async fn generation(&self, access_token: &str) -> u32 {
        let id: TokenId = claims(access_token)["jti"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        self.store
            .find_grant(TENANT, id.root.grant().unwrap())
            .await
            .unwrap()
            .unwrap()
            .facts()
            .generation
    }
}
