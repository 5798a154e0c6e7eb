use super::sealed::Remark;
use super::sealed::Sealed;
use countersign_domain::identifier::{DeviceId, SessionId};
use countersign_domain::login::interaction::Interaction;
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Envelopes, KnownDeviceCodec};
use std::sync::Arc;

/// Seals values for one browser. Another browser cannot use them.
pub(crate) struct Seals {
    pub(super) envelopes: Arc<dyn Envelopes>,
    pub(super) known_devices: Arc<dyn KnownDeviceCodec>,
    pub(super) tenant: TenantId,
    /// ID of the browser, from its cookie.
    pub(super) browser: String,
}

impl Seals {
    /// Seals an interaction.
    pub(crate) fn interaction(&self, interaction: &Interaction) -> String {
        self.seal_interaction(&Sealed::of(interaction, None))
    }

    /// Seals an interaction whose page shows a problem with its form.
    pub(super) fn with_remark(&self, interaction: &Interaction, remark: Remark) -> String {
        self.seal_interaction(&Sealed::of(interaction, Some(remark)))
    }

    fn seal_interaction(&self, sealed: &Sealed) -> String {
        let content = serde_json::to_vec(sealed).unwrap_or_default();
        self.seal("interaction", &content)
    }

    /// Opens an interaction that was sealed for this browser.
    pub(super) fn open_interaction(&self, text: &str) -> Option<(Interaction, Option<Remark>)> {
        let opened = self.open("interaction", text)?;
        let mut sealed: Sealed = serde_json::from_slice(&opened).ok()?;
        let remark = sealed.told.take();
        Some((sealed.open(), remark))
    }

    /// Returns the URL of a page of an interaction.
    pub(crate) fn link(&self, path: &str, interaction: &Interaction) -> String {
        format!("{path}?interaction={}", self.interaction(interaction))
    }

    /// Returns a new value for the field `csrf`.
    pub(crate) fn csrf(&self) -> String {
        self.seal("csrf", &[])
    }

    /// Returns a new value for the field `csrf` of a form that belongs to a session.
    pub(crate) fn csrf_of(&self, session: SessionId) -> String {
        self.seal("csrf", session.as_bytes())
    }

    /// Returns whether the field `csrf` belongs to this session. The forms of an earlier version name no session.
    pub(crate) fn is_csrf_of(&self, field: &str, session: SessionId) -> bool {
        let content = self.open("csrf", field);
        content.is_some_and(|content| content.is_empty() || content == session.as_bytes())
    }

    /// Returns whether the field `csrf` was sealed for this browser.
    pub(super) fn is_csrf(&self, field: &str) -> bool {
        self.open("csrf", field).is_some()
    }

    /// Seals the device IDs of this browser.
    pub(super) fn devices(&self, devices: &[DeviceId]) -> String {
        let ids: Vec<u8> = devices.iter().flat_map(|id| *id.as_bytes()).collect();
        self.seal("devices", &ids)
    }

    /// Opens the device IDs of the device cookie.
    pub(super) fn open_devices(&self, text: &str) -> Option<Vec<DeviceId>> {
        let content = self.open("devices", text)?;
        let ids = content.chunks_exact(16);
        Some(
            ids.filter_map(|id| id.try_into().ok().map(DeviceId::from_bytes))
                .collect(),
        )
    }

    /// Seals the known device.
    pub(super) fn known_device(&self, device: &KnownDevice) -> String {
        self.known_devices.seal(self.tenant, &self.browser, device)
    }

    /// Opens the known device of the cookie. One of a later version counts as unknown.
    pub(super) fn open_known_device(&self, text: &str) -> Option<KnownDevice> {
        let opened = self.known_devices.open(self.tenant, &self.browser, text);
        opened.ok()
    }

    fn seal(&self, purpose: &str, content: &[u8]) -> String {
        self.envelopes
            .seal(self.tenant, &self.context(purpose), content)
    }

    fn open(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        self.envelopes
            .open(self.tenant, &self.context(purpose), text)
    }

    fn context(&self, purpose: &str) -> String {
        format!("{purpose}:{}", self.browser)
    }
}
