//! QR codes as SVG paths.

use crate::pages::views::QrCode;
use std::fmt::Write as _;

/// Returns the QR code of a text, or `None` if the text is too long for a QR code.
pub(super) fn picture(text: &str) -> Option<QrCode> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", place % width, place / width);
        }
    }
    Some(QrCode { width, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr_code_corners_are_dark() {
        let picture = picture("otpauth://totp/A:jane@example.com?secret=GEZDGNBV").unwrap();
        let corner = format!("M{} 0h1v1h-1z", picture.width - 1);
        assert!(picture.path.starts_with("M0 0h1v1h-1z"));
        assert!(picture.path.contains(&corner));
        assert_eq!(super::picture(&"x".repeat(5000)), None);
    }
}
