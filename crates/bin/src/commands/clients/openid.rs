//! The options of `clients create` that are about OpenID Connect and resources.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_application::admin::clients::Pairwise;
use countersign_domain::openid_registration::{OpenIdRegistration, SubjectType};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::resource::Resource;
use countersign_domain::signing_algorithm::SigningAlgorithm;

/// What a client is registered with beside the grants.
#[derive(Args, Clone, Debug)]
pub(crate) struct OpenIdArgs {
    /// It is the operator's own: nobody is asked for consent
    #[arg(long)]
    pub(super) first_party: bool,
    /// A resource that its tokens may be for (RFC 8707), an absolute URI; may be repeated
    #[arg(long = "resource", value_name = "URI", num_args = 1.., value_parser = Resource::parse)]
    pub(super) resources: Vec<Resource>,
    /// Show it a `sub` of its own for each user; clients of one host share it
    #[arg(long)]
    pairwise: bool,
    /// The host whose clients share pairwise subjects, if not that of the redirect URIs
    #[arg(long, value_name = "HOST", requires = "pairwise")]
    sector: Option<String>,
    /// Answer it at the userinfo endpoint with a JWT under this algorithm, not with plain JSON
    #[arg(long, value_name = "ALG", value_parser = signing_algorithm())]
    userinfo_signing_alg: Option<SigningAlgorithm>,
    /// Put the claims of its scope into the ID token too
    #[arg(long)]
    scope_claims_in_id_token: bool,
    /// Where a browser may go after logout, compared byte for byte; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URI", num_args = 1.., value_parser = RedirectUri::parse)]
    post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where this server tells it of a logout (Back-Channel Logout)
    #[arg(long, value_name = "URI", value_parser = RedirectUri::parse)]
    backchannel_logout_uri: Option<RedirectUri>,
    /// What a browser loads at a logout (Front-Channel Logout)
    #[arg(long, value_name = "URI", value_parser = RedirectUri::parse)]
    frontchannel_logout_uri: Option<RedirectUri>,
}

/// The names of algorithms, as an option takes them.
pub(super) fn signing_algorithm() -> impl TypedValueParser<Value = SigningAlgorithm> {
    PossibleValuesParser::new(SigningAlgorithm::ALL.iter().map(|own| own.as_str()))
        .try_map(|name| SigningAlgorithm::parse(&name).ok_or("unknown"))
}

impl OpenIdArgs {
    /// The registration, whether it is pairwise or not.
    pub(super) fn registration(&self) -> OpenIdRegistration {
        OpenIdRegistration {
            subject_type: SubjectType::Public,
            userinfo_signing_algorithm: self.userinfo_signing_alg,
            scope_claims_in_id_token: self.scope_claims_in_id_token,
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            backchannel_logout_uri: self.backchannel_logout_uri.clone(),
            frontchannel_logout_uri: self.frontchannel_logout_uri.clone(),
        }
    }

    /// Whether the client sees a `sub` of its own for each user, and as part of which sector.
    pub(super) fn pairwise(&self) -> Option<Pairwise> {
        self.pairwise.then(|| Pairwise {
            sector: self.sector.clone(),
        })
    }
}
