//! Examples of the commands of `countersign groups`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  A group of users
    countersign groups create staff --description \"Everyone in the office\"
  A group whose members administer users
    countersign groups create help-desk
    countersign admins grant group:help-desk support";

pub(super) const LIST: &str = "\
Examples:
  All groups
    countersign groups list
  For a program
    countersign groups list -o json";

pub(super) const SHOW: &str = "\
Examples:
  A group and its members
    countersign groups show staff
  For a program
    countersign groups show staff -o yaml";

pub(super) const EDIT: &str = "\
Examples:
  Another description
    countersign groups edit staff --description \"Everyone in the company\"
  Make its members members of another group, too
    countersign groups edit berlin --parent staff";

pub(super) const DELETE: &str = "\
Examples:
  A group with one member that holds one admin role
    countersign groups remove help-desk jane@example.com
    countersign admins revoke group:help-desk support
    countersign groups delete help-desk";

pub(super) const REMOVE: &str = "\
Examples:
  By email address
    countersign groups remove staff jane@example.com
  By user ID
    countersign groups remove staff 0192f0c1-2a6b-7c3d-8e4f-5a6b7c8d9e0f";

pub(super) const ADD: &str = "\
Examples:
  Add a user by email address
    countersign groups add staff jane@example.com
  List the members afterwards
    countersign groups show staff";
