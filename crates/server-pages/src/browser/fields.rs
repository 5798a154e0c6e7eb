//! Fields of all forms.

use countersign_application::{Failure, refusals};
use countersign_domain::user::Email;
use countersign_server_http::wire::parameters::parameters;

parameters! {
    /// Fields of all forms.
    Fields {
        csrf,
        interaction,
        email,
        password,
        code,
        remember,
        credential,
        account,
        decision,
        item,
        name,
        new_password,
        given_name,
        family_name,
        locale,
        zoneinfo,
        passkeys,
        confirm,
        token,
        nickname,
        phone_number,
        birthdate,
        agree,
    }
}

/// Rejects a text that is longer than any email address, before it is counted, sealed or stored.
pub(crate) fn check_email(typed: &str) -> Result<(), Failure> {
    if typed.trim().len() > Email::LONGEST {
        return Err(refusals::EMAIL_MALFORMED.into());
    }
    Ok(())
}
