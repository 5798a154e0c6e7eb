//! Examples of the commands without a group, for their help texts.

pub(super) const DEV: &str = "\
Examples:
  In ./.countersign, on port 8080
    countersign dev
  For a test, without a trace
    countersign dev --ephemeral --listen 127.0.0.1:8081";

pub(super) const SERVE: &str = "\
Examples:
  With a file
    countersign serve --config /etc/countersign.toml
  With the variables `COUNTERSIGN__..` of the environment
    countersign serve";

pub(super) const MIGRATE: &str = "\
Examples:
  With a file
    countersign migrate --config /etc/countersign.toml
  With the variables `COUNTERSIGN__..` of the environment
    countersign migrate";

pub(super) const DOCTOR: &str = "\
Examples:
  With a file
    countersign doctor --config /etc/countersign.toml
  For a monitoring system: warnings are failures, too
    countersign doctor --strict --json";

pub(super) const STATISTICS: &str = "\
Examples:
  Of the store
    countersign statistics
  Of a server, for a program
    countersign statistics --server https://id.example --json";

pub(super) const EXPLAIN: &str = "\
Examples:
  With the store of the configuration
    countersign explain 1ngtb807d0k2m9p4q8r3
  Of a server, for a program
    countersign explain 1ngtb807d0k2m9p4q8r3 --server https://id.example --json";

pub(super) const LOGOUT: &str = "\
Examples:
  Sign out
    countersign logout https://id.example
  Sign out at a development server
    countersign logout http://localhost:8080";

pub(super) const COMPLETIONS: &str = "\
Examples:
  For bash
    countersign completions bash > ~/.local/share/bash-completion/completions/countersign
  For fish
    countersign completions fish > ~/.config/fish/completions/countersign.fish";

pub(super) const LOGIN: &str = "\
Examples:
  Sign in, and list the clients of the server
    countersign login https://id.example
    countersign clients list --server https://id.example
  Sign in with permissions to read only
    countersign login https://id.example --scope \"openid clients:read users:read\"";

pub(super) const API: &str = "\
Examples:
  Find a user
    countersign api GET \"/users?email=joe@example.com\" --server https://id.example
  Change a client
    countersign api PATCH /clients/notes --field client_name=\"Notes 2\"";
