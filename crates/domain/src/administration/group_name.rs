//! Names of groups.

crate::plain_name! {
    /// Name of a group.
    pub struct GroupName;
    /// The text is not a valid name of a group.
    #[error("the name of a group has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidGroupName;
}
