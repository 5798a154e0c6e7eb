//! `/language`: choice of a language.

use crate::browser::Browser;
use crate::browser::cookies::{BROWSER_LIFETIME, LANGUAGE};
use crate::paths::ACCOUNT;
use crate::redirect::see_other;
use axum::extract::RawQuery;
use axum::response::Response;
use countersign_application::App;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{given, parameters};

parameters! {
    /// Query of a choice of a language.
    Choice { to, at }
}

/// Remembers the language and leads back to the page.
pub(crate) async fn choose<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let query: Choice = form::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let wanted = given(query.to);
    let pages = &browser.pages;
    let chosen = pages
        .languages()
        .find(|tag| Some(*tag) == wanted.as_deref())
        .and_then(|tag| LANGUAGE.write(tag, BROWSER_LIFETIME, browser.jar()));
    browser.set_cookie(chosen);
    let at = given(query.at).filter(|path| is_of_this_server(path));
    let answer = see_other(at.as_deref().unwrap_or(ACCOUNT));
    browser.finish("language", Ok(answer))
}

/// Returns whether a link to this path stays on this server. Browsers read a backslash as a slash.
fn is_of_this_server(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains('\\')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_of_other_server_is_rejected() {
        for path in ["/", "/login?interaction=a%2Fb", "/a//b"] {
            assert!(is_of_this_server(path), "{path}");
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "/a\nb",
            "/\t/evil.example",
        ] {
            assert!(!is_of_this_server(path), "{path}");
        }
    }
}
