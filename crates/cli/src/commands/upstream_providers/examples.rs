//! Examples of the commands of `countersign upstream-providers`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  Google, with a client ID and secret of its console
    countersign upstream-providers create google --preset google --client-id 1234.apps.googleusercontent.com \
--client-secret-stdin < secret.txt
  The provider of a company, for its own addresses
    countersign upstream-providers create corp --issuer https://login.corp.example --client-id countersign \
--client-secret-stdin --trusted-domains corp.example --home-domains corp.example < secret.txt";

pub(super) const LIST: &str = "\
Examples:
  All providers
    countersign upstream-providers list
  For a program
    countersign upstream-providers list -o json";

pub(super) const SHOW: &str = "\
Examples:
  Of the store
    countersign upstream-providers show google
  At a server
    countersign upstream-providers show google --server https://id.example";

pub(super) const EDIT: &str = "\
Examples:
  Replace the client secret
    countersign upstream-providers edit google --client-secret-stdin < secret.txt
  Do not offer the provider for a while
    countersign upstream-providers edit google --enabled=false";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign upstream-providers delete google
  At a server
    countersign upstream-providers delete google --server https://id.example";
