use super::{Method, Worth};

impl Method {
    /// Sign-in at an upstream provider.
    pub const UPSTREAM: Self = Self {
        number: 6,
        name: "upstream",
        amr: None,
        worth: Worth::FirstFactor,
    };

    /// Two factors at an upstream provider whose second factor counts. Only together with [`Method::UPSTREAM`].
    pub const UPSTREAM_TWO_FACTORS: Self = Self {
        number: 7,
        name: "upstream-two-factors",
        amr: None,
        worth: Worth::SecondFactor,
    };
}
