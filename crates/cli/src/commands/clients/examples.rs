//! Examples of the commands of `countersign clients`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  A service that acts on its own behalf
    countersign clients create --name Reports --grant-type client_credentials --scope \"reports:read\"
  A web application with a backend
    countersign clients create --name Notes --grant-type authorization_code,refresh_token \\
      --scope \"openid notes\" --redirect-uri https://notes.example/callback
  A desktop app
    countersign clients create --name \"Notes app\" --public --grant-type authorization_code,refresh_token \\
      --scope notes --redirect-uri http://127.0.0.1/callback";

pub(super) const EDIT: &str = "\
Examples:
  Add a redirect URI to the one that the client has
    countersign clients edit notes --redirect-uris https://notes.example/callback https://notes.example/other
  Remove the audience, and rename the client
    countersign clients edit notes --unset audience --client-name \"Notes 2\"";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign clients list
  Of a server, for a program
    countersign clients list --server https://id.example -o json";

pub(super) const SHOW: &str = "\
Examples:
  Of the store
    countersign clients show notes
  As the admin API shows it
    countersign clients show notes -o yaml";

pub(super) const UPDATE: &str = "\
Examples:
  Make PKCE optional
    countersign clients update notes --no-pkce
  Apply new defaults to all confidential clients
    countersign clients update --all --defaults";

pub(super) const DISABLE: &str = "\
Examples:
  Until it is enabled again
    countersign clients disable notes
  Mark it as suspended by the operator
    countersign clients disable notes --suspend";

pub(super) const ENABLE: &str = "\
Examples:
  In the store
    countersign clients enable notes
  At a server
    countersign clients enable notes --server https://id.example";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign clients delete notes
  At a server
    countersign clients delete notes --server https://id.example";
