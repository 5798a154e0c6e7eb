//! A user as an upstream provider describes them.

use crate::administration::group_name::GroupName;
use crate::federation::claims::UpstreamClaims;
use crate::federation::preset::Preset;
use crate::federation::profile_mapping::ProfileField;
use crate::federation::protocol::UpstreamProtocol;
use crate::federation::provider::UpstreamProvider;
use crate::federation::value_table::{RoleAt, ValueTable};
use crate::user::Email;
use alloc::borrow::ToOwned as _;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The claims do not identify a user.
    #[error("the claims do not identify a user")]
    pub struct UnidentifiedUser;
}

/// User of an upstream provider.
#[derive(Clone, PartialEq, Eq)]
pub struct UpstreamUser {
    /// Issuer of the identity.
    pub issuer: String,
    /// Subject of the identity.
    pub subject: String,
    /// Email address.
    pub email: Option<UpstreamEmail>,
    /// Values of the profile fields.
    pub profile: BTreeMap<ProfileField, String>,
    /// Groups that the claims give.
    pub groups: BTreeSet<GroupName>,
    /// Application roles that the claims give.
    pub roles: BTreeSet<RoleAt>,
}

/// Email address that an upstream provider names.
#[derive(Clone, PartialEq, Eq)]
pub struct UpstreamEmail {
    /// Address.
    pub address: Email,
    /// Whether the address belongs to the user: the provider has verified it, and is trusted for its domain.
    pub is_proved: bool,
}

/// Address in the list of a user's addresses, as GitHub describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedEmail {
    /// Address.
    pub address: String,
    /// Whether it is the primary one.
    pub is_primary: bool,
    /// Whether the provider has verified it.
    pub is_verified: bool,
}

impl UpstreamProvider {
    /// Maximum length of an identifier in bytes.
    const LONGEST_SUBJECT: usize = 255;

    /// Reads the claims about a user. `listed` are the addresses of a provider that lists them.
    pub fn user(
        &self,
        claims: &UpstreamClaims,
        listed: Option<&[ListedEmail]>,
    ) -> Result<UpstreamUser, UnidentifiedUser> {
        let (issuer, subject) = self.identity(claims).ok_or(UnidentifiedUser)?;
        let field = |field: &ProfileField| {
            let value = self.profile.value(*field, |claim| claims.text(claim));
            value.map(|value| (*field, value.to_owned()))
        };
        Ok(UpstreamUser {
            issuer,
            subject,
            email: self.email(claims, listed),
            profile: ProfileField::ALL.iter().filter_map(field).collect(),
            groups: given(self.groups.as_ref(), claims),
            roles: given(self.roles.as_ref(), claims),
        })
    }

    /// Returns whether a discovery document with this issuer is the provider's (OpenID Connect Discovery section 4.3).
    #[must_use]
    pub fn announces(&self, issuer: &str, announced: &str) -> bool {
        let is_microsoft = self.preset == Some(Preset::Microsoft);
        // The documents of several organizations have the issuer `https://HOST/{tenantid}/v2.0`.
        let mut slashes = issuer.match_indices('/').map(|(index, _)| index);
        let host = slashes.nth(2).and_then(|end| issuer.get(..=end));
        let is_of_host = host.is_some_and(|host| announced.starts_with(host));
        announced == issuer || (is_microsoft && is_of_host)
    }

    /// Returns the issuer that ID tokens must have. Microsoft's issuer for several organizations has a placeholder for
    /// the `tid` claim.
    #[must_use]
    pub fn issuer_of_tokens(&self, announced: &str, claims: &UpstreamClaims) -> String {
        match (self.preset, claims.text("tid")) {
            (Some(Preset::Microsoft), Some(organization)) if is_uuid(organization) => {
                announced.replace("{tenantid}", organization)
            }
            _ => announced.to_owned(),
        }
    }

