//! Language of a page, which a cookie remembers, and the address of the page.

use super::cookies::{Jar, LANGUAGE};
use crate::pages::{PageContext, Pages};
use axum::http::{HeaderMap, Method, Uri};
use countersign_domain::tenant::Tenant;

/// Returns a page in the chosen language, else in the one that the client or the browser requests.
pub(crate) fn page<'a>(
    pages: &'a Pages,
    headers: &HeaderMap,
    tenant: &'a Tenant,
    ui_locales: Option<&str>,
) -> PageContext<'a> {
    let chosen = LANGUAGE.read(headers, Jar::of(tenant)).unwrap_or_default();
    let asked = format!("{chosen} {}", ui_locales.unwrap_or_default());
    pages.page(headers, Some(&asked)).within(tenant.path())
}

/// Returns the path and query of a page that a link can show again.
pub(super) fn here(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path_and_query().filter(|_| method == Method::GET);
    path.map(ToString::to_string)
}
