//! Tokens of platforms as client assertions, with `private_key_jwt`. They may be presented again, so nothing is stored.

use super::keys::PublishedKeys;
use countersign_domain::client::assertion::workload::{WorkloadIdentity, WorkloadToken};
use countersign_domain::client::assertion::{Audience, CheckedAssertion};
use countersign_domain::client::{Client, Jwks};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{Assertions, UnreadableAssertion};

/// Returns the workload identities of the client with the issuer of an assertion; `None` if the client signed the
/// assertion itself.
pub(super) fn identities<'a>(
    client: &'a Client,
    assertions: &dyn Assertions,
    text: &str,
) -> Option<Vec<&'a WorkloadIdentity>> {
    if client.workload_identities.is_empty() {
        return None;
    }
    let issuer = assertions.claimed_issuer(text)?;
    if issuer == client.id.as_str() {
        return None;
    }
    let all = client.workload_identities.iter();
    Some(all.filter(|own| own.issuer == issuer).collect())
}

/// Checks a token of a platform. Two platforms can have the same issuer, so the keys decide between them. Refuses with the
/// reason of the identity that the token came closest to.
pub(super) async fn check(
    (client, identities): (&Client, Vec<&WorkloadIdentity>),
    (keys, verify): (
        PublishedKeys<'_>,
        impl Fn(&Jwks) -> Result<WorkloadToken, UnreadableAssertion>,
    ),
    audience: Audience<'_>,
    now: Timestamp,
) -> Result<CheckedAssertion, Refusal> {
    let mut closest = Refusal::WorkloadUnknown(Evidence::of("issuer"));
    let mut is_signed = false;
    for identity in identities {
        match keys.verified(&identity.keys, &verify).await {
            Ok(token) => match token.check((client, identity), audience, now) {
                Ok(checked) => return Ok(checked),
                Err(refusal) => {
                    if !is_signed || !matches!(refusal, Refusal::WorkloadUnknown(_)) {
                        closest = refusal;
                    }
                    is_signed = true;
                }
            },
            Err(refusal) if !is_signed => closest = refusal,
            Err(_) => {}
        }
    }
    Err(closest)
}
