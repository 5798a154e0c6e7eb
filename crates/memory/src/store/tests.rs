use super::*;
use crate::test_facts::{EXCHANGE, LIFETIMES, NOW, SESSION, caller, client, code};
use countersign_domain::prelude::*;

fn store() -> Store {
    let mut store = Store::default();
    let signed_in = Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD));
    let user = UserId::from_bytes([3; 16]);
    let secret = Secret::new("browser");
    let sessions = &mut store.sessions;
    sessions.start(SESSION, &secret, user, signed_in, &LIFETIMES);
    store
}

fn redeem(store: &mut Store, id: u8) -> Result<Issuance, Refusal> {
    let client = client();
    let code = code(&client, id);
    let decision = code.redeem(&EXCHANGE, &caller(&client), &LIFETIMES, NOW);
    store.redeem(decision, NOW)
}

fn is_live(store: &Store, id: u8) -> bool {
    let grant = store.grants.find(&GrantId::from_bytes([id; 16]));
    grant.is_some_and(|grant| grant.is_live(NOW))
}

#[test]
fn sign_out_revokes_grants_and_ends_codes_of_session() {
    let mut store = store();
    assert!(redeem(&mut store, 1).is_ok());
    assert!(is_live(&store, 1));
    assert_eq!(store.sign_out(SESSION, NOW), Race::Won);
    assert!(!is_live(&store, 1));
    assert_eq!(redeem(&mut store, 2), Err(Refusal::SessionEnded));
    assert!(!is_live(&store, 2));
}

#[test]
fn sign_out_keeps_grants_of_other_sessions() {
    let mut store = store();
    assert!(redeem(&mut store, 1).is_ok());
    let other = SessionId::from_bytes([6; 16]);
    assert_eq!(store.sign_out(other, NOW), Race::Lost);
    assert!(is_live(&store, 1));
}

#[test]
fn disabled_user_loses_grants_and_codes() {
    let mut store = store();
    assert!(redeem(&mut store, 1).is_ok());
    assert_eq!(store.disable(&Subject::new("jane"), NOW), 1);
    assert!(!is_live(&store, 1));
    assert_eq!(redeem(&mut store, 2), Err(Refusal::UserDisabled));
    assert_eq!(store.disable(&Subject::new("jane"), NOW), 0);
}
