//! Examples of the commands of `countersign keys`, for their help texts.

pub(super) const REVOKE: &str = "\
Examples:
  Find the key
    countersign keys list
  Revoke it
    countersign keys revoke 3f9d1c5e7a2b";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign keys list
  Of a server
    countersign keys list --server https://id.example";

pub(super) const ROTATE: &str = "\
Examples:
  All algorithms in use
    countersign keys rotate
  One algorithm
    countersign keys rotate --algorithm ES256";

pub(super) const GENERATE_MASTER: &str = "\
Examples:
  A new store, after `umask 077`
    countersign keys generate-master > master.key
  Another key for an existing store, after `umask 077`
    countersign keys generate-master > new.key";

pub(super) const CHECK_MASTER: &str = "\
Examples:
  Before you remove a previous key
    countersign keys check-master
  For a program
    countersign keys check-master --json";

pub(super) const RESEAL: &str = "\
Examples:
  After all servers have started with both keys
    countersign keys reseal
  Check the result
    countersign keys check-master";
