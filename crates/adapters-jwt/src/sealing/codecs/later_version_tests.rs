//! Codes sealed by the build for the rolling-upgrade test.

use super::*;
use countersign_codec::test_later_version::{CRITICAL, IGNORABLE};
use countersign_domain::authorize::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;

fn code(scope: &str) -> AuthorizationCode {
    let time = Timestamp::from_unix_seconds(1_790_000_000);
    AuthorizationCode::from_sealed(CodeFacts {
        grant: GrantId::from_bytes([1; 16]),
        authorization: Authorization {
            access: Access {
                client: ClientId::parse("notes").unwrap(),
                scope: Scope::parse(scope).unwrap(),
                resources: vec![],
                claims: RequestedClaims::default(),
                later: LaterFacts::none(),
            },
            subject: Subject::new("jane"),
            authentication: Authentication::new(time, Methods::NONE.with(Method::PASSWORD)),
            session: None,
            bound_to_verifier: false,
        },
        binding: CodeBinding {
            redirect_uri: RedirectUri::parse("https://notes.example/cb").unwrap(),
            challenge: None,
            nonce: None,
        },
        password: None,
        expires_at: time,
    })
}

#[test]
fn code_has_critical_fact_once_all_nodes_understand_it() {
    let keys = MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap();
    let codecs = Codecs::new(&keys);
    let tags = |scope: &str| -> Vec<i64> {
        let sealed = AuthorizationCodeCodec::seal(&codecs, TenantId::SINGLE, &code(scope));
        let opened = AuthorizationCodeCodec::open(&codecs, TenantId::SINGLE, &sealed).unwrap();
        let facts = &opened.authorization().access.later;
        facts.iter().map(|fact| fact.tag).collect()
    };
    assert_eq!(tags("read later"), [IGNORABLE]);
    codecs.set_common_generation(3);
    assert_eq!(tags("read"), [IGNORABLE]);
    assert_eq!(tags("read later"), [IGNORABLE, CRITICAL]);
}
