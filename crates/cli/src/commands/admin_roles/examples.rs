//! Examples of the commands of `countersign admin-roles`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  A help desk that finds users and resets their second factors
    countersign admin-roles create help-desk --permission users:read,users:reset-factors
  A deployment that manages clients only
    countersign admin-roles create deployer --description \"CI\" --permission clients:read,clients:write";

pub(super) const EDIT: &str = "\
Examples:
  Replace the permissions
    countersign admin-roles edit help-desk --permission users:read
  Change the description only
    countersign admin-roles edit help-desk --description \"First line\"";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign admin-roles list
  At a server
    countersign admin-roles list --server https://id.example";

pub(super) const SHOW: &str = "\
Examples:
  A role that is part of the server
    countersign admin-roles show owner
  For a program
    countersign admin-roles show help-desk -o json";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign admin-roles delete help-desk
  At a server
    countersign admin-roles delete help-desk --server https://id.example";
