//! Pagination: reading lists slice by slice.

use countersign_domain::administration::group::Group;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::audit::event::EventId;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, SessionId, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::user::User;
use countersign_ports::{
    After, Definition, Ephemeral, EphemeralKey, SealedBatch, Slice, StoredEvent,
};

/// Item of a list.
pub(crate) trait Listed {
    /// Sort key of the list.
    type Key: Clone;

    /// Returns the key of this item.
    fn key(&self) -> Self::Key;
}

macro_rules! listed {
    ($($item:ty: $key:ty = $of:expr;)+) => {$(
        impl Listed for $item {
            type Key = $key;

            fn key(&self) -> $key {
                let of: fn(&Self) -> $key = $of;
                of(self)
            }
        }
    )+};
}

listed! {
    Client: ClientId = |client| client.id.clone();
    User: UserId = |user| user.id;
    ResourceServer: String = |server| server.audience.clone();
    AdminRole: String = |role| role.name.as_str().to_owned();
    Group: String = |group| group.name.as_str().to_owned();
    Definition: String = |definition| definition.key().id;
    Session: SessionId = |session| session.id;
    Consent: ClientId = |consent| consent.client.clone();
    Passkey: Vec<u8> = |passkey| passkey.id.clone();
    Device: DeviceId = |device| device.id;
    Identity: IdentityId = |identity| identity.id;
    Grant: GrantId = |grant| grant.id();
    (EphemeralKey, Ephemeral): EphemeralKey = |(key, _)| *key;
    StoredEvent: EventId = |event| event.position.id;
    SealedBatch: u64 = |batch| batch.number;
}

/// Position in a list.
pub(crate) struct Slices<T: Listed> {
    last: Option<T::Key>,
    is_over: bool,
}

impl<T: Listed> Slices<T> {
    /// Items per slice: one statement, with bounded memory.
    const LIMIT: u32 = 1000;

    /// Returns the start of a list.
    pub(crate) const fn new() -> Self {
        Self {
            last: None,
            is_over: false,
        }
    }

    /// Returns the next slice to read, or `None` after the last one.
    pub(crate) fn next(&self) -> Option<After<T::Key>> {
        (!self.is_over).then(|| After {
            key: self.last.clone(),
            limit: Self::LIMIT,
        })
    }

    /// Records that a slice was read, and returns its items.
    pub(crate) fn take(&mut self, slice: Slice<T>) -> Vec<T> {
        self.last = slice.items.last().map(T::key);
        self.is_over = !slice.has_more || self.last.is_none();
        slice.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Listed for u32 {
        type Key = Self;

        fn key(&self) -> Self {
            *self
        }
    }

    #[test]
    fn list_is_read_to_its_end() {
        let mut slices = Slices::<u32>::new();
        let mut read = Vec::new();
        while let Some(After { key, .. }) = slices.next() {
            let first = key.map_or(0, |last| last + 1);
            let items = vec![first, first + 1];
            let has_more = first < 4;
            read.extend(slices.take(Slice { items, has_more }));
        }
        assert_eq!(read, [0, 1, 2, 3, 4, 5]);
    }
}
