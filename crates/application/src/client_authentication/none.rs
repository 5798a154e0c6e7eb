//! `none`: a public client without credentials (RFC 7591 section 2).

use countersign_domain::client::authentication::{Caller, Credential, RegisteredClient};
use countersign_domain::client::{AuthenticationMethod, Client};
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;

pub(super) fn authenticate(client: &Client, now: Timestamp) -> Result<Caller<'_>, Refusal> {
    client.may_authenticate_by(AuthenticationMethod::None)?;
    RegisteredClient::from_stored(client).authenticate(&Credential::None, now)
}
