//! Examples of the commands of `countersign clients secrets`, for their help texts.

pub(super) const ADD: &str = "\
Examples:
  A second secret, for a rotation
    countersign clients secrets add notes --name 2027
  One that expires after a year
    countersign clients secrets add notes --expires-in 31536000";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign clients secrets list notes
  For a program
    countersign clients secrets list notes --json";

pub(super) const REMOVE: &str = "\
Examples:
  End a rotation
    countersign clients secrets remove notes secret-1
  At a server
    countersign clients secrets remove notes secret-1 --server https://id.example";
