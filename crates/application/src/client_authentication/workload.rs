//! Tokens of platforms as client assertions, with `private_key_jwt`. They may be presented again, so nothing is stored.

use super::keys::PublishedKeys;
use countersign_domain::client::assertion::workload::{WorkloadIdentity, WorkloadToken};
use countersign_domain::client::assertion::{Audience, CheckedAssertion};
use countersign_domain::client::{Client, Jwks};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{Assertions, UnreadableAssertion};

/// What an assertion claims, unverified.
pub(super) struct Claimed<'a> {
    subject: String,
    /// Workload identities of the client with the claimed issuer and subject.
    identities: Vec<&'a WorkloadIdentity>,
}

/// Returns what an assertion claims; `None` if the client signed it itself. Keys are fetched only for workload identities
/// that the assertion can match.
pub(super) fn claimed<'a>(
    client: &'a Client,
    assertions: &dyn Assertions,
    text: &str,
) -> Option<Claimed<'a>> {
    if client.workload_identities.is_empty() {
        return None;
    }
    let issuer = assertions.claimed_issuer(text)?;
    if issuer == client.id.as_str() {
        return None;
    }
    // The `sub` of an assertion without a client identifier names the client.
    let subject = assertions.claimed_client(text)?;
    let all = client.workload_identities.iter();
    let identities = all.filter(|own| own.issuer == issuer && own.subject.matches(&subject));
    Some(Claimed {
        identities: identities.collect(),
        subject,
    })
}

/// Checks a token of a platform. Two platforms can have the same issuer, so the keys decide between them. Refuses with the
/// reason of the last identity whose keys verified the token.
pub(super) async fn check(
    (client, claimed): (&Client, Claimed<'_>),
    (keys, verify): (
        PublishedKeys<'_>,
        impl Fn(&Jwks) -> Result<WorkloadToken, UnreadableAssertion>,
    ),
    audience: Audience<'_>,
    now: Timestamp,
) -> Result<CheckedAssertion, Refusal> {
    let mut reason = Refusal::WorkloadUnknown(Evidence::of(&claimed.subject));
    let mut is_signed = false;
    for identity in claimed.identities {
        match keys.verified(&identity.keys, &verify).await {
            Ok(token) => match token.check((client, identity), audience, now) {
                Ok(checked) => return Ok(checked),
                Err(refusal) => (reason, is_signed) = (refusal, true),
            },
            Err(refusal) if !is_signed => reason = refusal,
            Err(_) => {}
        }
    }
    Err(reason)
}
