//! Field changes for audit events. Field names match the stored documents; secret values are replaced by `..`.

mod claims;
mod client;
mod federation;

pub(super) use claims::attribute_of;

use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::audit::event::FieldChange;
use countersign_domain::client::ClientId;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::overrides::LifetimeOverrides;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::tenant::sign_up::SignUpMode;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::User;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::profile::Address;
use countersign_domain::webhook::Webhook;
use countersign_domain::webhook::subscription::EventPattern;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

/// Placeholder for a secret value.
pub(super) const REDACTED: &str = "..";

/// Fields by name. Fields without a value are absent.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<Cow<'static, str>, Value>);

/// Value of a field. `hidden` is compared but never shown.
#[derive(PartialEq, Eq)]
struct Value {
    shown: String,
    hidden: Option<[u8; 32]>,
}

impl Fields {
    /// Returns the fields that differ from `before`.
    pub(super) fn since(&self, before: &Self) -> Vec<FieldChange> {
        let mut names: Vec<_> = before.0.keys().chain(self.0.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let changes = names.into_iter().filter_map(|name| {
            let (before, after) = (before.0.get(name), self.0.get(name));
            let shown = |value: Option<&Value>| value.map(|value| value.shown.clone());
            (before != after).then(|| FieldChange {
                field: name.clone(),
                before: shown(before),
                after: shown(after),
            })
        });
        changes.collect()
    }

    fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Display) {
        self.set_hiding(name, value, None);
    }

    fn set_hiding(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Display,
        hidden: Option<[u8; 32]>,
    ) {
        let shown = format!("{value}");
        if !shown.is_empty() {
            self.0.insert(name.into(), Value { shown, hidden });
        }
    }

    fn set_some(&mut self, name: &'static str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn set_named(&mut self, name: String, value: Option<impl Display>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets a member that documents omit if it is false.
    fn set_if(&mut self, name: &'static str, holds: bool) {
        self.set_some(name, holds.then_some(true));
    }

    fn set_list<'a>(&mut self, name: &'static str, values: impl Iterator<Item = &'a str>) {
        self.set(name, values.collect::<Vec<_>>().join(" "));
    }

    /// Returns the fields of a resource server.
    pub(super) fn of_resource_server(server: &ResourceServer) -> Self {
        let mut fields = Self::default();
        let clients = server.introspection_clients.iter();
        fields.set("name", &server.name);
        fields.set_list("introspection_clients", clients.map(ClientId::as_str));
        fields.set("personal_claims", server.personal_claims);
        fields.set_defined_roles(&server.roles);
        fields.set_policy(&server.claims_policy);
        fields.set_some("managed_by", server.managed_by.as_ref());
        fields
    }

    /// Returns the fields of an admin role.
    pub(super) fn of_admin_role(role: &AdminRole) -> Self {
        let mut fields = Self::default();
        fields.set("description", &role.description);
        fields.set("permissions", role.permissions);
        fields.set_some("managed_by", role.managed_by.as_ref());
        fields
    }

    /// Returns the fields of a group.
    pub(super) fn of_group(group: &Group) -> Self {
        let mut fields = Self::default();
        fields.set("description", &group.description);
        fields.set_list("parents", group.parents.iter().map(GroupName::as_str));
        fields.set_held_roles(&group.roles);
        fields.set_some("managed_by", group.managed_by.as_ref());
        fields
    }

    /// Returns the fields of an invitation.
    pub(super) fn of_invitation(invitation: &Invitation) -> Self {
        let mut fields = Self::default();
        fields.set("email", &invitation.email);
        fields.set_list("groups", invitation.groups.iter().map(GroupName::as_str));
        fields.set("expires_at", invitation.expires_at.as_unix_seconds());
        fields
    }

    /// Returns the fields of a tenant.
    pub(super) fn of_tenant(tenant: &RegisteredTenant) -> Self {
        let (mut fields, own) = (Self::default(), &tenant.overrides);
        fields.set("number", tenant.id);
        if let TenantPlace::Host(host) = &tenant.place {
            fields.set("host", host);
        }
        fields.set("description", &tenant.description);
        fields.set("status", tenant.status.as_str());
        let lifetimes = LifetimeOverrides::NAMES
            .into_iter()
            .zip(own.lifetimes.values());
        for (name, lifetime) in lifetimes {
            let seconds = lifetime.map(|lifetime| lifetime.as_secs());
            fields.set_named(format!("lifetimes.{name}"), seconds);
        }
        let algorithm = own.signing_algorithm.map(SigningAlgorithm::as_str);
        fields.set_some("signing_algorithm", algorithm);
        fields.set_some("second_factor", own.mfa.map(MfaPolicy::as_str));
        fields.set_some("sliding_sessions", own.sliding_sessions);
        fields.set_some("sign_up", own.sign_up.map(SignUpMode::as_str));
        fields.set("sign_up_domains", own.sign_up_domains.join(" "));
        let only = own.upstream_only.iter().map(ProviderName::as_str);
        fields.set_list("upstream_only", only);
        for (name, value) in Branding::NAMES.into_iter().zip(own.branding.values()) {
            fields.set_named(format!("branding.{name}"), value);
        }
        for (name, limit) in TenantLimits::NAMES.into_iter().zip(own.limits.values()) {
            fields.set_named(format!("limits.{name}"), limit);
        }
        fields.set_some("managed_by", tenant.managed_by.as_ref());
        fields
    }

