//! Client metadata as JSON (RFC 7591 section 2).

use countersign_application::Restated;
use countersign_domain::client::dynamic::metadata::{ClientMetadata, InvalidMetadata};
use countersign_domain::client::redirect_uri::InvalidRedirectUri;
use countersign_domain::secret::Secret;
use serde_json::{Map, Value};

/// Body of a request.
pub(super) type Body = Map<String, Value>;

/// Reads the metadata. Ignores unknown members; `null` counts as absent.
pub(super) fn metadata(body: &Body) -> Result<ClientMetadata, InvalidMetadata> {
    let jwks = body.get("jwks").filter(|jwks| !jwks.is_null());
    let redirect_uris = list(body, "redirect_uris");
    let malformed = |_| InvalidMetadata::RedirectUri(InvalidRedirectUri::NotAbsolute);
    Ok(ClientMetadata {
        redirect_uris: redirect_uris.map_err(malformed)?,
        token_endpoint_auth_method: text(body, "token_endpoint_auth_method")?,
        grant_types: list(body, "grant_types")?,
        response_types: list(body, "response_types")?,
        client_name: text(body, "client_name")?,
        client_uri: text(body, "client_uri")?,
        logo_uri: text(body, "logo_uri")?,
        policy_uri: text(body, "policy_uri")?,
        tos_uri: text(body, "tos_uri")?,
        scope: text(body, "scope")?,
        jwks: jwks.map(Value::to_string),
        jwks_uri: text(body, "jwks_uri")?,
        application_type: text(body, "application_type")?,
        subject_type: text(body, "subject_type")?,
        sector_identifier_uri: text(body, "sector_identifier_uri")?,
        id_token_signed_response_alg: text(body, "id_token_signed_response_alg")?,
        userinfo_signed_response_alg: text(body, "userinfo_signed_response_alg")?,
        post_logout_redirect_uris: list(body, "post_logout_redirect_uris")?,
        backchannel_logout_uri: text(body, "backchannel_logout_uri")?,
        frontchannel_logout_uri: text(body, "frontchannel_logout_uri")?,
    })
}

/// Members of a registration response that a change must not repeat (RFC 7592 section 2.2).
const NOT_REPEATED: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

/// Reads what a change repeats (RFC 7592 section 2.2).
pub(super) fn restated(body: &Body) -> Result<Restated, InvalidMetadata> {
    for name in NOT_REPEATED {
        if body.contains_key(name) {
            let rule = "must not be part of a change";
            return Err(InvalidMetadata::Member(name, rule));
        }
    }
    Ok(Restated {
        client_id: text(body, "client_id")?,
        client_secret: text(body, "client_secret")?.map(Secret::new),
    })
}

fn text(body: &Body, name: &'static str) -> Result<Option<String>, InvalidMetadata> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(InvalidMetadata::Member(name, "must be a string")),
    }
}

fn list(body: &Body, name: &'static str) -> Result<Vec<String>, InvalidMetadata> {
    let values = match body.get(name) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values.as_slice(),
        Some(_) => &[Value::Null],
    };
    let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
    let texts: Option<_> = texts.collect();
    texts.ok_or(InvalidMetadata::Member(name, "must be an array of strings"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Value) -> Result<ClientMetadata, InvalidMetadata> {
        match body {
            Value::Object(body) => metadata(&body),
            _ => panic!("not an object"),
        }
    }

    #[test]
    fn unknown_and_null_members_are_ignored() {
        let body = json!({
            "redirect_uris": ["https://app.example/cb"],
            "client_name": null,
            "grant_types": null,
            "jwks": {"keys": []},
            "contacts": 7,
        });
        let expected = ClientMetadata {
            redirect_uris: vec!["https://app.example/cb".to_owned()],
            jwks: Some("{\"keys\":[]}".to_owned()),
            ..ClientMetadata::default()
        };
        assert_eq!(read(body), Ok(expected));
    }

    #[test]
    fn members_of_wrong_type_are_named() {
        for (body, name) in [
            (json!({"client_name": 7}), "client_name"),
            (json!({"grant_types": "code"}), "grant_types"),
            (json!({"response_types": [7]}), "response_types"),
            (json!({"jwks_uri": []}), "jwks_uri"),
        ] {
            let refused = read(body).unwrap_err();
            assert!(
                matches!(refused, InvalidMetadata::Member(own, _) if own == name),
                "{name}"
            );
        }
        for uris in [json!("https://app.example"), json!([1]), json!({})] {
            let refused = read(json!({"redirect_uris": uris})).unwrap_err();
            assert_eq!(refused.code().as_str(), "invalid_redirect_uri");
        }
    }

    #[test]
    fn change_must_not_repeat_members_of_response() {
        for name in NOT_REPEATED {
            let mut body = Body::new();
            body.insert(name.to_owned(), json!("x"));
            assert!(restated(&body).is_err(), "{name}");
        }
    }
}
