//! Client authentication.

use crate::facts::{NOW, secret};
use crate::table::{Table, of};
use countersign_domain::client::assertion::workload::{
    SubjectPattern, WorkloadIdentity, WorkloadToken,
};
use countersign_domain::client::assertion::{Assertion, Audience};
use countersign_domain::client::authentication::{Credential, RegisteredClient};
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientStatus, ClientType, Jwks, KeySource,
};
use countersign_domain::refusal::Refusal as R;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;

/// Latest expiration time of an assertion, without leeway.
pub(crate) const LATE: Timestamp = NOW.plus(Assertion::MAX_LIFETIME);

#[rustfmt::skip] // a row, a line
pub(crate) fn client_authentication(table: &mut Table, client: &Client) {
    table.section("Client authentication");
    let judged = |credential, change: fn(&mut Client)| {
        let mut client = client.clone();
        change(&mut client);
        RegisteredClient::from_stored(&client).authenticate(&credential, NOW).err()
    };
    let guess = Credential::Secret(Secret::new("guess"));

    table.row(R::ClientDisabled, judged(secret(), |c| c.status = ClientStatus::Suspended));
    table.row(R::SecretMissing, judged(Credential::None, |_| ()));
    table.row(R::SecretWrong, judged(guess, |_| ()));
    table.row(R::SecretExpired(of("first")), judged(secret(), expire_secrets));
    table.row(R::SecretUnexpected, judged(secret(), |c| c.client_type = ClientType::Public));
    let by_key = client.may_authenticate_by(AuthenticationMethod::PrivateKeyJwt);
    table.row(R::AuthenticationMethodNotAllowed(of("private_key_jwt")), by_key.err());
}

pub(crate) fn expire_secrets(client: &mut Client) {
    for secret in &mut client.secrets {
        secret.expires_at = Some(NOW);
    }
}

#[rustfmt::skip] // a row, a line
pub(crate) fn client_assertion(table: &mut Table, client: &Client) {
    table.section("Client assertion");
    let audience = Audience { issuer: "https://id.example", endpoint: "https://id.example/token" };
    let judged = |change: fn(&mut Assertion)| {
        let mut assertion = Assertion {
            issuer: client.id.as_str().to_owned(),
            subject: client.id.as_str().to_owned(),
            audience: vec![audience.issuer.to_owned()],
            expires_at: LATE,
            not_before: Some(NOW),
            token_id: "1".to_owned(),
        };
        change(&mut assertion);
        assertion.check(client, audience, NOW).err()
    };

    table.row(R::AssertionOfAnotherClient(of("other")), judged(|a| "other".clone_into(&mut a.subject)));
    table.row(R::WorkloadUnknown(of("pod")), workload(client).err());
    table.row(R::AssertionForAnotherAudience(of("urn:other")), judged(|a| a.audience = vec!["urn:other".to_owned()]));
    table.row(R::AssertionExpired(of(NOW)), judged(|a| a.expires_at = NOW));
    table.row(R::AssertionNotYetValid(of(LATE)), judged(|a| a.not_before = Some(LATE)));
}

/// Presents a token of a platform that is for another workload.
fn workload(client: &Client) -> Result<(), R> {
    let identity = WorkloadIdentity {
        issuer: "https://cluster.example".to_owned(),
        subject: SubjectPattern::parse("other").map_err(|_| R::AssertionMalformed)?,
        audience: None,
        claims: Vec::new(),
        keys: KeySource::Registered(Jwks::new("{}")),
    };
    let token = WorkloadToken {
        issuer: identity.issuer.clone(),
        subject: "pod".to_owned(),
        audience: Vec::new(),
        expires_at: NOW,
        not_before: None,
        claims: Vec::new(),
    };
    let audience = Audience {
        issuer: "https://id.example",
        endpoint: "https://id.example/token",
    };
    token.check((client, &identity), audience, NOW).map(|_| ())
}
