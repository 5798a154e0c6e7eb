//! Client authentication by assertion (RFC 7523 section 2.2), at every endpoint that clients call.

use crate::facts::{CALLBACK, FORM, ISSUER, JSON, SECRET, VERIFIER};
use crate::harness::Server;
use crate::requests::{Answer, basic, form, with};
use axum::http::header;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::{AuthenticationMethod, Jwks, KeySource};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const INTROSPECT: &str = "/oauth2/introspect";
const REVOKE: &str = "/oauth2/revoke";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// ES256 key pair of a client, created for these tests.
pub(crate) struct Key {
    id: &'static str,
    /// PKCS #8.
    private: &'static str,
    x: &'static str,
    y: &'static str,
}

/// Key of the clients `web` and `machine`.
pub(crate) const OWN: Key = Key {
    id: "own",
    private: concat!(
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4yqL5fgQ5Q3PYGtCaIFtbbxuvQdZlDL0jROp4OGJ",
        "KbShRANCAATyGLmNbUfK2xINbE79aGTP7p+ataAAYux4zVb3VJAX+gpERm7Z49k8wRR3jvcBTl2LtLu2m+m2dlRC",
        "T+5Yq7Nd"
    ),
    x: "8hi5jW1HytsSDWxO_Whkz-6fmrWgAGLseM1W91SQF_o",
    y: "CkRGbtnj2TzBFHeO9wFOXYu0u7ab6bZ2VEJP7lirs10",
};

/// Key of the client `other`.
pub(crate) const OTHERS: Key = Key {
    id: "others",
    private: concat!(
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+0otRHs3pNLjQy0UBVm2arUgpWTvGN1/WET+Acef",
        "WpuhRANCAASrjbAjTYvQyXKBSrXcJwpGtuz2oOlgJc6mtSsjLHawboz36K0HcSDxo+sDoMD5a2EsWEHkwIgjx5gD",
        "VjCcciQs"
    ),
    x: "q42wI02L0MlygUq13CcKRrbs9qDpYCXOprUrIyx2sG4",
    y: "jPforQdxIPGj6wOgwPlrYSxYQeTAiCPHmANWMJxyJCw",
};

