//! Values of the branding of a tenant that have a grammar.

use crate::api::problem::Problem;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::user::Email;

/// Checks the values of a branding. Their length is a rule of the domain.
pub(super) fn check(branding: &Branding) -> Result<(), Problem> {
    let colors = [
        ("branding.accent", &branding.accent),
        ("branding.accent_dark", &branding.accent_dark),
    ];
    for (field, color) in colors {
        if color.as_deref().is_some_and(|color| !is_color(color)) {
            return Err(Problem::field(field, "must be a color such as #2f4fd0"));
        }
    }
    let is_logo = |logo: &str| logo.starts_with("https://") || logo.starts_with("data:image/");
    if branding.logo.as_deref().is_some_and(|logo| !is_logo(logo)) {
        let rule = "must be an https or data:image/ URL";
        return Err(Problem::field("branding.logo", rule));
    }
    let links = [
        ("branding.help", &branding.help),
        ("branding.terms", &branding.terms),
        ("branding.privacy", &branding.privacy),
    ];
    for (field, link) in links {
        if link.as_deref().is_some_and(|link| !is_link(link)) {
            return Err(Problem::field(
                field,
                "must be an https, http or mailto URL",
            ));
        }
    }
    if branding
        .mail_from
        .as_deref()
        .is_some_and(|from| !is_sender(from))
    {
        let rule = "must be an email address, or a name with an address in angle brackets";
        return Err(Problem::field("branding.mail_from", rule));
    }
    Ok(())
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#');
    digits.is_some_and(|digits| {
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn is_link(text: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    })
}

fn is_sender(text: &str) -> bool {
    let address = match text.split_once('<') {
        Some((name, rest)) if !name.contains(['"', ',', ':', ';']) => rest.strip_suffix('>'),
        Some(_) => None,
        None => Some(text),
    };
    address.is_some_and(|address| Email::parse(address).is_ok())
}
