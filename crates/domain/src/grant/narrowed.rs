//! What a request of a client narrows.

use crate::client::Client;
use crate::grant::authorization::Access;
use crate::refusal::Refusal;
use crate::resource::{Resource, narrowed};
use crate::scope::{RequestedScope, Scope};
use alloc::vec::Vec;

/// Scope and resources of an access token.
#[derive(Default)]
pub(super) struct Narrowed {
    pub(super) scope: Scope,
    pub(super) resources: Vec<Resource>,
}

impl Narrowed {
    /// Takes the requested scope, if the client is registered for it.
    pub(super) fn scope(
        &mut self,
        client: &Client,
        requested: RequestedScope<'_>,
    ) -> Result<(), Refusal> {
        self.scope = client.registered_scope(requested)?;
        Ok(())
    }

    /// Takes the requested resources, if the client is registered for them.
    pub(super) fn resources(&mut self, client: &Client, requested: &[&str]) -> Result<(), Refusal> {
        self.resources = narrowed(requested, &client.resources)?;
        Ok(())
    }

    /// Checks that scope and resources fit into a grant.
    pub(super) fn check_length(&self, client: &Client) -> Result<(), Refusal> {
        if Access::length_of(&client.id, &self.scope, &self.resources) > Access::MAX_LENGTH {
            Err(Refusal::AccessTooLong)
        } else {
            Ok(())
        }
    }
}
