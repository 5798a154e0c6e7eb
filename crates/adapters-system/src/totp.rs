//! Time-based one-time codes (RFC 6238).

use countersign_domain::time::Timestamp;
use countersign_ports::OneTimeCodes;
use totp_rs::{Algorithm, Builder, Secret};

/// TOTP as authenticator apps implement it: SHA-1, six digits, 30 seconds. Accepts one step before and after, for clock
/// skew (RFC 6238 section 5.2).
#[derive(Clone, Copy, Debug, Default)]
pub struct TotpCodes;

impl TotpCodes {
    /// Returns a secret in base32 without padding (RFC 4648 section 6), to type into an app.
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
        // An imported secret may be shorter than RFC 4226 section 4 requires.
        builder(secret)
            .build_noncompliant()
            .check(code, now.as_unix_seconds())
    }

    /// Replaces colons, which the URI scheme reserves, with spaces. Returns an empty string for an empty account.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Secret of RFC 6238 appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    fn step(code: &str, seconds: u64) -> Option<u64> {
        TotpCodes.matching_time_step(SECRET, code, Timestamp::from_unix_seconds(seconds))
    }

    #[test]
    fn rfc_6238_test_vectors_match() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(code, seconds), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn code_is_accepted_one_step_early_or_late() {
        let (code, made_in) = ("005924", 1_234_567_890 / 30);
        for (step_of_the_clock, expected) in [
            (made_in - 2, None),
            (made_in - 1, Some(made_in)),
            (made_in + 1, Some(made_in)),
            (made_in + 2, None),
        ] {
            assert_eq!(step(code, step_of_the_clock * 30), expected);
        }
    }

    #[test]
    fn code_must_be_exactly_six_digits() {
        for code in [
            "", "87082", "0287082", " 287082", "287082 ", "+87082", "28708２",
        ] {
            assert_eq!(step(code, 59), None, "{code:?}");
        }
    }

    #[test]
    fn code_of_another_secret_is_rejected() {
        let now = Timestamp::from_unix_seconds(59);
        let other = b"12345678901234567891";
        assert_eq!(TotpCodes.matching_time_step(other, "287082", now), None);
    }

    #[test]
    fn enrollment_uri_has_secret_and_issuer() {
        assert_eq!(
            TotpCodes.enrollment_uri(SECRET, "https://id.example", "jane@example.org"),
            "otpauth://totp/https%20%2F%2Fid.example:jane%40example.org\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=https%20%2F%2Fid.example"
        );
        assert_eq!(
            TotpCodes::base32(SECRET),
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        );
    }

    proptest! {
        #[test]
        fn check_never_panics_on_arbitrary_text(secret: Vec<u8>, code in "\\PC{0,12}", issuer: String, account: String) {
            let now = Timestamp::from_unix_seconds(0);
            let _ = TotpCodes.matching_time_step(&secret, &code, now);
            let _ = TotpCodes.enrollment_uri(&secret, &issuer, &account);
        }
    }
}
