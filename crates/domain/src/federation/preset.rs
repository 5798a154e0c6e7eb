//! Presets: what is known of common providers, so that an operator gives only the client ID and secret.

use super::email_domain::TrustedDomains;
use super::protocol::{OAuth2Endpoints, UpstreamAuthentication, UpstreamProtocol};
use super::url::UpstreamUrl;
use alloc::string::ToString as _;
use alloc::vec::Vec;

/// Common provider. It selects the rules for the provider's addresses and subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Google. Trusted for the addresses of the `hd` claim, and for Gmail.
    Google,
    /// Microsoft Entra. A user is `tid` and `oid`. An address counts only with `xms_edov`.
    Microsoft,
    /// Apple.
    Apple,
    /// GitHub, or a GitHub Enterprise Server. The user's address is the verified primary one.
    GitHub,
    /// GitLab, also on a server of its own.
    GitLab,
    /// Okta. The issuer is the organization's.
    Okta,
}
crate::wire_names!(Preset {
    Google = "google",
    Microsoft = "microsoft",
    Apple = "apple",
    GitHub = "github",
    GitLab = "gitlab",
    Okta = "okta",
});

/// Hosts of Microsoft Entra: worldwide, for the US government, and in China.
const MICROSOFT: &[&str] = &[
    "https://login.microsoftonline.com/",
    "https://login.microsoftonline.us/",
    "https://login.partner.microsoftonline.cn/",
];

const GOOGLE: &str = "https://accounts.google.com";
const APPLE: &str = "https://appleid.apple.com";

impl Preset {
    /// Returns the name on buttons.
    #[must_use]
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
            Self::Apple => "Apple",
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Okta => "Okta",
        }
    }

    /// Returns the protocol with its issuer or endpoints; `None` if they differ between the customers of the provider.
    #[must_use]
    pub fn protocol(self) -> Option<UpstreamProtocol> {
        let issuer = match self {
            Self::Google => GOOGLE,
            Self::Microsoft => "https://login.microsoftonline.com/common/v2.0",
            Self::Apple => APPLE,
            Self::GitLab => "https://gitlab.com",
            Self::GitHub => return github().map(UpstreamProtocol::OAuth2),
            Self::Okta => return None,
        };
        let issuer = UpstreamUrl::parse(issuer).ok()?;
        Some(UpstreamProtocol::OpenIdConnect { issuer })
    }

    /// Returns the scope.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            // Apple sends the name only beside the ID token, without a signature.
            Self::Apple => "openid email",
            Self::GitHub => "read:user user:email",
            _ => UpstreamProtocol::OIDC_SCOPE,
        }
    }

    /// Returns the `response_mode` of requests; `None` for the default. Apple gives an address only by a form.
    #[must_use]
    pub const fn response_mode(self) -> Option<&'static str> {
        match self {
            Self::Apple => Some("form_post"),
            _ => None,
        }
    }

    /// Returns how this server authenticates.
    #[must_use]
    pub const fn authentication(self) -> UpstreamAuthentication {
        match self {
            Self::Apple | Self::GitHub => UpstreamAuthentication::ClientSecretPost,
            _ => UpstreamAuthentication::ClientSecretBasic,
        }
    }

    /// Returns the domains for which a provider with this protocol is trusted. The rules of the preset narrow them
    /// further. The operators of another server with GitHub's software can claim that any address is verified.
    #[must_use]
    pub fn trusted_domains(self, protocol: &UpstreamProtocol) -> TrustedDomains {
        let is_trusted = match self {
            Self::Google | Self::Microsoft => true,
            Self::GitHub => self.protocol().as_ref() == Some(protocol),
            Self::Apple | Self::GitLab | Self::Okta => false,
        };
        if is_trusted {
            TrustedDomains::All
        } else {
            TrustedDomains::Listed(Vec::new())
        }
    }

    /// Returns whether a provider with this protocol can have the preset. The rules of Google, Microsoft and Apple hold
    /// only for their own issuers.
    #[must_use]
    pub fn fits(self, protocol: &UpstreamProtocol) -> bool {
        let issuer = protocol.issuer().map(UpstreamUrl::as_str);
        match self {
            Self::Google => issuer == Some(GOOGLE),
            Self::Apple => issuer == Some(APPLE),
            Self::Microsoft => {
                issuer.is_some_and(|own| MICROSOFT.iter().any(|host| own.starts_with(host)))
            }
            Self::GitLab | Self::Okta => issuer.is_some(),
            Self::GitHub => protocol.endpoints().is_some_and(|own| own.emails.is_some()),
        }
    }
}

/// Returns the endpoints of GitHub. The ID of a user never changes, unlike the name.
fn github() -> Option<OAuth2Endpoints> {
    let url = |text| UpstreamUrl::parse(text).ok();
    Some(OAuth2Endpoints {
        authorization: url("https://github.com/login/oauth/authorize")?,
        token: url("https://github.com/login/oauth/access_token")?,
        userinfo: url("https://api.github.com/user")?,
        emails: Some(url("https://api.github.com/user/emails")?),
        subject_claims: ["id".to_string()].into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_fit_only_their_own_providers() {
        for preset in Preset::ALL {
            let protocol = preset.protocol();
            assert_eq!(protocol.is_none(), *preset == Preset::Okta, "{preset:?}");
            assert!(protocol.is_none_or(|own| preset.fits(&own)), "{preset:?}");
        }
        let at = |issuer| UpstreamProtocol::OpenIdConnect {
            issuer: UpstreamUrl::parse(issuer).unwrap(),
        };
        let own = Preset::GitHub.protocol().unwrap();
        let enterprise = UpstreamProtocol::OAuth2(OAuth2Endpoints {
            userinfo: UpstreamUrl::parse("https://github.corp.example/api/v3/user").unwrap(),
            ..own.endpoints().unwrap().clone()
        });
        assert!(Preset::GitHub.fits(&enterprise));
        assert_eq!(Preset::GitHub.trusted_domains(&own), TrustedDomains::All);
        let none = TrustedDomains::Listed(Vec::new());
        assert_eq!(Preset::GitHub.trusted_domains(&enterprise), none);
        assert!(Preset::Microsoft.fits(&at("https://login.microsoftonline.com/tenant/v2.0")));
        assert!(Preset::Okta.fits(&at("https://example.okta.com")));
        for (preset, issuer) in [
            (Preset::Google, "https://accounts.google.com.evil.example"),
            (Preset::Google, "http://accounts.google.com"),
            (
                Preset::Microsoft,
                "https://login.microsoftonline.com.evil.example/",
            ),
            (Preset::Apple, "https://accounts.google.com"),
            (Preset::GitHub, "https://github.com"),
        ] {
            assert!(!preset.fits(&at(issuer)), "{issuer}");
        }
    }
}
