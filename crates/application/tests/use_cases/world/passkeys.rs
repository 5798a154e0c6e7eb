//! Fake passkeys.

use crate::fakes::Fixed;
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Ceremony, PasskeyRefused, Passkeys, PresentedPasskey};
use countersign_store_contract::fixtures;

/// Accepts the passkey ID as the browser's answer. `id of 2` means that the authenticator names user 2.
impl Passkeys for Fixed {
    fn are_possible(&self, _: &Tenant) -> bool {
        true
    }

    fn domain(&self, _: &Tenant) -> Option<String> {
        Some("id.example.org".to_owned())
    }

    fn related_origins(&self, _: &Tenant) -> Vec<String> {
        Vec::new()
    }

    fn begin_registration(
        &self,
        tenant: &Tenant,
        _: &User,
        _: &[Passkey],
    ) -> Result<Ceremony, PasskeyRefused> {
        self.begin_authentication(tenant, None)
    }

    fn finish_registration(
        &self,
        _: &Tenant,
        _: &[u8],
        answer: &str,
        name: &str,
        _: Timestamp,
    ) -> Result<Passkey, PasskeyRefused> {
        Ok(Passkey {
            name: name.to_owned(),
            ..fixtures::passkey(answer.as_bytes())
        })
    }

    fn begin_authentication(
        &self,
        _: &Tenant,
        _: Option<(UserId, &[Passkey])>,
    ) -> Result<Ceremony, PasskeyRefused> {
        Ok(Ceremony {
            options: "{}".to_owned(),
            state: b"state".to_vec(),
        })
    }

    fn presented(&self, answer: &str) -> Option<PresentedPasskey> {
        let (id, user) = match answer.split_once(" of ") {
            Some((id, user)) => (id, Some(fixtures::user_id(user.parse().ok()?))),
            None => (answer, None),
        };
        Some(PresentedPasskey {
            id: id.as_bytes().to_vec(),
            user,
        })
    }

    fn finish_authentication(
        &self,
        _: &Tenant,
        state: &[u8],
        _: &str,
        passkey: &Passkey,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused> {
        if state != b"state" {
            return Err(PasskeyRefused::new("not this ceremony"));
        }
        Ok(Passkey {
            last_used_at: Some(now),
            ..passkey.clone()
        })
    }
}
