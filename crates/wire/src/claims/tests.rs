use super::*;
use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;
use countersign_domain::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
const ISSUER: &str = "https://id.example";

/// Returns the tokens of a client with an ID token, and a custom claim in each token.
fn issuance(scope: &str) -> Issuance {
    let id = ClientId::parse("notes").unwrap();
    let mut client = Client::new(id, "Notes", ClientType::Public, NOW);
    client.grant_types = vec![GrantType::AUTHORIZATION_CODE];
    client.scope = Scope::parse(scope).unwrap();
    client.redirect_uris = vec![RedirectUri::parse("https://notes.example/").unwrap()];
    let request = AuthorizationRequest {
        response_type: "code",
        redirect_uri: "https://notes.example/",
        nonce: Some("n-0S6"),
        code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        code_challenge_method: Some("S256"),
        ..AuthorizationRequest::default()
    };
    let owner = ResourceOwner {
        subject: Subject::new("jane"),
        authentication: Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD)),
        session: Some(SessionId::from_bytes([1; 16])),
        password: None,
    };
    let registered = client.registered().unwrap();
    let requested = registered.judge(&request, RequestPolicy::default());
    let grant = GrantId::from_bytes([7; 16]);
    let code = requested
        .unwrap()
        .code(grant, owner, &Lifetimes::DEFAULT, NOW);
    let caller = registered.authenticate(&Credential::None, NOW).unwrap();
    let exchange = CodeExchange {
        redirect_uri: None,
        code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        resources: &[],
    };
    let Decision::Issue(redemption) = code.redeem(&exchange, &caller, &Lifetimes::DEFAULT, NOW)
    else {
        panic!("the code is valid");
    };
    let Decision::Issue(issuance) = redemption.stored(Insertion::Won) else {
        panic!("the grant is stored");
    };
    let mut custom = CustomClaims::none();
    custom.set("plan", "team").unwrap();
    let issuance = issuance.with_claims(custom.clone());
    issuance.with_id_token_claims(custom).unwrap()
}

fn names<'a>(claims: impl Iterator<Item = (&'a str, Value<'a>)>) -> Vec<&'a str> {
    claims.map(|(name, _)| name).collect()
}

#[test]
fn access_token_has_claims_of_rfc_9068_and_custom_ones() {
    let issuance = issuance("openid read");
    let claims = issuance.access_token_claims(ISSUER, [9; 12]);
    let expected = [
        "sub",
        "aud",
        "iss",
        "scope",
        "client_id",
        "token_use",
        "iat",
        "exp",
        "jti",
        "plan",
    ];
    assert_eq!(names(access_token(&claims, Some("access"))), expected);
    assert!(!names(access_token(&claims, None)).contains(&"token_use"));
    let audience = access_token(&claims, None).find(|(name, _)| *name == "aud");
    assert!(matches!(audience, Some((_, Value::Text("notes")))));
}

#[test]
fn several_audiences_are_an_array() {
    let mut issuance = issuance("read");
    issuance.audience.push("https://api.example".to_string());
    let claims = issuance.access_token_claims(ISSUER, [9; 12]);
    let audience = access_token(&claims, None).find(|(name, _)| *name == "aud");
    assert!(matches!(audience, Some((_, Value::Texts(several))) if several.len() == 2));
}

#[test]
fn id_token_has_claims_of_sign_in_and_custom_ones() {
    let issuance = issuance("openid read");
    let claims = issuance.id_token_claims(ISSUER, "at", None).unwrap();
    let own_names = IdTokenNames {
        acr: AcrNames::new(&[(Acr::ONE_FACTOR, "urn:example:password")]),
        token_use: "id",
        at_hash: Some("hash"),
    };
    let expected = [
        "iss",
        "sub",
        "aud",
        "azp",
        "iat",
        "exp",
        "auth_time",
        "acr",
        "amr",
        "sid",
        "nonce",
        "at_hash",
        "plan",
    ];
    assert_eq!(names(id_token(&claims, own_names)), expected);
}
