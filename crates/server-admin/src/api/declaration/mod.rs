//! Objects that files can declare: their fields, and the rules that need no store.
//!
//! A file and a request to this API have the same fields and the same rules. A command that applies files can therefore
//! find all mistakes before the first change.

mod normal;

use super::body::check_names;
use super::problem::Problem;
use super::resources::{
    AttributeBody, ClientBody, GroupBody, ResourceServerBody, RoleBody, TenantBody,
    UpstreamProviderBody, UserBody, WebhookBody,
};
use super::shape::{SchemaOf, inline, members_of, schema_of};
use countersign_ports::Assertions;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Kind of an object that files can declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// Admin role.
    AdminRole,
    /// User attribute.
    Attribute,
    /// Group of users.
    Group,
    /// Upstream provider.
    UpstreamProvider,
    /// Client.
    Client,
    /// Resource server.
    ResourceServer,
    /// User.
    User,
    /// Webhook.
    Webhook,
    /// Tenant of the server.
    Tenant,
}

/// Field of a declared object that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    /// Name of the field.
    pub field: String,
    /// What is wrong, and what to do.
    pub rule: String,
}

impl ObjectKind {
    /// All kinds, in the order in which they are created: an object needs only kinds before its own. The roles that an
    /// upstream provider gives may be defined later.
    pub const ALL: &'static [Self] = &[
        Self::AdminRole,
        Self::Attribute,
        Self::Group,
        Self::UpstreamProvider,
        Self::Client,
        Self::ResourceServer,
        Self::User,
        Self::Webhook,
        Self::Tenant,
    ];

    /// Returns the name of the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AdminRole => "admin_role",
            Self::Attribute => "attribute",
            Self::Group => "group",
            Self::Client => "client",
            Self::ResourceServer => "resource_server",
            Self::User => "user",
            Self::Webhook => "webhook",
            Self::UpstreamProvider => "upstream_provider",
            Self::Tenant => "tenant",
        }
    }

    /// Returns the kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Returns the field that identifies an object.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::AdminRole
            | Self::Attribute
            | Self::Group
            | Self::Webhook
            | Self::UpstreamProvider
            | Self::Tenant => "name",
            Self::Client => "client_id",
            Self::ResourceServer => "audience",
            Self::User => "email",
        }
    }

    /// Returns the path of the list of all objects in the API.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::AdminRole => "/admin-roles",
            Self::Attribute => "/attributes",
            Self::Group => "/groups",
            Self::Client => "/clients",
            Self::ResourceServer => "/resource-servers",
            Self::User => "/users",
            Self::Webhook => "/webhooks",
            Self::UpstreamProvider => "/upstream-providers",
            Self::Tenant => "/tenants",
        }
    }

    /// Returns the fields that cannot change.
    #[must_use]
    pub const fn fixed(self) -> &'static [&'static str] {
        match self {
            Self::Client => &["client_type", "subject_type", "sector"],
            Self::Tenant => &["host"],
            _ => &[],
        }
    }

    fn body(self) -> SchemaOf {
        match self {
            Self::AdminRole => schema_of::<RoleBody>,
            Self::Attribute => schema_of::<AttributeBody>,
            Self::Group => schema_of::<GroupBody>,
            Self::Client => schema_of::<ClientBody>,
            Self::ResourceServer => schema_of::<ResourceServerBody>,
            Self::User => schema_of::<UserBody>,
            Self::Webhook => schema_of::<WebhookBody>,
            Self::UpstreamProvider => schema_of::<UpstreamProviderBody>,
            Self::Tenant => schema_of::<TenantBody>,
        }
    }

    /// Returns the names of the fields.
    fn members(self) -> &'static [String] {
        static ALL: LazyLock<BTreeMap<ObjectKind, Vec<String>>> = LazyLock::new(|| {
            let all = ObjectKind::ALL.iter();
            all.map(|kind| (*kind, members_of(kind.body()))).collect()
        });
        ALL.get(&self).map_or(&[], Vec::as_slice)
    }

    /// Returns the JSON Schema of the fields.
    #[must_use]
    pub fn schema(self) -> Value {
        inline(self.body()).to_value()
    }

    /// Returns the fields of a declared object as a new object would have them: with all defaults, and in the form in
    /// which the API returns them. Fails with the first broken rule.
    pub fn normal(
        self,
        fields: &Map<String, Value>,
        assertions: &dyn Assertions,
    ) -> Result<Map<String, Value>, InvalidField> {
        self.normalized(fields, assertions)
            .map_err(|problem| invalid(*problem.into_parts().2))
    }

    fn normalized(
        self,
        fields: &Map<String, Value>,
        assertions: &dyn Assertions,
    ) -> Result<Map<String, Value>, Problem> {
        check_names(fields, self.members())?;
        match self {
            Self::AdminRole => normal::admin_role(fields),
            Self::Attribute => normal::attribute(fields),
            Self::Group => normal::group(fields),
            Self::Client => normal::client(fields, assertions),
            Self::ResourceServer => normal::resource_server(fields),
            Self::User => normal::user(fields),
            Self::Webhook => normal::webhook(fields),
            Self::UpstreamProvider => normal::upstream_provider(fields),
            Self::Tenant => normal::tenant(fields),
        }
    }

    /// Returns a valid value of a field, to find further mistakes after the field has one.
    #[must_use]
    pub fn stand_in(self, field: &str) -> Option<Value> {
        match (self, field) {
            (Self::Webhook, "url") => Some(json!("https://client.example/webhook")),
            (Self::Webhook, "events") => Some(json!(["user.*"])),
            (
                Self::AdminRole
                | Self::Attribute
                | Self::Group
                | Self::Webhook
                | Self::UpstreamProvider
                | Self::Tenant,
                "name",
            )
            | (Self::Client | Self::UpstreamProvider, "client_id")
            | (Self::Client, "client_name")
            | (Self::ResourceServer, "audience") => Some(json!("x")),
            (Self::Attribute, "type") => Some(json!("string")),
            (Self::Client, "client_type") => Some(json!("confidential")),
            (Self::Client, "grant_types") => Some(json!(["authorization_code"])),
            (Self::Client, "redirect_uris") => Some(json!(["https://client.example/callback"])),
            (Self::Client, "scope") => Some(json!("openid")),
            (Self::UpstreamProvider, "issuer") => Some(json!("https://id.example")),
            (Self::User, "email") => Some(json!("x@client.example")),
            _ => None,
        }
    }
}

/// Returns the field and the rule of a problem. The text of some problems begins with the field.
fn invalid(details: super::problem::Details) -> InvalidField {
    let field = details.field.unwrap_or_default();
    let rule = match details.detail.strip_prefix(&format!("{field}: ")) {
        Some(rule) => rule.to_owned(),
        None => details.detail,
    };
    InvalidField { field, rule }
}
