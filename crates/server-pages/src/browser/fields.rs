//! Fields of all forms.

use countersign_application::{Failure, refusals};
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::user::Email;
use countersign_server_http::wire::MalformedRequest;
use countersign_server_http::wire::parameters::{Parameters, Slot, parameters};

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

/// A form, whose further fields are user attributes: `attribute.NAME`.
#[derive(Default)]
pub(crate) struct SentForm {
    pub(crate) fields: Fields,
    /// Names of attributes and the texts of their fields, in the order of the form.
    pub(crate) attributes: Vec<(String, String)>,
}

/// Beginning of the name of a field for an attribute.
pub(crate) const ATTRIBUTE: &str = "attribute.";

impl Parameters for SentForm {
    fn slot(&mut self, name: &str) -> Option<(&'static str, Slot<'_>)> {
        self.fields.slot(name)
    }

    fn put(&mut self, name: &str, value: Option<String>) -> Result<(), MalformedRequest> {
        let Some(name) = name.strip_prefix(ATTRIBUTE) else {
            return self.fields.put(name, value);
        };
        // No page has more; without a bound, the search for repeated names would take long.
        if self.attributes.len() == Attribute::MAX_PER_TENANT {
            return Ok(());
        }
        if self.attributes.iter().any(|(own, _)| own == name) {
            return Err(MalformedRequest::Repeated("attribute"));
        }
        let text = value.unwrap_or_default();
        self.attributes.push((name.to_owned(), text));
        Ok(())
    }
}

/// Rejects a text that is longer than any email address, before it is counted, sealed or stored.
pub(crate) fn check_email(typed: &str) -> Result<(), Failure> {
    if typed.trim().len() > Email::LONGEST {
        return Err(refusals::EMAIL_MALFORMED.into());
    }
    Ok(())
}
