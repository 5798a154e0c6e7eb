//! `/v1/users`: a user's own record, and registration, in the format of the JSON dialect.

use super::caller;
use crate::mails::Mails;
use crate::services::Services;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_application::refusals;
use countersign_application::{App, Failure, Mail, NewUser, ResponseForm};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::claims::attribute::AttributeParty;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{RefreshTokenForm, UserKey};
use countersign_server_http::wire::ClientAddress;
use countersign_server_http::wire::RequestTenant;
use countersign_server_http::wire::answer::{answered, answered_with};
use countersign_server_http::wire::bearer;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::date::date;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::flat_error;
use countersign_server_http::wire::parameters::{parameters, required};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const USERS: &str = "/v1/users";
pub(super) const ME: &str = "/v1/users/me";

/// Scope token that is required to read a user's record.
const INFORMATION: &str = "user:information";

parameters! {
    NewUserParameters { email, password, country }
}

#[derive(Serialize)]
struct UserBody<'a> {
    id: String,
    email: &'a str,
    email_verified: bool,
    country: Option<&'a str>,
    primary_phone_number: Option<&'a str>,
    avatar_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<AuthBody>,
    created_at: String,
    updated_at: String,
    /// Attributes that users may read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'a str, Value>,
}

#[derive(Serialize)]
struct AuthBody {
    access_token: String,
    refresh_token: Option<String>,
    role: &'static str,
}

impl<'a> UserBody<'a> {
    fn of(user: &'a User, auth: Option<AuthBody>) -> Self {
        let address = user.profile.address.as_ref();
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            email_verified: user.email_verified,
            country: address.and_then(|address| address.country.as_deref()),
            primary_phone_number: user.profile.text(StandardClaim::PhoneNumber),
            avatar_url: user.profile.text(StandardClaim::Picture),
            auth,
            created_at: date(user.created_at),
            updated_at: date(user.profile.updated_at.unwrap_or(user.created_at)),
            attributes: BTreeMap::new(),
        }
    }
}

/// Returns the record of the user of an access token.
pub(super) async fn me<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let found = async {
        let (user, live) = caller::bearer(&services, &tenant, request).await?;
        if !live.token.scope.contains(INFORMATION) {
            return Err(Failure::from(refusals::INFORMATION_SCOPE_MISSING).into());
        }
        let found = services
            .app
            .accounts
            .store
            .find_user(tenant.id, UserKey::Id(user))
            .await;
        let found = found.map_err(Failure::from)?;
        let user = found.ok_or(Failure::from(Refusal::AccessTokenRevoked))?;
        let definitions = &services.app.definitions;
        let party = AttributeParty::User;
        let attributes = definitions.readable_attributes(tenant.id, party, &user);
        let attributes = attributes.await;
        let attributes = attributes.map_err(Failure::from)?.into_iter();
        let attributes = attributes.map(|(name, value)| (name.as_str(), json!(value)));
        Ok::<_, RequestError>(answered(&UserBody {
            attributes: attributes.collect(),
            ..UserBody::of(&user, None)
        }))
    };
    match found.await {
        Ok(response) => response,
        Err(request_error) => flat_error::failure(&request_error.answer(ME, None, false)),
    }
}

/// Registers a user.
///
/// A caller with an access token for user management gets the contract of the JSON dialect: the user and tokens, or 409.
/// A stranger gets one response for all addresses, so that it does not reveal who has an account.
pub(super) async fn register<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let registered = async {
        let (head, body) = request.into_parts();
        let caller = match bearer::in_header(&head.headers)? {
            Some(token) => Some(caller::live_token(&services, &tenant, &token).await?),
            None => None,
        };
        let parameters: NewUserParameters = body::read(&head.headers, body, Accepts::Json).await?;
        let email = required("email", parameters.email)?;
        let password = Secret::new(required("password", parameters.password)?);
        let new = NewUser {
            email: &email,
            password: &password,
            country: &required("country", parameters.country)?,
        };
        let (accounts, tokens) = (&services.app.accounts, &services.app.tokens);
        let Some(caller) = caller else {
            let pages = services.pages.of(&tenant);
            let page = pages.page(&head.headers, None);
            let mails = Mails::new(page, &tenant.issuer);
            let address = ClientAddress::of(&head.extensions);
            let compose = |mail: Mail<'_>, user: Option<&User>| mails.compose(mail, user);
            accounts.register(&tenant, new, address, &compose).await?;
            return Ok(None);
        };
        let form = ResponseForm {
            refresh_token: RefreshTokenForm::Jwt,
            id_token: false,
        };
        let by = (&caller, tokens);
        Ok::<_, RequestError>(Some(accounts.register_for(&tenant, by, new, form).await?))
    };
    match registered.await {
        Ok(None) => {
            let body = json!({"message": "The registration was received. Check your email."});
            answered_with(StatusCode::ACCEPTED, HeaderMap::new(), &body)
        }
        Ok(Some((user, tokens))) => {
            let auth = tokens.map(|tokens| AuthBody {
                access_token: tokens.access_token,
                refresh_token: tokens.refresh_token.map(|(token, _)| token),
                role: "user",
            });
            let body = UserBody::of(&user, auth);
            answered_with(StatusCode::CREATED, HeaderMap::new(), &body)
        }
        Err(request_error) => {
            let mut answer = request_error.answer(USERS, None, false);
            if let RequestError::Failure(Failure::Refused(refusals::EMAIL_TAKEN)) = &request_error {
                answer.status = StatusCode::CONFLICT;
            }
            flat_error::failure(&answer)
        }
    }
}
