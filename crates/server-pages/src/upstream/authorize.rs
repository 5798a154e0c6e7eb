//! `GET /rp/authorize`: sends the browser to a provider.

use super::failed;
use super::leave::leave;
use super::paths::AUTHORIZE;
use crate::browser::{Browser, Opened};
use crate::interaction::judged;
use crate::paths::ACCOUNT;
use axum::extract::RawQuery;
use axum::response::Response;
use countersign_application::App;
use countersign_domain::login::interaction::{Interaction, Purpose};
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::parameters::{given, parameters, required};

parameters! {
    Query { idp, redirect_uri, interaction }
}

/// Sends the browser to the provider `idp`. The sign-in belongs to `interaction`, or it leads to `redirect_uri`, a page of
/// this server.
pub(super) async fn begin<A: App>(mut browser: Browser<A>, RawQuery(query): RawQuery) -> Response {
    let answer = async {
        let query: Query = form::parse(query.unwrap_or_default().as_bytes())?;
        let provider = required("idp", query.idp)?;
        let Opened { interaction, .. } = match given(query.interaction) {
            Some(sealed) => browser.open(Some(&sealed))?,
            None => Opened::new(visiting(&browser, given(query.redirect_uri))?),
        };
        let asked = match judged(&mut browser, &interaction).await? {
            Ok(asked) => asked,
            Err(response) => return Ok(response),
        };
        match leave(
            &browser,
            interaction.clone(),
            asked.as_deref(),
            &provider,
            None,
        )
        .await
        {
            Ok(response) => Ok(response),
            Err(failure) => {
                failed::show(&browser, AUTHORIZE, &provider, &interaction, failure).await
            }
        }
    };
    let answer = answer.await;
    browser.finish(AUTHORIZE, answer)
}

fn visiting<A: App>(
    browser: &Browser<A>,
    target: Option<String>,
) -> Result<Interaction, RequestError> {
    let path = match target {
        None => ACCOUNT.to_owned(),
        Some(target) => {
            let path = own_path(browser.issuer(), &target).map(str::to_owned);
            path.ok_or(MalformedRequest::Missing("redirect_uri"))?
        }
    };
    Ok(Interaction::new(Purpose::Visit(path), browser.now()))
}

/// Returns the path of a page of this server; `None` for any other target. Browsers read `//host` and `/\\host` as another
/// host, and ignore tabs and line breaks.
fn own_path<'a>(issuer: &str, target: &'a str) -> Option<&'a str> {
    let path = target.strip_prefix(issuer).unwrap_or(target);
    let is_path = path.starts_with('/') && !path.starts_with("//");
    let is_plain = path
        .bytes()
        .all(|byte| (b'!'..=b'~').contains(&byte) && byte != b'\\');
    (is_path && is_plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_are_targets() {
        let own = |target| own_path("https://auth.example", target);
        assert_eq!(own("/account/security?x=1"), Some("/account/security?x=1"));
        assert_eq!(own("https://auth.example/account"), Some("/account"));
        for other in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/a b",
            "https://evil.example/",
            "https://auth.example.evil.example/",
            "https://auth.example@evil.example/",
            "https://auth.example//evil.example",
            "javascript:alert(1)",
            "/\u{e9}",
        ] {
            assert_eq!(own(other), None, "{other}");
        }
    }
}
