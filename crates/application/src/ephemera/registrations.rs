//! Keys of clients that registered themselves.

use super::first_half;
use countersign_domain::client::ClientId;
use countersign_domain::client::dynamic::initial_access_token::InitialAccessToken;
use countersign_domain::time::Timestamp;
use countersign_ports::{EphemeralKey, EphemeralKind};
use sha2::{Digest as _, Sha256};

/// Returns the key of the uses of an initial access token. A later token with its name has another key.
pub(crate) fn uses_of(token: &InitialAccessToken) -> EphemeralKey {
    let digest = Sha256::new()
        .chain_update(token.created_at.as_unix_seconds().to_be_bytes())
        .chain_update(token.digest.as_bytes())
        .chain_update(token.name.as_str())
        .finalize();
    EphemeralKey {
        expires_at: Timestamp::LATEST,
        kind: EphemeralKind::InitialAccessTokenUses,
        id: first_half(&digest),
    }
}

/// Length of a period of [`client_uses`]: longer than an unused client may live.
const USE_PERIOD: u64 = 400 * 24 * 3600;

/// Returns the keys of the last use of a client that registered itself: in the period of `now`, and in the one before. They
/// expire by themselves, also if the client was deleted at the moment of its use.
pub(crate) fn client_uses(client: &ClientId, now: Timestamp) -> [EphemeralKey; 2] {
    let period = now.as_unix_seconds() / USE_PERIOD;
    let id = first_half(&Sha256::digest(client.as_str()));
    [period, period.saturating_sub(1)].map(|period| EphemeralKey {
        expires_at: Timestamp::from_unix_seconds((period + 2) * USE_PERIOD),
        kind: EphemeralKind::DynamicClientUse,
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_store_contract::fixtures;

    const ENDS: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

    #[test]
    fn registration_keys_are_stable() {
        let token = fixtures::initial_access_token("partner");
        let hex = |key: EphemeralKey| format!("{:032x}", u128::from_be_bytes(key.id));
        assert_eq!(hex(uses_of(&token)), "081c1c7be12c336c123e0f99555925a8");
        let client = ClientId::parse("client_1").unwrap();
        let [this, last] = client_uses(&client, ENDS);
        assert_eq!(hex(this), "914e1681af0f4df7627b30092c5c2077");
        assert_eq!(this.id, last.id);
        let periods = |key: EphemeralKey| key.expires_at.as_unix_seconds() / USE_PERIOD;
        assert_eq!(periods(this), periods(last) + 1);
        let next = Timestamp::from_unix_seconds(ENDS.as_unix_seconds() + USE_PERIOD);
        assert_eq!(client_uses(&client, next)[1], this);
    }
}
