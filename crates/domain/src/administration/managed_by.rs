//! Names of the sets of files that declare objects.

crate::plain_name! {
    /// Name of the set of files that declares an object. Only that set may delete the object.
    pub struct ManagedBy;
    /// The text is not a valid name of a set of files.
    #[error("`managed_by` has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidManagedBy;
}
