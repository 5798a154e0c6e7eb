//! Examples of the commands of `countersign claims`, for their help texts.

pub(super) const PREVIEW: &str = "\
Examples:
  Of the tokens of a client
    countersign claims preview --user jane@example.com --client notes
  Of a token for an API, at a server
    countersign claims preview --user jane@example.com --client notes --resource-server https://api.example --server https://id.example";

pub(super) const SHOW: &str = "\
Examples:
  Of a client
    countersign claims show --client notes
  Of a resource server, for a file
    countersign claims show --resource-server https://api.example -o yaml";

pub(super) const SET: &str = "\
Examples:
  Of a client
    countersign claims set --client notes --policy claims.yaml
  Of a resource server
    countersign claims set --resource-server https://api.example --policy claims.yaml";
