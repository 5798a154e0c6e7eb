//! What two versions of the server make of each other's interactions.

use super::*;
use countersign_domain::login::authentication::Method;

fn half_done() -> HalfDone {
    HalfDone {
        login: LoginId::from_bytes([1; 16]),
        user: UserId::from_bytes([2; 16]),
        methods: Methods::from_bits(1 << 20).with(Method::Password),
        password: PasswordMark::from_bytes([3; 8]),
        session: None,
        expires_at: Timestamp::from_unix_seconds(1_750_000_600),
    }
}

fn interaction() -> Interaction {
    let errand = Errand::Authorize("client_id=app".to_owned());
    Interaction::new(errand, Timestamp::from_unix_seconds(1_750_000_000))
}

#[test]
fn method_of_later_version_is_kept() {
    let mut interaction = interaction();
    interaction.wait_for_second_factor(&half_done());
    let written = serde_json::to_vec(&interaction).unwrap();
    let read: Interaction = serde_json::from_slice(&written).unwrap();
    assert_eq!(read.second_factor(), Some(half_done()));
}

#[test]
fn members_of_later_version_are_passed_over() {
    let mut written = serde_json::to_value(interaction()).unwrap();
    written["later"] = serde_json::json!({"a": [1]});
    written["told"] = serde_json::json!({"trouble": {"problem": "Later"}, "at": 1});
    let mut read: Interaction = serde_json::from_value(written).unwrap();
    let now = Timestamp::from_unix_seconds(1_750_000_000);
    assert!(matches!(&read.errand, Errand::Authorize(query) if query == "client_id=app"));
    assert!(read.take_trouble(now).0.is_none());
}
