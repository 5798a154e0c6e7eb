//! Sealing with AES-256-GCM-SIV (RFC 8452), which tolerates a repeated nonce.
//!
//! Format, lengths in bytes: `key id 4 | nonce 12 | ciphertext | tag 16`.

use crate::sealing::master_key::{MasterKeys, Subkeys};
use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use aws_lc_rs::rand;
use countersign_codec::DecodeError;
use countersign_domain::tenant::TenantId;
use countersign_ports::OpenError;

const ID_LENGTH: usize = 4;
const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;
const VERSION: u8 = 1;

/// Purpose of a sealed value. Each purpose has its own key. The associated data starts with the purpose, followed by
/// the version, the tenant, and the context.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// An authorization code.
    Code,
    /// A login step.
    Step,
    /// Browser state.
    Envelope,
    /// A known device.
    KnownDevice,
    /// A secret at rest.
    Rest,
}

impl Purpose {
    #[cfg(test)]
    const ALL: [Self; 5] = [
        Self::Code,
        Self::Step,
        Self::Envelope,
        Self::KnownDevice,
        Self::Rest,
    ];

    const fn key(self, keys: &Subkeys) -> &LessSafeKey {
        match self {
            Self::Code => &keys.codes,
            Self::Step => &keys.steps,
            Self::Envelope => &keys.envelopes,
            Self::KnownDevice => &keys.known_devices,
            Self::Rest => &keys.vault,
        }
    }

    fn associated_data(self, tenant: TenantId, context: &str) -> Aad<Vec<u8>> {
        let purpose = match self {
            Self::Code => "code",
            Self::Step => "step",
            Self::Envelope => "envelope",
            Self::KnownDevice => "known device",
            Self::Rest => "rest",
        };
        let tenant = tenant.number().to_be_bytes();
        Aad::from([purpose.as_bytes(), &[VERSION], &tenant, context.as_bytes()].concat())
    }
}

/// Seals a value. Returns `None` only if the random number generator fails.
pub(crate) fn seal(
    keys: &MasterKeys,
    purpose: Purpose,
    tenant: TenantId,
    context: &str,
    plaintext: &[u8],
) -> Option<Vec<u8>> {
    let keys = keys.current();
    let mut nonce = [0; NONCE_LENGTH];
    rand::fill(&mut nonce).ok()?;
    let header = ID_LENGTH + NONCE_LENGTH;
    let mut sealed = Vec::with_capacity(header + plaintext.len() + TAG_LENGTH);
    sealed.extend_from_slice(&keys.id);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let (_, body) = sealed.split_at_mut_checked(header)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = purpose
        .key(keys)
        .seal_in_place_separate_tag(nonce, purpose.associated_data(tenant, context), body)
        .ok()?;
    sealed.extend_from_slice(tag.as_ref());
    Some(sealed)
}

/// Opens a value sealed for the same purpose, tenant, and context with any of the keys.
pub(crate) fn open(
    keys: &MasterKeys,
    purpose: Purpose,
    tenant: TenantId,
    context: &str,
    sealed: &[u8],
) -> Option<Vec<u8>> {
    let (id, rest) = sealed.split_first_chunk::<ID_LENGTH>()?;
    let (nonce, body) = rest.split_first_chunk::<NONCE_LENGTH>()?;
    keys.of_id(*id).find_map(|keys| {
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = purpose
            .key(keys)
            .open_in_place(nonce, purpose.associated_data(tenant, context), &mut body)
            .ok()?
            .len();
        body.truncate(length);
        Some(body)
    })
}

/// Maps the failure to decode an authentic value.
pub(crate) const fn undecoded(error: DecodeError) -> OpenError {
    match error {
        DecodeError::Later => OpenError::Later,
        DecodeError::Malformed => OpenError::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_ring::TENANT;

    #[test]
    fn value_opens_only_for_its_tenant_purpose_and_context() {
        let keys = MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap();
        let other = TenantId::from_number(2).unwrap();
        for (index, purpose) in Purpose::ALL.into_iter().enumerate() {
            // A new purpose does not compile here until it is added to `ALL`.
            let place = match purpose {
                Purpose::Code => 0,
                Purpose::Step => 1,
                Purpose::Envelope => 2,
                Purpose::KnownDevice => 3,
                Purpose::Rest => 4,
            };
            assert_eq!(place, index);
            let sealed = seal(&keys, purpose, TENANT, "context", b"value").unwrap();
            let opened = |purpose, tenant, context| open(&keys, purpose, tenant, context, &sealed);
            assert_eq!(opened(purpose, TENANT, "context").unwrap(), b"value");
            assert_eq!(opened(purpose, other, "context"), None);
            assert_eq!(opened(purpose, TENANT, "another"), None);
            for another in Purpose::ALL
                .into_iter()
                .filter(|another| *another as u8 != purpose as u8)
            {
                assert_eq!(opened(another, TENANT, "context"), None);
            }
        }
    }
}
