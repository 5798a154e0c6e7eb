//! Settings for passkeys.

use super::keys;
use crate::config::reader::Reader;
use countersign_adapters_system::{Origin, RelatedOrigins};

/// Settings for passkeys.
#[derive(Clone, Debug)]
pub(crate) struct PasskeyOptions {
    /// Whether users may create a passkey after a sign-in with a password.
    pub(crate) offer: bool,
    /// Domain of passkeys, and the origins that use them.
    pub(crate) origins: RelatedOrigins,
}

impl Reader<'_> {
    pub(super) fn passkeys(&mut self) -> Option<PasskeyOptions> {
        let offer = self.word(&keys::PASSKEYS_OFFER, |text| text.parse().ok());
        let domain = self.read(&keys::PASSKEYS_DOMAIN, |text| {
            let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            (text.contains(char::is_alphabetic) && text.chars().all(is_host))
                .then(|| text.to_owned())
        });
        let related = self.read(&keys::PASSKEYS_RELATED_ORIGINS, |text| {
            let origins = text.split(',').map(str::trim);
            origins
                .filter(|origin| !origin.is_empty())
                .map(|origin| origin.parse().ok())
                .collect::<Option<Vec<Origin>>>()
        });
        Some(PasskeyOptions {
            offer: offer?,
            origins: RelatedOrigins {
                domain,
                others: related.unwrap_or_default(),
            },
        })
    }
}
