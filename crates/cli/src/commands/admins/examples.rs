//! Examples of the commands of `countersign admins`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  The first owner
    countersign admins create jane@example.com --name \"Jane Doe\"
  A user who only reads
    countersign admins create auditor@example.com --role auditor";

pub(super) const GRANT: &str = "\
Examples:
  Let a user help others
    countersign admins grant jane@example.com support
  Let a client rotate keys without a person
    countersign admins grant client:ci-bot operator --without-second-factor";

pub(super) const REVOKE: &str = "\
Examples:
  One role
    countersign admins revoke jane@example.com support
  All roles of a client
    countersign admins revoke client:ci-bot";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign admins list
  At a server, for a program
    countersign admins list --server https://id.example -o json";
