//! ID tokens and logout tokens of upstream providers.

use super::JwtAssertions;
use super::jws::{Header, Jws, decoded};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::Jwks;
use countersign_ports::{UnreadableAssertion, UpstreamJwt, UpstreamJwts};

/// Maximum length of a JWT, in bytes. ID tokens with the groups of a user are long.
const MAX_LENGTH: usize = 65_536;

impl UpstreamJwts for JwtAssertions {
    fn verify(&self, jwt: &str, keys: &Jwks) -> Result<UpstreamJwt, UnreadableAssertion> {
        let malformed = UnreadableAssertion::Malformed;
        let jws = Jws::up_to(MAX_LENGTH, jwt).ok_or(malformed.clone())?;
        let header: Header = decoded(jws.header).ok_or(malformed.clone())?;
        let algorithm = header.algorithm_of(&["jwt", "logout+jwt"]);
        let algorithm = algorithm.ok_or(malformed.clone())?;
        jws.check(algorithm, header.kid.as_deref(), keys)?;
        Ok(UpstreamJwt {
            algorithm: header.alg,
            payload: Base64UrlUnpadded::decode_vec(jws.claims).map_err(|_| malformed)?,
        })
    }
}
