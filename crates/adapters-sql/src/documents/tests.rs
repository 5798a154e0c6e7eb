//! Golden documents. Never change them: a version that cannot read one, or writes it differently, breaks every store.

use super::client::{self, ClientColumns};
use super::user;
use crate::columns::Unreadable;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::client::openid_registration::{ScopeClaims, Sector, SubjectType};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    Client, ClientId, ClientStatus, GrantType, KeySource, PkceRequirement,
};
use countersign_domain::identifier::UserId;
use countersign_domain::later::LaterMembers;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use std::time::Duration;

mod client_members;

const CLIENT: &str = include_str!("golden/client.json");
pub(super) const CLIENT_OF_DEFAULTS: &str = include_str!("golden/client_of_defaults.json");
const CLIENT_WITHOUT_TOKEN_USE: &str = include_str!("golden/client_without_token_use.json");
const CLIENT_OF_LATER_DEFAULTS: &str = include_str!("golden/client_of_later_defaults.json");
const CHANGED_CLIENT: &str = include_str!("golden/changed_client.json");
const CLIENT_OF_LATER_VERSION: &str = include_str!("golden/client_of_later_version.json");
const USER: &str = include_str!("golden/user.json");
const USER_IN_GROUPS: &str = include_str!("golden/user_in_groups.json");
const USER_WITH_CHANGED_ADDRESS: &str = include_str!("golden/users/changed_address.json");
const USER_OF_LATER_VERSION: &str = include_str!("golden/user_of_later_version.json");

/// Removes the whitespace of a golden document, as a store has it.
fn stored(golden: &str) -> String {
    let mut text = String::new();
    let (mut in_string, mut escaped) = (false, false);
    for character in golden.chars() {
        if in_string || !character.is_whitespace() {
            text.push(character);
        }
        in_string ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
    }
    text
}

pub(super) fn read_client(document: &str) -> Result<Client, Unreadable> {
    let columns = ClientColumns {
        id: ClientId::parse("app").unwrap(),
        secrets: Vec::new(),
        created_at: Timestamp::from_unix_seconds(1),
        version: 7,
    };
    client::read("clients.document", document, columns)
}

pub(super) fn read_user(document: &str) -> Result<User, Unreadable> {
    let claims = user::read("users.document", document)?;
    let email = Email::parse("jane@example.com").unwrap();
    let now = Timestamp::from_unix_seconds(1);
    Ok(User {
        name: claims.name,
        profile: claims.profile,
        self_registered: claims.self_registered,
        email_changed_at: claims.email_changed_at,
        groups: claims.groups,
        roles: claims.roles,
        attributes: claims.attributes,
        version: 1,
        later: claims.later,
        ..User::new(UserId::from_bytes([1; 16]), email, now)
    })
}

/// Replaces or adds members in a document.
pub(super) fn with(golden: &str, members: &str) -> String {
    let mut document: serde_json::Map<_, _> = serde_json::from_str(golden).unwrap();
    let members: serde_json::Map<_, _> = serde_json::from_str(members).unwrap();
    document.extend(members);
    serde_json::to_string(&document).unwrap()
}

#[test]
fn golden_client_documents_round_trip() {
    for golden in [
        CLIENT,
        CLIENT_OF_DEFAULTS,
        CLIENT_WITHOUT_TOKEN_USE,
        CLIENT_OF_LATER_DEFAULTS,
        CHANGED_CLIENT,
        CLIENT_OF_LATER_VERSION,
    ] {
        let client = read_client(&stored(golden)).unwrap();
        assert_eq!(client::write(&client).unwrap(), stored(golden));
    }
}

#[test]
fn existing_client_keeps_the_defaults_of_its_creation() {
    let settings = |document: &str| {
        let client = read_client(document).unwrap();
        let claims = client.openid.scope_claims_in_id_token;
        (client.pkce.required, claims)
    };
    let strict = (PkceRequirement::Always, ScopeClaims::None);
    assert_eq!(settings(CLIENT_OF_DEFAULTS), strict);
    let loose = (PkceRequirement::Never, ScopeClaims::All);
    assert_eq!(settings(CLIENT), loose);
    let later = (PkceRequirement::UnlessNonce, ScopeClaims::ProfileAndEmail);
    assert_eq!(settings(CLIENT_OF_LATER_DEFAULTS), later);
}

#[test]
fn changed_client_has_time_and_api_keys() {
    let (changed, other) = [CHANGED_CLIENT, CLIENT]
        .map(|text| read_client(text).unwrap())
        .into();
    let time = Timestamp::from_unix_seconds(1_750_000_000);
    assert_eq!((changed.updated_at, other.updated_at), (Some(time), None));
    let keys = changed.api_keys.iter();
    let expected = [(7, Some(time.plus(Client::API_KEY_GRACE))), (8, None)];
    assert!(
        keys.map(|key| (key.digest.as_bytes()[5], key.expires_at))
            .eq(expected)
    );
    assert!(other.api_keys.is_empty());
}

#[test]
fn golden_user_documents_round_trip() {
    for golden in [
        USER,
        USER_OF_LATER_VERSION,
        USER_IN_GROUPS,
        USER_WITH_CHANGED_ADDRESS,
        "{}",
    ] {
        let user = read_user(&stored(golden)).unwrap();
        assert_eq!(user::write(&user).unwrap(), stored(golden));
        let has_changed = user.email_changed_at.is_some();
        assert_eq!(has_changed, golden == USER_WITH_CHANGED_ADDRESS);
    }
}

