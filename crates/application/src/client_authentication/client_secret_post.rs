//! `client_secret_post`: the secret in the body (RFC 6749 section 2.3.1).

use countersign_domain::client::authentication::{Caller, Credential, RegisteredClient};
use countersign_domain::client::{AuthenticationMethod, Client};
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;

pub(super) fn authenticate<'a>(
    client: &'a Client,
    secret: &Secret,
    now: Timestamp,
) -> Result<Caller<'a>, Refusal> {
    client.may_authenticate_by(AuthenticationMethod::ClientSecretPost)?;
    RegisteredClient::from_stored(client).authenticate(&Credential::Secret(secret.clone()), now)
}
