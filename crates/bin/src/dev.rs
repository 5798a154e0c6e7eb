//! `countersign dev`: a server to try things on, with everything made for it.

mod commands;
mod data;
mod facts;
mod page;
mod try_it;

use crate::cli::DevArgs;
use crate::commands::setup::Setup;
use crate::failure::Failure;
use crate::server;
use crate::{logging, output};
use axum::Router;
use data::DataFolder;
use facts::Facts;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Makes what is missing, prints what there is, serves.
pub(crate) fn run(args: &DevArgs) -> Result<(), Failure> {
    if !args.listen.ip().is_loopback() && !args.listen.ip().is_unspecified() {
        return Err(Failure::usage(format!(
            "`dev` is for this machine alone and cannot listen on {}. Use 127.0.0.1, or 0.0.0.0 inside a container.",
            args.listen
        )));
    }
    // A temporary folder lives as long as this does.
    let temporary = args
        .ephemeral
        .then(|| tempfile::tempdir().map_err(|error| Failure::of("No temporary folder", &error)))
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
        let page = page::router(&issuer, &facts, &folder, &groups)?;
        let banner = commands::banner(&issuer, &facts, &folder, &groups);
        let around = |server: Router| {
            let client = try_it::router(&issuer, &server);
            // The start page stands where a server has its account page.
            page.merge(client).fallback_service(server)
        };
        server::run(setup, listener, around, |_| output::print(&banner)).await
    });
    if let Some(folder) = temporary {
        folder
            .close()
            .map_err(|error| Failure::of("The temporary folder cannot be removed", &error))?;
    }
    ended
}

/// How clients on this machine reach the server: by the name that means both loopback addresses, for browsers make no
/// passkeys for an address.
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
    fn an_address_of_this_machine_goes_by_its_name() {
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
