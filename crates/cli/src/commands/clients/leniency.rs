//! Options of `clients create` and `clients update` for clients that use the server in a stricter or looser way.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_domain::client::openid_registration::ScopeClaims;
use countersign_domain::client::{Client, PkceRequirement};

/// Settings with a default that depends on the client type.
#[derive(Args, Clone, Debug)]
pub(crate) struct LeniencyArgs {
    /// Require PKCE of every request; by default, a confidential client may send the scope `openid` with a nonce instead
    #[arg(long, conflicts_with = "no_pkce")]
    require_pkce: bool,
    /// Make PKCE optional (confidential clients only)
    #[arg(long)]
    no_pkce: bool,
    /// Claims of the scope in the ID token; by default, `profile_and_email` for a confidential client
    #[arg(long, value_name = "CLAIMS", value_parser = scope_claims())]
    scope_claims_in_id_token: Option<ScopeClaims>,
}

fn scope_claims() -> impl TypedValueParser<Value = ScopeClaims> {
    PossibleValuesParser::new(ScopeClaims::ALL.iter().map(|own| own.as_str()))
        .try_map(|name| ScopeClaims::parse(&name).ok_or("unknown"))
}

impl LeniencyArgs {
    /// Names of the options, as clap knows them.
    pub(super) const NAMES: [&'static str; 3] =
        ["require_pkce", "no_pkce", "scope_claims_in_id_token"];

    /// Sets what the options name, and keeps the rest.
    pub(super) fn apply(&self, client: &mut Client) {
        if self.require_pkce {
            client.pkce.required = PkceRequirement::Always;
        }
        if self.no_pkce {
            client.pkce.required = PkceRequirement::Never;
        }
        if let Some(claims) = self.scope_claims_in_id_token {
            client.openid.scope_claims_in_id_token = claims;
        }
    }
}
