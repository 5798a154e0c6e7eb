//! Documents of invitations.

use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::permission::Permission;
use countersign_domain::time::Timestamp;
use countersign_domain::user::Email;
use countersign_domain::user::invitation::Invitation;
use serde::Serialize;

/// Members of the document of an invitation.
#[derive(Serialize)]
struct Document<'a> {
    user: String,
    link: String,
    groups: Vec<&'a str>,
    permissions: Vec<&'a str>,
    expires_at: u64,
}

/// Writes the document of an invitation.
pub(super) fn write(invitation: &Invitation) -> Result<String, Failure> {
    let permissions = invitation.permissions.iter().map(Permission::as_str);
    let document = Document {
        user: invitation.user.to_string(),
        link: invitation.link.to_string(),
        groups: invitation.groups.iter().map(GroupName::as_str).collect(),
        permissions: permissions.collect(),
        expires_at: invitation.expires_at.as_unix_seconds(),
    };
    members::write(&document, &invitation.later)
}

/// Reads an invitation from its document and columns. A permission of a later version is not covered.
pub(super) fn read(
    members: &mut Members,
    id: &str,
    created_at: Timestamp,
    version: u64,
) -> Result<Invitation, Unreadable> {
    let permissions: Vec<String> = members.require("permissions")?;
    let permissions = permissions
        .iter()
        .filter_map(|name| Permission::parse(name));
    Ok(Invitation {
        email: Email::parse(id).map_err(|_| Unreadable("definitions.id"))?,
        user: members.require_parsed("user", |id| id.parse().ok())?,
        link: members.require_parsed("link", |id| id.parse().ok())?,
        groups: members.require_list("groups", |name| GroupName::parse(name).ok())?,
        permissions: permissions.collect(),
        created_at,
        expires_at: Timestamp::from_unix_seconds(members.require("expires_at")?),
        version,
        later: members.take_later()?,
    })
}
