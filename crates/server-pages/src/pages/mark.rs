//! The mark beside the name, and the icon of the browser tab, for servers without a logo.

use super::theme::Theme;

/// Name of the server without a name of its own.
const DEFAULT_NAME: &str = "Countersign";
/// Two check marks: the sign and the countersign.
const CHECKS: &str = r#"<path class="i" d="M6.5 16.5l5 5 9.5-11" opacity=".55"/><path class="i" d="M13.5 19.5l2 2 9.5-11"/>"#;

impl Theme {
    /// Returns an image in the accent color: the mark of Countersign, or the first letter of the name.
    pub(super) fn mark(&self) -> String {
        let Self {
            accent,
            accent_dark,
            ..
        } = self;
        let (on, on_dark) = (accent.readable(), accent_dark.readable());
        let first = self.name.chars().find(|c| c.is_alphanumeric());
        let content = match first {
            Some(letter) if self.name != DEFAULT_NAME => {
                let letter = letter.to_uppercase();
                format!(r#"<text x="16" y="22.5" text-anchor="middle">{letter}</text>"#)
            }
            _ => CHECKS.to_owned(),
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><style>\
             .g{{fill:{accent}}}.i{{fill:none;stroke:{on};stroke-width:3.25;stroke-linecap:round;stroke-linejoin:round}}\
             text{{fill:{on};font:600 18px system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}}\
             @media(prefers-color-scheme:dark){{.g{{fill:{accent_dark}}}.i{{stroke:{on_dark}}}text{{fill:{on_dark}}}}}\
             </style><rect class=\"g\" width=\"32\" height=\"32\" rx=\"8\"/>{content}</svg>"
        )
    }
}

/// Returns the first letter of a name, for the picture of an account.
pub(crate) fn initial(name: &str) -> String {
    let letter = name.chars().find(|c| c.is_alphanumeric());
    letter.map_or_else(String::new, |letter| letter.to_uppercase().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_has_first_letter_of_name() {
        let named = |name: &str| {
            let theme = Theme {
                name: name.to_owned(),
                ..Theme::default()
            };
            theme.mark()
        };
        assert!(named("acme <3").contains(">A</text>"));
        assert!(named("<&>").contains("<path"));
        assert!(named("Countersign").contains("<path"));
    }
}
