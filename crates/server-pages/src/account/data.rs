//! `/account/data`: download of the data of an account. `docs/pages.md` describes the format.

use super::owner::{Owner, Sent};
use crate::browser::form;
use crate::pages::PageContext;
use crate::pages::views::{DataView, Section};
use axum::extract::RawQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::{AccountData, App};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::user::User;
use countersign_domain::user::user_claims::ClaimValue;
use countersign_server_http::wire::date::date;
use serde_json::{Map, Value, json};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const ATTACHMENT: HeaderValue = HeaderValue::from_static("attachment; filename=\"account.json\"");

/// Shows the page.
pub(super) async fn show<A: App>(owner: Owner<A>, RawQuery(query): RawQuery) -> Response {
    let section = Section::Data;
    let browser = &owner.browser;
    let csrf = owner.csrf();
    let view = DataView {
        page: browser.page(),
        form: form(section.path(), &csrf, None),
        owner: owner.shown(section, query.as_deref()),
        may_delete: browser.pages.deletion_grace().is_some(),
    };
    let answer = browser.page().show(StatusCode::OK, &view);
    owner.finish(section.path(), Ok(answer))
}

/// Sends the data as a file.
pub(super) async fn download<A: App>(Sent { by, .. }: Sent<A>) -> Response {
    let (browser, user) = (&by.browser, &by.live.user);
    let accounts = &browser.services.app.accounts;
    let data = accounts.data(&browser.tenant, user, &by.live.session).await;
    let answer = data.map(|data| {
        let headers = [
            (header::CONTENT_TYPE, JSON),
            (header::CONTENT_DISPOSITION, ATTACHMENT),
            (header::CACHE_CONTROL, NO_STORE),
            (header::X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        ];
        let document = document(browser.page(), browser.issuer(), user, &data);
        (headers, format!("{document:#}")).into_response()
    });
    by.finish(Section::Data.path(), answer.map_err(Into::into))
}

fn document(page: PageContext<'_>, issuer: &str, user: &User, data: &AccountData) -> Value {
    let overview = &data.overview;
    let passkeys = overview.factors.passkeys.iter().map(|passkey| {
        json!({
            "id": Base64UrlUnpadded::encode_string(&passkey.id),
            "name": passkey.name,
            "created_at": date(passkey.created_at),
            "last_used_at": passkey.last_used_at.map(date),
        })
    });
    let devices = overview.devices.iter().map(|device| {
        json!({
            "id": device.id.to_string(),
            "name": device.name,
            "created_at": date(device.created_at),
            "expires_at": date(device.expires_at),
        })
    });
    let sessions = overview.sessions.iter().map(|session| {
        let place = page.place(session.ip_address.as_deref());
        json!({
            "id": session.id.to_string(),
            "created_at": date(session.created_at),
            "last_active_at": date(session.last_active_at),
            "expires_at": date(session.expires_at),
            "ip_address": session.ip_address,
            "approximate_place": place.map(|place| place.to_string()),
            "user_agent": session.user_agent,
        })
    });
    let consents = overview.consents.iter().map(|(consent, name)| {
        json!({
            "client_id": consent.client.as_str(),
            "client_name": name,
            "scope": consent.scope.to_string(),
            "given_at": date(consent.given_at),
        })
    });
    json!({
        "format": 1,
        "issuer": issuer,
        "user": person(user),
        "attributes": attributes(data),
        "passkeys": passkeys.collect::<Vec<_>>(),
        "unused_recovery_codes": overview.factors.recovery_codes,
        "trusted_devices": devices.collect::<Vec<_>>(),
        "identities": data.identities.iter().map(identity).collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "consents": consents.collect::<Vec<_>>(),
        "grants": data.grants.iter().map(grant).collect::<Vec<_>>(),
        "deletion_at": data.deletion.as_ref().map(|deletion| date(deletion.due_at)),
        "factor_reset_at": data.factor_reset.as_ref().map(|reset| date(reset.due_at)),
    })
}

fn person(user: &User) -> Value {
    let groups: Vec<_> = user.groups.iter().map(ToString::to_string).collect();
    let all = StandardClaim::ALL.iter().copied().collect();
    let claims: Map<_, _> = user
        .claims(all)
        .map(|(name, value)| (name.to_owned(), claim(value)))
        .collect();
    json!({
        "id": user.id.to_string(),
        "created_at": date(user.created_at),
        "claims": claims,
        "groups": groups,
        "has_password": user.password_hash.is_some(),
        "has_authenticator_app": user.sealed_totp_secret.is_some(),
    })
}

fn attributes(data: &AccountData) -> Map<String, Value> {
    let all = data.attributes.iter();
    all.map(|(name, value)| (name.as_str().to_owned(), json!(value)))
        .collect()
}

fn claim(value: ClaimValue<'_>) -> Value {
    match value {
        ClaimValue::Text(text) => text.into(),
        ClaimValue::Flag(flag) => flag.into(),
        ClaimValue::Time(time) => time.as_unix_seconds().into(),
        ClaimValue::Address(address) => {
            let members = address.members();
            let members: Map<_, _> = members
                .map(|(name, text)| (name.to_owned(), text.into()))
                .collect();
            members.into()
        }
    }
}

fn identity(identity: &Identity) -> Value {
    json!({
        "id": identity.id.to_string(),
        "provider": identity.provider,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "email": identity.email,
        "created_at": date(identity.created_at),
        "last_used_at": identity.last_used_at.map(date),
    })
}

fn grant(grant: &Grant) -> Value {
    let facts = grant.facts();
    let access = &facts.authorization.access;
    json!({
        "id": facts.id.to_string(),
        "client_id": access.client.as_str(),
        "scope": access.scope.to_string(),
        "last_used_at": date(facts.rotated_at),
        "expires_at": date(facts.expires_at),
        "revoked_at": facts.revoked_at.map(date),
    })
}
