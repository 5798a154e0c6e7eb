//! The body of a successful response.

use super::object::Object;
use countersign_application::TokenResponse;

/// Response body of RFC 6749 section 5.1, with the additions of the JSON dialect.
pub(crate) struct Body<'a> {
    pub(super) access_token: &'a str,
    pub(super) expires_in: u64,
    pub(super) refresh_token: Option<&'a str>,
    pub(super) refresh_token_expires_in: Option<u64>,
    pub(super) id_token: Option<&'a str>,
    pub(super) scope: &'a str,
}

impl<'a> Body<'a> {
    pub(super) fn of(response: &'a TokenResponse) -> Self {
        Self {
            access_token: &response.access_token,
            expires_in: response.expires_in.as_secs(),
            refresh_token: response
                .refresh_token
                .as_ref()
                .map(|(token, _)| token.as_str()),
            refresh_token_expires_in: None,
            id_token: response.id_token.as_deref(),
            scope: response.scope.as_str(),
        }
    }

    /// Returns the body as JSON. No value needs escaping: tokens are base64url with dots, and RFC 6749 section 3.3 rules
    /// out quotes and backslashes in a scope.
    pub(super) fn json(&self) -> Vec<u8> {
        let Self {
            access_token,
            expires_in,
            refresh_token,
            refresh_token_expires_in,
            id_token,
            scope,
        } = self;
        let texts = [Some(*access_token), *refresh_token, *id_token, Some(*scope)];
        let length: usize = texts.into_iter().flatten().map(str::len).sum();
        let mut object = Object::with_room_for(length);
        object.plain_text("access_token", access_token);
        object.plain_text("token_type", "Bearer");
        object.number("expires_in", *expires_in);
        if let Some(refresh_token) = refresh_token {
            object.plain_text("refresh_token", refresh_token);
        }
        if let Some(seconds) = refresh_token_expires_in {
            object.number("refresh_token_expires_in", *seconds);
        }
        if let Some(id_token) = id_token {
            object.plain_text("id_token", id_token);
        }
        if !scope.is_empty() {
            object.plain_text("scope", scope);
        }
        object.finish()
    }
}
