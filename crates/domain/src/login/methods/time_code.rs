use super::{Method, Worth};

impl Method {
    /// One-time code from an authenticator app (RFC 6238).
    pub const TIME_CODE: Self = Self {
        number: 2,
        name: "time-code",
        amr: Some("otp"),
        worth: Worth::SecondFactor,
    };
}
