//! Examples of the commands of `countersign application-roles`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  A role of an API
    countersign application-roles create https://api.example editor
  With a description
    countersign application-roles create https://api.example editor --description \"Changes notes of others\"";

pub(super) const LIST: &str = "\
Examples:
  Of an API
    countersign application-roles list https://api.example
  For a program
    countersign application-roles list https://api.example -o json";

pub(super) const DELETE: &str = "\
Examples:
  In the store
    countersign application-roles delete https://api.example editor
  At a server
    countersign application-roles delete https://api.example editor --server https://id.example";

pub(super) const GRANT: &str = "\
Examples:
  To a user
    countersign application-roles grant user:jane@example.com https://api.example editor
  To all members of a group
    countersign application-roles grant group:staff https://api.example editor";

pub(super) const REVOKE: &str = "\
Examples:
  From a user
    countersign application-roles revoke user:jane@example.com https://api.example editor
  From a group
    countersign application-roles revoke group:staff https://api.example editor";
