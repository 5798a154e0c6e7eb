//! Examples of the commands of `countersign mail`, for their help texts.

pub(super) const TEST: &str = "\
Examples:
  The configuration of the environment
    countersign mail test jane@example.org
  A file
    countersign mail test jane@example.org --config /etc/countersign.toml";
