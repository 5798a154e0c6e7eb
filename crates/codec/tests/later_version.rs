//! Reads and writes of the test build for rolling upgrades.

#![cfg(feature = "test-later-version")]
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

#[expect(dead_code, reason = "this test uses only authorizations")]
mod values;

use countersign_codec::test_later_version::{CRITICAL, IGNORABLE, mark};
use countersign_codec::{
    FORMAT_GENERATION, decode_authorization, decode_stored, encode_authorization, encode_stored,
};
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::scope::Scope;
use proptest::prelude::*;
use values::authorization;

fn tags(authorization: &Authorization) -> Vec<i64> {
    let facts = authorization.access.later.iter();
    facts.map(|fact| fact.tag).collect()
}

proptest! {
    #[test]
    fn authorization_has_ignorable_fact_once(value in authorization()) {
        let once = decode_authorization(&encode_authorization(&value)).unwrap();
        let twice = decode_authorization(&encode_authorization(&once)).unwrap();
        prop_assert_eq!(tags(&once).iter().filter(|tag| **tag == IGNORABLE).count(), 1);
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn critical_fact_requires_scope_and_common_generation(mut value in authorization(), common in 1..4_u32, demanded: bool) {
        value.access.scope = Scope::parse(if demanded { "read later" } else { "read" }).unwrap();
        mark(&mut value, common);
        mark(&mut value, common);
        let facts = tags(&value).iter().filter(|tag| **tag == CRITICAL).count();
        prop_assert_eq!(facts, usize::from(demanded && common >= FORMAT_GENERATION));
        let Authorization { subject, session, .. } = value.clone();
        let row = encode_stored(&value);
        let stored = decode_stored(&row, value.client().clone(), subject, session).unwrap();
        prop_assert_eq!(tags(&stored).contains(&CRITICAL), facts == 1);
        prop_assert_eq!(encode_stored(&stored), row);
    }
}
