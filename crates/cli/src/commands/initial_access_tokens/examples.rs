//! Examples of the commands of `countersign initial-access-tokens`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  For ten clients of a partner, within a week
    countersign initial-access-tokens create partner --max-uses 10 --lifetime 604800
  At a server, for a program
    countersign initial-access-tokens create ci --server https://id.example -o json";

pub(super) const LIST: &str = "\
Examples:
  All tokens
    countersign initial-access-tokens list
  For a program
    countersign initial-access-tokens list -o json";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign initial-access-tokens delete partner
  At a server
    countersign initial-access-tokens delete partner --server https://id.example";
