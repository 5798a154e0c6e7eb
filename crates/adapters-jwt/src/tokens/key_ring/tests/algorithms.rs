//! Algorithms of the published keys.

use super::*;

#[test]
fn algorithms_are_those_of_published_keys() {
    let vault = vault();
    let mut retiring = key(SigningAlgorithm::Es256, NOW, &vault);
    retiring.retires_at = Some(NOW.plus(HOUR));
    let keys = [
        key(SigningAlgorithm::EdDsa, NOW, &vault),
        retiring,
        key_of("YOUR_CLIENT_ID", &vault),
    ];
    let ring = ring(&keys, &vault);
    let both = [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa];
    assert_eq!(ring.algorithms(TENANT), both);
    assert_eq!(published(&ring).len(), 2);
    ring.advance(NOW.plus(HOUR));
    assert_eq!(ring.algorithms(TENANT), [SigningAlgorithm::EdDsa]);
    assert_eq!(published(&ring).len(), 1);
}
