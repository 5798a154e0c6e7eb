//! Examples of the commands of `countersign attributes`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  A cost center that operators set and claims policies can use
    countersign attributes create cost_center --type string --pattern '[0-9]{4}' --readers admin application
  A list of interests that users set themselves
    countersign attributes create interests --type array --readers user application --writers user";

pub(super) const LIST: &str = "\
Examples:
  All attributes
    countersign attributes list
  For a program
    countersign attributes list -o json";

pub(super) const SHOW: &str = "\
Examples:
  Of the store
    countersign attributes show cost_center
  At a server
    countersign attributes show cost_center --server https://id.example";

pub(super) const EDIT: &str = "\
Examples:
  Replace the allowed values
    countersign attributes edit shirt_size --enum S M L XL
  Remove the pattern
    countersign attributes edit cost_center --unset pattern";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign attributes delete cost_center
  At a server
    countersign attributes delete cost_center --server https://id.example";
