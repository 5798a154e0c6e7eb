//! Clients that nothing uses, as far as the server records it: by the last use of their secrets.

use super::finding::{Finding, names};
use countersign_domain::client::Client;
use countersign_domain::time::Timestamp;
use std::time::Duration;

/// Time without use after which a client counts as unused.
const LONG: Duration = Duration::from_secs(90 * 86_400);

/// Use of the clients.
#[derive(Default)]
pub(super) struct Use {
    /// Clients that nothing uses, by ID.
    unused: Vec<String>,
    /// Number of clients whose use is not recorded.
    unknown: u64,
}

impl Use {
    pub(super) fn note(&mut self, client: &Client, now: Timestamp) {
        match last_use(client) {
            None => self.unknown += 1,
            Some(time) if time.plus(LONG).has_passed(now) => {
                self.unused.push(client.id.as_str().to_owned());
            }
            Some(_) => {}
        }
    }

    pub(super) fn finding(&self) -> Finding {
        judged(&self.unused, self.unknown)
    }
}

/// Returns the time of the last use, or of the registration. `None` for a client without a secret: the server does not
/// record its use.
fn last_use(client: &Client) -> Option<Timestamp> {
    let uses = client.secrets.iter();
    let uses = uses.map(|secret| secret.last_used_at.unwrap_or(secret.created_at));
    uses.max()
}

fn judged(unused: &[String], unknown: u64) -> Finding {
    let more = match unknown {
        0 => String::new(),
        count => format!(" The use of {count} clients without a secret is not recorded."),
    };
    if unused.is_empty() {
        return Finding::ok(format!(
            "Every secret was used or created in the last 90 days.{more}"
        ));
    }
    Finding::warning(
        format!(
            "No secret of these clients was used for 90 days: {}.{more}",
            names(unused)
        ),
        "If nothing needs them, run `countersign clients disable CLIENT`, and delete them later.",
    )
}
