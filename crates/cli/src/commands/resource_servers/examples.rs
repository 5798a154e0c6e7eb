//! Examples of the commands of `countersign resource-servers`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  An API that introspects the tokens it receives
    countersign resource-servers create https://api.example --name \"Notes API\" --introspection-client notes-api
  An API that also learns who the user is
    countersign resource-servers create https://mail.example --introspection-client mail-api --personal-claims";

pub(super) const EDIT: &str = "\
Examples:
  Replace the clients for introspection
    countersign resource-servers edit https://api.example --introspection-client gateway,notes-api
  Stop returning personal claims
    countersign resource-servers edit https://api.example --personal-claims=false";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign resource-servers list
  For a program
    countersign resource-servers list -o json";

pub(super) const SHOW: &str = "\
Examples:
  Of the store
    countersign resource-servers show https://api.example
  At a server
    countersign resource-servers show https://api.example --server https://id.example";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign resource-servers delete https://api.example
  At a server
    countersign resource-servers delete https://api.example --server https://id.example";
