use super::{Method, Worth};

impl Method {
    /// Password, with the email address.
    pub const PASSWORD: Self = Self {
        number: 0,
        name: "password",
        amr: Some("pwd"),
        worth: Worth::FirstFactor,
    };
}
