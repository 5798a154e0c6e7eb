//! Fields of upstream providers.

use super::Fields;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::federation::email_domain::EmailDomain;
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::value_table::{RoleAt, ValueTable};

impl Fields {
    /// Returns the fields of an upstream provider, without its secret.
    pub(in crate::admin) fn of_upstream_provider(provider: &UpstreamProvider) -> Self {
        let mut fields = Self::default();
        fields.set("display_name", &provider.display_name);
        fields.set_some("preset", provider.preset.map(Preset::as_str));
        fields.set("enabled", provider.enabled);
        fields.set("type", provider.protocol.as_str());
        for (name, url) in provider.protocol.urls() {
            fields.set(name, url.as_str());
        }
        if let Some(endpoints) = provider.protocol.endpoints() {
            let claims = endpoints.subject_claims.iter().map(String::as_str);
            fields.set_list("subject_claims", claims);
        }
        fields.set("client_id", &provider.client_id);
        let method = provider.authentication.as_str();
        fields.set("token_endpoint_auth_method", method);
        let algorithm = provider.id_token_signed_response_alg.as_ref();
        fields.set_some("id_token_signed_response_alg", algorithm);
        fields.set("scope", provider.scope.as_str());
        for (field, claims) in provider.profile.iter() {
            fields.set(format!("profile.{}", field.as_str()), claims.join(" "));
        }
        let trusted = provider.trusted_domains.texts();
        fields.set_list("trusted_domains", trusted.into_iter());
        let home = provider.home_domains.iter().map(EmailDomain::as_str);
        fields.set_list("home_domains", home);
        fields.set("create_users", provider.create_users);
        fields.set("link_by_email", provider.link_by_email);
        fields.set_table("groups", provider.groups.as_ref(), GroupName::to_string);
        let role = |own: &RoleAt| format!("{} {}", own.audience, own.role);
        fields.set_table("roles", provider.roles.as_ref(), role);
        let acr = provider.two_factor_acr.iter().map(String::as_str);
        fields.set_list("two_factor_acr", acr);
        let amr = provider.two_factor_amr.iter().map(String::as_str);
        fields.set_list("two_factor_amr", amr);
        fields.set("allow_private_network", provider.allow_private_network);
        fields.set("backchannel_logout", provider.backchannel_logout);
        fields.set("rp_initiated_logout", provider.rp_initiated_logout);
        fields.set_some("managed_by", provider.managed_by.as_ref());
        fields
    }

    /// Sets the claim of a table, and one field for each of its values.
    fn set_table<T>(
        &mut self,
        name: &'static str,
        table: Option<&ValueTable<T>>,
        text: impl Fn(&T) -> String,
    ) {
        let Some(table) = table else {
            return;
        };
        self.set(name, &table.claim);
        for (value, given) in &table.values {
            let given: Vec<_> = given.iter().map(&text).collect();
            self.set(format!("{name}:{value}"), given.join(", "));
        }
    }
}
