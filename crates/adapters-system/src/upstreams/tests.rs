use super::*;
use countersign_domain::federation::claims::ClaimValue;
use countersign_ports::{OutboundError, OutboundResponse};
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

/// HTTP client that gives one answer and keeps the requests.
struct Answer {
    status: u16,
    body: &'static str,
    requests: Mutex<Vec<OutboundRequest>>,
}

impl Outbound for Answer {
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>> {
        self.requests.lock().unwrap().push(request);
        let body = self.body.as_bytes().to_vec();
        let status = self.status;
        Box::pin(async move { Ok(OutboundResponse { status, body }) })
    }
}

fn client(status: u16, body: &'static str) -> (HttpUpstreams, Arc<Answer>) {
    let answer = Arc::new(Answer {
        status,
        body,
        requests: Mutex::default(),
    });
    (HttpUpstreams::new(answer.clone()), answer)
}

fn url(text: &str) -> UpstreamUrl {
    UpstreamUrl::parse(text).unwrap()
}

const DOCUMENT: &str = r#"{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a",
    "token_endpoint":"https://idp.example/t","jwks_uri":"http://10.0.0.1/jwks"}"#;

#[tokio::test]
async fn discovery_document_with_plain_http_needs_private_reach() {
    let (upstreams, answer) = client(200, DOCUMENT);
    let issuer = url("https://idp.example/");
    let public = upstreams.discover(TenantId::SINGLE, &issuer, UpstreamReach::Public);
    assert!(matches!(
        public.await,
        Err(UpstreamError::Malformed(DISCOVERY, _))
    ));
    for _ in 0..2 {
        let private = upstreams.discover(TenantId::SINGLE, &issuer, UpstreamReach::Private);
        assert_eq!(private.await.unwrap().keys, url("http://10.0.0.1/jwks"));
    }
    let requests = answer.requests.lock().unwrap();
    let purposes: Vec<_> = requests.iter().map(|request| request.purpose).collect();
    let expected = [
        OutboundPurpose::UpstreamProvider,
        OutboundPurpose::PrivateUpstreamProvider,
    ];
    assert_eq!(purposes, expected, "the second one is cached");
    let to = "https://idp.example/.well-known/openid-configuration";
    assert!(requests.iter().all(|request| request.url == to));
}

#[tokio::test]
async fn token_error_is_reported_without_control_characters() {
    let (upstreams, answer) = client(200, r#"{"error":"bad_verification_code\n\u001b[0m"}"#);
    let redeemed = upstreams.redeem(UpstreamTokenRequest {
        endpoint: url("https://idp.example/t"),
        form: vec![("code", "c".into())],
        authorization: Some(Secret::new("Basic eDp5")),
        reach: UpstreamReach::Public,
    });
    let error = redeemed.await.err().unwrap().to_string();
    assert!(error.ends_with("bad_verification_code[0m"), "{error}");
    let requests = answer.requests.lock().unwrap();
    let OutboundContent::Fetch { headers, form } = &requests[0].content else {
        panic!("another request");
    };
    assert!(headers.contains(&("accept", "application/json".into())));
    assert!(headers.contains(&("authorization", "Basic eDp5".into())));
    assert_eq!(form.as_deref(), Some(&[("code", "c".to_owned())][..]));
}

#[tokio::test]
async fn response_that_is_no_success_is_an_error() {
    let secret = Secret::new("at");
    for (status, body) in [(500, "{}"), (302, "{}"), (200, "[]"), (200, ""), (200, "{")] {
        let (upstreams, _) = client(status, body);
        let userinfo = url("https://idp.example/u");
        let claims = upstreams.userinfo(&userinfo, &secret, UpstreamReach::Public);
        assert!(claims.await.is_err(), "{status} {body}");
    }
}

#[test]
fn json_becomes_claims() {
    let json = r#"{"a":"x","b":7,"c":true,"d":["y",1,"z"],"e":{"m":{}},"f":null,"g":1.5}"#;
    let claims = claims::read(json.as_bytes()).unwrap();
    let mut expected = UpstreamClaims::default();
    for (name, value) in [
        ("a", ClaimValue::Text("x".into())),
        ("b", ClaimValue::Number("7".into())),
        ("c", ClaimValue::Flag(true)),
        ("d", ClaimValue::Texts(vec!["y".into(), "z".into()])),
        ("e", ClaimValue::Members(vec!["m".into()])),
        ("g", ClaimValue::Number("1.5".into())),
    ] {
        expected.insert(name, value);
    }
    assert!(claims == expected);
}
