use super::{Method, Worth};

impl Method {
    /// Passkey with user verification (Web Authentication): possession, and a biometric or PIN.
    pub const PASSKEY: Self = Self {
        number: 4,
        name: "passkey",
        amr: Some("pop"),
        worth: Worth::PhishingResistant,
    };
}
