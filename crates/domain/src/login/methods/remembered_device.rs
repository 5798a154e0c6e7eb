use super::{Method, Worth};

impl Method {
    /// Trusted device. The user may skip the second factor, but the device does not count as one.
    pub const REMEMBERED_DEVICE: Self = Self {
        number: 5,
        name: "remembered-device",
        amr: None,
        worth: Worth::Nothing,
    };
}
