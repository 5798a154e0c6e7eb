//! Examples of the commands of `countersign webhooks`, for their help texts.

pub(super) const CREATE: &str = "\
Examples:
  Everything that happens to users
    countersign webhooks create crm --url https://crm.example/hooks/countersign --event \"user.*\"
  Some events, at a server
    countersign webhooks create alerts --url https://alerts.example/ --event user.created,user.deleted \
--server https://id.example";

pub(super) const LIST: &str = "\
Examples:
  All webhooks
    countersign webhooks list
  For a program
    countersign webhooks list -o json";

pub(super) const SHOW: &str = "\
Examples:
  Of the store
    countersign webhooks show crm
  At a server
    countersign webhooks show crm --server https://id.example";

pub(super) const EDIT: &str = "\
Examples:
  Pause during maintenance of the receiver
    countersign webhooks edit crm --enabled=false
  Other events
    countersign webhooks edit crm --events \"user.*\" client.created";

pub(super) const DELETE: &str = "\
Examples:
  From the store
    countersign webhooks delete crm
  At a server
    countersign webhooks delete crm --server https://id.example";

pub(super) const ROTATE_SECRET: &str = "\
Examples:
  Sign with both secrets for a day
    countersign webhooks rotate-secret crm
  The secret has leaked
    countersign webhooks rotate-secret crm --overlap 0";

pub(super) const TEST: &str = "\
Examples:
  From this machine
    countersign webhooks test crm
  From a server
    countersign webhooks test crm --server https://id.example";

pub(super) const DEAD_LETTERS: &str = "\
Examples:
  Of a webhook
    countersign webhooks dead-letters crm
  For a program
    countersign webhooks dead-letters crm -o json";

pub(super) const REPLAY: &str = "\
Examples:
  The dead letters
    countersign webhooks replay crm
  All events since a time
    countersign webhooks replay crm --since 2026-11-22T05:00:00Z";
