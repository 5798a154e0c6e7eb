//! Master keys, and the keys derived from them.

use aws_lc_rs::aead::{AES_256_GCM_SIV, LessSafeKey, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::{hmac, rand};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use std::fmt;
use std::sync::Arc;

const LENGTH: usize = 32;

/// Error in the text of a master key file. It never contains that text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMasterKey {
    /// No line contains a key.
    #[error("no master key found")]
    Missing,
    /// A line is not a valid key.
    #[error("line {line} is not a master key: 32 bytes in unpadded base64url, 43 characters")]
    Malformed {
        /// Line number, starting at 1.
        line: usize,
    },
    /// Key derivation failed.
    #[error("cannot derive keys from the master key")]
    Derivation,
}

/// One or more master keys. The first key seals. The others only open values that they sealed before a rotation.
///
/// Keeps only derived keys in memory, never a master key itself (HKDF-SHA256, RFC 5869, one label per purpose). Cheap
/// to clone.
#[derive(Clone)]
pub struct MasterKeys(Arc<Derived>);

struct Derived {
    current: Subkeys,
    previous: Vec<Subkeys>,
}

impl MasterKeys {
    /// Parses one key per line: 32 bytes in unpadded base64url. Ignores blank lines and lines that start with `#`.
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

    /// Generates a master key as one line of a key file, without a line break. Fails only if the random number
    /// generator fails.
    pub fn generate() -> Result<String, InvalidMasterKey> {
        let mut key = [0; LENGTH];
        rand::fill(&mut key).map_err(|Unspecified| InvalidMasterKey::Derivation)?;
        Ok(Base64UrlUnpadded::encode_string(&key))
    }

    /// Returns the IDs of all keys in hexadecimal, the current one first. An ID reveals nothing about its key.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.all().map(Subkeys::id_text).collect()
    }

    /// Returns the position of the key that sealed a value at rest; `None` if it is none of these keys.
    #[must_use]
    pub fn sealer(&self, sealed: &[u8]) -> Option<usize> {
        let id = sealed.first_chunk::<4>()?;
        self.all().position(|keys| keys.id == *id)
    }

    /// Returns the keys that seal.
    pub(crate) fn current(&self) -> &Subkeys {
        &self.0.current
    }

    /// Returns all keys, the current ones first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Subkeys> {
        std::iter::once(&self.0.current).chain(&self.0.previous)
    }

    /// Returns the keys with this ID.
    pub(crate) fn of_id(&self, id: [u8; 4]) -> impl Iterator<Item = &Subkeys> {
        self.all().filter(move |keys| keys.id == id)
    }
}

/// Shows only the key IDs.
impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKeys")?;
        f.debug_list()
            .entries(self.all().map(Subkeys::id_text))
            .finish()
    }
}

/// Keys derived from one master key, one per purpose. A key for one purpose opens nothing sealed for another.
pub(crate) struct Subkeys {
    /// Identifies the master key of a sealed value. Reveals nothing about the key.
    pub(crate) id: [u8; 4],
    /// Seals authorization codes.
    pub(crate) codes: LessSafeKey,
    /// Seals login steps.
    pub(crate) steps: LessSafeKey,
    /// Seals browser state.
    pub(crate) envelopes: LessSafeKey,
    /// Seals known devices.
    pub(crate) known_devices: LessSafeKey,
    /// Encrypts secrets at rest.
    pub(crate) vault: LessSafeKey,
    /// Seals refresh tokens.
    pub(crate) refresh_tokens: LessSafeKey,
    /// Signs refresh tokens in JWT form.
    pub(crate) jwt: hmac::Key,
    /// Authenticates the claims of access tokens that a shared key signs.
    pub(crate) shared_tokens: hmac::Key,
    /// Authenticates batches of audit events.
    pub(crate) batches: hmac::Key,
}

impl Subkeys {
    /// Returns the ID in hexadecimal.
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
        let signing = |label: &[u8]| {
            let info = [label];
            let key = root.expand(&info, hmac::HMAC_SHA256)?;
            Ok::<_, Unspecified>(hmac::Key::from(key))
        };
        let mut id = [0; LENGTH];
        root.expand(&[b"id"], HKDF_SHA256)?.fill(&mut id)?;
        let [a, b, c, d, ..] = id;
        Ok(Self {
            id: [a, b, c, d],
            codes: sealing(b"seal authorization codes")?,
            steps: sealing(b"seal login steps")?,
            envelopes: sealing(b"seal browser state")?,
            known_devices: sealing(b"seal known devices")?,
            vault: sealing(b"encrypt secrets at rest")?,
            refresh_tokens: sealing(b"seal refresh tokens")?,
            jwt: signing(b"sign JWT refresh tokens")?,
            shared_tokens: signing(b"authenticate tokens under shared keys")?,
            batches: signing(b"seal audit batches")?,
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
    fn generated_key_parses() {
        let (one, other) = (
            MasterKeys::generate().unwrap(),
            MasterKeys::generate().unwrap(),
        );
        assert_ne!(one, other);
        assert_eq!(one.len(), 43);
        assert!(MasterKeys::parse(&one).is_ok());
    }

    #[test]
    fn blank_lines_and_comments_are_ignored_and_first_key_seals() {
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
    fn sealer_is_position_of_key_that_sealed() {
        use crate::sealing::codecs::Codecs;
        use crate::test_ring::TENANT;
        use countersign_ports::Vault as _;
        let [new, old, other] = [(); 3].map(|()| MasterKeys::generate().unwrap());
        let keys = |text: &str| MasterKeys::parse(text).unwrap();
        let both = keys(&format!("{new}\n{old}"));
        for (key, position) in [(&new, Some(0)), (&old, Some(1)), (&other, None)] {
            let sealed = Codecs::new(&keys(key)).seal(TENANT, "context", b"secret");
            assert_eq!(both.sealer(&sealed), position);
        }
        assert_eq!(both.sealer(b"abc"), None);
        assert_eq!(both.ids(), [keys(&new).ids(), keys(&old).ids()].concat());
    }

    #[test]
    fn malformed_key_error_shows_only_line_number() {
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
