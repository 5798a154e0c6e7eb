//! `POST /v1/oauth2/token`: the JSON dialect. It also accepts forms, and `code` as an alias of `authorization_code`. It
//! returns the lifetime of a refresh token and issues no ID tokens.

use super::{
    Accepts, Answer, Dialect, GrantType, OtherSchemes, Response, ResponseForm, TokenMembers,
    TokenResponse, members,
};
use crate::wire::flat_error;
use countersign_ports::RefreshTokenForm;

pub(crate) enum JsonV1 {}

impl Dialect for JsonV1 {
    const ENDPOINT: &'static str = "/v1/oauth2/token";
    const ACCEPTS: Accepts = Accepts::JsonOrForm;
    const OTHER_SCHEMES: OtherSchemes = OtherSchemes::BearerIgnored;
    const REPEATS_REDIRECT_URI: bool = true;
    const FORM: ResponseForm = ResponseForm {
        refresh_token: RefreshTokenForm::Jwt,
        id_token: false,
    };

    fn grant_type(name: &str) -> GrantType {
        match name {
            "code" => GrantType::AUTHORIZATION_CODE,
            name => GrantType::named(name),
        }
    }

    fn success(response: &TokenResponse) -> TokenMembers<'_> {
        let refresh_token = response.refresh_token.as_ref();
        TokenMembers {
            refresh_token_expires_in: refresh_token.map(|(_, lifetime)| *lifetime),
            ..members(response)
        }
    }

    fn failure(answer: &Answer) -> Response {
        flat_error::failure(answer)
    }
}