impl Key {
    pub(crate) fn jwks(&self) -> Jwks {
        let key = json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
            "kid": self.id, "x": self.x, "y": self.y
        });
        Jwks::new(json!({ "keys": [key] }).to_string())
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(self.id, claims)
    }

    /// Signs with the key ID of another key.
    pub(crate) fn sign_as(&self, id: &str, claims: &Value) -> String {
        let header = Header {
            kid: Some(id.to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        let key = EncodingKey::from_ec_der(&Base64::decode_vec(self.private).unwrap());
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }

    /// Returns the encodings of the public key, which an attacker could use as HMAC keys.
    fn public(&self) -> [Vec<u8>; 3] {
        let point = [self.x, self.y].map(|text| Base64UrlUnpadded::decode_vec(text).unwrap());
        [
            self.jwks().as_str().as_bytes().to_vec(),
            self.x.as_bytes().to_vec(),
            [&[4][..], &point.concat()].concat(),
        ]
    }
}

/// Returns a server on which `web`, `machine` and `other` have keys and no secrets.
async fn start() -> Server {
    let server = Server::start().await;
    for (client, key) in [("web", OWN), ("machine", OWN), ("other", OTHERS)] {
        server
            .change(client, |client| {
                client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
                client.keys = Some(KeySource::Registered(key.jwks()));
                client.secrets.clear();
            })
            .await;
    }
    server
}

/// Returns the claims of a valid assertion.
pub(super) fn claims(server: &Server, client: &str, id: &str) -> Value {
    let now = server.now().as_unix_seconds();
    json!({"iss": client, "sub": client, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": id})
}

/// Returns the claims of a valid assertion with one claim changed.
fn changed(server: &Server, id: &str, name: &str, value: &Value) -> Value {
    let mut claims = claims(server, "machine", id);
    claims[name] = value.clone();
    claims
}

fn machine(assertion: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_assertion_type", TYPE.to_owned()),
        ("client_assertion", assertion.to_owned()),
    ]
}

async fn ask(server: &Server, parameters: &[(&'static str, String)]) -> Answer {
    server.form(FORM, parameters).await
}

/// Requests a token for the machine.
pub(super) async fn present(server: &Server, assertion: &str) -> Answer {
    ask(server, &machine(assertion)).await
}

#[track_caller]
pub(super) fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.refusal(), (401, "invalid_client".into()), "{what}");
}

#[tokio::test]
async fn assertion_authenticates_client_in_either_dialect() {
    let server = start().await;
    for (id, path) in [FORM, JSON].into_iter().enumerate() {
        for client_id in [None, Some("machine")] {
            let id = format!("{id}-{}", client_id.is_some());
            let assertion = OWN.sign(&claims(&server, "machine", &id));
            let mut parameters = machine(&assertion);
            if let Some(client_id) = client_id {
                parameters.push(("client_id", client_id.to_owned()));
            }
            server.form(path, &parameters).await.ok();
        }
    }
    let assertion = OWN.sign(&claims(&server, "machine", "json"));
    server.json(JSON, &machine(&assertion)).await.ok();
}

#[tokio::test]
async fn assertion_may_name_token_endpoint_or_several_audiences() {
    let server = start().await;
    let endpoint = json!(format!("{ISSUER}{FORM}"));
    let several = json!(["https://elsewhere.example", ISSUER]);
    for (id, audience) in [("1", endpoint), ("2", several)] {
        let claims = changed(&server, id, "aud", &audience);
        present(&server, &OWN.sign(&claims)).await.ok();
    }
}

#[tokio::test]
async fn assertion_authenticates_client_at_introspection_and_revocation() {
    let server = start().await;
    let code = server.code("web");
    let sign = |id: &str| OWN.sign(&claims(&server, "web", id));
    let assertion = sign("redeem");
    let authenticated = |assertion: &str| {
        vec![
            ("client_assertion_type", TYPE.to_owned()),
            ("client_assertion", assertion.to_owned()),
        ]
    };
    let mut exchange = authenticated(&assertion);
    exchange.extend([
        ("grant_type", "authorization_code".to_owned()),
        ("code", code),
        ("redirect_uri", CALLBACK.to_owned()),
        ("code_verifier", VERIFIER.to_owned()),
    ]);
    let token = ask(&server, &exchange).await.ok().text("access_token");
    let query = async |path, assertion: &str| {
        let mut query = authenticated(assertion);
        query.push(("token", token.clone()));
        server.form(path, &query).await
    };
    let active = query(INTROSPECT, &sign("1")).await.ok();
    assert_eq!(active.json()["active"], true);
    for path in [INTROSPECT, REVOKE] {
        let replayed = query(path, &assertion).await;
        assert_refused(&replayed, "used at the token endpoint");
    }
    query(REVOKE, &sign("2")).await.ok();
    let inactive = query(INTROSPECT, &sign("3")).await.ok();
    assert_eq!(inactive.json(), json!({"active": false}));
}

#[tokio::test]
async fn replayed_assertion_is_refused() {
    let server = start().await;
    let assertion = OWN.sign(&claims(&server, "machine", "once"));
    present(&server, &assertion).await.ok();
    assert_refused(&present(&server, &assertion).await, "the same text");
    let mut again = claims(&server, "machine", "once");
    again["extra"] = json!(1);
    assert_refused(&present(&server, &OWN.sign(&again)).await, "the same jti");
    let others = OTHERS.sign(&claims(&server, "other", "once"));
    let authenticated = present(&server, &others).await;
    assert_eq!(
        authenticated.refusal(),
        (400, "unauthorized_client".into()),
        "jti values of clients are independent"
    );
}

#[tokio::test]
async fn expired_or_misaddressed_assertion_is_rejected() {
    let server = start().await;
    let now = server.now().as_unix_seconds();
    for (id, (name, value)) in [
        ("aud", json!("https://elsewhere.example")),
        ("aud", json!(format!("{ISSUER}/"))),
        ("aud", json!([])),
        ("exp", json!(now)),
        ("exp", json!(now + 86_400)),
        ("nbf", json!(now + 600)),
        ("iat", json!(now + 600)),
        ("iss", json!("web")),
        ("sub", json!("web")),
        ("sub", json!("unknown")),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = changed(&server, &id.to_string(), name, &value);
        let answer = present(&server, &OWN.sign(&claims)).await;
        assert_refused(&answer, &format!("{name} {value}"));
    }
    for missing in ["iss", "sub", "aud", "exp", "jti"] {
        let mut claims = claims(&server, "machine", missing);
        claims.as_object_mut().unwrap().remove(missing);
        let mut parameters = machine(&OWN.sign(&claims));
        parameters.push(("client_id", "machine".to_owned()));
        assert_refused(&ask(&server, &parameters).await, missing);
    }
}

#[tokio::test]
async fn assertion_with_foreign_signature_is_rejected() {
    let server = start().await;
    let claims = claims(&server, "machine", "forged");
    let payload = Base64UrlUnpadded::encode_string(claims.to_string().as_bytes());
    let mut forged = Vec::new();
    for head in [json!({"alg": "none"}), json!({"alg": "none", "kid": "own"})] {
        let head = Base64UrlUnpadded::encode_string(head.to_string().as_bytes());
        forged.push(format!("{head}.{payload}."));
    }
    for secret in OWN.public() {
        let header = Header {
            kid: Some("own".to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        let key = EncodingKey::from_secret(&secret);
        forged.push(jsonwebtoken::encode(&header, &claims, &key).unwrap());
    }
    forged.push(OWN.sign_as("unknown", &claims));
    forged.push(OTHERS.sign(&claims));
    forged.push(OTHERS.sign_as("own", &claims));
    let good = OWN.sign(&claims);
    let (signed, _) = good.rsplit_once('.').unwrap();
    forged.push(format!("{signed}."));
    forged.push(signed.to_owned());
    forged.push("x".to_owned());
    for assertion in &forged {
        let mut parameters = machine(assertion);
        parameters.push(("client_id", "machine".to_owned()));
        assert_refused(&ask(&server, &parameters).await, assertion);
    }
    // None of them consumed the identifier of the valid assertion.
    present(&server, &good).await.ok();
}

#[tokio::test]
async fn failed_assertion_is_invalid_client_and_names_rule() {
    let server = start().await;
    let now = server.now().as_unix_seconds();
    let good = claims(&server, "machine", "good");
    let with_claim = |name: &str, value: Value| OWN.sign(&changed(&server, "1", name, &value));
    let mut untold = good.clone();
    untold.as_object_mut().unwrap().remove("jti");
    present(&server, &OWN.sign(&good)).await.ok();
    for (assertion, rule) in [
        ("x.y.z".to_owned(), "must be a signed JWT"),
        (OWN.sign(&untold), "with iss, sub, aud, exp and jti"),
        (
            OWN.sign_as("unknown", &good),
            "no key of the client has the kid",
        ),
        (OTHERS.sign_as("own", &good), "signature"),
        (with_claim("iss", json!("web")), "iss and sub"),
        (with_claim("aud", json!("urn:x")), "aud"),
        (with_claim("exp", json!(now)), "expired"),
        (with_claim("nbf", json!(now + 600)), "not valid yet"),
        (OWN.sign(&good), "used before"),
    ] {
        for path in [FORM, JSON, INTROSPECT, REVOKE] {
            let mut parameters = machine(&assertion);
            parameters.push(("token", "x".to_owned()));
            let answer = server.form(path, &parameters).await;
            assert_refused(&answer, rule);
            let text = String::from_utf8(answer.body).unwrap();
            assert!(text.contains(rule), "{path} {rule}: {text}");
        }
    }
}

#[tokio::test]
async fn assertion_with_other_credentials_is_invalid_request() {
    let server = start().await;
    let assertion = OWN.sign(&claims(&server, "machine", "once"));
    let header = basic("machine", "correct+horse+battery+staple");
    for path in [FORM, JSON] {
        let mut parameters = machine(&assertion);
        parameters.push(("client_secret", SECRET.to_owned()));
        let answer = server.form(path, &parameters).await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{path}");
        let headers = [
            (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
            (header::AUTHORIZATION, header.as_str()),
        ];
        let answer = server.post(path, &headers, form(&machine(&assertion)));
        let answer = answer.await;
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{path}");
    }
    present(&server, &assertion).await.ok();
}

#[tokio::test]
async fn client_authenticates_only_by_its_registered_method() {
    let server = start().await;
    let by_secret = [
        ("grant_type", "client_credentials"),
        ("client_id", "machine"),
        ("client_secret", SECRET),
    ];
    assert_refused(&server.form(FORM, &by_secret).await, "a secret");
    server
        .change("machine", |machine| machine.authentication_method = None)
        .await;
    let assertion = OWN.sign(&claims(&server, "machine", "1"));
    assert_refused(&present(&server, &assertion).await, "an assertion");
    let assertion = OWN.sign(&claims(&server, "unknown", "2"));
    assert_refused(&present(&server, &assertion).await, "an unknown client");
}

#[tokio::test]
async fn assertion_requires_type_and_text() {
    let server = start().await;
    let assertion = OWN.sign(&claims(&server, "machine", "once"));
    let good = machine(&assertion);
    let good: Vec<_> = good.iter().map(|(n, v)| (*n, v.as_str())).collect();
    for (name, value, status, error) in [
        ("client_assertion_type", "", 400, "invalid_request"),
        ("client_assertion", "", 400, "invalid_request"),
        ("client_assertion_type", "urn:x", 401, "invalid_client"),
        ("client_id", "other", 401, "invalid_client"),
    ] {
        for path in [FORM, JSON] {
            let answer = server.form(path, &with(&good, name, value)).await;
            assert_eq!(answer.refusal(), (status, error.into()), "{name} {value}");
        }
    }
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn evidence_of_refusal_stays_out_of_response() {
    let server = start().await;
    let claims = changed(&server, "1", "aud", &json!("https://elsewhere.example"));
    let answer = server.form(JSON, &machine(&OWN.sign(&claims))).await;
    let body = String::from_utf8(answer.body).unwrap();
    assert!(
        body.contains("\"assertion_for_another_audience\""),
        "{body}"
    );
    assert!(!body.contains("elsewhere"), "{body}");
}
