//! [`FromStr`] of the newtypes: the checked constructor, for parsers of arguments and settings.

use crate::client::redirect_uri::{InvalidRedirectUri, RedirectUri};
use crate::client::{ClientId, GrantType, InvalidClientId};
use crate::grant::pkce::{CodeVerifier, InvalidProofKey};
use crate::identifier::Subject;
use crate::resource::{InvalidResource, Resource};
use crate::scope::{InvalidScope, Scope};
use crate::user::{Email, InvalidEmail};
use core::convert::Infallible;
use core::str::FromStr;

macro_rules! checked {
    ($($type:ty: $error:ty),+ $(,)?) => {$(
        impl FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    )+};
}

checked! {
    ClientId: InvalidClientId,
    CodeVerifier: InvalidProofKey,
    Email: InvalidEmail,
    RedirectUri: InvalidRedirectUri,
    Resource: InvalidResource,
    Scope: InvalidScope,
}

impl FromStr for GrantType {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::named(name))
    }
}

impl FromStr for Subject {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_parsed_by_checked_constructor() {
        assert_eq!("app".parse(), ClientId::parse("app"));
        assert_eq!("".parse::<ClientId>(), Err(InvalidClientId));
        assert_eq!("read write".parse(), Scope::parse("read write"));
        assert_eq!("".parse::<Scope>(), Err(InvalidScope));
        assert_eq!("Jane@Example.com".parse(), Email::parse("jane@example.com"));
        assert_eq!("jane".parse::<Email>(), Err(InvalidEmail));
        assert_eq!("urn:a:b".parse(), Resource::parse("urn:a:b"));
        assert_eq!("a b".parse::<Resource>(), Err(InvalidResource));
        let plain = "http://app.example/callback".parse::<RedirectUri>();
        assert_eq!(plain, Err(InvalidRedirectUri::PlainHttp));
        let short = "short".parse::<CodeVerifier>();
        assert_eq!(short.err(), Some(InvalidProofKey::Verifier));
        assert_eq!("refresh_token".parse(), Ok(GrantType::REFRESH_TOKEN));
        assert_eq!("jane".parse(), Ok(Subject::new("jane")));
    }
}
