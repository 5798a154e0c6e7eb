//! Below `/users/{user_id}`: passkeys, recovery codes, trusted devices and consents.

use super::user_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::slice::List;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{UsersRead, UsersResetFactors, UsersWrite};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Passkey of a user. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Passkey")]
struct PasskeyView {
    /// Credential ID, in base64url.
    id: String,
    /// Name that the user chose.
    name: String,
    /// Enrollment time.
    created_at: u64,
    /// Time of the last use; `null` if the passkey was never used.
    last_used_at: Option<u64>,
}

impl From<&Passkey> for PasskeyView {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: text(&passkey.id),
            name: passkey.name.clone(),
            created_at: passkey.created_at.as_unix_seconds(),
            last_used_at: passkey.last_used_at.map(Timestamp::as_unix_seconds),
        }
    }
}

/// Recovery codes of a user.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecoveryCodes")]
struct CodesView {
    /// Number of unused codes.
    unused: u32,
}

/// Trusted device of a user: a browser that skips the second factor. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TrustedDevice")]
struct DeviceView {
    /// Identifier.
    id: String,
    /// Name of the browser.
    name: String,
    /// Time at which the user chose to trust the device.
    created_at: u64,
    /// Expiry time.
    expires_at: u64,
}

impl From<&Device> for DeviceView {
    fn from(device: &Device) -> Self {
        Self {
            id: device.id.to_string(),
            name: device.name.clone(),
            created_at: device.created_at.as_unix_seconds(),
            expires_at: device.expires_at.as_unix_seconds(),
        }
    }
}

/// Consent of a user for a client.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Consent")]
struct ConsentView {
    /// Client.
    client_id: String,
    /// Scope that the user allowed.
    scope: String,
    /// Time of the last consent, in seconds since the Unix epoch.
    given_at: u64,
}

impl From<&Consent> for ConsentView {
    fn from(consent: &Consent) -> Self {
        Self {
            client_id: consent.client.to_string(),
            scope: consent.scope.to_string(),
            given_at: consent.given_at.as_unix_seconds(),
        }
    }
}

pub(in crate::api::resources) fn operations<A: App>() -> Vec<Operation<A>> {
    let passkeys = "/users/{user_id}/passkeys";
    let passkey = "/users/{user_id}/passkeys/{passkey_id}";
    let codes = "/users/{user_id}/recovery-codes";
    let devices = "/users/{user_id}/devices";
    let device = "/users/{user_id}/devices/{device_id}";
    let consents = "/users/{user_id}/consents";
    let consent = "/users/{user_id}/consents/{client_id}";
    vec![
        Operation::list(
            (passkeys, "listPasskeys", "List the passkeys of a user"),
            &[UsersRead],
        )
        .gives::<List<PasskeyView>>()
        .by(list_passkeys),
        Operation::delete(
            (passkey, "removePasskey", "Remove a passkey of a user"),
            &[UsersResetFactors],
        )
        .by(remove_passkey),
        Operation::get(
            (
                codes,
                "countRecoveryCodes",
                "Count the recovery codes of a user",
            ),
            &[UsersRead],
        )
        .gives::<CodesView>()
        .by(count_codes),
        Operation::delete(
            (
                codes,
                "removeRecoveryCodes",
                "Remove the recovery codes of a user",
            ),
            &[UsersResetFactors],
        )
        .by(remove_codes),
        Operation::list(
            (
                devices,
                "listTrustedDevices",
                "List the trusted devices of a user",
            ),
            &[UsersRead],
        )
        .gives::<List<DeviceView>>()
        .by(list_devices),
        Operation::delete(
            (
                device,
                "removeTrustedDevice",
                "Remove a trusted device of a user",
            ),
            &[UsersResetFactors],
        )
        .by(remove_device),
        Operation::list(
            (consents, "listConsents", "List the consents of a user"),
            &[UsersRead],
        )
        .gives::<List<ConsentView>>()
        .by(list_consents),
        Operation::delete(
            (
                consent,
                "withdrawConsent",
                "Withdraw a user's consent for a client and revoke its grants",
            ),
            &[UsersWrite],
        )
        .by(withdraw_consent),
    ]
}

fn text(id: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(id)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

async fn list_passkeys<A: App>(call: Call<A>) -> Outcome {
    let (id, after) = (user_id(&call)?, call.after(bytes)?);
    let users = &call.commands().users;
    let slice = users.passkeys(&call.tenant, &call.operator, id, after);
    let key = |passkey: &Passkey| text(&passkey.id);
    Reply::of(&List::of(&slice.await?, key, PasskeyView::from))
}

async fn remove_passkey<A: App>(call: Call<A>) -> Outcome {
    let passkey = bytes(call.path(1)).ok_or(AdminError::NotFound(Missing::Passkey))?;
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let removed = users.remove_passkey(&call.tenant, &call.operator, id, &passkey);
    removed.await?;
    Ok(Reply::empty())
}

async fn count_codes<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let unused = users.recovery_codes(&call.tenant, &call.operator, id);
    Reply::of(&CodesView {
        unused: unused.await?,
    })
}

async fn remove_codes<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let removed = users.remove_recovery_codes(&call.tenant, &call.operator, id);
    removed.await?;
    Ok(Reply::empty())
}

async fn list_devices<A: App>(call: Call<A>) -> Outcome {
    let (id, after) = (user_id(&call)?, call.after(|text| text.parse().ok())?);
    let users = &call.commands().users;
    let slice = users.devices(&call.tenant, &call.operator, id, after);
    let key = |device: &Device| device.id.to_string();
    Reply::of(&List::of(&slice.await?, key, DeviceView::from))
}

async fn remove_device<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Device);
    let device = call.path(1).parse().map_err(missing)?;
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let removed = users.remove_device(&call.tenant, &call.operator, id, device);
    removed.await?;
    Ok(Reply::empty())
}

async fn list_consents<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let after = call.after(|text| ClientId::parse(text).ok())?;
    let users = &call.commands().users;
    let slice = users.consents(&call.tenant, &call.operator, id, after);
    let key = |consent: &Consent| consent.client.to_string();
    Reply::of(&List::of(&slice.await?, key, ConsentView::from))
}

async fn withdraw_consent<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Consent);
    let client = ClientId::parse(call.path(1)).map_err(missing)?;
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let withdrawn = users.withdraw_consent(&call.tenant, &call.operator, id, &client);
    withdrawn.await?;
    Ok(Reply::empty())
}
