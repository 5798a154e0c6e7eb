//! The feature `serde`: newtypes in their wire form.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{ClientId, GrantType};
use countersign_domain::identifier::{GrantId, Subject, UserId};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::custom_claims::CustomValue;
use countersign_domain::token::token_id::{Root, TokenId};
use countersign_domain::user::Email;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// Checks that `value` is written as `json` and read again.
#[expect(clippy::needless_pass_by_value, reason = "calls read better")]
fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, json: &str) {
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
}

#[test]
fn newtypes_round_trip_in_their_wire_form() {
    round_trips(ClientId::parse("app").unwrap(), r#""app""#);
    round_trips(GrantType::CLIENT_CREDENTIALS, r#""client_credentials""#);
    round_trips(GrantType::named("urn:example:own"), r#""urn:example:own""#);
    round_trips(Scope::parse("openid read").unwrap(), r#""openid read""#);
    round_trips(Scope::none(), r#""""#);
    round_trips(
        RedirectUri::parse("https://app.example/cb").unwrap(),
        r#""https://app.example/cb""#,
    );
    round_trips(Resource::parse("urn:a:b").unwrap(), r#""urn:a:b""#);
    round_trips(
        Email::parse("jane@example.com").unwrap(),
        r#""jane@example.com""#,
    );
    round_trips(Subject::new("jane"), r#""jane""#);
    round_trips(
        UserId::from_bytes([0xab; 16]),
        r#""abababab-abab-abab-abab-abababababab""#,
    );
    let token_id = TokenId {
        root: Root::Grant(GrantId::from_bytes([0; 16])),
        unique: [0; 12],
        mac: None,
    };
    round_trips(token_id, r#""AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#);
    round_trips(Timestamp::from_unix_seconds(1_750_000_000), "1750000000");
    round_trips(TenantId::SINGLE, "1");
}

/// Returns the error of an invalid value.
fn error<T: DeserializeOwned + Debug>(json: &str) -> String {
    serde_json::from_str::<T>(json).unwrap_err().to_string()
}

#[test]
fn invalid_value_is_rejected_with_its_rule() {
    assert!(error::<ClientId>(r#""""#).contains("1 to 255 characters"));
    assert!(error::<Scope>(r#""a  b""#).contains("single spaces"));
    assert!(error::<RedirectUri>(r#""http://app.example/""#).contains("use https"));
    assert!(error::<Email>(r#""jane""#).contains("one @"));
    assert!(error::<GrantId>(r#""42""#).contains("not a UUID"));
    assert!(error::<TenantId>("0").contains("from 1 to"));
    assert!(error::<Subject>("7").contains("a string"));
}

#[test]
fn custom_value_round_trips_as_json_of_its_claim() {
    let object = vec![
        ("n".to_owned(), CustomValue::Number(-7)),
        ("t".to_owned(), "a".into()),
    ];
    let list = vec![CustomValue::Object(object), true.into()];
    round_trips(CustomValue::List(list), r#"[{"n":-7,"t":"a"},true]"#);
    for json in ["null", "1.5", "18446744073709551615", "[null]"] {
        error::<CustomValue>(json);
    }
}
