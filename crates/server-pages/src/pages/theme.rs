//! Theme of the pages: name, logo and colors.

use std::fmt;
use std::str::FromStr;

/// Theme of an authorization server.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Name of the server, in titles and above every page.
    pub name: String,
    /// Logo beside the name.
    pub logo: Option<Logo>,
    /// Color of buttons on a light background.
    pub accent: Color,
    /// Color of buttons on a dark background.
    pub accent_dark: Color,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            name: "Countersign".to_owned(),
            logo: None,
            accent: Color([0x2f, 0x4f, 0xd0]),
            accent_dark: Color([0x9d, 0xb2, 0xff]),
        }
    }
}

/// URL of an image: `https:` or `data:image/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo(String);

/// Error for text that is not the URL of a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a logo must begin with https:// or data:image/")]
pub struct InvalidLogo;

impl FromStr for Logo {
    type Err = InvalidLogo;

    fn from_str(text: &str) -> Result<Self, InvalidLogo> {
        if text.starts_with("https://") || text.starts_with("data:image/") {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLogo)
        }
    }
}

impl fmt::Display for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A color in the form `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// Error for text that is not a color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a color must have the form #rrggbb")]
pub struct InvalidColor;

impl FromStr for Color {
    type Err = InvalidColor;

    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        let digits = text.strip_prefix('#').ok_or(InvalidColor)?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(InvalidColor);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| InvalidColor)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Color {
    const BLACK: Self = Self([0; 3]);
    const WHITE: Self = Self([0xff; 3]);

    /// Returns the relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Returns the contrast ratio (WCAG 2.2), from 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Returns the readable text color on this color: black or white. One of them always has a contrast of 4.5 or more.
    fn readable(self) -> Self {
        if self.contrast(Self::WHITE) >= 4.5 {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }
}

impl Theme {
    /// Returns the readable text color on the accent color.
    pub(crate) fn on_accent(&self) -> Color {
        self.accent.readable()
    }

    /// Returns the readable text color on the accent color of the dark theme.
    pub(crate) fn on_accent_dark(&self) -> Color {
        self.accent_dark.readable()
    }

    /// Returns the logo for mails. Mail clients do not show `data:` URLs.
    pub(crate) fn mail_logo(&self) -> Option<&Logo> {
        self.logo
            .as_ref()
            .filter(|logo| logo.0.starts_with("https://"))
    }

    /// Returns a style sheet with the colors as custom properties.
    pub(super) fn style_sheet(&self) -> String {
        let Self {
            accent,
            accent_dark,
            ..
        } = self;
        let (on, on_dark) = (self.on_accent(), self.on_accent_dark());
        format!(
            ":root {{ --accent: {accent}; --on-accent: {on}; }}\n\
             @media (prefers-color-scheme: dark) {{ :root {{ --accent: {accent_dark}; --on-accent: {on_dark}; }} }}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_color_or_logo_is_rejected() {
        assert_eq!("#0A10ff".parse::<Color>().unwrap().to_string(), "#0a10ff");
        for bad in [
            "",
            "red",
            "#fff",
            "#12345g",
            "#+12345",
            "#1234567",
            "#123456;}",
        ] {
            assert_eq!(bad.parse::<Color>(), Err(InvalidColor), "{bad}");
        }
        assert!("https://example.com/logo.svg".parse::<Logo>().is_ok());
        for bad in ["", "javascript:alert(1)", "/logo.svg", "data:text/html,x"] {
            assert_eq!(bad.parse::<Logo>(), Err(InvalidLogo), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn text_is_readable_on_any_accent_color(color: [u8; 3]) {
            let accent = Color(color);
            proptest::prop_assert!(accent.contrast(accent.readable()) >= 4.5);
        }
    }
}
