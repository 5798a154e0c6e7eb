//! Declared objects in the form in which the API returns them.

use crate::api::body::typed;
use crate::api::problem::Problem;
use crate::api::resources::{
    AttributeBody, ClientBody, GroupBody, ResourceServerBody, RoleBody, TenantBody,
    UpstreamProviderBody, UserBody, WebhookBody, email, role_name,
};
use countersign_application::admin::AdminError;
use countersign_application::admin::attributes::check;
use countersign_application::admin::clients::NewClient;
use countersign_application::admin::users::CreateUser;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::policy::PolicyOwner;
use countersign_domain::claims::roles::ApplicationRole;
use countersign_domain::client::openid_registration::{Sector, SubjectType};
use countersign_domain::client::{Client, ClientId, KeySource};
use countersign_domain::identifier::{UserId, WebhookId};
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::{Webhook, WebhookName};
use countersign_ports::Assertions;
use serde::Serialize;
use serde_json::{Map, Value};

/// Creation time of an object that is only checked.
const NEVER: Timestamp = Timestamp::from_unix_seconds(0);

type Fields = Map<String, Value>;

fn body<T: serde::de::DeserializeOwned>(fields: &Fields) -> Result<T, Problem> {
    typed(Value::Object(fields.clone()))
}

fn members(body: &impl Serialize) -> Result<Fields, Problem> {
    match serde_json::to_value(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Ok(Fields::new()),
        Err(error) => Err(Problem::internal(&error)),
    }
}

pub(super) fn admin_role(fields: &Fields) -> Result<Fields, Problem> {
    let given: RoleBody = body(fields)?;
    let mut role = AdminRole::new(role_name("name", &given.name)?, NEVER);
    given.change()?.apply(&mut role);
    role.check().map_err(AdminError::from)?;
    members(&RoleBody::from(&role))
}

pub(super) fn group(fields: &Fields) -> Result<Fields, Problem> {
    let given: GroupBody = body(fields)?;
    let name = GroupName::parse(&given.name).map_err(|error| Problem::field("name", error))?;
    let mut group = Group::new(name, NEVER);
    given.change()?.apply(&mut group);
    group.check().map_err(AdminError::from)?;
    members(&GroupBody::from(&group))
}

pub(super) fn attribute(fields: &Fields) -> Result<Fields, Problem> {
    let given: AttributeBody = body(fields)?;
    let name = AttributeName::parse(&given.name).map_err(|error| Problem::field("name", error))?;
    let change = given.change()?;
    let mut attribute = Attribute::new(name, change.rule.kind, NEVER);
    change.apply(&mut attribute);
    check(&attribute).map_err(AdminError::from)?;
    members(&AttributeBody::from(&attribute))
}

pub(super) fn resource_server(fields: &Fields) -> Result<Fields, Problem> {
    let given: ResourceServerBody = body(fields)?;
    let mut server = ResourceServer::new(&given.audience, &given.audience, NEVER);
    given.change()?.apply(&mut server);
    server.check().map_err(AdminError::from)?;
    ApplicationRole::check_all(&server.roles).map_err(AdminError::from)?;
    let owner = PolicyOwner::ResourceServer(&server.audience);
    let checked = server.claims_policy.check(owner);
    checked.map_err(AdminError::from)?;
    members(&ResourceServerBody::from(&server))
}

/// Checks a client as if it were new. The sector of pairwise subjects stays absent if it is not declared, because the
/// redirect URIs may change later.
pub(super) fn client(fields: &Fields, assertions: &dyn Assertions) -> Result<Fields, Problem> {
    let given: ClientBody = body(fields)?;
    let id = given.client_id.as_deref().unwrap_or_default();
    let id = ClientId::parse(id).map_err(|error| Problem::field("client_id", error))?;
    let mut client = Client::new(id, &given.client_name, given.client_type()?, NEVER);
    given.apply(&mut client)?;
    if let Some(secret) = &given.client_secret {
        let checked = Client::check_chosen_secret(&Secret::new(secret.as_str()));
        checked.map_err(AdminError::from)?;
    }
    if let Some(pairwise) = given.pairwise()? {
        let host = NewClient::from(client.clone()).sector_host(&pairwise);
        let salt = [0; 32];
        client.openid.subject_type = SubjectType::Pairwise(Sector { host, salt });
    }
    client.registered().map_err(AdminError::from)?;
    client.check_mistakes().map_err(AdminError::from)?;
    let checked = client.claims_policy.check(PolicyOwner::Client);
    checked.map_err(AdminError::from)?;
    let keys = client.keys.as_ref().and_then(KeySource::registered);
    let checked = keys.map_or(Ok(()), |keys| assertions.check_keys(keys));
    checked.map_err(AdminError::Keys)?;
    let mut normal = members(&ClientBody::from(&client))?;
    if given.sector.is_none() {
        normal.remove("sector");
    }
    Ok(normal)
}

pub(super) fn user(fields: &Fields) -> Result<Fields, Problem> {
    let given: UserBody = body(fields)?;
    let new = CreateUser {
        email: email(&given.email)?,
        name: None,
        claims: given.claims(|name| fields.contains_key(name)),
        attributes: given.attributes()?,
        roles: given.roles()?,
        password: None,
    };
    let user = new.into_user(UserId::from_bytes([0; 16]), NEVER)?;
    members(&UserBody::from(&user))
}

/// Checks a webhook. Only the server knows whether its configuration allows a URL with http.
pub(super) fn webhook(fields: &Fields) -> Result<Fields, Problem> {
    let given: WebhookBody = body(fields)?;
    let name = WebhookName::parse(&given.name).map_err(|error| Problem::field("name", error))?;
    let mut webhook = Webhook::new(WebhookId::from_bytes([0; 16]), name, given.url()?, NEVER);
    given.change()?.apply(&mut webhook);
    webhook.check(true).map_err(AdminError::from)?;
    members(&WebhookBody::from(&webhook))
}

/// Checks an upstream provider without its secret, which only a new one needs.
pub(super) fn upstream_provider(fields: &Fields) -> Result<Fields, Problem> {
    let given: UpstreamProviderBody = body(fields)?;
    let provider = given.provider(NEVER)?;
    provider.check().map_err(AdminError::from)?;
    members(&UpstreamProviderBody::from(&provider))
}

/// Checks a tenant. Lifetimes that are not declared are the defaults; those of the server may differ.
pub(super) fn tenant(fields: &Fields) -> Result<Fields, Problem> {
    let given: TenantBody = body(fields)?;
    let name = TenantName::parse(&given.name).map_err(|error| Problem::field("name", error))?;
    let place = given.place()?;
    let mut tenant = RegisteredTenant::new(name, TenantId::SINGLE, place, NEVER);
    given.change()?.apply(&mut tenant);
    let server = Tenant {
        id: TenantId::SINGLE,
        issuer: String::new(),
        settings: TenantSettings::new(""),
    };
    tenant.check(&server).map_err(AdminError::from)?;
    members(&TenantBody::from(&tenant))
}
