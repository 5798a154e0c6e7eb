//! Master keys, and the keys derived from them.

use aws_lc_rs::aead::{AES_256_GCM_SIV, LessSafeKey, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::{hmac, rand};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use std::fmt;
use std::sync::Arc;

const LENGTH: usize = 32;

/// Why a text is not a set of master keys. It never says what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMasterKey {
    /// There is no line with a key.
    #[error("there is no master key in it")]
    Missing,
    /// A line is not a key.
    #[error("line {line} is not a master key: 32 bytes in unpadded base64url, 43 characters")]
    Malformed {
        /// Which line, counted from 1.
        line: usize,
    },
    /// No keys could be derived.
    #[error("the machine cannot derive keys from the master key")]
    Derivation,
}

/// One or several master keys. The first seals; the others still open what they sealed, while a new one
/// takes over.
///
/// Only what is derived from a master key is kept in memory (HKDF-SHA256, RFC 5869, one label per
/// purpose), never the master key itself. Cheap to clone.
#[derive(Clone)]
pub struct MasterKeys(Arc<Derived>);

struct Derived {
    current: Subkeys,
    previous: Vec<Subkeys>,
}

impl MasterKeys {
    /// Reads one key a line: 32 bytes in unpadded base64url. Blank lines and lines that start with `#`
    /// are passed over.
    pub fn parse(text: &str) -> Result<Self, InvalidMasterKey> {
        let mut keys = text
            .lines()
            .map(str::trim)
            .enumerate()
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(index, line)| subkeys(line, index + 1));
        let current = keys.next().ok_or(InvalidMasterKey::Missing)??;
        let previous = keys.collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Derived { current, previous })))
    }

    /// A fresh master key as a line of a key file, without a line break. Fails only where the machine
    /// has no randomness.
    pub fn generate() -> Result<String, InvalidMasterKey> {
        let mut key = [0; LENGTH];
        rand::fill(&mut key).map_err(|Unspecified| InvalidMasterKey::Derivation)?;
        Ok(Base64UrlUnpadded::encode_string(&key))
    }

    /// The keys that seal.
    pub(crate) fn current(&self) -> &Subkeys {
        &self.0.current
    }

    /// All of them, the sealing ones first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Subkeys> {
        std::iter::once(&self.0.current).chain(&self.0.previous)
    }

    /// Those of this id.
    pub(crate) fn of_id(&self, id: [u8; 4]) -> impl Iterator<Item = &Subkeys> {
        self.all().filter(move |keys| keys.id == id)
    }
}

/// Names the keys by their ids.
impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKeys")?;
        f.debug_list()
            .entries(self.all().map(Subkeys::id_text))
            .finish()
    }
}

/// What is derived from one master key, a key per purpose: what is good for one opens no other.
pub(crate) struct Subkeys {
    /// Says which master key something was sealed under; gives nothing of it away.
    pub(crate) id: [u8; 4],
    /// Seals authorization codes.
    pub(crate) codes: LessSafeKey,
    /// Seals login steps.
    pub(crate) steps: LessSafeKey,
    /// Seals what a browser carries.
    pub(crate) envelopes: LessSafeKey,
    /// Encrypts secrets at rest.
    pub(crate) vault: LessSafeKey,
    /// Seals refresh tokens.
    pub(crate) refresh_tokens: LessSafeKey,
    /// Signs refresh tokens in the form of a JWT.
    pub(crate) jwt: hmac::Key,
}

impl Subkeys {
    /// The id in hexadecimal.
    pub(crate) fn id_text(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }

    fn derive(master: &[u8; LENGTH]) -> Result<Self, Unspecified> {
        let root = Salt::new(HKDF_SHA256, b"countersign").extract(master);
        let sealing = |label: &[u8]| {
            let info = [label];
            let key = UnboundKey::from(root.expand(&info, &AES_256_GCM_SIV)?);
            Ok::<_, Unspecified>(LessSafeKey::new(key))
        };
        let mut id = [0; LENGTH];
        root.expand(&[b"id"], HKDF_SHA256)?.fill(&mut id)?;
        let [a, b, c, d, ..] = id;
        Ok(Self {
            id: [a, b, c, d],
            codes: sealing(b"seal authorization codes")?,
            steps: sealing(b"seal login steps")?,
            envelopes: sealing(b"seal browser state")?,
            vault: sealing(b"encrypt secrets at rest")?,
            refresh_tokens: sealing(b"seal refresh tokens")?,
            jwt: hmac::Key::from(
                root.expand(&[b"sign JWT refresh tokens".as_slice()], hmac::HMAC_SHA256)?,
            ),
        })
    }
}

fn subkeys(text: &str, line: usize) -> Result<Subkeys, InvalidMasterKey> {
    let mut key = [0; LENGTH];
    match Base64UrlUnpadded::decode(text, &mut key) {
        Ok(decoded) if decoded.len() == LENGTH => {
            Subkeys::derive(&key).map_err(|Unspecified| InvalidMasterKey::Derivation)
        }
        _ => Err(InvalidMasterKey::Malformed { line }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_is_a_key() {
        let (one, other) = (
            MasterKeys::generate().unwrap(),
            MasterKeys::generate().unwrap(),
        );
        assert_ne!(one, other);
        assert_eq!(one.len(), 43);
        assert!(MasterKeys::parse(&one).is_ok());
    }

    #[test]
    fn blank_lines_and_comments_are_passed_over_and_the_first_key_seals() {
        let (new, old) = (
            MasterKeys::generate().unwrap(),
            MasterKeys::generate().unwrap(),
        );
        let both = MasterKeys::parse(&format!("# new\n\n  {new}\r\n# old\n{old}\n")).unwrap();
        let id = |text: &str| MasterKeys::parse(text).unwrap().current().id;
        assert_eq!(both.current().id, id(&new));
        assert_eq!(
            both.all().map(|keys| keys.id).collect::<Vec<_>>(),
            [id(&new), id(&old)]
        );
    }

    #[test]
    fn what_is_not_a_key_is_named_by_its_line_alone() {
        let good = "A".repeat(43);
        for bad in [
            "A".repeat(42),
            "A".repeat(44),
            format!("{good}="),
            "A".repeat(42) + "B",
            "A".repeat(42) + "+",
        ] {
            let error = MasterKeys::parse(&format!("{good}\n\n{bad}")).unwrap_err();
            assert_eq!(error, InvalidMasterKey::Malformed { line: 3 }, "{bad}");
            assert!(!error.to_string().contains(&bad));
        }
        assert_eq!(
            MasterKeys::parse("# nothing\n").unwrap_err(),
            InvalidMasterKey::Missing
        );
    }

    #[test]
    fn debug_output_shows_ids_and_no_key() {
        let text = MasterKeys::generate().unwrap();
        let keys = MasterKeys::parse(&text).unwrap();
        assert_eq!(
            format!("{keys:?}"),
            format!("MasterKeys[{:?}]", keys.current().id_text())
        );
    }
}
