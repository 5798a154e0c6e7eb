//! Actions on upstream providers.

use super::Action;
use alloc::borrow::Cow;

impl Action {
    /// Upstream provider created.
    pub const UPSTREAM_PROVIDER_CREATED: Self = Self(Cow::Borrowed("upstream_provider.created"));
    /// Upstream provider or its client secret changed.
    pub const UPSTREAM_PROVIDER_UPDATED: Self = Self(Cow::Borrowed("upstream_provider.updated"));
    /// Upstream provider deleted.
    pub const UPSTREAM_PROVIDER_DELETED: Self = Self(Cow::Borrowed("upstream_provider.deleted"));
}
