//! Value of the session cookie. Each session has its ID and its secret in base64url, separated by a dot.

use super::cookies::SEPARATOR;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::SessionCredential;
use countersign_domain::identifier::SessionId;
use countersign_domain::secret::Secret;

/// Returns the credentials in a cookie, in order.
pub(crate) fn read(cookie: &str) -> Vec<SessionCredential> {
    let values = cookie.split(SEPARATOR).filter(|value| !value.is_empty());
    values.map(credential).collect()
}

/// Returns one value of the cookie.
pub(crate) fn write(credential: &SessionCredential) -> String {
    match credential {
        SessionCredential::Secret(session, secret) => {
            let session = Base64UrlUnpadded::encode_string(session.as_bytes());
            format!("{session}.{}", secret.expose_secret())
        }
        SessionCredential::Signed(token) => token.clone(),
    }
}

/// Parses one value of the cookie. A token never parses as an ID and a secret, because its header is not an ID.
fn credential(value: &str) -> SessionCredential {
    let parts = value.split_once('.').and_then(|(session, secret)| {
        let mut id = [0; 16];
        let decoded = Base64UrlUnpadded::decode(session, &mut id).ok()?;
        (decoded.len() == id.len()).then_some((SessionId::from_bytes(id), secret))
    });
    match parts {
        Some((session, secret)) => SessionCredential::Secret(session, Secret::new(secret)),
        None => SessionCredential::Signed(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "AAECAwQFBgcICQoLDA0ODw.c2VjcmV0";
    const ID: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    #[test]
    fn value_has_id_and_secret() {
        let [SessionCredential::Secret(session, secret)] = &read(VALUE)[..] else {
            panic!("not an ID with a secret");
        };
        assert_eq!(session.as_bytes(), &ID);
        assert_eq!(secret.expose_secret(), "c2VjcmV0");
        assert_eq!(write(&read(VALUE)[0]), VALUE);
    }

    #[test]
    fn value_without_id_is_read_as_token() {
        for value in [
            "x",
            "eyJ0eXAiOiJKV1QifQ.e30.c2ln",
            ".c2VjcmV0",
            "AAECAw.c2VjcmV0",
        ] {
            let read = read(value);
            assert!(
                matches!(&read[..], [SessionCredential::Signed(token)] if token == value),
                "{value}"
            );
            assert_eq!(write(&read[0]), value);
        }
    }

    #[test]
    fn cookie_has_values_in_order_without_empty_ones() {
        let values: Vec<String> = read(&format!("~{VALUE}~~x~")).iter().map(write).collect();
        assert_eq!(values, [VALUE, "x"]);
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let shown = format!("{:?}", read(&format!("{VALUE}~x.y.z")));
        assert_eq!(shown, "[SessionCredential(..), SessionCredential(..)]");
    }
}