    /// Returns the groups that an invited user joins. It may be fewer than the invitation names.
    pub(super) fn of_joined(groups: &[GroupName]) -> Self {
        let mut fields = Self::default();
        fields.set_list("joined_groups", groups.iter().map(GroupName::as_str));
        fields
    }

    /// Returns the fields of a webhook. The path of its URL can be a secret.
    pub(super) fn of_webhook(webhook: &Webhook) -> Self {
        let mut fields = Self::default();
        let digest: [u8; 32] = Sha256::digest(webhook.url.as_str()).into();
        fields.set_hiding("url", webhook.url.origin(), Some(digest));
        fields.set_list("events", webhook.events.iter().map(EventPattern::as_str));
        fields.set("description", &webhook.description);
        fields.set("enabled", webhook.enabled);
        fields.set_some("managed_by", webhook.managed_by.as_ref());
        fields
    }

    /// Returns the fields of a user that administrators can edit.
    pub(super) fn of_user(user: &User) -> Self {
        let mut fields = Self::default();
        let profile = &user.profile;
        fields.set("email", &user.email);
        fields.set("email_verified", user.email_verified);
        fields.set("enabled", user.enabled);
        fields.set_some("name", user.name.as_deref());
        for (claim, text) in profile.texts() {
            fields.set(claim.as_str(), text);
        }
        fields.set_list("groups", user.groups.iter().map(GroupName::as_str));
        fields.set_held_roles(&user.roles);
        fields.set_attributes(&user.attributes);
        fields.set("phone_number_verified", profile.phone_number_verified);
        for (member, text) in profile.address.iter().flat_map(Address::members) {
            fields.set(format!("address.{member}"), text);
        }
        fields
    }
}

/// Returns the change of a secret field, without its values.
pub(super) fn redacted(
    field: impl Into<Cow<'static, str>>,
    was_set: bool,
    is_set: bool,
) -> FieldChange {
    let shown = |is_set: bool| is_set.then(|| REDACTED.to_owned());
    FieldChange {
        field: field.into(),
        before: shown(was_set),
        after: shown(is_set),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::client::openid_registration::{Sector, SubjectType};
    use countersign_store_contract::fixtures;

    #[test]
    fn only_changed_fields_are_listed() {
        let before = fixtures::client("app");
        let mut after = before.clone();
        after.name = "Notes".to_owned();
        after.audience = Some("api".to_owned());
        after.redirect_uris.clear();
        let changes = Fields::of_client(&after).since(&Fields::of_client(&before));
        let changes: Vec<_> = changes
            .iter()
            .map(|change| {
                (
                    &*change.field,
                    change.before.as_deref(),
                    change.after.as_deref(),
                )
            })
            .collect();
        let callback = Some("https://app.example/callback");
        assert_eq!(
            changes,
            [
                ("audience", None, Some("api")),
                ("client_name", Some("App"), Some("Notes")),
                ("redirect_uris", callback, None),
            ]
        );
    }

    #[test]
    fn changes_contain_no_secret_or_salt() {
        let mut client = fixtures::client("app");
        client.openid.subject_type = SubjectType::Pairwise(Sector {
            host: "app.example".to_owned(),
            salt: *b"saltsaltsaltsaltsaltsaltsaltsalt",
        });
        let changes = Fields::of_client(&client).since(&Fields::default());
        let of = |name: &str| {
            let change = changes.iter().find(|change| change.field == name);
            change.and_then(|change| change.after.as_deref())
        };
        assert_eq!(of("client_secret:first"), Some(".."));
        assert_eq!(of("sector"), Some("app.example"));
    }

    #[test]
    fn replaced_secret_is_recorded_as_change() {
        let before = fixtures::client("app");
        let mut after = before.clone();
        for secret in &mut after.secrets {
            secret.digest = countersign_domain::secret::Secret::new("next").digest();
        }
        let changes = Fields::of_client(&after).since(&Fields::of_client(&before));
        assert_eq!(changes, [redacted("client_secret:first", true, true)]);
    }
}
