//! Recovery of accounts, mailed links and security notices.

mod addresses;
mod golden;
mod links;
mod lost_factor;
mod notices;
mod passwords;
mod requests;

use crate::browser::{Browser, REQUEST};
use crate::facts::ISSUER;
use crate::harness::Server;
use countersign_ports::Message;

const JANE: &str = "jane@example.com";
const MIA: &str = "mia@example.com";
const NEW: &str = "drei gr\u{fc}ne Eulen";

/// Returns the path and query of the link in a mail.
pub(crate) fn link(mail: &Message) -> String {
    let mut lines = mail.letter.text.lines();
    let link = lines.find(|line| line.starts_with(ISSUER) && line.contains("token="));
    link.unwrap().strip_prefix(ISSUER).unwrap().to_owned()
}

/// Returns the code in a mail.
pub(crate) fn code(mail: &Message) -> String {
    let mut lines = mail.letter.text.lines().map(str::trim);
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|own| own.is_ascii_digit());
    lines.find(is_code).unwrap().to_owned()
}

/// Opens the sign-in page of a request, follows "Forgot password?", and submits an address.
async fn forgot<'a>(server: &'a Server, email: &str) -> Browser<'a> {
    let mut browser = asked(server, &REQUEST).await;
    browser.submit(&[("email", email)]).await;
    browser
}

/// Opens the sign-in page of a request, and follows "Forgot password?".
async fn asked<'a>(server: &'a Server, request: &[(&str, &str)]) -> Browser<'a> {
    let mut browser = Browser::new(server);
    browser.authorize(request).await;
    let html = browser.html();
    let mut links = html.split("href=\"").skip(1);
    let link = links.find(|rest| rest.starts_with("/recover?")).unwrap();
    let link = link.split('"').next().unwrap().to_owned();
    browser.open(&link).await;
    assert_eq!(browser.path(), "/recover");
    browser
}
