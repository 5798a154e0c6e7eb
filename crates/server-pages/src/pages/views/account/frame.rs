//! Frame of the account pages: the sections, their owner, and the confirmation of a change.

use crate::pages::PageContext;

/// Section of the account page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Name, email address, language and time zone.
    Profile,
    /// Passkeys, password and two-step verification.
    Security,
    /// Sessions and trusted devices.
    Sessions,
    /// Applications with access.
    Applications,
    /// Download of the data, and deletion of the account.
    Data,
}

impl Section {
    /// All sections, in order.
    pub const ALL: &'static [Self] = &[
        Self::Profile,
        Self::Security,
        Self::Sessions,
        Self::Applications,
        Self::Data,
    ];

    /// Returns the path of the page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account",
            Self::Security => "/account/security",
            Self::Sessions => "/account/sessions",
            Self::Applications => "/account/applications",
            Self::Data => "/account/data",
        }
    }

    /// Returns the key of the title.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Profile => "account.section_profile",
            Self::Security => "account.section_security",
            Self::Sessions => "account.section_sessions",
            Self::Applications => "account.section_applications",
            Self::Data => "account.section_data",
        }
    }

    /// Returns the path data of the icon.
    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::Profile => {
                "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.5 3.8-5.5 7.5-5.5s6.7 2 7.5 5.5"
            }
            Self::Security => {
                "M12 3l7.5 2.75V11c0 4.75-3.1 8.4-7.5 10-4.4-1.6-7.5-5.25-7.5-10V5.75zM9 12l2.25 2.25L15.5 10"
            }
            Self::Sessions => "M3.5 5h17v11h-17zM8.5 20h7M12 16v4",
            Self::Applications => {
                "M4 4h6.5v6.5H4zM13.5 4H20v6.5h-6.5zM4 13.5h6.5V20H4zM13.5 13.5H20V20h-6.5z"
            }
            Self::Data => "M12 4v10m-4-4 4 4 4-4M4.5 16v3.5h15V16",
        }
    }
}

/// Confirmation of a change, shown above a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The password was changed.
    Password,
    /// The email address was verified.
    Email,
    /// A passkey was added.
    Passkey,
    /// An account at an upstream provider was linked.
    Linked,
    /// An item was removed or a session was ended.
    Removed,
    /// The profile was saved.
    Profile,
    /// The email address was changed.
    Address,
}

impl Notice {
    /// All notices, with their names in the query `done`.
    pub const ALL: [(&'static str, Self); 7] = [
        ("password", Self::Password),
        ("email", Self::Email),
        ("passkey", Self::Passkey),
        ("linked", Self::Linked),
        ("removed", Self::Removed),
        ("profile", Self::Profile),
        ("address", Self::Address),
    ];

    /// Returns the text of the notice.
    #[must_use]
    pub fn words(self, page: PageContext<'_>) -> &str {
        page.text(match self {
            Self::Password => "account.done_password",
            Self::Email => "account.done_email",
            Self::Passkey => "account.done_passkey",
            Self::Linked => "account.done_linked",
            Self::Removed => "account.done_removed",
            Self::Profile => "account.done_profile",
            Self::Address => "account.done_address",
        })
    }
}

/// Owner of the account, and what the frame shows.
#[derive(Clone, Copy, Debug)]
pub struct AccountOwner<'a> {
    /// Section of the page.
    pub section: Section,
    /// Name of the user.
    pub name: Option<&'a str>,
    /// Email address.
    pub email: &'a str,
    /// Confirmation of the last change.
    pub notice: Option<Notice>,
}

impl<'a> AccountOwner<'a> {
    /// Returns the name, or else the email address.
    pub(super) fn shown_name(&self) -> &'a str {
        self.name.unwrap_or(self.email)
    }
}

/// Item on an account page that the user can remove. Posts `item`.
#[derive(Clone, Debug)]
pub struct Item {
    /// Value of `item`.
    pub value: String,
    /// Name of the item.
    pub name: String,
    /// Whether the item is the current session.
    pub current: bool,
    /// Whether the user can rename the item. Posts `item` and `name`.
    pub renamable: bool,
    /// Further lines, such as the time of the last use.
    pub lines: Vec<String>,
}
