//! One-time codes by time (RFC 6238).

use countersign_domain::time::Timestamp;
use countersign_ports::OneTimeCodes;
use totp_rs::{Algorithm, Builder, Secret};

/// RFC 6238 as authenticator apps do it: SHA-1, six digits, 30 seconds, and a step to either side for
/// clocks that are off (section 5.2).
#[derive(Clone, Copy, Debug, Default)]
pub struct TotpCodes;

impl TotpCodes {
    /// A secret in base32 without padding (RFC 4648 section 6), for a person to type into an app.
    #[must_use]
    pub fn base32(secret: &[u8]) -> String {
        Secret::from(secret).to_base32()
    }
}

fn builder(secret: &[u8]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(1)
        .with_secret(secret)
}

impl OneTimeCodes for TotpCodes {
    fn matching_time_step(&self, secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
        // A secret of an import may be shorter than RFC 4226 section 4 wants it.
        builder(secret)
            .build_noncompliant()
            .check(code, now.as_unix_seconds())
    }

    /// A colon, which the scheme reserves, becomes a space. An empty account has no URI.
    fn enrollment_uri(&self, secret: &[u8], issuer: &str, account: &str) -> String {
        let plain = |text: &str| text.replace(':', " ");
        builder(secret)
            .with_issuer(Some(plain(issuer)))
            .with_account_name(plain(account))
            .build_noncompliant()
            .to_url()
            .unwrap_or_default()
    }
}
