//! The codecs and the vault: all that is sealed under the master keys.

use crate::facts::{read_code, read_step, write_code, write_step};
use crate::master_key::MasterKeys;
use crate::refresh_token;
use crate::seal::{Purpose, open, seal};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::refresh_token::RefreshToken;
use countersign_ports::{
    AuthorizationCodeCodec, Envelopes, LoginStepCodec, RefreshTokenCodec, RefreshTokenForm, Vault,
};

/// Everything that works with the master keys. Cheap to clone.
///
/// Where the machine has no randomness to seal with, what comes out is empty, and opens to nothing.
#[derive(Clone, Debug)]
pub struct Codecs {
    keys: MasterKeys,
}

impl Codecs {
    /// Codecs that seal with the first of the keys and open with any.
    #[must_use]
    pub fn new(keys: &MasterKeys) -> Self {
        Self { keys: keys.clone() }
    }

    fn seal_text(&self, purpose: Purpose, context: &str, plaintext: &[u8]) -> Option<String> {
        let sealed = seal(&self.keys, purpose, context, plaintext)?;
        Some(Base64UrlUnpadded::encode_string(&sealed))
    }

    fn open_text(&self, purpose: Purpose, context: &str, text: &str) -> Option<Vec<u8>> {
        let sealed = Base64UrlUnpadded::decode_vec(text).ok()?;
        open(&self.keys, purpose, context, &sealed)
    }
}

impl AuthorizationCodeCodec for Codecs {
    fn seal(&self, code: &AuthorizationCode) -> String {
        self.seal_text(Purpose::Code, "", &write_code(code))
            .unwrap_or_default()
    }

    fn open(&self, text: &str) -> Option<AuthorizationCode> {
        read_code(&self.open_text(Purpose::Code, "", text)?)
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
    fn seal(&self, step: &LoginStep) -> String {
        let prefix = prefix(step.stage);
        self.seal_text(Purpose::Step, prefix, &write_step(step))
            .map(|sealed| format!("{prefix}{sealed}"))
            .unwrap_or_default()
    }

    fn open(&self, text: &str) -> Option<LoginStep> {
        let (stage, sealed) = [LoginStage::SecondFactor, LoginStage::Consent]
            .into_iter()
            .find_map(|stage| Some((stage, text.strip_prefix(prefix(stage))?)))?;
        read_step(
            stage,
            &self.open_text(Purpose::Step, prefix(stage), sealed)?,
        )
    }
}

impl RefreshTokenCodec for Codecs {
    fn encode(&self, token: &RefreshToken, form: RefreshTokenForm) -> String {
        refresh_token::encode(self.keys.current(), token, form).unwrap_or_default()
    }

    fn decode(&self, text: &str) -> Option<RefreshToken> {
        refresh_token::decode(&self.keys, text)
    }
}

impl Envelopes for Codecs {
    fn seal(&self, context: &str, carried: &[u8]) -> String {
        self.seal_text(Purpose::Envelope, context, carried)
            .unwrap_or_default()
    }

    fn open(&self, context: &str, text: &str) -> Option<Vec<u8>> {
        self.open_text(Purpose::Envelope, context, text)
    }
}

impl Vault for Codecs {
    fn seal(&self, context: &str, plaintext: &[u8]) -> Vec<u8> {
        seal(&self.keys, Purpose::Rest, context, plaintext).unwrap_or_default()
    }

    fn unseal(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        open(&self.keys, Purpose::Rest, context, sealed)
    }
}

#[cfg(test)]
mod tests;
