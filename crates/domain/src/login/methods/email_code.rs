use super::{Method, Worth};

impl Method {
    /// Code sent to the user's email address.
    pub const EMAIL_CODE: Self = Self {
        number: 1,
        name: "email-code",
        amr: Some("otp"),
        worth: Worth::FirstFactor,
    };
}
