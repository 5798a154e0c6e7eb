//! Requests of devices.

use crate::facts::{Facts, LIFETIMES, NOW, secret, signed_in};
use crate::table::{Table, of};
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::client::authentication::{Caller, RegisteredClient};
use countersign_domain::client::{Client, GrantType};
use countersign_domain::grant::device_code::{DeviceAuthorization, DeviceRequest, Pace};
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::refusal::{Refusal, Refusal as R};

#[rustfmt::skip] // a row, a line
pub(crate) fn device_code(table: &mut Table, facts: &Facts) -> Result<(), Refusal> {
    table.section("Device code");
    let [own, another] = [&facts.client, &facts.another_client].map(|client| Client {
        grant_types: vec![GrantType::DEVICE_CODE],
        ..client.clone()
    });
    let owner = RegisteredClient::from_stored(&own).authenticate(&secret(), NOW)?;
    let other = RegisteredClient::from_stored(&another).authenticate(&secret(), NOW)?;
    let asked = DeviceAuthorization { scope: None.into(), resources: &[], address: None };
    let pending = owner.request_device(&asked, GrantId::from_bytes([4; 16]), &LIFETIMES, NOW)?;
    let denied = pending.clone().deny(NOW)?;
    let late = pending.facts().expires_at;
    let polled = |request: &DeviceRequest, caller: &Caller<'_>, now| request.redeem(&[], caller, &LIFETIMES, now).refusal().cloned();
    let user = ResourceOwner { subject: Subject::new("jane"), authentication: signed_in(), session: None, password: None };

    table.row(R::DeviceCodeOfAnotherClient(of("app")), polled(&pending, &other, NOW));
    table.row(R::DeviceCodeExpired, polled(&pending, &owner, late));
    table.row(R::AuthorizationPending, polled(&pending, &owner, NOW));
    table.row(R::AuthorizationDenied, polled(&denied, &owner, NOW));
    table.row(R::SlowDown, Pace::after(Some(Pace::after(None, NOW).0), NOW).1.err());
    table.row(R::UserCodeExpired, pending.check_open(late).err());
    table.row(R::UserCodeUsed, denied.approve(user, NOW).err());
    Ok(())
}
