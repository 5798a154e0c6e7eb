//! Expiry of client secrets.

use super::InvalidRegistration;
use crate::client::ClientSecret;
use crate::time::Timestamp;

impl ClientSecret {
    /// Returns whether the expiry is not after [`Timestamp::LATEST`].
    pub(super) fn has_valid_expiry(&self) -> bool {
        self.expires_at.is_none_or(|at| at <= Timestamp::LATEST)
    }

    /// Sets the expiry; `None` for no expiration.
    pub fn expire(&mut self, at: Option<Timestamp>) -> Result<(), InvalidRegistration> {
        self.expires_at = at;
        if self.has_valid_expiry() {
            Ok(())
        } else {
            Err(InvalidRegistration::SecretExpiry)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretDigest;

    #[test]
    fn secret_expires_before_year_10000() {
        let mut secret = ClientSecret {
            name: "a".into(),
            digest: SecretDigest::from_bytes([1; 32]),
            created_at: Timestamp::from_unix_seconds(1),
            expires_at: None,
            last_used_at: None,
        };
        let latest = Timestamp::LATEST.as_unix_seconds();
        assert_eq!(secret.expire(Some(Timestamp::LATEST)), Ok(()));
        let later = Timestamp::from_unix_seconds(latest + 1);
        let refused = secret.expire(Some(later));
        assert_eq!(refused, Err(InvalidRegistration::SecretExpiry));
    }
}
