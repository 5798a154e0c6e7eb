//! Fields of all forms.

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
