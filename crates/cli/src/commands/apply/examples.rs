//! Examples in the help of `countersign apply`, `export` and `schema`.

pub(crate) const APPLY: &str = "\
Examples:
  countersign apply -f clients/ --plan --config countersign.toml
  countersign apply -f clients/ --managed-by platform --prune --server https://id.example.com";

pub(crate) const EXPORT: &str = "\
Examples:
  countersign export --config countersign.toml > objects.yaml
  countersign export --users --json --server https://id.example.com > objects.json";

pub(crate) const SCHEMA: &str = "\
Examples:
  countersign schema > countersign.schema.json
  countersign apply -f clients.yaml --plan";
