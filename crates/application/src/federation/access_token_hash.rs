//! `at_hash`, which binds an access token to the ID token beside it (OpenID Connect Core section 3.1.3.8).

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::federation::claims::UpstreamClaims;
use countersign_domain::secret::Secret;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// Returns whether `at_hash` of an ID token with this algorithm is that of the access token. An ID token without it fits:
/// the claim is optional in the code flow.
pub(super) fn fits(
    claims: &UpstreamClaims,
    algorithm: &str,
    access_token: Option<&Secret>,
) -> bool {
    let (Some(claim), Some(token)) = (claims.text("at_hash"), access_token) else {
        return true;
    };
    let token = token.expose_secret();
    let digest = match algorithm.get(2..) {
        Some("256") => Sha256::digest(token).to_vec(),
        Some("384") => Sha384::digest(token).to_vec(),
        // Also EdDSA, which has this digest inside.
        _ => Sha512::digest(token).to_vec(),
    };
    let (half, _) = digest.split_at(digest.len() / 2);
    claim == Base64UrlUnpadded::encode_string(half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::federation::claims::ClaimValue;

    #[test]
    fn hash_is_left_half_of_digest_of_algorithm() {
        // The example of OpenID Connect Core appendix A.3.
        let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        let mut claims = UpstreamClaims::default();
        assert!(fits(&claims, "RS256", Some(&token)));
        let example = "77QmUPtjPfzWtF2AnpK9RQ".into();
        claims.insert("at_hash", ClaimValue::Text(example));
        assert!(fits(&claims, "RS256", Some(&token)));
        assert!(fits(&claims, "RS256", None));
        for (algorithm, token) in [("RS384", token), ("RS256", Secret::new("other"))] {
            assert!(!fits(&claims, algorithm, Some(&token)), "{algorithm}");
        }
    }
}
