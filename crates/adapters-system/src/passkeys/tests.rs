use super::authenticator::Authenticator;
use super::*;
use countersign_domain::tenant::{TenantId, TenantSettings};
use countersign_domain::user::Email;
use serde_json::{Value, json};

const ORIGIN: &str = "https://id.example.org";
const THEN: Timestamp = Timestamp::from_unix_seconds(1_000);
const NOW: Timestamp = Timestamp::from_unix_seconds(2_000);
const PASSKEYS: WebauthnPasskeys = WebauthnPasskeys::new(RelatedOrigins::NONE);

fn tenant() -> Tenant {
    tenant_of("https://id.example.org/tenant")
}

fn tenant_of(issuer: &str) -> Tenant {
    Tenant {
        id: TenantId::SINGLE,
        issuer: issuer.into(),
        settings: TenantSettings::new("Example"),
    }
}

fn user(id: u8) -> User {
    let email = Email::parse("ada@example.org").unwrap();
    User {
        email_verified: true,
        name: Some("Ada".into()),
        ..User::new(UserId::from_bytes([id; 16]), email, THEN)
    }
}

/// Enrolls an authenticator for a user. Returns it with the stored passkey.
fn enrolled(owner: u8, id: &[u8]) -> (Authenticator, Passkey) {
    let mut authenticator = Authenticator::new(ORIGIN, id);
    let passkey = enroll(&mut authenticator, owner).unwrap();
    (authenticator, passkey)
}

fn enroll(authenticator: &mut Authenticator, owner: u8) -> Result<Passkey, PasskeyRefused> {
    let ceremony = PASSKEYS
        .begin_registration(&tenant(), &user(owner), &[])
        .unwrap();
    let answer = authenticator.create(&ceremony.options);
    PASSKEYS.finish_registration(&tenant(), &ceremony.state, &answer, "Key ring", THEN)
}

/// Logs in without an email address.
fn log_in(authenticator: &mut Authenticator, passkey: &Passkey) -> Result<Passkey, PasskeyRefused> {
    let ceremony = PASSKEYS.begin_authentication(&tenant(), None).unwrap();
    let answer = authenticator.get(&ceremony.options);
    PASSKEYS.finish_authentication(&tenant(), &ceremony.state, &answer, passkey, NOW)
}

/// Confirms the second factor of a user.
fn confirm(
    owner: u8,
    authenticator: &mut Authenticator,
    passkey: &Passkey,
) -> Result<Passkey, PasskeyRefused> {
    let allowed = std::slice::from_ref(passkey);
    let asked = Some((user(owner).id, allowed));
    let ceremony = PASSKEYS.begin_authentication(&tenant(), asked).unwrap();
    let answer = authenticator.get(&ceremony.options);
    PASSKEYS.finish_authentication(&tenant(), &ceremony.state, &answer, passkey, NOW)
}

#[track_caller]
fn assert_refused(outcome: Result<Passkey, PasskeyRefused>, cause: &str) {
    let refused = outcome.expect_err("must be refused");
    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert!(source.contains(cause), "{source}");
}

fn options(ceremony: &Ceremony) -> Value {
    serde_json::from_str(&ceremony.options).unwrap()
}

#[test]
fn enrolled_passkey_logs_in_its_owner() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    assert_eq!(passkey.id, b"one");
    assert_eq!(passkey.user, user(1).id);
    assert_eq!(passkey.name, "Key ring");
    assert_eq!((passkey.created_at, passkey.last_used_at), (THEN, None));

    let used = log_in(&mut authenticator, &passkey).unwrap();
    assert_eq!(used.last_used_at, Some(NOW));
    assert_eq!(
        (&used.id, used.user, used.created_at),
        (&passkey.id, passkey.user, THEN)
    );
    confirm(1, &mut authenticator, &used).unwrap();
}

#[test]
fn response_identifies_presented_passkey() {
    let (mut authenticator, _) = enrolled(1, b"one");
    let ceremony = PASSKEYS.begin_authentication(&tenant(), None).unwrap();
    let answer = authenticator.get(&ceremony.options);
    let presented = PASSKEYS.presented(&answer).unwrap();
    assert_eq!(presented.id, b"one");
    assert_eq!(presented.user, Some(user(1).id));
    assert_eq!(PASSKEYS.presented("{}"), None);
}

