//! Appearance of the pages and mails of a tenant.

use alloc::string::String;

/// Appearance of the pages and mails of a tenant. `None` takes the value of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Branding {
    /// Name, in titles and above every page.
    pub name: Option<String>,
    /// URL of the logo: `https:` or `data:image/`.
    pub logo: Option<String>,
    /// Color of buttons on a light background, as `#rrggbb`.
    pub accent: Option<String>,
    /// Color of buttons on a dark background, as `#rrggbb`.
    pub accent_dark: Option<String>,
    /// Page or email address for people who need help.
    pub help: Option<String>,
    /// Terms of service.
    pub terms: Option<String>,
    /// Privacy policy.
    pub privacy: Option<String>,
    /// Sender of mails: an address, or a name with an address in angle brackets.
    pub mail_from: Option<String>,
}

impl Branding {
    /// Maximum length of a value in bytes, except for the logo.
    pub const LONGEST: usize = 500;
    /// Maximum length of the URL of a logo in bytes. It may contain the image.
    pub const LONGEST_LOGO: usize = 20_000;

    /// Names of the values, in the order of [`Branding::values`].
    pub const NAMES: [&'static str; 8] = [
        "name",
        "logo",
        "accent",
        "accent_dark",
        "help",
        "terms",
        "privacy",
        "mail_from",
    ];

    /// Returns the values in the order of [`Branding::NAMES`].
    #[must_use]
    pub fn values(&self) -> [Option<&str>; 8] {
        [
            self.name.as_deref(),
            self.logo.as_deref(),
            self.accent.as_deref(),
            self.accent_dark.as_deref(),
            self.help.as_deref(),
            self.terms.as_deref(),
            self.privacy.as_deref(),
            self.mail_from.as_deref(),
        ]
    }

    /// Returns the branding with these values, in the order of [`Branding::NAMES`].
    #[must_use]
    pub fn from_values(values: [Option<String>; 8]) -> Self {
        let [
            name,
            logo,
            accent,
            accent_dark,
            help,
            terms,
            privacy,
            mail_from,
        ] = values;
        Self {
            name,
            logo,
            accent,
            accent_dark,
            help,
            terms,
            privacy,
            mail_from,
        }
    }

    /// Returns the name of the first value that is empty, too long or contains control characters.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        let named = Self::NAMES.into_iter().zip(self.values());
        let mut set = named.filter_map(|(name, value)| Some((name, value?)));
        let is_bad = |name: &str, text: &str| {
            let longest = if name == "logo" {
                Self::LONGEST_LOGO
            } else {
                Self::LONGEST
            };
            text.is_empty() || text.len() > longest || text.contains(char::is_control)
        };
        set.find_map(|(name, text)| is_bad(name, text).then_some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_or_broken_value_is_a_problem() {
        let named = |name: &str| Branding {
            name: Some(name.into()),
            ..Branding::default()
        };
        assert_eq!(Branding::default().problem(), None);
        assert_eq!(named("Example").problem(), None);
        for bad in ["", "a\nb", &"x".repeat(501)] {
            assert_eq!(named(bad).problem(), Some("name"));
        }
    }
}
