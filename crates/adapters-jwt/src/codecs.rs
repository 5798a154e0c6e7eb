//! The codecs and the vault: everything that is sealed under the master keys, and the encoding of events.

use crate::events::EventEncoder;
use crate::master_key::MasterKeys;
use crate::refresh_token;
use crate::seal::{Purpose, open, seal};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_codec::{
    DecodeError, FIRST_GENERATION, decode_code, decode_login_step, encode_code, encode_login_step,
};
use countersign_domain::audit::event::Event;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    AuthorizationCodeCodec, Envelopes, EventCodec, EventRecord, LoginStepCodec, OpenError,
    RefreshTokenCodec, RefreshTokenForm, Vault,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Everything that works with the master keys. Cheap to clone.
///
/// Where the machine has no randomness to seal with, what comes out is empty, and opens to nothing.
#[derive(Clone, Debug)]
pub struct Codecs {
    keys: MasterKeys,
    common_generation: Arc<AtomicU32>,
}

impl Codecs {
    /// Codecs that seal with the first of the keys and open with any.
    #[must_use]
    pub fn new(keys: &MasterKeys) -> Self {
        Self {
            keys: keys.clone(),
            common_generation: Arc::new(AtomicU32::new(FIRST_GENERATION)),
        }
    }

    /// Notes which generation of formats every live node understands. A fact under a critical tag of a higher generation
    /// (see [`countersign_codec::FORMAT_GENERATION`]) must not be accepted yet.
    pub fn set_common_generation(&self, generation: u32) {
        self.common_generation.store(generation, Ordering::Relaxed);
    }

    /// The generation of formats that every live node understands: that of the first release, until
    /// [`Codecs::set_common_generation`].
    #[must_use]
    pub fn common_generation(&self) -> u32 {
        self.common_generation.load(Ordering::Relaxed)
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

/// What the failure to decode an authentic value means.
pub(crate) const fn undecoded(error: DecodeError) -> OpenError {
    match error {
        DecodeError::Later => OpenError::Later,
        DecodeError::Malformed => OpenError::Unknown,
    }
}

impl AuthorizationCodeCodec for Codecs {
    fn seal(&self, tenant: TenantId, code: &AuthorizationCode) -> String {
        #[cfg(feature = "test-later-version")]
        let code = &{
            let mut code = code.clone();
            let common = self.common_generation();
            countersign_codec::test_later_version::mark(&mut code.authorization, common);
            code
        };
        self.seal_text(Purpose::Code, tenant, "", &encode_code(code))
            .unwrap_or_default()
    }

    fn open(&self, tenant: TenantId, text: &str) -> Result<AuthorizationCode, OpenError> {
        let opened = self.open_text(Purpose::Code, tenant, "", text);
        decode_code(&opened.ok_or(OpenError::Unknown)?).map_err(undecoded)
    }
}

/// What a step starts with. It is associated data of the sealing, so that a step is of one stage alone.
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