#[test]
fn registration_requires_user_verification_and_prefers_discoverable_passkey() {
    let (_, passkey) = enrolled(1, b"one");
    let ceremony = PASSKEYS
        .begin_registration(&tenant(), &user(1), &[passkey])
        .unwrap();
    let options = options(&ceremony);
    let options = &options["publicKey"];
    assert_eq!(
        options["rp"],
        json!({"id": "id.example.org", "name": "Example"})
    );
    assert_eq!(options["user"]["name"], "ada@example.org");
    assert_eq!(options["user"]["displayName"], "Ada");
    let selection = &options["authenticatorSelection"];
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(selection["residentKey"], "preferred");
    assert_eq!(
        options["excludeCredentials"],
        json!([{"type": "public-key", "id": "b25l"}])
    );
}

#[test]
fn second_factor_allows_only_passkeys_of_user() {
    let (_, passkey) = enrolled(1, b"one");
    let asked = Some((user(1).id, &[passkey][..]));
    let second = options(&PASSKEYS.begin_authentication(&tenant(), asked).unwrap());
    assert_eq!(second["publicKey"]["userVerification"], "required");
    assert_eq!(
        second["publicKey"]["allowCredentials"],
        json!([{"type": "public-key", "id": "b25l"}])
    );
    let first = options(&PASSKEYS.begin_authentication(&tenant(), None).unwrap());
    assert_eq!(first["publicKey"]["allowCredentials"], json!([]));
    assert_eq!(first.get("mediation"), None);
}

#[test]
fn response_from_another_origin_is_rejected() {
    let mut phished = Authenticator::new("https://id.example.com", b"one");
    assert_refused(enroll(&mut phished, 1), "origin");

    let (mut authenticator, passkey) = enrolled(1, b"one");
    for origin in [
        "https://id.example.com",
        "https://evil.id.example.org",
        "https://id.example.org:8443",
        "http://id.example.org",
    ] {
        authenticator.origin = origin;
        assert_refused(log_in(&mut authenticator, &passkey), "origin");
    }
}

#[test]
fn response_to_another_challenge_is_rejected() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    let earlier = PASSKEYS.begin_authentication(&tenant(), None).unwrap();
    let later = PASSKEYS.begin_authentication(&tenant(), None).unwrap();
    let answer = authenticator.get(&earlier.options);
    let replayed = PASSKEYS.finish_authentication(&tenant(), &later.state, &answer, &passkey, NOW);
    assert_refused(replayed, "challenge");

    let earlier = PASSKEYS
        .begin_registration(&tenant(), &user(1), &[])
        .unwrap();
    let later = PASSKEYS
        .begin_registration(&tenant(), &user(1), &[])
        .unwrap();
    let answer = authenticator.create(&earlier.options);
    let replayed = PASSKEYS.finish_registration(&tenant(), &later.state, &answer, "", NOW);
    assert_refused(replayed, "challenge");
}

#[test]
fn replayed_response_is_rejected_by_counter() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    let ceremony = PASSKEYS.begin_authentication(&tenant(), None).unwrap();
    let answer = authenticator.get(&ceremony.options);
    let finish =
        |passkey| PASSKEYS.finish_authentication(&tenant(), &ceremony.state, &answer, passkey, NOW);
    let used = finish(&passkey).unwrap();
    assert_refused(finish(&used), "compromise");
}

#[test]
fn response_without_user_verification_is_rejected() {
    let mut unverified = Authenticator::new(ORIGIN, b"one");
    unverified.verifies_user = false;
    assert_refused(enroll(&mut unverified, 1), "verified");

    let (mut authenticator, passkey) = enrolled(1, b"one");
    authenticator.verifies_user = false;
    assert_refused(log_in(&mut authenticator, &passkey), "verified");
    assert_refused(confirm(1, &mut authenticator, &passkey), "verified");
}

#[test]
fn decreasing_counter_is_rejected() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    authenticator.counter = 50;
    let used = log_in(&mut authenticator, &passkey).unwrap();
    authenticator.counter = 49;
    assert_refused(log_in(&mut authenticator, &used), "compromise");
    authenticator.counter = 51;
    log_in(&mut authenticator, &used).unwrap();
}

#[test]
fn passkey_without_counter_logs_in_repeatedly() {
    let mut synchronized = Authenticator::new(ORIGIN, b"one");
    (synchronized.counter, synchronized.step) = (0, 0);
    let passkey = enroll(&mut synchronized, 1).unwrap();
    let used = log_in(&mut synchronized, &passkey).unwrap();
    log_in(&mut synchronized, &used).unwrap();
}

