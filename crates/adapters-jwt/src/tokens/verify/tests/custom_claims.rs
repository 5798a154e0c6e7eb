//! Custom claims, actors and `gty`, read back from an access token.

use super::*;
use countersign_domain::token::custom_claims::{CustomClaims, CustomValue};

#[test]
fn custom_claims_actor_and_gty_are_read_back() {
    let mut custom = CustomClaims::none();
    custom.set("plan", "team").unwrap();
    custom.set("seats", -12).unwrap();
    custom.set("trial", true).unwrap();
    let roles = ["reader", "writer"].map(CustomValue::from).to_vec();
    custom
        .set("roles", CustomValue::List(roles.clone()))
        .unwrap();
    let org = vec![("roles".to_owned(), CustomValue::List(roles))];
    custom.set("org", CustomValue::Object(org)).unwrap();
    let issuance = machine_issuance(&Scope::none())
        .with_gty("voucher")
        .with_actor(Subject::new("app"))
        .with_actor(Subject::new("gateway"))
        .with_claims(custom.clone());
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::Hs256] {
        let claims = claims_of(issuance.clone());
        let text = block_on(RING.sign_access_token(TENANT, &claims, algorithm)).unwrap();
        let token = RING.access_token(TENANT, &text).unwrap();
        assert_eq!(token.gty.as_deref(), Some("voucher"));
        assert_eq!(token.actor, issuance.actor);
        for (name, value) in custom.iter() {
            assert_eq!(token.custom.get(name), Some(value), "{name}");
        }
        assert_eq!(token.custom.iter().len(), 5);
    }
}

#[test]
fn token_without_custom_claims_has_none() {
    let text = access_token(SigningAlgorithm::Es256);
    let token = RING.access_token(TENANT, &text).unwrap();
    assert_eq!(token.custom, CustomClaims::none());
    assert_eq!(token.gty.as_deref(), Some("client_credentials"));
}
