//! Examples of the commands of `countersign tenants`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  At https://id.example.org/t/acme, if the issuer of the server is https://id.example.org
    countersign tenants create acme --description 'Acme Corporation'
  At a host of its own, with a second factor for everyone
    countersign tenants create acme --host login.acme.example --second-factor required";

pub(super) const LIST: &str = "\
Examples:
  All tenants
    countersign tenants list
  For a program
    countersign tenants list -o json";

pub(super) const SHOW: &str = "\
Examples:
  Of the store
    countersign tenants show acme
  At a server
    countersign tenants show acme --server https://id.example";

pub(super) const EDIT: &str = "\
Examples:
  At most 600 requests a minute and 1000 users
    countersign tenants edit acme --limits '{\"requests\": 600, \"users\": 1000}'
  Its own name and color on pages and in mail
    countersign tenants edit acme --branding '{\"name\": \"Acme\", \"accent\": \"#b00020\"}'";

pub(super) const DISABLE: &str = "\
Examples:
  Stop serving a tenant; its data stays
    countersign tenants disable acme
  At a server
    countersign tenants disable acme --server https://id.example";

pub(super) const ENABLE: &str = "\
Examples:
  Serve a tenant again
    countersign tenants enable acme
  At a server
    countersign tenants enable acme --server https://id.example";

pub(super) const DELETE: &str = "\
Examples:
  After a last export
    countersign tenants delete acme
  At a server
    countersign tenants delete acme --server https://id.example";
