//! Examples of the commands of `countersign users`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  With a generated password
    countersign users create --email jane@example.com --name \"Jane Doe\"
  With a password and claims from files
    countersign users create --email jane@example.com --claims jane.json --password-stdin < password.txt";

pub(super) const LIST: &str = "\
Examples:
  Of the store
    countersign users list
  Of a server, for a program
    countersign users list --server https://id.example -o json";

pub(super) const SEARCH: &str = "\
Examples:
  By the first letters
    countersign users search jane
  By the whole local part
    countersign users search jane@";

pub(super) const SHOW: &str = "\
Examples:
  By email address
    countersign users show jane@example.com
  At a server
    countersign users show jane@example.com --server https://id.example";

pub(super) const EDIT: &str = "\
Examples:
  Change the name
    countersign users edit jane@example.com --name \"Jane Doe\"
  Change the address, which Jane has confirmed
    countersign users edit jane@example.com --email jane@example.org --email-verified
  Set two attributes
    countersign users edit jane@example.com --attribute cost_center=4711 --attribute seats:=2";

pub(super) const DISABLE: &str = "\
Examples:
  In the store
    countersign users disable jane@example.com
  At a server
    countersign users disable jane@example.com --server https://id.example";

pub(super) const ENABLE: &str = "\
Examples:
  In the store
    countersign users enable jane@example.com
  At a server
    countersign users enable jane@example.com --server https://id.example";

pub(super) const UNLOCK: &str = "\
Examples:
  In the store
    countersign users unlock jane@example.com
  At a server
    countersign users unlock jane@example.com --server https://id.example";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign users delete jane@example.com
  At a server
    countersign users delete jane@example.com --server https://id.example";

pub(super) const SET_PASSWORD: &str = "\
Examples:
  Generate a password
    countersign users set-password jane@example.com
  Read it from a file
    countersign users set-password jane@example.com --password-stdin < password.txt";

pub(super) const SET_CLAIMS: &str = "\
Examples:
  From a file
    countersign users set-claims jane@example.com --claims jane.json
  Print the claims in the same format
    countersign users show jane@example.com --json";

pub(super) const ENABLE_TOTP: &str = "\
Examples:
  Print the secret
    countersign users enable-totp jane@example.com
  For a program that shows a QR code
    countersign users enable-totp jane@example.com --json";

pub(super) const RESET_FACTORS: &str = "\
Examples:
  In the store
    countersign users reset-factors jane@example.com
  At a server
    countersign users reset-factors jane@example.com --server https://id.example";

pub(super) const INVITE: &str = "\
Examples:
  With the language of the server
    countersign users invite mary@example.com
  In German, into two groups
    countersign users invite mary@example.com --group staff --group berlin --language de";

pub(super) const INVITATIONS: &str = "\
Examples:
  Of the store
    countersign users invitations
  Of a server, for a program
    countersign users invitations --server https://id.example -o json";

pub(super) const REVOKE_INVITATION: &str = "\
Examples:
  Of the store
    countersign users revoke-invitation mary@example.com
  Of a server
    countersign users revoke-invitation mary@example.com --server https://id.example";
