//! Users, clients and groups that hold admin roles.

use super::group_name::GroupName;
use crate::client::ClientId;
use crate::identifier::UserId;
use core::fmt;
use core::str::FromStr;

/// Holder of admin roles: `user:` and a user ID, `client:` and a client ID, or `group:` and the name of a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// User.
    User(UserId),
    /// Machine client. It acts on its own behalf and uses the client credentials grant.
    Client(ClientId),
    /// Group. Its members have the permissions of its admin roles.
    Group(GroupName),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Group(name) => write!(f, "group:{name}"),
        }
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

crate::error_type! {
    /// The text names neither a user, nor a client, nor a group.
    #[error("the holder of an admin role is user: and a user ID, client: and a client ID, or group: and the name of a group")]
    pub struct InvalidHolder;
}

impl FromStr for Holder {
    type Err = InvalidHolder;

    fn from_str(text: &str) -> Result<Self, InvalidHolder> {
        let (kind, id) = text.split_once(':').ok_or(InvalidHolder)?;
        match kind {
            "user" => id.parse().map(Self::User).map_err(|_| InvalidHolder),
            "client" => ClientId::parse(id)
                .map(Self::Client)
                .map_err(|_| InvalidHolder),
            "group" => GroupName::parse(id)
                .map(Self::Group)
                .map_err(|_| InvalidHolder),
            _ => Err(InvalidHolder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn holder_text_names_user_client_or_group() {
        let jane = Holder::User(UserId::from_bytes([1; 16]));
        let bot = Holder::Client(ClientId::parse("ci:bot").unwrap());
        let staff = Holder::Group(GroupName::parse("staff").unwrap());
        for holder in [jane, bot, staff] {
            assert_eq!(holder.to_string().parse(), Ok(holder));
        }
        for text in ["", "jane", "user:jane", "client:", "group:1"] {
            assert_eq!(text.parse::<Holder>(), Err(InvalidHolder), "{text}");
        }
    }
}
