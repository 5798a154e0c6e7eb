//! What the tutorial promises besides the token endpoint: sign-in, consent, logout, revocation, a custom grant and claim.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_afternoon::{Call, Keys, Server, Step, Visit};
use countersign_domain::prelude::*;
use serde_json::Value;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
const USER: UserId = UserId::from_bytes([1; 16]);
const VOUCHER: &str = "urn:example:grant-type:voucher";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const QUERY: &str = "client_id=notes&response_type=code&redirect_uri=https%3A%2F%2Fnotes.example%2Fcallback&state=s\
    &scope=openid%20read&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// Server with a public client, another public client, and a kiosk with a secret.
fn server() -> Server {
    let mut server = Server::new("https://id.example".to_owned(), Keys::generate());
    for id in ["notes", "other"] {
        let id = ClientId::parse(id).unwrap();
        let mut client = Client::new(id, "Notes", ClientType::Public, NOW);
        client.grant_types = vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
        client.scope = Scope::parse("openid read").unwrap();
        client.redirect_uris = vec![RedirectUri::parse("https://notes.example/callback").unwrap()];
        assert_eq!(server.store.clients.register(client), Ok(Race::Won));
    }
    let id = ClientId::parse("kiosk").unwrap();
    let mut kiosk = Client::new(id, "Kiosk", ClientType::Confidential, NOW);
    kiosk.grant_types = vec![GrantType::named(VOUCHER)];
    kiosk.scope = Scope::parse("print").unwrap();
    kiosk.secrets = vec![ClientSecret {
        name: "first".to_owned(),
        digest: Secret::new("secret").digest(),
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }];
    assert_eq!(server.store.clients.register(kiosk), Ok(Race::Won));
    server
}

fn sign_in(server: &mut Server) -> SessionId {
    server.sign_in(USER, Methods::NONE.with(Method::PASSWORD), NOW)
}

fn visit(session: Option<SessionId>, done: Done) -> Visit {
    Visit {
        session,
        done,
        now: NOW,
    }
}

fn consented() -> Done {
    Done {
        consented: true,
        ..Done::default()
    }
}

/// Returns the value of a parameter of a redirect.
fn redirected(step: Step, name: &str) -> String {
    let Step::Redirect(uri) = step else {
        panic!("{step:?}");
    };
    assert!(uri.starts_with("https://notes.example/callback?"), "{uri}");
    assert!(
        uri.ends_with("&state=s&iss=https%3A%2F%2Fid.example"),
        "{uri}"
    );
    let (_, value) = uri.split_once(&format!("{name}=")).unwrap();
    value.split('&').next().unwrap().to_owned()
}

fn token(server: &mut Server, body: &str) -> Result<Value, ErrorCode> {
    let call = Call {
        headers: &[],
        body: body.as_bytes(),
        now: NOW,
    };
    let answer = server.token(call).map_err(|refused| refused.code())?;
    Ok(serde_json::from_str(&answer).unwrap())
}

/// Signs in, consents, and redeems the code.
fn tokens(server: &mut Server) -> (SessionId, Value) {
    let session = sign_in(server);
    let step = server.authorize(QUERY, visit(Some(session), consented()));
    let code = redirected(step.unwrap(), "code");
    (session, redeem(server, &code).unwrap())
}

fn redeem(server: &mut Server, code: &str) -> Result<Value, ErrorCode> {
    let body = format!(
        "grant_type=authorization_code&client_id=notes&code={code}&code_verifier={VERIFIER}"
    );
    token(server, &body)
}

fn refresh(server: &mut Server, tokens: &Value) -> Result<Value, ErrorCode> {
    let text = tokens["refresh_token"].as_str().unwrap();
    let body = format!("grant_type=refresh_token&client_id=notes&refresh_token={text}");
    token(server, &body)
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(payload).unwrap()).unwrap()
}

#[test]
fn user_signs_in_consents_and_returns_with_code() {
    let mut server = server();
    let step = server.authorize(QUERY, visit(None, Done::default()));
    assert_eq!(step, Ok(Step::Show(NextStep::LogIn)));
    let session = Some(sign_in(&mut server));
    let step = server.authorize(QUERY, visit(session, Done::default()));
    assert_eq!(step, Ok(Step::Show(NextStep::Consent)));
    let step = server.authorize(QUERY, visit(session, consented()));
    let code = redirected(step.unwrap(), "code");
    let tokens = redeem(&mut server, &code).unwrap();
    let id_token = claims(&tokens["id_token"]);
    assert_eq!(id_token["sub"], USER.to_string());
    assert_eq!(id_token["acr"], "urn:example:password");
    assert_eq!(claims(&tokens["access_token"])["plan"], "team");
}

