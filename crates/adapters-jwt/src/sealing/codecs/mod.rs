//! Codecs and vault: sealing with the master keys, and the encoding of events.

use crate::events::EventEncoder;
use crate::sealing::master_key::MasterKeys;
use crate::sealing::refresh_token;
use crate::sealing::seal::{Purpose, open, seal, undecoded};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_codec::{
    FIRST_GENERATION, decode_code, decode_device_code, decode_device_request, decode_known_device,
    decode_login_step, decode_mailed_link, encode_code, encode_device_code, encode_device_request,
    encode_known_device, encode_login_step, encode_mailed_link,
};
use countersign_domain::audit::event::Event;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::device_code::{DeviceCode, DeviceRequest};
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::login::mailed_link::MailedLink;
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    AuthorizationCodeCodec, DeviceCodec, Envelopes, EventCodec, EventRecord, FormatGeneration,
    Formats, KnownDeviceCodec, LoginStepCodec, MailedLinkCodec, OpenError, RefreshTokenCodec,
    RefreshTokenForm, Vault,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Codecs and vault that use the master keys. Cheap to clone.
///
/// If the random number generator fails, sealing returns an empty value, which never opens.
#[derive(Clone, Debug)]
pub struct Codecs {
    keys: MasterKeys,
    common_generation: Arc<AtomicU32>,
}

impl Codecs {
    /// Creates codecs that seal with the first key and open with any of the keys.
    #[must_use]
    pub fn new(keys: &MasterKeys) -> Self {
        Self {
            keys: keys.clone(),
            common_generation: Arc::new(AtomicU32::new(FIRST_GENERATION)),
        }
    }

    /// Sets the format generation that every live node understands. Until then, the server must not accept a fact under
    /// a critical tag of a higher generation (see [`countersign_codec::FORMAT_GENERATION`]).
    pub fn set_common_generation(&self, generation: u32) {
        self.common_generation.store(generation, Ordering::Relaxed);
    }

    /// Returns the format generation that every live node understands. Before [`Codecs::set_common_generation`], this
    /// is the generation of the first release.
    #[must_use]
    pub fn common_generation(&self) -> u32 {
        self.common_generation.load(Ordering::Relaxed)
    }

    /// Seals a secret at rest again, under the current master key. Returns `None` if none of the keys opens it, or if
    /// the random number generator fails.
    #[must_use]
    pub fn resealed(&self, tenant: TenantId, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let secret = open(&self.keys, Purpose::Rest, tenant, context, sealed)?;
        seal(&self.keys, Purpose::Rest, tenant, context, &secret)
    }

    /// Returns the master keys.
    pub(crate) const fn master_keys(&self) -> &MasterKeys {
        &self.keys
    }

    fn seal_text(
        &self,
        purpose: Purpose,
        tenant: TenantId,
        context: &str,
        plaintext: &[u8],
    ) -> Option<String> {
        let sealed = seal(&self.keys, purpose, tenant, context, plaintext)?;
        Some(Base64UrlUnpadded::encode_string(&sealed))
    }

    fn open_text(
        &self,
        purpose: Purpose,
        tenant: TenantId,
        context: &str,
        text: &str,
    ) -> Option<Vec<u8>> {
        let sealed = Base64UrlUnpadded::decode_vec(text).ok()?;
        open(&self.keys, purpose, tenant, context, &sealed)
    }
}

impl AuthorizationCodeCodec for Codecs {
    fn seal(&self, tenant: TenantId, code: &AuthorizationCode) -> String {
        #[cfg(feature = "test-later-version")]
        let code = &{
            let mut facts = code.facts().clone();
            let common = self.common_generation();
            countersign_codec::test_later_version::mark(&mut facts.authorization, common);
            AuthorizationCode::from_sealed(facts)
        };
        self.seal_text(Purpose::Code, tenant, "", &encode_code(code))
            .unwrap_or_default()
    }

    fn open(&self, tenant: TenantId, text: &str) -> Result<AuthorizationCode, OpenError> {
        let opened = self.open_text(Purpose::Code, tenant, "", text);
        decode_code(&opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }
}

/// Returns the prefix of a sealed step. It is also associated data, so that a step opens only for its own stage.
const fn prefix(stage: LoginStage) -> &'static str {
    match stage {
        LoginStage::SecondFactor => "auth_mfa_",
        LoginStage::Consent => "auth_consent_",
    }
}

impl LoginStepCodec for Codecs {
    fn seal(&self, tenant: TenantId, step: &LoginStep) -> String {
        let prefix = prefix(step.stage);
        self.seal_text(Purpose::Step, tenant, prefix, &encode_login_step(step))
            .map(|sealed| format!("{prefix}{sealed}"))
            .unwrap_or_default()
    }

