//! Client public keys from untrusted JWK Sets (RFC 7517 section 5).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::Jwks;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A signature algorithm that a client may use (RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAlgorithm {
    Rs256,
    Ps256,
    Es256,
    EdDsa,
}

impl ClientAlgorithm {
    /// Parses an `alg` value. Ed25519 has two names.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A JWK Set.
#[derive(Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<Member>,
}

/// Member of a JWK Set. A key that cannot be read must not make the others unusable (RFC 7517 section 5).
#[derive(Deserialize)]
#[serde(untagged)]
enum Member {
    Key(Box<Jwk>),
    Unreadable(IgnoredAny),
}

impl Member {
    fn key(&self) -> Option<&Jwk> {
        match self {
            Self::Key(key) => Some(key),
            Self::Unreadable(_) => None,
        }
    }
}

impl KeySet {
    /// Error text for a text that is not a JWK Set.
    pub(crate) const MALFORMED: &str =
        "the key set is not a JWK Set: a JSON object with an array of keys";

    /// Maximum number of keys in a set. Verification may have to try each one.
    const MAX_KEYS: usize = 20;

    /// Parses a JWK Set. Individual keys may still be unusable.
    pub(crate) fn parse(keys: &Jwks) -> Option<Self> {
        if keys.as_str().len() > Jwks::MAX_LENGTH {
            return None;
        }
        serde_json::from_str(keys.as_str()).ok()
    }

    /// Validates every key at registration. The error text is for the operator.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.keys.is_empty() || self.keys.len() > Self::MAX_KEYS {
            return Err(format!(
                "the key set has {} keys; it needs 1 to {}",
                self.keys.len(),
                Self::MAX_KEYS
            ));
        }
        for (index, key) in self.keys.iter().enumerate() {
            let Some(key) = key.key() else {
                return Err(Self::MALFORMED.to_owned());
            };
            if let Err(reason) = key.check() {
                return Err(format!("key {} of the key set {reason}", index + 1));
            }
        }
        Ok(())
    }

    /// Returns the keys that match the algorithm and, if given, the `kid`.
    pub(crate) fn candidates(
        &self,
        algorithm: ClientAlgorithm,
        id: Option<&str>,
    ) -> impl Iterator<Item = &Jwk> {
        let keys = self.keys.iter().take(Self::MAX_KEYS);
        let keys = keys.filter_map(Member::key);
        keys.filter(move |key| {
            let has_id = id.is_none_or(|id| key.kid.as_deref() == Some(id));
            has_id && key.fits(algorithm)
        })
    }
}

/// A public key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// Private part of an asymmetric key.
    d: Option<IgnoredAny>,
    /// Symmetric key.
    k: Option<IgnoredAny>,
}

impl Jwk {
    /// Returns whether the signature is valid under this key.
    pub(crate) fn verify(
        &self,
        algorithm: ClientAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.parsed(algorithm)
            .is_ok_and(|key| key.verify_sig(message, signature).is_ok())
    }

    fn fits(&self, algorithm: ClientAlgorithm) -> bool {
        let named = self.alg.as_deref().map(ClientAlgorithm::parse);
        let is_named = named.is_none_or(|named| named == Some(algorithm));
        let is_public = self.d.is_none() && self.k.is_none();
        is_named && is_public && self.is_for_signatures() && self.algorithms().contains(&algorithm)
    }

    fn is_for_signatures(&self) -> bool {
        let mut operations = self.key_ops.iter().flatten();
        self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && (self.key_ops.is_none() || operations.any(|operation| operation == "verify"))
    }

    /// Returns the signature algorithms for this key type and curve.
    fn algorithms(&self) -> &'static [ClientAlgorithm] {
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => &[ClientAlgorithm::Rs256, ClientAlgorithm::Ps256],
            ("EC", Some("P-256")) => &[ClientAlgorithm::Es256],
            ("OKP", Some("Ed25519")) => &[ClientAlgorithm::EdDsa],
            _ => &[],
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        if self.d.is_some() || self.k.is_some() {
            return Err("has a private part (d or k): register public keys only");
        }
        let Some(some) = self.algorithms().first() else {
            return Err("has an unsupported type: use RSA, EC with P-256, or OKP with Ed25519");
        };
        if !self.is_for_signatures() {
            return Err("is not for signatures: use must be sig, and key_ops must include verify");
        }
        if !self
            .algorithms()
            .iter()
            .any(|algorithm| self.fits(*algorithm))
        {
            return Err(
                "has an alg that does not match its type: use RS256, PS256, ES256 or EdDSA",
            );
        }
        self.parsed(*some).map(drop)
    }

    /// Parses the key. The error says what is wrong with it.
    fn parsed(&self, algorithm: ClientAlgorithm) -> Result<ParsedPublicKey, &'static str> {
        let parsed = match algorithm {
            ClientAlgorithm::Rs256 => self
                .rsa()?
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256),
            ClientAlgorithm::Ps256 => self.rsa()?.to_parsed_public_key(&RSA_PSS_2048_8192_SHA256),
            ClientAlgorithm::Es256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.point()?),
            ClientAlgorithm::EdDsa => {
                ParsedPublicKey::new(&ED25519, decoded_32(self.x.as_deref())?)
            }
        };
        parsed.map_err(|_| "is not a valid public key")
    }

    /// Returns modulus and exponent. The bounds keep verification safe and cheap.
    fn rsa(&self) -> Result<RsaPublicKeyComponents<Vec<u8>>, &'static str> {
        let (n, e) = (decoded(self.n.as_deref())?, decoded(self.e.as_deref())?);
        if !(2048..=4096).contains(&bits(&n)) {
            return Err("has a modulus that is not 2048 to 4096 bits long");
        }
        let is_odd = e.last().is_some_and(|last| last % 2 == 1);
        if !is_odd || !(2..=32).contains(&bits(&e)) {
            return Err("has an exponent that is even, or not from 3 to 2^32");
        }
        Ok(RsaPublicKeyComponents { n, e })
    }

    /// Encodes the point uncompressed: 4, then x, then y (SEC 1 section 2.3.3).
    fn point(&self) -> Result<Vec<u8>, &'static str> {
        let (x, y) = (
            decoded_32(self.x.as_deref())?,
            decoded_32(self.y.as_deref())?,
        );
        Ok([&[4], &x[..], &y[..]].concat())
    }
}

const INCOMPLETE: &str = "lacks a required member, or has one that is not base64url";

fn decoded(member: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let text = member.ok_or(INCOMPLETE)?;
    Base64UrlUnpadded::decode_vec(text).map_err(|_| INCOMPLETE)
}

fn decoded_32(member: Option<&str>) -> Result<[u8; 32], &'static str> {
    let bytes = decoded(member)?;
    bytes
        .try_into()
        .map_err(|_| "has a coordinate that is not 32 bytes long")
}

/// Returns the bit length of a big-endian number, or 0 if it has a leading zero byte (RFC 7518 section 2).
fn bits(number: &[u8]) -> usize {
    match number.first() {
        None | Some(0) => 0,
        Some(first) => {
            let unused = usize::try_from(first.leading_zeros()).unwrap_or(0);
            number.len() * 8 - unused
        }
    }
}
