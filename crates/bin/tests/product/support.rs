//! Test support: server processes, commands and HTTP requests.

mod balancer;
mod chains;
mod crowds;
mod http;
mod installation;
mod loaded_client;
mod minted;
mod nodes;
mod random;
mod rolling;
mod server;
mod stores;
mod tokens;
mod visitor;

pub(crate) use balancer::Balancer;
pub(crate) use chains::{Chain, Check, Load, Tally};
pub(crate) use crowds::{Crowds, TIMES, many, owned};
pub(crate) use http::{Answer, Http, Registered, exchange, refreshing};
pub(crate) use installation::{Installation, this_version};
pub(crate) use loaded_client::{LoadedClient, ROTATIONS, own_address};
pub(crate) use minted::Mint;
pub(crate) use nodes::{Addresses, Nodes};
pub(crate) use random::Random;
pub(crate) use rolling::Rolling;
pub(crate) use server::Server;
pub(crate) use stores::{Database, GrantRow, Grants, GrantsOfDatabase, Rows, Writes};
pub(crate) use tokens::{assert_signed, kid};
pub(crate) use visitor::{Visitor, authorization_of, parameter};

use std::time::{Duration, Instant};

/// Issuer URL. Requests go to the server's address instead, as they would behind a proxy.
pub(crate) const ISSUER: &str = "https://id.example.org";
/// Redirect URI.
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636 appendix B.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Token endpoint of RFC 6749.
pub(crate) const TOKEN: &str = "/oauth2/token";
/// Email address of the user in most tests.
pub(crate) const EMAIL: &str = "jane@example.com";
/// Password of that user.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Polls until `holds` returns true. Fails after `patience`.
#[track_caller]
pub(crate) fn within<'a>(
    patience: Duration,
    what: &'a str,
    mut holds: impl AsyncFnMut() -> bool + 'a,
) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let begun = Instant::now();
        while !holds().await {
            let waited = begun.elapsed();
            assert!(
                waited < patience,
                "{caller}: timeout after {waited:?}: {what}"
            );
            tokio::time::sleep(patience / 100).await;
        }
    }
}
