//! Lists of what belongs to a user. JSON times are in seconds since the Unix epoch.

use crate::arguments::OutputArgs;
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::commands::slices::Slices;
use crate::commands::users::arguments::UserArgs;
use crate::commands::users::lookup::{find, of};
use crate::date::date;
use crate::output::{self, Fields};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::time::Timestamp;
use serde_json::{Value, json};

/// Reads all items of a list of a user.
macro_rules! read_all {
    ($args:expr, $item:ty, $list:ident) => {{
        let setup = Setup::open(&$args.target.config).await?;
        let id = find(&setup, &$args.user).await?.id;
        let (admin, operator) = (setup.user_admin()?, operator());
        let mut items = Vec::new();
        let mut slices = Slices::<$item>::new();
        while let Some(after) = slices.next() {
            let slice = admin.$list(&setup.tenant, &operator, id, after).await;
            items.extend(slices.take(slice.map_err(|error| of(&$args.user, error))?));
        }
        items
    }};
}

/// Prints items: as JSON objects, or as rows of texts.
fn print<T>(
    items: &[T],
    output: OutputArgs,
    object: impl Fn(&T) -> Value,
    row: impl Fn(&T) -> Vec<String>,
) -> Result<(), CommandError> {
    if let Some(format) = output.structured() {
        return output::print_as(format, &items.iter().map(object).collect::<Vec<_>>());
    }
    output::print_rows(&items.iter().map(row).collect::<Vec<_>>())
}

fn seconds(time: Option<Timestamp>) -> Option<u64> {
    time.map(Timestamp::as_unix_seconds)
}

pub(super) async fn passkeys(args: &UserArgs) -> Result<(), CommandError> {
    let passkeys = read_all!(args, Passkey, passkeys);
    let id = |passkey: &Passkey| Base64UrlUnpadded::encode_string(&passkey.id);
    let object = |passkey: &Passkey| {
        json!({
            "id": id(passkey),
            "name": passkey.name,
            "created_at": passkey.created_at.as_unix_seconds(),
            "last_used_at": seconds(passkey.last_used_at),
        })
    };
    let row = |passkey: &Passkey| vec![id(passkey), date(passkey.created_at), passkey.name.clone()];
    print(&passkeys, args.output, object, row)
}

pub(super) async fn recovery_codes(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let admin = setup.user_admin()?;
    let unused = admin.recovery_codes(&setup.tenant, &operator(), id).await;
    let unused = unused.map_err(|error| of(&args.user, error))?;
    if let Some(format) = args.output.structured() {
        return output::print_as(format, &json!({"unused": unused}));
    }
    Fields::new().add("unused", unused.to_string()).print()
}

pub(super) async fn factor_reset(args: &UserArgs) -> Result<(), CommandError> {
    let setup = Setup::open(&args.target.config).await?;
    let id = find(&setup, &args.user).await?.id;
    let admin = setup.user_admin()?;
    let reset = admin.factor_reset(&setup.tenant, &operator(), id).await;
    let reset = reset.map_err(|error| of(&args.user, error))?;
    let (due_at, expires_at) = (reset.due_at, reset.expires_at());
    if let Some(format) = args.output.structured() {
        let object = json!({
            "user_id": id.to_string(),
            "created_at": reset.created_at.as_unix_seconds(),
            "due_at": due_at.as_unix_seconds(),
            "expires_at": expires_at.as_unix_seconds(),
        });
        return output::print_as(format, &object);
    }
    Fields::new()
        .add("created at", date(reset.created_at))
        .add("due at", date(due_at))
        .add("expires at", date(expires_at))
        .print()
}

pub(super) async fn devices(args: &UserArgs) -> Result<(), CommandError> {
    let devices = read_all!(args, Device, devices);
    let object = |device: &Device| {
        json!({
            "id": device.id.to_string(),
            "name": device.name,
            "created_at": device.created_at.as_unix_seconds(),
            "expires_at": device.expires_at.as_unix_seconds(),
        })
    };
    let row = |device: &Device| {
        let (id, expires) = (device.id.to_string(), date(device.expires_at));
        vec![id, expires, device.name.clone()]
    };
    print(&devices, args.output, object, row)
}

pub(super) async fn sessions(args: &UserArgs) -> Result<(), CommandError> {
    let sessions = read_all!(args, Session, sessions);
    let object = |session: &Session| {
        json!({
            "id": session.id.to_string(),
            "auth_time": session.authentication.time.as_unix_seconds(),
            "created_at": session.created_at.as_unix_seconds(),
            "last_active_at": session.last_active_at.as_unix_seconds(),
            "expires_at": session.expires_at.as_unix_seconds(),
            "ended_at": seconds(session.ended_at),
            "ip_address": session.ip_address,
            "user_agent": session.user_agent,
        })
    };
    let row = |session: &Session| {
        let state = if session.ended_at.is_some() {
            "ended"
        } else {
            "open"
        };
        let (created, expires) = (date(session.created_at), date(session.expires_at));
        let address = session.ip_address.clone().unwrap_or_default();
        vec![
            session.id.to_string(),
            state.to_owned(),
            created,
            expires,
            address,
        ]
    };
    print(&sessions, args.output, object, row)
}

pub(super) async fn grants(args: &UserArgs) -> Result<(), CommandError> {
    let grants = read_all!(args, Grant, grants);
    let object = |grant: &Grant| {
        let authorization = grant.authorization();
        json!({
            "id": grant.id().to_string(),
            "client_id": authorization.client().as_str(),
            "scope": authorization.scope().to_string(),
            "session_id": authorization.session.map(|id| id.to_string()),
            "expires_at": grant.expires_at().as_unix_seconds(),
            "revoked_at": seconds(grant.facts().revoked_at),
        })
    };
    let row = |grant: &Grant| {
        let state = if grant.facts().revoked_at.is_some() {
            "revoked"
        } else {
            "valid"
        };
        let authorization = grant.authorization();
        vec![
            grant.id().to_string(),
            state.to_owned(),
            date(grant.expires_at()),
            authorization.client().to_string(),
            authorization.scope().to_string(),
        ]
    };
    print(&grants, args.output, object, row)
}

pub(super) async fn consents(args: &UserArgs) -> Result<(), CommandError> {
    let consents = read_all!(args, Consent, consents);
    let object = |consent: &Consent| {
        json!({
            "client_id": consent.client.as_str(),
            "scope": consent.scope.to_string(),
            "given_at": consent.given_at.as_unix_seconds(),
        })
    };
    let row = |consent: &Consent| {
        let (client, scope) = (consent.client.to_string(), consent.scope.to_string());
        vec![client, date(consent.given_at), scope]
    };
    print(&consents, args.output, object, row)
}

pub(super) async fn identities(args: &UserArgs) -> Result<(), CommandError> {
    let identities = read_all!(args, Identity, identities);
    let object = |identity: &Identity| {
        json!({
            "id": identity.id.to_string(),
            "provider": identity.provider,
            "issuer": identity.issuer,
            "subject": identity.subject,
            "email": identity.email,
            "created_at": identity.created_at.as_unix_seconds(),
            "last_used_at": seconds(identity.last_used_at),
        })
    };
    let row = |identity: &Identity| {
        let email = identity.email.clone().unwrap_or_default();
        vec![identity.id.to_string(), identity.provider.clone(), email]
    };
    print(&identities, args.output, object, row)
}
