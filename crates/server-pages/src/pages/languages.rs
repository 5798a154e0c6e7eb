//! Language of a page: the request of the client (`ui_locales`, OpenID Connect Core section 3.1.2.1), then the
//! preference of the browser (`Accept-Language`, RFC 9110 section 12.5.4), then the default.
//!
//! Written here because `fluent-langneg` ignores the weights of `Accept-Language`.

/// Returns the first requested language that is available. Uses the lookup of RFC 4647 section 3.4: `de-AT` finds `de`.
pub(super) fn negotiated<'a>(
    there: &[&'a str],
    ui_locales: Option<&str>,
    accept_language: Option<&str>,
) -> Option<&'a str> {
    let asked = ui_locales.unwrap_or_default().split_ascii_whitespace();
    asked
        .chain(by_preference(accept_language.unwrap_or_default()))
        .find_map(|tag| lookup(there, tag))
}

fn lookup<'a>(there: &[&'a str], tag: &str) -> Option<&'a str> {
    let mut range = tag;
    loop {
        if let Some(found) = there.iter().find(|have| have.eq_ignore_ascii_case(range)) {
            return Some(found);
        }
        (range, _) = range.rsplit_once('-')?;
    }
}

/// Returns the ranges of an `Accept-Language` header by descending weight. Ranges of equal weight keep their order.
fn by_preference(header: &str) -> impl Iterator<Item = &str> {
    let mut ranges: Vec<(&str, f32)> = header
        .split(',')
        .filter_map(|item| {
            let (tag, parameters) = item.split_once(';').unwrap_or((item, "q=1"));
            let weight = parameters.trim().strip_prefix("q=")?.parse::<f32>().ok()?;
            (weight > 0.0).then_some((tag.trim(), weight))
        })
        .collect();
    ranges.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    ranges.into_iter().map(|(tag, _)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_locales_take_precedence_over_accept_language() {
        let there = ["en", "de", "pt-BR"];
        for (ui_locales, accept, found) in [
            (Some("fr-CA de"), Some("en"), Some("de")),
            (None, Some("de-AT"), Some("de")),
            (None, Some("DE"), Some("de")),
            (None, Some("en;q=0.2, de;q=0.8"), Some("de")),
            (None, Some("fr, en;q=0.5, de;q=0.5"), Some("en")),
            (None, Some("de;q=0, en;q=0.1"), Some("en")),
            (None, Some("pt-BR"), Some("pt-BR")),
            (None, Some("pt"), None),
            (Some("fr"), Some("*"), None),
            (None, Some(";q=x,,de;v=1"), None),
            (None, None, None),
        ] {
            assert_eq!(
                negotiated(&there, ui_locales, accept),
                found,
                "{ui_locales:?} {accept:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_accept_language_does_not_panic(ui_locales: String, accept: String) {
            let _ = negotiated(&["en"], Some(&ui_locales), Some(&accept));
        }
    }
}
