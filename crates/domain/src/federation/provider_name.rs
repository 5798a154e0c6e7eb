//! Names of upstream providers.

crate::plain_name! {
    /// Name of an upstream provider. It is part of the redirect URI that is registered at the provider, so it never
    /// changes.
    pub struct ProviderName;
    /// The text is not a valid name of an upstream provider.
    #[error("the name of an upstream provider has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidProviderName;
}
