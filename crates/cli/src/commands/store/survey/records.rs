//! Complete debug form of records, including the secret and personal fields that their own `Debug` omits.

use countersign_domain::authorize::consent::Consent;
use countersign_domain::claims::attribute_value::AttributeValue;
use countersign_domain::client::{Client, Jwks, KeySource};
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::later::LaterFact;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_domain::user::profile::{Address, Profile};
use countersign_ports::{Definition, Ephemeral, EphemeralKey, SealedBatch, StoredEvent};
use std::fmt::Debug;

/// Record of a store.
pub(super) trait Record {
    /// Returns all fields.
    fn facts(&self) -> impl Debug;
}

impl Record for Client {
    fn facts(&self) -> impl Debug {
        let secrets = self.secrets.iter();
        let digests: Vec<_> = secrets.map(|secret| secret.digest.as_bytes()).collect();
        let keys = self.keys.as_ref();
        let jwks = keys.and_then(KeySource::registered).map(Jwks::as_str);
        let dynamic = self.dynamic.as_ref();
        let token = dynamic.map(|own| own.access_token.as_bytes());
        (self, digests, jwks, token, self.later.as_str())
    }
}

impl Record for Definition {
    fn facts(&self) -> impl Debug {
        let later = match self {
            Self::ResourceServer(server) => server.later.as_str(),
            Self::AdminRole(role) => role.later.as_str(),
            Self::Administrators(all) => all.later.as_str(),
            Self::Group(group) => group.later.as_str(),
            Self::Webhook(webhook) => webhook.later.as_str(),
            Self::Attribute(attribute) => attribute.later.as_str(),
            Self::ScheduledDeletion(deletion) => deletion.later.as_str(),
            Self::Invitation(invitation) => invitation.later.as_str(),
            Self::UpstreamProvider(provider) => provider.later.as_str(),
            Self::RegisteredTenant(tenant) => tenant.later.as_str(),
            Self::FactorReset(reset) => reset.later.as_str(),
            Self::InitialAccessToken(token) => token.later.as_str(),
        };
        let client_secret = match self {
            Self::UpstreamProvider(provider) => {
                let secret = provider.secret.as_ref();
                secret.map(|own| (&own.sealed, own.created_at))
            }
            _ => None,
        };
        let hidden = match self {
            Self::Webhook(webhook) => {
                let secrets = webhook.secrets.iter();
                let secrets = secrets.map(|own| (&own.sealed, own.created_at, own.expires_at));
                Some((webhook.url.as_str(), secrets.collect::<Vec<_>>()))
            }
            _ => None,
        };
        let digest = match self {
            Self::InitialAccessToken(token) => Some(token.digest.as_bytes()),
            _ => None,
        };
        let address = match self {
            Self::Invitation(invitation) => Some(invitation.email.as_str()),
            _ => None,
        };
        (self, hidden, client_secret, digest, address, later)
    }
}

impl Record for User {
    fn facts(&self) -> impl Debug {
        let Self {
            id,
            email,
            email_verified,
            name,
            profile,
            enabled,
            password_hash,
            sealed_totp_secret,
            created_at,
            self_registered,
            email_changed_at,
            groups,
            roles,
            attributes,
            version,
            later,
        } = self;
        let email = (email.as_str(), email_verified);
        let sealed = (password_hash, sealed_totp_secret);
        let profile = facts_of_profile(profile);
        let stored = (created_at, self_registered, version, later.as_str());
        let stored = (stored, email_changed_at);
        let values = attributes.values.iter();
        let values: Vec<_> = values.map(|(name, value)| (name, value.facts())).collect();
        let stored = (stored, groups, roles, values, attributes.later.as_str());
        (id, email, name, profile, enabled, sealed, stored)
    }
}

impl Record for AttributeValue {
    fn facts(&self) -> impl Debug {
        match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Number(number) => format!("{number:?}"),
            Self::Flag(flag) => format!("{flag:?}"),
            Self::Texts(texts) => format!("{texts:?}"),
        }
    }
}

fn facts_of_profile(profile: &Profile) -> impl Debug {
    let address = profile.address.as_ref().map(|address| {
        let Address {
            formatted,
            street_address,
            locality,
            region,
            postal_code,
            country,
        } = address;
        [
            formatted,
            street_address,
            locality,
            region,
            postal_code,
            country,
        ]
    });
    (
        profile.texts().collect::<Vec<_>>(),
        address,
        profile.phone_number_verified,
        profile.updated_at,
    )
}

impl Record for Session {
    fn facts(&self) -> impl Debug {
        (self, self.secret.map(|digest| *digest.as_bytes()))
    }
}

impl Record for Consent {
    fn facts(&self) -> impl Debug {
        self
    }
}

impl Record for Passkey {
    fn facts(&self) -> impl Debug {
        let Self {
            id,
            user,
            name,
            credential,
            created_at,
            last_used_at,
        } = self;
        (id, user, name, credential, created_at, last_used_at)
    }
}

impl Record for Device {
    fn facts(&self) -> impl Debug {
        self
    }
}

impl Record for Identity {
    fn facts(&self) -> impl Debug {
        let Self {
            id,
            user,
            provider,
            issuer,
            subject,
            email,
            created_at,
            last_used_at,
        } = self;
        let stored = (created_at, last_used_at);
        (id, user, provider, issuer, subject, email, stored)
    }
}

impl Record for SigningKey {
    fn facts(&self) -> impl Debug {
        let more = (&self.client, &self.sealed_private_key, self.created_at);
        (self, more)
    }
}

impl Record for Grant {
    fn facts(&self) -> impl Debug {
        let facts = Self::facts(self);
        let later = facts.authorization.access.later.iter();
        let later: Vec<_> = later.map(|LaterFact { tag, value }| (tag, value)).collect();
        (facts, later)
    }
}

impl Record for (EphemeralKey, Ephemeral) {
    fn facts(&self) -> impl Debug {
        self
    }
}

impl Record for StoredEvent {
    fn facts(&self) -> impl Debug {
        self
    }
}

impl Record for SealedBatch {
    fn facts(&self) -> impl Debug {
        self
    }
}
