//! Objects within a tenant whose members are all optional.

use crate::api::shape::PLAIN_TEXT;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares an object whose members are all optional, and its conversions.
macro_rules! optional_members {
    ($(#[$doc:meta])* $object:ident($name:literal): $type:ty { $($(#[$field:meta])+ $member:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Default, Serialize, Deserialize, JsonSchema)]
        #[schemars(rename = $name)]
        pub(super) struct $object {
            $(
                $(#[$field])+
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $member: Option<$type>,
            )+
        }

        impl $object {
            pub(super) fn of<const N: usize>(values: [Option<$type>; N]) -> Self {
                let mut values = values.into_iter();
                Self {
                    $($member: values.next().flatten(),)+
                }
            }

            pub(super) fn values(self) -> [Option<$type>; [$(stringify!($member)),+].len()] {
                [$(self.$member),+]
            }
        }
    };
}

optional_members! {
    /// Lifetimes of a tenant in seconds, in the order of `LifetimeOverrides`.
    Lifetimes("TenantLifetimes"): u64 {
        /// Access token.
        #[schemars(range(min = 1, max = 86_400))]
        access_token,
        /// ID token.
        #[schemars(range(min = 1, max = 86_400))]
        id_token,
        /// Refresh token, from its last rotation.
        #[schemars(range(min = 1, max = 315_360_000))]
        refresh_token,
        /// Authorization code.
        #[schemars(range(min = 1, max = 600))]
        authorization_code,
        /// Device code and user code.
        #[schemars(range(min = 1, max = 1800))]
        device_code,
        /// Sign-in, from the password to the authorization code.
        #[schemars(range(min = 1, max = 86_400))]
        login,
        /// Browser session.
        #[schemars(range(min = 1, max = 315_360_000))]
        session,
        /// Maximum lifetime of a browser session after its last sign-in.
        #[schemars(range(min = 1, max = 315_360_000))]
        longest_session,
        /// Trusted device. 0 disables trusted devices.
        #[schemars(range(min = 0, max = 315_360_000))]
        device,
        /// Time in which the previous refresh token still gets the same successor.
        #[schemars(range(min = 0, max = 300))]
        refresh_leeway,
    }
}

optional_members! {
    /// Appearance of a tenant, in the order of `Branding`.
    Appearance("TenantBranding"): String {
        /// Name, in titles and above every page.
        #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
        name,
        /// URL of the logo: `https:` or `data:image/`.
        #[schemars(length(min = 1, max = 20_000), regex(pattern = PLAIN_TEXT))]
        logo,
        /// Color of buttons on a light background.
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        accent,
        /// Color of buttons on a dark background.
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        accent_dark,
        /// Page or email address for people who need help.
        #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
        help,
        /// Terms of service.
        #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
        terms,
        /// Privacy policy.
        #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
        privacy,
        /// Sender of mails.
        #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
        mail_from,
    }
}

optional_members! {
    /// Limits of a tenant, in the order of `TenantLimits`.
    Limits("TenantLimits"): u32 {
        /// Requests per minute that each node answers.
        #[schemars(range(min = 0))]
        requests,
        /// Users.
        #[schemars(range(min = 0))]
        users,
        /// Clients.
        #[schemars(range(min = 0))]
        clients,
        /// Expiring values of one kind, such as sign-in steps.
        #[schemars(range(min = 0))]
        expiring_values,
    }
}
