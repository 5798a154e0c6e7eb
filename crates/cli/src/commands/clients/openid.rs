//! Options of `clients create` for OpenID Connect and resource indicators.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_application::admin::clients::Pairwise;
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::resource::Resource;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;

/// OpenID Connect and resource options of a client.
#[derive(Args, Clone, Debug)]
pub(crate) struct OpenIdArgs {
    /// First-party client: skips the consent page and can end its users' sessions
    #[arg(long)]
    pub(super) first_party: bool,
    /// Allowed resource (RFC 8707), an absolute URI; may be repeated
    #[arg(long = "resource", value_name = "URI", num_args = 1.., value_parser = Resource::parse)]
    pub(super) resources: Vec<Resource>,
    /// Use pairwise subjects: each sector sees a different `sub` for the same user
    #[arg(long)]
    pairwise: bool,
    /// Host whose clients share pairwise subjects, instead of the host of the redirect URIs
    #[arg(long, value_name = "HOST", requires = "pairwise")]
    sector: Option<String>,
    /// Return userinfo as a JWT signed with this algorithm, instead of plain JSON
    #[arg(long, value_name = "ALG", value_parser = signing_algorithm())]
    userinfo_signing_alg: Option<SigningAlgorithm>,
    /// Include the claim `token_use` in the ID token
    #[arg(long)]
    token_use_in_id_token: bool,
    /// Redirect URI after logout, matched exactly; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URI", num_args = 1.., value_parser = RedirectUri::parse)]
    post_logout_redirect_uris: Vec<RedirectUri>,
    /// URI that receives logout tokens (Back-Channel Logout)
    #[arg(long, value_name = "URI", value_parser = RedirectUri::parse)]
    backchannel_logout_uri: Option<RedirectUri>,
    /// URI that the browser loads at logout (Front-Channel Logout)
    #[arg(long, value_name = "URI", value_parser = RedirectUri::parse)]
    frontchannel_logout_uri: Option<RedirectUri>,
}

/// Returns a parser for algorithm names.
pub(super) fn signing_algorithm() -> impl TypedValueParser<Value = SigningAlgorithm> {
    PossibleValuesParser::new(SigningAlgorithm::ALL.iter().map(|own| own.as_str()))
        .try_map(|name| SigningAlgorithm::parse(&name).ok_or("unknown"))
}

impl OpenIdArgs {
    /// Sets the OpenID Connect metadata, without pairwise subjects.
    pub(super) fn apply(&self, openid: &mut OpenIdRegistration) {
        openid.userinfo_signing_algorithm = self.userinfo_signing_alg;
        openid.token_use_in_id_token = self.token_use_in_id_token;
        openid
            .post_logout_redirect_uris
            .clone_from(&self.post_logout_redirect_uris);
        openid
            .backchannel_logout_uri
            .clone_from(&self.backchannel_logout_uri);
        openid
            .frontchannel_logout_uri
            .clone_from(&self.frontchannel_logout_uri);
    }

    /// Returns the pairwise setting, if the client uses pairwise subjects.
    pub(super) fn pairwise(&self) -> Option<Pairwise> {
        self.pairwise.then(|| Pairwise {
            sector: self.sector.clone(),
        })
    }
}
