use super::*;
use crate::test_facts::{NOW, confidential_client, grant_of};
use core::time::Duration;

fn rotation_of(grant: &Grant, presented: u32) -> Rotation {
    Rotation {
        grant: grant.id(),
        presented,
        now: NOW,
        expires_at: NOW.plus(Duration::from_secs(9)),
    }
}

#[test]
fn rotation_sets_generation_and_times() {
    let mut grant = grant_of(&confidential_client());
    let rotation = rotation_of(&grant, 0);
    let before = grant.clone();
    assert_eq!(grant.apply(&rotation), Race::Won);
    let expected = GrantFacts {
        generation: 1,
        rotated_at: rotation.now,
        expires_at: rotation.expires_at,
        ..before.facts
    };
    assert_eq!(*grant.facts(), expected);
    assert_eq!(grant.apply(&rotation), Race::Lost);
    assert_eq!(*grant.facts(), expected);
}

#[test]
fn rotation_of_another_grant_changes_nothing() {
    let mut grant = grant_of(&confidential_client());
    let before = grant.clone();
    let of_another = Rotation {
        grant: GrantId::from_bytes([9; 16]),
        ..rotation_of(&grant, 0)
    };
    assert_eq!(grant.apply(&of_another), Race::Lost);
    assert_eq!(grant, before);
}

#[test]
fn revoked_or_expired_grant_does_not_rotate() {
    let mut expired = grant_of(&confidential_client());
    let rotation = rotation_of(&expired, 0);
    let mut revoked = expired.clone();
    let _ = revoked.revoke(NOW);
    expired.facts.expires_at = NOW;
    assert_eq!(revoked.apply(&rotation), Race::Lost);
    assert_eq!(expired.apply(&rotation), Race::Lost);
}

#[test]
fn second_revocation_keeps_first_time() {
    let mut grant = grant_of(&confidential_client());
    assert_eq!(grant.revoke(NOW), Race::Won);
    assert_eq!(grant.revoke(NOW.plus(Duration::from_secs(1))), Race::Lost);
    assert_eq!(grant.facts().revoked_at, Some(NOW));
}
