//! Prints each refusal with its error code and error description, and shows how to cause it.
//!
//! ```sh
//! cargo run -p countersign-domain --example refusals
//! ```
//!
//! Fails if a rule does not refuse, or if the list lacks a variant of [`Refusal`].

#![expect(
    clippy::print_stdout,
    reason = "the example prints each refusal to standard output"
)]

mod authorization;
mod clients;
mod devices;
mod exchange;
mod facts;
mod layers;
mod people;
mod table;
mod tokens;

use authorization::{authorization_request, demands};
use clients::{client_assertion, client_authentication};
use devices::device_code;
use exchange::token_exchange;
use facts::Facts;
use layers::layers_around;
use people::{account, login};
use std::error::Error;
use table::Table;
use tokens::{access_token, authorization_code, custom_grant, refresh_token};

fn main() -> Result<(), Box<dyn Error>> {
    let facts = Facts::new()?;
    let mut table = Table::default();
    client_authentication(&mut table, &facts.client);
    client_assertion(&mut table, &facts.client);
    authorization_request(&mut table, &facts.client);
    authorization_code(&mut table, &facts)?;
    device_code(&mut table, &facts)?;
    custom_grant(&mut table, &facts.client)?;
    refresh_token(&mut table, &facts)?;
    token_exchange(&mut table, &facts)?;
    login(&mut table, &facts.step);
    demands(&mut table, &facts.client);
    access_token(&mut table, &facts);
    account(&mut table);
    layers_around(&mut table);
    table.finish()
}
