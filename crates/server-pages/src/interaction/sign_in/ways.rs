//! Ways to sign in that a page offers.

use super::client_of;
use crate::authorize::request::Asked;
use crate::browser::Browser;
use countersign_application::{App, ways_in};
use countersign_domain::federation::ways_in::WaysIn;

/// Returns the ways in that the tenant and the client of a request allow.
pub(super) fn ways<'a, A: App>(browser: &'a Browser<A>, asked: Option<&'a Asked>) -> WaysIn<'a> {
    let client = client_of(browser, asked).map_or(&[][..], |client| &client.upstream_providers);
    ways_in(&browser.tenant, client)
}
