//! Which account of this server a user of an upstream provider gets.

use super::upstream_user::UpstreamUser;
use crate::federation::provider::UpstreamProvider;
use crate::user::User;

/// What happens at the first sign-in with an account of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linking {
    /// The identity is linked to the owner of the address.
    Link {
        /// Whether the address of the account is not verified: its credentials, sessions and grants may be those of a
        /// stranger, and go first.
        hands_over: bool,
    },
    /// An account is created.
    Create,
    /// The user is refused.
    Refuse(NotLinked),
}

/// Reason why a user of a provider gets no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLinked {
    /// The provider names no email address, and an account needs one.
    NoEmail,
    /// The address has an account, and the provider does not prove that it belongs to the user.
    AddressTaken,
    /// The account of the address has admin roles.
    Administrator,
    /// The account of the address is disabled.
    Disabled,
    /// The provider creates no accounts.
    NoAccount,
}

/// User of this server who has the address that a provider names.
#[derive(Clone, Copy, Debug)]
pub struct AddressOwner<'a> {
    /// User.
    pub user: &'a User,
    /// Whether the user holds admin roles, also through groups.
    pub is_administrator: bool,
}

impl UpstreamProvider {
    /// Decides about a user whose identity is linked to no account. `owner` has the address of the user.
    ///
    /// An address links accounts only if it is proved. A user who controls the account signs in and links any identity
    /// on the account page.
    #[must_use]
    pub fn linking(&self, user: &UpstreamUser, owner: Option<AddressOwner<'_>>) -> Linking {
        let Some(email) = &user.email else {
            return Linking::Refuse(NotLinked::NoEmail);
        };
        let Some(owner) = owner else {
            return if self.create_users {
                Linking::Create
            } else {
                Linking::Refuse(NotLinked::NoAccount)
            };
        };
        // The order matters: only the proved owner of the address learns more about the account.
        if !email.is_proved || !self.link_by_email || owner.user.email != email.address {
            Linking::Refuse(NotLinked::AddressTaken)
        } else if owner.is_administrator {
            Linking::Refuse(NotLinked::Administrator)
        } else if !owner.user.enabled {
            Linking::Refuse(NotLinked::Disabled)
        } else {
            Linking::Link {
                hands_over: !owner.user.email_verified,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::upstream_user::UpstreamEmail;
    use super::*;
    use crate::federation::preset::Preset;
    use crate::federation::provider_name::ProviderName;
    use crate::test_facts::user;
    use crate::time::Timestamp;
    use alloc::collections::{BTreeMap, BTreeSet};

    fn provider() -> UpstreamProvider {
        let now = Timestamp::from_unix_seconds(1_750_000_000);
        let name = ProviderName::parse("corp").unwrap();
        let protocol = Preset::Google.protocol().unwrap();
        UpstreamProvider::new(name, Some(Preset::Google), protocol, "id", now)
    }

    fn upstream(is_proved: bool) -> UpstreamUser {
        UpstreamUser {
            issuer: "https://idp.example".into(),
            subject: "1".into(),
            email: Some(UpstreamEmail {
                address: user().email,
                is_proved,
            }),
            profile: BTreeMap::new(),
            groups: BTreeSet::new(),
            roles: BTreeSet::new(),
        }
    }

    fn linking(provider: &UpstreamProvider, is_proved: bool, owner: Option<&User>) -> Linking {
        let owner = owner.map(|user| AddressOwner {
            user,
            is_administrator: false,
        });
        provider.linking(&upstream(is_proved), owner)
    }

    #[test]
    fn proved_address_links_account() {
        let mut owner = user();
        for (verified, hands_over) in [(true, false), (false, true)] {
            owner.email_verified = verified;
            let decided = linking(&provider(), true, Some(&owner));
            assert_eq!(decided, Linking::Link { hands_over });
        }
    }

    #[test]
    fn address_links_no_account_without_proof_or_permission() {
        let owner = user();
        let taken = Linking::Refuse(NotLinked::AddressTaken);
        assert_eq!(linking(&provider(), false, Some(&owner)), taken);
        let mut off = provider();
        off.link_by_email = false;
        assert_eq!(linking(&off, true, Some(&owner)), taken);
        let mut disabled = user();
        disabled.enabled = false;
        let refused = Linking::Refuse(NotLinked::Disabled);
        assert_eq!(linking(&provider(), true, Some(&disabled)), refused);
        assert_eq!(linking(&provider(), false, Some(&disabled)), taken);
    }

    #[test]
    fn account_with_admin_roles_is_never_linked_by_address() {
        let owner = user();
        let owner = AddressOwner {
            user: &owner,
            is_administrator: true,
        };
        let refused = Linking::Refuse(NotLinked::Administrator);
        assert_eq!(provider().linking(&upstream(true), Some(owner)), refused);
        let taken = Linking::Refuse(NotLinked::AddressTaken);
        assert_eq!(provider().linking(&upstream(false), Some(owner)), taken);
    }

    #[test]
    fn new_address_creates_account_if_provider_may() {
        for is_proved in [true, false] {
            assert_eq!(linking(&provider(), is_proved, None), Linking::Create);
        }
        let mut off = provider();
        off.create_users = false;
        let refused = Linking::Refuse(NotLinked::NoAccount);
        assert_eq!(linking(&off, true, None), refused);
        let mut nameless = upstream(true);
        nameless.email = None;
        let refused = Linking::Refuse(NotLinked::NoEmail);
        assert_eq!(provider().linking(&nameless, None), refused);
    }
}
