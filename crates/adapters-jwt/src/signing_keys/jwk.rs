//! Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037).

use crate::signing_keys::signing_key::PrivateKey;
use aws_lc_rs::signature::KeyPair as _;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
    EllipticCurveKeyType, Jwk, OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse,
    RSAKeyParameters, RSAKeyType,
};

/// Returns the public half of a key, or `None` for HS256.
pub(crate) fn public_jwk(id: &str, key: &PrivateKey) -> Option<Jwk> {
    let (algorithm, parameters) = match key {
        PrivateKey::Rs256(key) => {
            let public = key.public_key();
            let parameters = RSAKeyParameters {
                key_type: RSAKeyType::RSA,
                n: text(public.modulus().big_endian_without_leading_zero()),
                e: text(public.exponent().big_endian_without_leading_zero()),
            };
            (Algorithm::RS256, AlgorithmParameters::RSA(parameters))
        }
        PrivateKey::Es256(key) => {
            // SEC 1 section 2.3.3, uncompressed: 4, then x, then y.
            let (_, point) = key.public_key().as_ref().split_first()?;
            let (x, y) = point.split_at_checked(32)?;
            let parameters = EllipticCurveKeyParameters {
                key_type: EllipticCurveKeyType::EC,
                curve: EllipticCurve::P256,
                x: text(x),
                y: text(y),
            };
            let parameters = AlgorithmParameters::EllipticCurve(parameters);
            (Algorithm::ES256, parameters)
        }
        PrivateKey::EdDsa(key) => {
            let parameters = OctetKeyPairParameters {
                key_type: OctetKeyPairType::OctetKeyPair,
                curve: EllipticCurve::Ed25519,
                x: text(key.public_key().as_ref()),
            };
            let parameters = AlgorithmParameters::OctetKeyPair(parameters);
            (Algorithm::EdDSA, parameters)
        }
        PrivateKey::Hs256(_) => return None,
    };
    Some(Jwk {
        common: CommonParameters {
            public_key_use: Some(PublicKeyUse::Signature),
            key_algorithm: Some(algorithm.into()),
            key_id: Some(id.into()),
            ..CommonParameters::default()
        },
        algorithm: parameters,
    })
}

fn text(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
