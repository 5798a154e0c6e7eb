//! Writes every page to a folder, for viewing in a browser: `cargo run -p countersign-server-pages --example gallery --
//! <folder> [language]`.
#![expect(clippy::disallowed_methods, reason = "the example serves no requests")]

mod account;
mod connect;
mod endings;
mod frame;
mod new_account;
mod sign_in;

use axum::http::HeaderMap;
use countersign_server_pages::pages::{Links, PageSettings, Pages, Theme};
use frame::Outcome;
use std::fs;
use std::path::Path;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("the first argument must be a folder")?;
    let language = arguments.next();
    let logo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%232f6f4f'/%3E%3Cpath d='M9 17l5 5 9-12' fill='none' stroke='%23fff' stroke-width='3.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E";
    let theme = Theme {
        name: "Meadow ID".to_owned(),
        logo: Some(logo.parse()?),
        accent: "#2f6f4f".parse()?,
        accent_dark: "#8fd6ae".parse()?,
    };
    let pages = Pages::new(PageSettings {
        theme,
        links: Links {
            help: Some("https://meadow.example/help".parse()?),
            terms: Some("https://meadow.example/terms".parse()?),
            privacy: Some("https://meadow.example/privacy".parse()?),
        },
        ..PageSettings::default()
    })?;
    let page = pages
        .page(&HeaderMap::new(), language.as_deref())
        .at(Some("/login"));
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    sign_in::sign_in(folder, page).await?;
    new_account::recovery(folder, page).await?;
    new_account::sign_up(folder, page).await?;
    new_account::mails(folder, page)?;
    sign_in::deciding(folder, page).await?;
    connect::connecting(folder, page).await?;
    endings::endings(folder, page).await?;
    account::account(folder, page).await?;
    account::changes(folder, page).await
}