#[test]
fn signature_by_another_key_is_rejected() {
    let (_, passkey) = enrolled(1, b"one");
    let mut forger = Authenticator::new(ORIGIN, b"one");
    forger.counter = 50;
    assert_refused(confirm(1, &mut forger, &passkey), "failed");
}

#[test]
fn passkey_of_another_user_is_rejected_as_second_factor() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    authenticator.user_handle = None;
    assert_refused(confirm(2, &mut authenticator, &passkey), "another user");
}

#[test]
fn login_without_email_requires_matching_user_handle() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    authenticator.user_handle = None;
    assert_refused(log_in(&mut authenticator, &passkey), "another user");
    // For a second factor, the user is known.
    confirm(1, &mut authenticator, &passkey).unwrap();

    let (other, _) = enrolled(2, b"two");
    authenticator.user_handle = other.user_handle;
    assert_refused(log_in(&mut authenticator, &passkey), "another user");
    assert_refused(confirm(1, &mut authenticator, &passkey), "another user");
}

#[test]
fn state_of_one_ceremony_is_rejected_by_other() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    let registration = PASSKEYS
        .begin_registration(&tenant(), &user(1), &[])
        .unwrap();
    let asked = Some((user(1).id, std::slice::from_ref(&passkey)));
    let authentication = PASSKEYS.begin_authentication(&tenant(), asked).unwrap();
    let answer = authenticator.get(&authentication.options);
    let crossed =
        PASSKEYS.finish_authentication(&tenant(), &registration.state, &answer, &passkey, NOW);
    assert_refused(crossed, "missing field");
    let answer = authenticator.create(&registration.options);
    let crossed = PASSKEYS.finish_registration(&tenant(), &authentication.state, &answer, "", NOW);
    assert_refused(crossed, "missing field");
}

/// The state is in a cookie, which browsers limit to 4096 bytes.
#[test]
fn state_size_does_not_grow_with_passkeys() {
    let (_, passkey) = enrolled(1, &[7; 64]);
    let many = vec![passkey; 50];
    let registration = PASSKEYS
        .begin_registration(&tenant(), &user(1), &many)
        .unwrap();
    assert!(registration.state.len() < 1024);
    let asked = Some((user(1).id, &many[..]));
    let authentication = PASSKEYS.begin_authentication(&tenant(), asked).unwrap();
    assert!(authentication.state.len() < 1024);
}

#[test]
fn issuer_without_host_name_has_no_passkeys() {
    for issuer in ["http://127.0.0.1:8080", "https://[::1]", "urn:example", ""] {
        let tenant = tenant_of(issuer);
        assert!(!PASSKEYS.are_possible(&tenant), "{issuer}");
        assert!(PASSKEYS.begin_registration(&tenant, &user(1), &[]).is_err());
        assert!(PASSKEYS.begin_authentication(&tenant, None).is_err());
    }
    assert!(PASSKEYS.are_possible(&tenant_of("http://localhost:8080")));
}

#[test]
fn passkey_of_another_tenant_is_rejected() {
    let (mut authenticator, passkey) = enrolled(1, b"one");
    let other = tenant_of("https://other.example.org");
    let ceremony = PASSKEYS.begin_authentication(&other, None).unwrap();
    assert_eq!(options(&ceremony)["publicKey"]["rpId"], "other.example.org");
    let answer = authenticator.get(&ceremony.options);
    let crossed = PASSKEYS.finish_authentication(&other, &ceremony.state, &answer, &passkey, NOW);
    assert_refused(crossed, "origin");
    authenticator.origin = "https://other.example.org";
    let answer = authenticator.get(&ceremony.options);
    let crossed =
        PASSKEYS.finish_authentication(&tenant(), &ceremony.state, &answer, &passkey, NOW);
    assert!(crossed.is_err());
}

proptest::proptest! {
    #[test]
    fn finishing_never_panics_on_arbitrary_input(state in "\\PC{0,40}", answer in "\\PC{0,40}") {
        let (_, passkey) = enrolled(1, b"one");
        let state = state.as_bytes();
        proptest::prop_assert!(PASSKEYS.finish_registration(&tenant(), state, &answer, "", NOW).is_err());
        proptest::prop_assert!(PASSKEYS.finish_authentication(&tenant(), state, &answer, &passkey, NOW).is_err());
        proptest::prop_assert_eq!(PASSKEYS.presented(&answer), None);
    }
}
