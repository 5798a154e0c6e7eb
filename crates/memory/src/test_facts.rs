//! Facts of the tests.

use alloc::vec;
use countersign_domain::prelude::*;

pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
pub(crate) const SESSION: SessionId = SessionId::from_bytes([5; 16]);
pub(crate) const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;
pub(crate) const CALLBACK: &str = "https://notes.example/callback";
pub(crate) const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: Some(CALLBACK),
    code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    resources: &[],
};

pub(crate) fn client() -> Client {
    let id = ClientId::parse("notes").unwrap();
    let mut client = Client::new(id, "Notes", ClientType::Public, NOW);
    client.grant_types = vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
    client.scope = Scope::parse("read").unwrap();
    client.redirect_uris = vec![RedirectUri::parse(CALLBACK).unwrap()];
    client
}

pub(crate) fn caller(client: &Client) -> Caller<'_> {
    let registered = client.registered().unwrap();
    registered.authenticate(&Credential::None, NOW).unwrap()
}

/// Returns a code of a browser session.
pub(crate) fn code(client: &Client, id: u8) -> AuthorizationCode {
    let request = AuthorizationRequest {
        response_type: "code",
        redirect_uri: CALLBACK,
        code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        code_challenge_method: Some("S256"),
        ..AuthorizationRequest::default()
    };
    let owner = ResourceOwner {
        subject: Subject::new("jane"),
        authentication: Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD)),
        session: Some(SESSION),
        password: None,
    };
    let requested = client
        .registered()
        .unwrap()
        .judge(&request, RequestPolicy::default());
    let requested = requested.unwrap();
    requested.code(GrantId::from_bytes([id; 16]), owner, &LIFETIMES, NOW)
}