    /// Returns whether an issuer is the provider's. `announced` is the one of the discovery document.
    #[must_use]
    pub fn issues(&self, announced: &str, issuer: &str) -> bool {
        let of_organization = || {
            let (host, rest) = announced.split_once("{tenantid}")?;
            issuer.strip_prefix(host)?.strip_suffix(rest)
        };
        let is_microsoft = self.preset == Some(Preset::Microsoft);
        announced == issuer || (is_microsoft && of_organization().is_some_and(is_uuid))
    }

    fn identity(&self, claims: &UpstreamClaims) -> Option<(String, String)> {
        let (issuer, subject) = match &self.protocol {
            UpstreamProtocol::OAuth2(endpoints) => {
                let named = endpoints.subject_claims.iter();
                let mut named = named.filter_map(|name| Some((name, claims.identifier(name)?)));
                let (name, subject) = named.next()?;
                (endpoints.identity_issuer(name), subject)
            }
            UpstreamProtocol::OpenIdConnect { .. } if self.preset == Some(Preset::Microsoft) => {
                // `sub` differs from application to application.
                claims.text("tid")?;
                (claims.text("iss")?.to_owned(), claims.text("oid")?)
            }
            UpstreamProtocol::OpenIdConnect { issuer } => {
                (issuer.as_str().to_owned(), claims.text("sub")?)
            }
        };
        let is_valid =
            subject.len() <= Self::LONGEST_SUBJECT && !subject.contains(char::is_control);
        is_valid.then(|| (issuer, subject.to_owned()))
    }

    fn email(
        &self,
        claims: &UpstreamClaims,
        listed: Option<&[ListedEmail]>,
    ) -> Option<UpstreamEmail> {
        let (text, is_verified) = if let Some(listed) = listed {
            let mut primary = listed
                .iter()
                .filter(|own| own.is_primary && own.is_verified);
            (primary.next()?.address.as_str(), true)
        } else {
            let mut claims_of = self.profile.claims(ProfileField::Email).iter();
            let (claim, text) = claims_of.find_map(|claim| Some((claim, claims.text(claim)?)))?;
            // The status is about the claim `email` alone.
            (text, claim == "email" && self.verifies(claims, text))
        };
        let address = Email::parse(text).ok()?;
        // Converting a letter outside ASCII to lower case can result in the address of another user.
        let is_proved = is_verified && text.is_ascii() && self.trusted_domains.include(&address);
        Some(UpstreamEmail { address, is_proved })
    }

    /// Returns whether the claims say that the user owns the address in the claim `email`.
    fn verifies(&self, claims: &UpstreamClaims, text: &str) -> bool {
        let domain = text.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_of = |own: &str| domain.eq_ignore_ascii_case(own);
        match self.preset {
            // Google is the owner of mailboxes only in its own domain and in those of its customers.
            Some(Preset::Google) => {
                let is_hosted = claims.text("hd").is_some_and(is_of);
                claims.is_true("email_verified")
                    && (is_hosted || is_of("gmail.com") || is_of("googlemail.com"))
            }
            // Any organization can set any address for its users.
            Some(Preset::Microsoft) => claims.is_true("xms_edov"),
            _ => claims.is_true("email_verified"),
        }
    }
}

/// Returns what the claims give according to a table.
fn given<T: Ord + Clone>(table: Option<&ValueTable<T>>, claims: &UpstreamClaims) -> BTreeSet<T> {
    let of_table = |table: &ValueTable<T>| {
        let given = table.given(claims.texts(&table.claim));
        given.into_iter().cloned().collect()
    };
    table.map(of_table).unwrap_or_default()
}

/// Returns whether a text has the form of a UUID, which is safe in a URL.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Omits the personal data.
impl fmt::Debug for UpstreamUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamUser")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UpstreamEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamEmail")
            .field("is_proved", &self.is_proved)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ListedEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListedEmail(..)")
    }
}

#[cfg(test)]
mod tests;
