//! Passkeys (Web Authentication Level 3).

#[cfg(test)]
mod authenticator;
mod models;
mod origins;
#[cfg(test)]
mod tests;

pub use origins::{Origin, RelatedOrigins};

use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Ceremony, PasskeyRefused, Passkeys, PresentedPasskey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Credential, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};
use webauthn_rs_proto::{AllowCredentials, PublicKeyCredentialDescriptor, ResidentKeyRequirement};

/// The only credential type (section 5.8.2).
const PUBLIC_KEY: &str = "public-key";
/// Name of a passkey whose authenticator does not say its model.
const UNNAMED: &str = "Passkey";

/// Passkeys of the users of each tenant. The relying party ID is the host of the issuer, unless the settings name
/// another domain: a passkey belongs to one domain for ever.
///
/// A tenant whose host is an IP address has no passkeys, because browsers reject them (section 5.1.3).
#[derive(Clone, Debug, Default)]
pub struct WebauthnPasskeys {
    origins: RelatedOrigins,
}

impl WebauthnPasskeys {
    /// Creates the passkeys of these origins.
    #[must_use]
    pub const fn new(origins: RelatedOrigins) -> Self {
        Self { origins }
    }

    /// Returns the relying party of a tenant, with the name of the tenant. Building it for each ceremony is cheap and
    /// avoids a stale copy of the settings.
    fn relying_party(&self, tenant: &Tenant) -> Result<Webauthn, PasskeyRefused> {
        let missing = || PasskeyRefused::new("passkeys need an issuer with a host name");
        self.build(tenant).ok_or_else(missing)
    }

    fn build(&self, tenant: &Tenant) -> Option<Webauthn> {
        let domain = self.domain(tenant)?;
        let mut origins = self.origins.of(tenant)?.into_iter();
        let own = origins.next()?;
        // The builder accepts only an origin of the domain. Those of other domains are added to it.
        let first = match &self.origins.domain {
            None => own.clone(),
            Some(domain) => Url::parse(&format!("https://{domain}")).ok()?,
        };
        let builder = WebauthnBuilder::new(&domain, &first).ok()?;
        let builder = builder.append_allowed_origin(&own);
        let builder = origins.fold(builder, |builder, other| {
            builder.append_allowed_origin(&other)
        });
        builder.rp_name(&tenant.settings.name).build().ok()
    }
}

/// State of a registration, kept in a cookie. It leaves out the enrolled passkeys: they would not fit, and the store
/// rejects a duplicate passkey ID.
#[derive(Serialize, Deserialize)]
struct Registration {
    user: Uuid,
    pending: PasskeyRegistration,
}

/// State of an authentication, kept in a cookie. It leaves out the allowed passkeys: they would not fit, and their
/// counters may change until the end.
#[derive(Serialize, Deserialize)]
struct Authentication {
    user: Option<Uuid>,
    pending: DiscoverableAuthentication,
}

impl Passkeys for WebauthnPasskeys {
    fn are_possible(&self, tenant: &Tenant) -> bool {
        self.build(tenant).is_some()
    }

    fn domain(&self, tenant: &Tenant) -> Option<String> {
        let configured = self.origins.domain_of(tenant);
        configured.or_else(|| {
            let issuer = Url::parse(&tenant.issuer).ok()?;
            issuer.domain().map(ToOwned::to_owned)
        })
    }

    fn related_origins(&self, tenant: &Tenant) -> Vec<String> {
        self.origins.published(tenant)
    }

