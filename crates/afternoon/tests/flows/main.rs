//! Features of the tutorial outside the token endpoint: sign-in, consent, logout, revocation, a custom grant and claim.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod authorize;
mod tokens;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_afternoon::{Call, Keys, Server, Step, Visit};
use countersign_domain::prelude::*;
use serde_json::Value;

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

fn sign_in(server: &mut Server) -> (SessionId, Secret) {
    let methods = Methods::NONE.with(Method::PASSWORD);
    server.sign_in(USER, Authentication::new(NOW, methods))
}

/// Returns a request of a browser without cookie.
fn visit(query: &str) -> Visit<'_> {
    Visit {
        query,
        session: None,
        done: None,
        now: NOW,
    }
}

/// Seals the consent of the user of this session.
fn consent(server: &Server, session: SessionId, query: &str) -> String {
    let done = Done {
        consented: true,
        ..Done::default()
    };
    server.seal_done(session, query, done, NOW)
}

/// Opens the address of a browser with this cookie.
fn open(server: &Server, query: &str, (id, secret): &(SessionId, Secret)) -> Step {
    let visit = Visit {
        session: Some((*id, secret)),
        ..visit(query)
    };
    server.authorize(visit).unwrap()
}

/// Opens the address that the consent page leads to.
fn agree(server: &Server, query: &str, cookie: &(SessionId, Secret)) -> Step {
    let done = consent(server, cookie.0, query);
    open_done(server, query, cookie, &done)
}

fn open_done(server: &Server, query: &str, cookie: &(SessionId, Secret), done: &str) -> Step {
    let visit = Visit {
        session: Some((cookie.0, &cookie.1)),
        done: Some(done),
        ..visit(query)
    };
    server.authorize(visit).unwrap()
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
fn tokens(server: &mut Server) -> ((SessionId, Secret), Value) {
    let cookie = sign_in(server);
    let code = redirected(agree(server, QUERY, &cookie), "code");
    (cookie, redeem(server, &code).unwrap())
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
