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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6238 appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    fn step(code: &str, seconds: u64) -> Option<u64> {
        TotpCodes.matching_time_step(SECRET, code, Timestamp::from_unix_seconds(seconds))
    }

    #[test]
    fn the_examples_of_the_rfc_hold_to_six_digits() {
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
    fn a_code_is_good_one_step_early_and_one_step_late() {
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
    fn a_code_is_six_digits_and_nothing_else() {
        for code in [
            "", "87082", "0287082", " 287082", "287082 ", "+87082", "28708２",
        ] {
            assert_eq!(step(code, 59), None, "{code:?}");
        }
    }

    #[test]
    fn a_code_of_another_secret_is_wrong() {
        let now = Timestamp::from_unix_seconds(59);
        let other = b"12345678901234567891";
        assert_eq!(TotpCodes.matching_time_step(other, "287082", now), None);
    }

    #[test]
    fn an_app_enrolls_from_a_uri() {
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
        fn no_text_makes_the_check_panic(secret: Vec<u8>, code in "\\PC{0,12}", issuer: String, account: String) {
            let now = Timestamp::from_unix_seconds(0);
            let _ = TotpCodes.matching_time_step(&secret, &code, now);
            let _ = TotpCodes.enrollment_uri(&secret, &issuer, &account);
        }
    }
}