    fn open(&self, tenant: TenantId, text: &str) -> Result<LoginStep, OpenError> {
        let stages = [LoginStage::SecondFactor, LoginStage::Consent];
        let of_stage = |stage| Some((stage, text.strip_prefix(prefix(stage))?));
        let (stage, sealed) = stages
            .into_iter()
            .find_map(of_stage)
            .ok_or(OpenError::Unknown)?;
        let opened = self.open_text(Purpose::Step, tenant, prefix(stage), sealed);
        decode_login_step(stage, &opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }
}

impl RefreshTokenCodec for Codecs {
    fn encode(&self, tenant: TenantId, token: &RefreshToken, form: RefreshTokenForm) -> String {
        refresh_token::encode(self.keys.current(), tenant, token, form).unwrap_or_default()
    }

    fn decode(&self, tenant: TenantId, text: &str) -> Result<RefreshToken, OpenError> {
        refresh_token::decode(&self.keys, tenant, text)
    }
}

impl KnownDeviceCodec for Codecs {
    fn seal(&self, tenant: TenantId, browser: &str, device: &KnownDevice) -> String {
        let encoded = encode_known_device(device);
        self.seal_text(Purpose::KnownDevice, tenant, browser, &encoded)
            .unwrap_or_default()
    }

    fn open(&self, tenant: TenantId, browser: &str, text: &str) -> Result<KnownDevice, OpenError> {
        let opened = self.open_text(Purpose::KnownDevice, tenant, browser, text);
        decode_known_device(&opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }
}

impl MailedLinkCodec for Codecs {
    fn seal(&self, tenant: TenantId, id: LoginId, link: &MailedLink) -> Vec<u8> {
        Vault::seal(self, tenant, &link_context(id), &encode_mailed_link(link))
    }

    fn open(&self, tenant: TenantId, id: LoginId, sealed: &[u8]) -> Result<MailedLink, OpenError> {
        let opened = self.unseal(tenant, &link_context(id), sealed);
        decode_mailed_link(&opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }
}

/// Returns the context under which a mailed link is sealed.
fn link_context(id: LoginId) -> String {
    format!("mailed link:{id}")
}

/// Associated data of a device code. It is sealed under the key of authorization codes, which have none.
const DEVICE_CODE: &str = "device";

impl DeviceCodec for Codecs {
    fn seal_code(&self, tenant: TenantId, code: &DeviceCode) -> String {
        self.seal_text(
            Purpose::Code,
            tenant,
            DEVICE_CODE,
            &encode_device_code(code),
        )
        .unwrap_or_default()
    }

    fn open_code(&self, tenant: TenantId, text: &str) -> Result<DeviceCode, OpenError> {
        let opened = self.open_text(Purpose::Code, tenant, DEVICE_CODE, text);
        decode_device_code(&opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }

    fn seal_request(&self, tenant: TenantId, id: [u8; 16], request: &DeviceRequest) -> Vec<u8> {
        let encoded = encode_device_request(request);
        Vault::seal(self, tenant, &device_context(id), &encoded)
    }

    fn open_request(
        &self,
        tenant: TenantId,
        id: [u8; 16],
        sealed: &[u8],
    ) -> Result<DeviceRequest, OpenError> {
        let opened = self.unseal(tenant, &device_context(id), sealed);
        decode_device_request(&opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }
}

/// Returns the context under which the request of a device is sealed.
fn device_context(id: [u8; 16]) -> String {
    format!("device request:{:032x}", u128::from_be_bytes(id))
}

impl Envelopes for Codecs {
    fn seal(&self, tenant: TenantId, context: &str, carried: &[u8]) -> String {
        self.seal_text(Purpose::Envelope, tenant, context, carried)
            .unwrap_or_default()
    }

    fn open(&self, tenant: TenantId, context: &str, text: &str) -> Option<Vec<u8>> {
        self.open_text(Purpose::Envelope, tenant, context, text)
    }
}

impl Vault for Codecs {
    fn seal(&self, tenant: TenantId, context: &str, plaintext: &[u8]) -> Vec<u8> {
        seal(&self.keys, Purpose::Rest, tenant, context, plaintext).unwrap_or_default()
    }

    fn unseal(&self, tenant: TenantId, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&self.keys, Purpose::Rest, tenant, context, sealed)
    }
}

impl Formats for Codecs {
    fn all_nodes_understand(&self, generation: FormatGeneration) -> bool {
        generation.0 <= self.common_generation()
    }
}

impl EventCodec for Codecs {
    fn record(&self, tenant: TenantId, event: Event, salt: [u8; 16]) -> EventRecord {
        EventEncoder.record(tenant, event, salt)
    }
}

#[cfg(test)]
#[cfg(feature = "test-later-version")]
mod later_version_tests;
#[cfg(test)]
#[cfg(not(feature = "test-later-version"))]
mod tests;
