//! Custom claims of the signed tokens.

use super::claims::signed_by_es256;
use super::*;
use countersign_domain::token::custom_claims::CustomClaims;

#[test]
fn id_token_has_custom_claims() {
    let mut custom = CustomClaims::none();
    custom.set("plan", "team").unwrap();
    let (claims, _) = signed_by_es256(async |ring, algorithm| {
        let claims = id_claims_with(|_, facts| facts.custom = custom);
        ring.sign_id_token(TENANT, &claims, algorithm).await
    });
    assert_eq!(claims["plan"], "team");
}
