//! `countersign dev`: a development server that creates its own store, keys and clients.

mod administration;
mod commands;
mod data;
mod facts;
mod page;
mod try_it;

use crate::arguments::DevArgs;
use crate::command_error::CommandError;
use crate::commands::setup::Setup;
use crate::server;
use crate::{logging, output};
use axum::Router;
use data::DataFolder;
use facts::Facts;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Creates missing files and records, prints credentials and commands, and serves.
pub(crate) fn run(args: &DevArgs) -> Result<(), CommandError> {
    if !args.listen.ip().is_loopback() && !args.listen.ip().is_unspecified() {
        return Err(CommandError::usage(format!(
            "`dev` serves this machine only and cannot listen on {}. Use 127.0.0.1, or 0.0.0.0 inside a container.",
            args.listen
        )));
    }
    // Dropping this deletes the temporary folder.
    let temporary = args
        .ephemeral
        .then(|| {
            tempfile::tempdir().map_err(|error| CommandError::of("Cannot create a folder", &error))
        })
        .transpose()?;
    let folder = temporary
        .as_ref()
        .map_or(args.data.as_path(), |folder| folder.path());
    let ended = server::runtime()?.block_on(async {
        let advice = "Choose another address with --listen, such as --listen 127.0.0.1:8081.";
        let listener = server::listen(args.listen, advice).await?;
        let issuer = issuer(listener.local_addr()?);
        let folder = DataFolder::open(folder)?;
        let settings = folder.settings(&issuer)?;
        logging::start(settings.log);
        let (facts, is_first_run) = Facts::load_or_make(&folder)?;
        let setup = Setup::make(settings).await?;
        facts::bring_into(&setup, &facts, is_first_run).await?;

        let groups = commands::groups(&issuer, &facts);
        try_it::bring_into(&setup, &issuer).await?;
        administration::bring_into(&setup, &facts.user.email).await?;
        let page = page::router(&issuer, &facts, &folder, &groups)?;
        let banner = commands::banner(&issuer, &facts, &folder, &groups);
        let around = |server: Router| {
            let client = try_it::router(&issuer, &server);
            // The start page replaces the redirect of `/` to the account page.
            page.merge(client)
                .method_not_allowed_fallback(page::not_allowed)
                .fallback_service(server)
        };
        server::run(setup, listener, around, |_| output::print(&banner)).await
    });
    if let Some(folder) = temporary {
        folder
            .close()
            .map_err(|error| CommandError::of("Cannot remove the temporary folder", &error))?;
    }
    ended
}

/// Returns the issuer for the address. Uses `localhost` where possible: browsers create no passkeys for IP addresses.
fn issuer(address: SocketAddr) -> String {
    let ip = address.ip();
    if ip.is_unspecified() || ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_address_becomes_localhost_issuer() {
        for (address, expected) in [
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("[::1]:8080", "http://localhost:8080"),
            ("0.0.0.0:1", "http://localhost:1"),
            ("127.0.0.2:8080", "http://127.0.0.2:8080"),
        ] {
            assert_eq!(issuer(address.parse().unwrap()), expected);
        }
    }
}
