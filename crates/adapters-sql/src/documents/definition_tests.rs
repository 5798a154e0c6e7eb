//! Golden documents of definitions. Never change them: a version that cannot read one, or writes it differently, breaks
//! every store.

use super::definition::{self, Columns};
use countersign_domain::client::ClientId;
use countersign_domain::later::LaterMembers;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::time::Timestamp;
use countersign_ports::{Definition, DefinitionKind};

/// As a store has it: without whitespace.
const RESOURCE_SERVER: &str = include_str!("golden/resource_server.json").trim_ascii();

fn read(document: &str) -> Option<ResourceServer> {
    let columns = Columns {
        id: "https://api.example".into(),
        created_at: Timestamp::from_unix_seconds(1),
        version: 7,
    };
    let read = definition::read(DefinitionKind::ResourceServer, document, columns);
    read.ok().map(|Definition::ResourceServer(server)| server)
}

#[test]
fn golden_resource_server_has_expected_values_and_is_written_the_same() {
    let server = read(RESOURCE_SERVER).unwrap();
    let expected = ResourceServer {
        introspection_clients: ["gateway", "notes-api"]
            .map(|id| ClientId::parse(id).unwrap())
            .into(),
        personal_claims: true,
        version: 7,
        ..ResourceServer::new(
            "https://api.example",
            "Notes \"API\" ü",
            Timestamp::from_unix_seconds(1),
        )
    };
    assert_eq!(server, expected);
    let written = definition::write(&Definition::ResourceServer(server));
    assert_eq!(written.unwrap(), RESOURCE_SERVER);
}

#[test]
fn members_of_later_version_are_kept_and_required_features_respected() {
    let later = r#"{"token_lifetime":60}"#;
    let document = RESOURCE_SERVER.replace('}', r#","token_lifetime":60}"#);
    let server = read(&document).unwrap();
    assert_eq!(server.later, LaterMembers::new(later));
    assert_eq!(
        definition::write(&Definition::ResourceServer(server)).unwrap(),
        document
    );
    let restricted = RESOURCE_SERVER.replace('}', r#","requires":["mtls"]}"#);
    assert_eq!(read(&restricted), None);
    assert_eq!(read("{}"), None);
}
