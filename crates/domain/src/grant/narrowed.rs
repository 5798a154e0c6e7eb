//! What a token request narrows.

use crate::resource::Resource;
use crate::scope::Scope;
use alloc::vec::Vec;

/// Scope and resources of an access token.
#[derive(Default)]
pub(super) struct Narrowed {
    pub(super) scope: Scope,
    pub(super) resources: Vec<Resource>,
}