    fn begin_registration(
        &self,
        tenant: &Tenant,
        user: &User,
        enrolled: &[Passkey],
    ) -> Result<Ceremony, PasskeyRefused> {
        let id = uuid(user.id);
        let email = user.email.as_str();
        let name = user.name.as_deref().unwrap_or(email);
        let (mut options, pending) = self
            .relying_party(tenant)?
            .start_passkey_registration(id, email, name, None)
            .map_err(PasskeyRefused::new)?;
        let exclude = enrolled
            .iter()
            .map(|passkey| PublicKeyCredentialDescriptor {
                type_: PUBLIC_KEY.into(),
                id: passkey.id.clone(),
                transports: None,
            });
        options.public_key.exclude_credentials = Some(exclude.collect());
        if let Some(selection) = &mut options.public_key.authenticator_selection {
            // A discoverable passkey needs no email address to sign in. A security key without room for it still works
            // as a second factor.
            selection.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        begun(&options, &Registration { user: id, pending })
    }

    fn finish_registration(
        &self,
        tenant: &Tenant,
        state: &[u8],
        answer: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused> {
        let Registration { user, pending } = read(state)?;
        let answer: RegisterPublicKeyCredential = read(answer.as_bytes())?;
        let credential = self
            .relying_party(tenant)?
            .finish_passkey_registration(&answer, &pending)
            .map_err(PasskeyRefused::new)?;
        let model = || models::name(&answer.response.attestation_object);
        let name = Some(name).filter(|name| !name.is_empty()).or_else(model);
        Ok(Passkey {
            id: credential.cred_id().clone(),
            user: UserId::from_bytes(user.into_bytes()),
            name: name.unwrap_or(UNNAMED).to_owned(),
            credential: written(&credential)?,
            created_at: now,
            last_used_at: None,
        })
    }

    fn begin_authentication(
        &self,
        tenant: &Tenant,
        user: Option<(UserId, &[Passkey])>,
    ) -> Result<Ceremony, PasskeyRefused> {
        let (mut options, pending) = self
            .relying_party(tenant)?
            .start_discoverable_authentication()
            .map_err(PasskeyRefused::new)?;
        // The page decides whether the email field offers passkeys for autofill.
        options.mediation = None;
        if let Some((_, passkeys)) = user {
            let allow = passkeys.iter().map(|passkey| AllowCredentials {
                type_: PUBLIC_KEY.into(),
                id: passkey.id.clone(),
                transports: None,
            });
            options.public_key.allow_credentials = allow.collect();
        }
        let user = user.map(|(user, _)| uuid(user));
        begun(&options, &Authentication { user, pending })
    }

    fn presented(&self, answer: &str) -> Option<PresentedPasskey> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
        Some(PresentedPasskey {
            id: answer.get_credential_id().to_vec(),
            user: handle(&answer),
        })
    }

    fn finish_authentication(
        &self,
        tenant: &Tenant,
        state: &[u8],
        answer: &str,
        passkey: &Passkey,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused> {
        let Authentication { user, pending } = read(state)?;
        let answer: PublicKeyCredential = read(answer.as_bytes())?;
        // Section 7.2, step 6: the requested user, or else the user handle, must be the owner of the passkey.
        let owner = uuid(passkey.user);
        let named = answer.get_user_unique_id();
        let is_named = named.is_some_and(|named| named == owner.as_bytes());
        let is_owner = match user {
            Some(user) => user == owner && (is_named || named.is_none()),
            None => is_named,
        };
        if !is_owner {
            return Err(PasskeyRefused::new("the passkey belongs to another user"));
        }
        let mut credential: Credential = read(&passkey.credential)?;
        let outcome = self
            .relying_party(tenant)?
            .finish_discoverable_authentication_v2(&answer, pending, &credential)
            .map_err(PasskeyRefused::new)?;
        credential.update_credential(&outcome);
        Ok(Passkey {
            credential: written(&credential)?,
            last_used_at: Some(now),
            ..passkey.clone()
        })
    }
}

fn uuid(user: UserId) -> Uuid {
    Uuid::from_bytes(*user.as_bytes())
}

/// Returns the user handle, which the authenticator got at registration.
fn handle(answer: &PublicKeyCredential) -> Option<UserId> {
    let handle = answer.get_user_unique_id()?;
    handle.try_into().ok().map(UserId::from_bytes)
}

fn begun(options: &impl Serialize, state: &impl Serialize) -> Result<Ceremony, PasskeyRefused> {
    Ok(Ceremony {
        options: serde_json::to_string(options).map_err(PasskeyRefused::new)?,
        state: written(state)?,
    })
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, PasskeyRefused> {
    serde_json::to_vec(value).map_err(PasskeyRefused::new)
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, PasskeyRefused> {
    serde_json::from_slice(bytes).map_err(PasskeyRefused::new)
}
