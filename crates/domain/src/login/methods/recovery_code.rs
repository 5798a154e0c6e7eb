use super::{Method, Worth};

impl Method {
    /// Recovery code: a single-use substitute for the authenticator app.
    pub const RECOVERY_CODE: Self = Self {
        number: 3,
        name: "recovery-code",
        amr: Some("otp"),
        worth: Worth::SecondFactor,
    };
}
