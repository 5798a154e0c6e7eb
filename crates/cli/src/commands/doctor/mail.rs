//! The mail server: connection and login, without a message.

use super::examined::Examined;
use super::finding::{Checked, Finding};
use crate::config::mailer;

pub(crate) async fn check(of: &Examined) -> Checked<Finding> {
    let Some(mail) = &of.settings.mail else {
        return Err(Finding::not_checked(
            "`mail.url` is not set, so the server sends no mail",
        ));
    };
    let mailer = mailer(Some(mail))?;
    Ok(match mailer.check().await {
        Ok(()) => Finding::ok("The mail server accepts the connection and the login."),
        Err(failure) => Finding::problem(
            format!("The mail server cannot be used: {failure}."),
            "Correct `mail.url`, then run `countersign mail test ADDRESS`.",
        ),
    })
}
