//! Names of tenants.

crate::plain_name! {
    /// Name of a tenant. Operators of the server choose it; it never changes.
    pub struct TenantName;
    /// The text is not a valid name of a tenant.
    #[error("the name of a tenant has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidTenantName;
}
