//! `POST /oauth2/token`: the form dialect, exactly as in RFC 6749.

use super::{
    Accepts, Answer, Dialect, GrantType, OtherSchemes, Response, ResponseForm, TokenMembers,
    TokenResponse, members,
};
use crate::wire::oauth_error;
use countersign_ports::RefreshTokenForm;

pub(crate) enum Rfc6749 {}

impl Dialect for Rfc6749 {
    const ENDPOINT: &'static str = "/oauth2/token";
    const ACCEPTS: Accepts = Accepts::Form;
    const OTHER_SCHEMES: OtherSchemes = OtherSchemes::Refused;
    const REPEATS_REDIRECT_URI: bool = false;
    const FORM: ResponseForm = ResponseForm {
        refresh_token: RefreshTokenForm::Opaque,
        id_token: true,
    };

    fn grant_type(name: &str) -> GrantType {
        GrantType::named(name)
    }

    fn success(response: &TokenResponse) -> TokenMembers<'_> {
        members(response)
    }

    fn failure(answer: &Answer) -> Response {
        oauth_error::failure(answer)
    }
}