#[test]
fn golden_client_document_has_expected_values() {
    let client = read_client(CLIENT).unwrap();
    assert_eq!(client.name, "Notes \0 \"ü\"");
    assert_eq!(client.status, ClientStatus::Suspended);
    assert!(
        client
            .keys
            .as_ref()
            .and_then(KeySource::registered)
            .is_some_and(|jwks| jwks.as_str().contains("Ed25519"))
    );
    let expected = [
        GrantType::AUTHORIZATION_CODE,
        GrantType::REFRESH_TOKEN,
        GrantType::CLIENT_CREDENTIALS,
        GrantType::DEVICE_CODE,
    ];
    assert_eq!(client.grant_types, expected);
    assert_eq!(client.access_token_lifetime, Some(Duration::from_secs(300)));
    let sector = Sector {
        host: "app.example".into(),
        salt: [7; 32],
    };
    assert_eq!(client.openid.subject_type, SubjectType::Pairwise(sector));
    assert!(client.later.as_str().is_empty());
    assert_eq!(client.version, 7);
}

#[test]
fn earlier_clients_keep_token_use_in_id_tokens() {
    for (golden, expected) in [
        (CLIENT, true),
        (CLIENT_OF_DEFAULTS, true),
        (CLIENT_WITHOUT_TOKEN_USE, false),
    ] {
        let client = read_client(golden).unwrap();
        assert_eq!(client.openid.token_use_in_id_token, expected);
    }
}

#[test]
fn members_of_later_version_are_kept_exactly() {
    let client = read_client(CLIENT_OF_LATER_VERSION).unwrap();
    let later =
        r#"{"a_large_number":123456789012345678901234567890,"an_object":{"b": 1.0, "a": null}}"#;
    assert_eq!(client.later, LaterMembers::new(later));
    let later = r#"{"quota": {"b": 1.0, "a": null}}"#;
    let user = read_user(&with(USER_OF_LATER_VERSION, later)).unwrap();
    assert_eq!(
        user.later,
        LaterMembers::new(r#"{"quota":{"a":null,"b":1.0}}"#)
    );
}

#[test]
fn golden_user_documents_have_expected_groups() {
    for (golden, groups) in [
        (USER, &[][..]),
        (USER_OF_LATER_VERSION, &["staff", "admins"]),
        (USER_IN_GROUPS, &["on-call", "staff"]),
    ] {
        let user = read_user(golden).unwrap();
        assert!(
            user.groups
                .iter()
                .map(GroupName::as_str)
                .eq(groups.iter().copied())
        );
    }
    assert!(read_user(&with(USER_IN_GROUPS, r#"{"groups": ["On call"]}"#)).is_err());
}

#[test]
fn document_that_requires_unknown_feature_is_unreadable() {
    let requires = r#"{"requires": ["mtls"]}"#;
    assert!(read_client(&with(CLIENT_OF_DEFAULTS, requires)).is_err());
    assert!(read_user(&with(USER, requires)).is_err());
    let nothing = r#"{"requires": []}"#;
    assert!(read_client(&with(CLIENT_OF_DEFAULTS, nothing)).is_ok());
    let malformed = r#"{"requires": "mtls"}"#;
    assert!(read_client(&with(CLIENT_OF_DEFAULTS, malformed)).is_err());
}

#[test]
fn client_document_with_invalid_member_is_unreadable() {
    for member in [
        r#"{"status": "dormant"}"#,
        r#"{"client_type": "native"}"#,
        r#"{"token_endpoint_auth_method": "tls_client_auth"}"#,
        r#"{"redirect_uris": ["/callback"]}"#,
        r#"{"scope": " "}"#,
        r#"{"require_pkce": 1}"#,
        r#"{"subject_type": "pairwise"}"#,
        r#"{"subject_type": "pairwise", "sector": {"host": "a", "salt": "AAAA"}}"#,
        r#"{"sector": {"host": "a", "salt": "AAAA"}}"#,
        r#"{"access_token_lifetime": -1}"#,
    ] {
        assert!(
            read_client(&with(CLIENT_OF_DEFAULTS, member)).is_err(),
            "{member}"
        );
    }
    for document in ["", "{}", "[]", "null", "{\"client_name\":"] {
        assert!(read_client(document).is_err(), "{document}");
    }
}

#[test]
fn client_document_without_required_member_is_unreadable() {
    let whole: serde_json::Map<_, _> = serde_json::from_str(CLIENT_OF_DEFAULTS).unwrap();
    for name in whole.keys() {
        let mut document = whole.clone();
        document.remove(name);
        let document = serde_json::to_string(&document).unwrap();
        assert!(read_client(&document).is_err(), "{name}");
    }
}

#[test]
fn user_document_with_invalid_member_is_unreadable() {
    for member in [
        r#"{"name": 1}"#,
        r#"{"nickname": ["J"]}"#,
        r#"{"address": "Bonn"}"#,
        r#"{"address": {"planet": "Earth"}}"#,
        r#"{"updated_at": "today"}"#,
        r#"{"phone_number_verified": "yes"}"#,
    ] {
        assert!(read_user(&with(USER, member)).is_err(), "{member}");
    }
    for document in ["", "[]", "null"] {
        assert!(read_user(document).is_err(), "{document}");
    }
}

#[test]
fn known_member_replaces_later_member_of_same_name() {
    let mut user = read_user(USER_OF_LATER_VERSION).unwrap();
    user.later = LaterMembers::new(r#"{"name":"Joe","quota":[]}"#);
    let written = user::write(&user).unwrap();
    assert_eq!(written.matches("\"name\"").count(), 1);
    assert!(written.contains("Jane Doe") && written.contains("quota"));
}
