//! Examples of the commands of `countersign config`, for their help texts.

pub(super) const CHECK: &str = "\
Examples:
  The configuration of the environment
    countersign config check
  A file
    countersign config check --config /etc/countersign.toml";

pub(super) const SHOW: &str = "\
Examples:
  All values and their sources
    countersign config show
  For a program
    countersign config show --json";
