//! Searches of users by email address and name.

use crate::api::aero2::pages::MOST;
use crate::api::call::Call;
use crate::api::problem::Problem;
use countersign_application::App;
use countersign_domain::user::User;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::After;
use std::collections::HashSet;

/// Maximum number of characters of a searched text.
const LONGEST: usize = 254;

/// Returns the users whose email address begins with a text, by address, and then those whose address or name contains
/// it, by ID. The second part reads the first [`MOST`] users, so that a search has a bounded cost.
pub(super) async fn matching<A: App>(call: &Call<A>, text: &str) -> Result<Vec<User>, Problem> {
    if text.is_empty() || text.chars().count() > LONGEST {
        let rule = format!("must have 1 to {LONGEST} characters");
        return Err(Problem::field("search", rule));
    }
    let users = &call.commands().users;
    let mut found = Vec::new();
    if let Ok(prefix) = EmailPrefix::parse(text) {
        let mut after = After::start();
        loop {
            let slice = users.search(&call.tenant, &call.operator, &prefix, after);
            let slice = slice.await?;
            let last = slice.items.last().map(|user| user.email.clone());
            found.extend(slice.items);
            match last {
                Some(last) if slice.has_more && found.len() < MOST => after = After::key(last),
                _ => break,
            }
        }
    }
    if found.len() >= MOST {
        found.truncate(MOST);
        return Ok(found);
    }
    let listed: HashSet<_> = found.iter().map(|user| user.id).collect();
    let folded = text.to_lowercase();
    let mut after = After::start();
    let mut read = 0;
    loop {
        let slice = users.list(&call.tenant, &call.operator, after).await?;
        read += slice.items.len();
        let last = slice.items.last().map(|user| user.id);
        let others = slice.items.into_iter();
        found.extend(others.filter(|user| !listed.contains(&user.id) && contains(user, &folded)));
        match last {
            Some(last) if slice.has_more && read < MOST => after = After::key(last),
            _ => break,
        }
    }
    found.truncate(MOST);
    Ok(found)
}

/// Returns whether the email address or the name of a user contains a text in lower case.
fn contains(user: &User, folded: &str) -> bool {
    let name = user.name.as_deref().map(str::to_lowercase);
    user.email.as_str().contains(folded) || name.is_some_and(|name| name.contains(folded))
}
