//! Examples of the commands about factors, sessions, grants and consents, for their help texts.

pub(super) const PASSKEYS: &str = "\
Examples:
  Of the store
    countersign users passkeys jane@example.com
  At a server
    countersign users passkeys jane@example.com --server https://id.example";

pub(super) const REMOVE_PASSKEY: &str = "\
Examples:
  Find its ID
    countersign users passkeys jane@example.com
  Remove it
    countersign users remove-passkey jane@example.com 3q2-7wAAAAE";

pub(super) const RECOVERY_CODES: &str = "\
Examples:
  Of the store
    countersign users recovery-codes jane@example.com
  For a program
    countersign users recovery-codes jane@example.com --json";

pub(super) const REMOVE_RECOVERY_CODES: &str = "\
Examples:
  In the store
    countersign users remove-recovery-codes jane@example.com
  At a server
    countersign users remove-recovery-codes jane@example.com --server https://id.example";

pub(super) const FACTOR_RESET: &str = "\
Examples:
  Of the store
    countersign users factor-reset jane@example.com
  At a server, for a program
    countersign users factor-reset jane@example.com --server https://id.example --json";

pub(super) const CANCEL_FACTOR_RESET: &str = "\
Examples:
  In the store
    countersign users cancel-factor-reset jane@example.com
  At a server
    countersign users cancel-factor-reset jane@example.com --server https://id.example";

pub(super) const DEVICES: &str = "\
Examples:
  Of the store
    countersign users devices jane@example.com
  At a server
    countersign users devices jane@example.com --server https://id.example";

pub(super) const REMOVE_DEVICE: &str = "\
Examples:
  Find its ID
    countersign users devices jane@example.com
  Remove it
    countersign users remove-device jane@example.com 0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f";

pub(super) const IDENTITIES: &str = "\
Examples:
  Of the store
    countersign users identities jane@example.com
  At a server
    countersign users identities jane@example.com --server https://id.example";

pub(super) const REMOVE_IDENTITY: &str = "\
Examples:
  Find its ID
    countersign users identities jane@example.com
  Remove it
    countersign users remove-identity jane@example.com 0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f";

pub(super) const SESSIONS: &str = "\
Examples:
  Of the store
    countersign users sessions jane@example.com
  For a program
    countersign users sessions jane@example.com --json";

pub(super) const END_SESSIONS: &str = "\
Examples:
  In the store
    countersign users end-sessions jane@example.com
  At a server
    countersign users end-sessions jane@example.com --server https://id.example";

pub(super) const END_SESSION: &str = "\
Examples:
  Find its ID
    countersign users sessions jane@example.com
  End it
    countersign users end-session 0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f";

pub(super) const GRANTS: &str = "\
Examples:
  Of the store
    countersign users grants jane@example.com
  At a server
    countersign users grants jane@example.com --server https://id.example";

pub(super) const REVOKE_GRANTS: &str = "\
Examples:
  In the store
    countersign users revoke-grants jane@example.com
  At a server
    countersign users revoke-grants jane@example.com --server https://id.example";

pub(super) const REVOKE_GRANT: &str = "\
Examples:
  Find its ID
    countersign users grants jane@example.com
  Revoke it
    countersign users revoke-grant 0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f";

pub(super) const CONSENTS: &str = "\
Examples:
  Of the store
    countersign users consents jane@example.com
  At a server
    countersign users consents jane@example.com --server https://id.example";

pub(super) const WITHDRAW_CONSENT: &str = "\
Examples:
  In the store
    countersign users withdraw-consent jane@example.com notes
  At a server
    countersign users withdraw-consent jane@example.com notes --server https://id.example";
