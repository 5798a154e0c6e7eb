//! Keys of the requests of devices. Nodes of different versions share these keys, so never change how they are derived.

use crate::ephemera::{end_of, first_half};
use countersign_domain::grant::device_code::UserCode;
use countersign_domain::time::Timestamp;
use countersign_ports::{EphemeralKey, EphemeralKind};
use sha2::{Digest as _, Sha256};

const HOUR: u64 = 3600;

/// Returns the identifier of the request of a device with this user code.
pub(crate) fn user_code(code: &UserCode) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update("user code")
        .chain_update(code.letters())
        .finalize();
    first_half(&digest)
}

/// Returns the key of the request of a device that expires at `expires_at`.
///
/// A user code does not name its expiry time. Values therefore expire at the end of an hour, and a reader who has only the
/// user code looks at the hours in which codes can expire.
pub(crate) const fn device_request(id: [u8; 16], expires_at: Timestamp) -> EphemeralKey {
    EphemeralKey {
        expires_at: end_of(HOUR, expires_at),
        kind: EphemeralKind::DeviceRequest,
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_request_key_is_stable() {
        let code = UserCode::parse("WDJB-MJHT").unwrap();
        let key = device_request(
            user_code(&code),
            Timestamp::from_unix_seconds(1_750_000_000),
        );
        let hour = Timestamp::from_unix_seconds(1_750_003_200);
        assert_eq!(
            (key.kind, key.expires_at),
            (EphemeralKind::DeviceRequest, hour)
        );
        let hex = format!("{:032x}", u128::from_be_bytes(key.id));
        assert_eq!(hex, "fedc25a814bccb08889ffaced26ea583");
    }
}