#[test]
fn stored_consent_replaces_page() {
    let mut server = server();
    let session = Some(sign_in(&mut server));
    server.store.consents.give(Consent {
        user: USER,
        client: ClientId::parse("notes").unwrap(),
        scope: Scope::parse("openid read").unwrap(),
        given_at: NOW,
    });
    let step = server.authorize(QUERY, visit(session, Done::default()));
    assert!(!redirected(step.unwrap(), "code").is_empty());
}

#[test]
fn prompt_none_returns_error_instead_of_page() {
    let mut server = server();
    let query = format!("{QUERY}&prompt=none");
    let step = server.authorize(&query, visit(None, Done::default()));
    assert_eq!(redirected(step.unwrap(), "error"), "login_required");
    let session = Some(sign_in(&mut server));
    let step = server.authorize(&query, visit(session, Done::default()));
    assert_eq!(redirected(step.unwrap(), "error"), "consent_required");
}

#[test]
fn max_age_and_prompt_login_require_new_sign_in() {
    let mut server = server();
    let session = Some(sign_in(&mut server));
    let later = Visit {
        now: NOW.plus(Duration::from_secs(61)),
        ..visit(session, consented())
    };
    for (demand, expected) in [
        ("max_age=60", true),
        ("max_age=61", false),
        ("prompt=login", true),
    ] {
        let step = server
            .authorize(&format!("{QUERY}&{demand}"), later)
            .unwrap();
        assert_eq!(step == Step::Show(NextStep::LogIn), expected, "{demand}");
    }
}

#[test]
fn unregistered_redirect_uri_gets_no_response() {
    let server = server();
    let query = QUERY.replace("notes.example", "evil.example");
    assert!(
        server
            .authorize(&query, visit(None, Done::default()))
            .is_err()
    );
    let query = QUERY.replace("client_id=notes", "client_id=nobody");
    assert!(
        server
            .authorize(&query, visit(None, Done::default()))
            .is_err()
    );
}

#[test]
fn sign_out_ends_refresh_tokens_and_codes_of_session() {
    let mut server = server();
    let (session, tokens) = tokens(&mut server);
    let step = server.authorize(QUERY, visit(Some(session), consented()));
    let code = redirected(step.unwrap(), "code");
    assert_eq!(server.store.sign_out(session, NOW), Race::Won);
    let invalid = Err(ErrorCode::InvalidGrant);
    assert_eq!(refresh(&mut server, &tokens), invalid);
    assert_eq!(redeem(&mut server, &code), invalid);
}

#[test]
fn only_own_client_revokes_refresh_token() {
    let mut server = server();
    let (_, tokens) = tokens(&mut server);
    let text = tokens["refresh_token"].as_str().unwrap();
    let revoke = |client: &str, server: &mut Server| {
        let body = format!("client_id={client}&token={text}");
        let call = Call {
            headers: &[],
            body: body.as_bytes(),
            now: NOW,
        };
        assert_eq!(server.revoke(call), Ok(()));
    };
    revoke("other", &mut server);
    let tokens = refresh(&mut server, &tokens).unwrap();
    revoke("notes", &mut server);
    assert_eq!(refresh(&mut server, &tokens), Err(ErrorCode::InvalidGrant));
}

#[test]
fn voucher_is_single_use_and_needs_registered_client() {
    let mut server = server();
    let owner = ResourceOwner {
        subject: USER.into(),
        authentication: Authentication::new(NOW, Methods::NONE),
        session: None,
        password: None,
    };
    let credential = (GrantId::from_bytes([7; 16]), owner);
    server.vouchers.insert("v-1".to_owned(), credential);
    let body = format!("grant_type={VOUCHER}&client_id=kiosk&client_secret=secret&voucher=v-1");
    let other = format!("grant_type={VOUCHER}&client_id=notes&voucher=v-1");
    assert_eq!(
        token(&mut server, &other),
        Err(ErrorCode::UnauthorizedClient)
    );
    let tokens = token(&mut server, &body).unwrap();
    let access = claims(&tokens["access_token"]);
    assert_eq!(
        (&access["sub"], &access["scope"]),
        (&USER.to_string().into(), &"print".into())
    );
    assert_eq!(token(&mut server, &body), Err(ErrorCode::InvalidGrant));
    let unknown = body.replace("v-1", "v-2");
    assert_eq!(token(&mut server, &unknown), Err(ErrorCode::InvalidGrant));
}
