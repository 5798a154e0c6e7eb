//! How the pages look: whose name and logo they bear, and in which color.

use std::fmt;
use std::str::FromStr;

/// The face of an authorization server.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Whose server this is, in titles and above every page.
    pub name: String,
    /// An image beside the name.
    pub logo: Option<Logo>,
    /// The color of buttons on a light ground.
    pub accent: Color,
    /// The color of buttons on a dark ground.
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

/// The address of an image: `https:` or `data:image/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo(String);

/// The text is no address of a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a logo begins with https:// or data:image/")]
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

/// A color, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// The text is no color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a color is written #rrggbb")]
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

    /// Relative luminance (WCAG 2.2).
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

    /// Contrast ratio (WCAG 2.2): 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What can be read on this color: black or white. One of them always has a contrast of 4.5 and more.
    fn readable(self) -> Self {
        if self.contrast(Self::WHITE) >= 4.5 {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }
}

impl Theme {
    /// The colors as custom properties, for the style sheet to use.
    pub(super) fn style_sheet(&self) -> String {
        let Self {
            accent,
            accent_dark,
            ..
        } = self;
        let (on, on_dark) = (accent.readable(), accent_dark.readable());
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
    fn a_color_is_six_digits_and_a_logo_an_address() {
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
        fn text_on_any_accent_can_be_read(color: [u8; 3]) {
            let accent = Color(color);
            proptest::prop_assert!(accent.contrast(accent.readable()) >= 4.5);
        }
    }
}
