//! Reading a store from end to end, to fill another one.

use crate::{Race, StoreError};
use countersign_domain::claims::TokenId;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::time::Timestamp;
use std::future::Future;

/// How far a login is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginState {
    /// Which.
    pub id: LoginId,
    /// The position that it was moved on to; 0 if it was not.
    pub position: u8,
    /// How many attempts were counted.
    pub attempts: u32,
    /// How long this has to be remembered.
    pub expires_at: Timestamp,
}

/// A token that was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeniedToken {
    /// Which.
    pub id: TokenId,
    /// How long this has to be remembered.
    pub expires_at: Timestamp,
}

/// What the other traits do not show of a store, in pages, and what they cannot write as it was. For
/// copying a store while no server uses it.
pub trait Transfer {
    /// Up to `most` grants, by id, from the one after `id` on; from the first if there is no `id`. Ids go by
    /// their bytes.
    fn grants_after(
        &self,
        id: Option<GrantId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<Grant>, StoreError>> + Send;

    /// Up to `most` logins, by id, from the one after `id` on; from the first if there is no `id`.
    fn logins_after(
        &self,
        id: Option<LoginId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<LoginState>, StoreError>> + Send;

    /// Adds a login as it is, unless its id is there: then `Lost`, and the one there stays as it is.
    fn insert_login(
        &self,
        login: &LoginState,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The last time step that was used up for a user; `None` if none was, or there is no such user.
    fn last_time_step(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// The recovery codes that a user has left, by their bytes.
    fn recovery_codes(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<SecretDigest>, StoreError>> + Send;

    /// Up to `most` denied tokens, by the text of their id, from the one after `id` on; from the first if there is
    /// no `id`. The text goes by its bytes.
    fn denied_tokens_after(
        &self,
        id: Option<TokenId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<DeniedToken>, StoreError>> + Send;
}
