//! Token responses (RFC 6749 section 5.1).

use crate::json::JsonObject;
use crate::value::Value;
use alloc::string::String;
use core::time::Duration;
use countersign_domain::scope::Scope;
use countersign_domain::token::issuance::Issuance;

/// Signed tokens of a response.
#[derive(Clone, Copy)]
pub struct TokenMembers<'a> {
    /// `access_token`.
    pub access_token: &'a str,
    /// `expires_in`.
    pub expires_in: Duration,
    /// `refresh_token`.
    pub refresh_token: Option<&'a str>,
    /// `refresh_token_expires_in`, which no specification defines.
    pub refresh_token_expires_in: Option<Duration>,
    /// `id_token` (OpenID Connect Core section 3.1.3.3).
    pub id_token: Option<&'a str>,
    /// `issued_token_type` of a token exchange (RFC 8693 section 2.2.1).
    pub issued_token_type: Option<&'a str>,
    /// `scope`, omitted if empty.
    pub scope: &'a Scope,
}

enum Field<'a> {
    Text(&'a str),
    Seconds(u64),
}

impl<'a> TokenMembers<'a> {
    /// Returns a response with an access token only. Set the other tokens after signing them.
    #[must_use]
    pub const fn of(issuance: &'a Issuance, access_token: &'a str) -> Self {
        Self {
            access_token,
            expires_in: issuance.expires_in(),
            refresh_token: None,
            refresh_token_expires_in: None,
            id_token: None,
            issued_token_type: None,
            scope: &issuance.scope,
        }
    }

    /// Returns the members of the response.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.fields().map(|(name, field)| match field {
            Field::Text(text) => (name, Value::Text(text)),
            Field::Seconds(seconds) => (name, Value::Number(seconds)),
        })
    }

    fn fields(self) -> impl Iterator<Item = (&'static str, Field<'a>)> {
        let text = |name, text: Option<&'a str>| text.map(|text| (name, Field::Text(text)));
        let seconds = |name, lifetime: Duration| (name, Field::Seconds(lifetime.as_secs()));
        let scope = Some(self.scope.as_str()).filter(|scope| !scope.is_empty());
        let refresh_lifetime = self.refresh_token_expires_in;
        [
            text("access_token", Some(self.access_token)),
            text("token_type", Some("Bearer")),
            Some(seconds("expires_in", self.expires_in)),
            text("refresh_token", self.refresh_token),
            refresh_lifetime.map(|lifetime| seconds("refresh_token_expires_in", lifetime)),
            text("id_token", self.id_token),
            text("issued_token_type", self.issued_token_type),
            text("scope", scope),
        ]
        .into_iter()
        .flatten()
    }

    /// Returns the response as JSON, in one buffer.
    #[must_use]
    pub fn to_json(self) -> String {
        let texts = [Some(self.access_token), self.refresh_token, self.id_token];
        let length: usize = texts.into_iter().flatten().map(str::len).sum();
        let mut object = JsonObject::with_room_for(length + self.scope.as_str().len());
        for (name, value) in self.fields() {
            match value {
                Field::Text(text) => object.text(name, text),
                Field::Seconds(seconds) => object.number(name, seconds),
            }
        }
        object.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn absent_tokens_and_empty_scope_are_omitted() {
        let scope = Scope::none();
        let response = TokenMembers {
            access_token: "at",
            expires_in: Duration::from_secs(60),
            refresh_token: None,
            refresh_token_expires_in: None,
            id_token: None,
            issued_token_type: None,
            scope: &scope,
        };
        let names: Vec<_> = response.members().map(|(name, _)| name).collect();
        assert_eq!(names, ["access_token", "token_type", "expires_in"]);
        let scope = Scope::parse("openid").unwrap();
        let whole = TokenMembers {
            refresh_token: Some("rt"),
            id_token: Some("id"),
            scope: &scope,
            ..response
        };
        let names: Vec<_> = whole.members().map(|(name, _)| name).collect();
        assert_eq!(names[3..], ["refresh_token", "id_token", "scope"]);
        let expected = r#"{"access_token":"at","token_type":"Bearer","expires_in":60,"refresh_token":"rt","id_token":"id","scope":"openid"}"#;
        assert_eq!(whole.to_json(), expected);
    }
}
