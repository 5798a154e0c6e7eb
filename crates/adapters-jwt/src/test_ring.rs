//! Helpers for the signing and verification tests.

use crate::{Codecs, KeyRing, MasterKeys, generate_signing_key};
use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::client::authentication::Credential;
use countersign_domain::client::{Client, ClientId, ClientSecret, ClientType, GrantType};
use countersign_domain::decision::Decision;
use countersign_domain::identifier::Subject;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::{AccessTokenClaims, IdTokenClaims};
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::token::issuance::{IdTokenFacts, Issuance};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::token::token_id::{Root, TokenId};
use countersign_ports::Vault;
use countersign_ports::names::CLIENT_CREDENTIALS_GTY;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

pub(crate) const TENANT: TenantId = TenantId::SINGLE;
pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_735_686_000);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Minimal executor: the key ring must not depend on a particular one.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

pub(crate) fn vault() -> Codecs {
    Codecs::new(&MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap())
}

pub(crate) fn key(
    algorithm: SigningAlgorithm,
    signs_from: Timestamp,
    vault: &dyn Vault,
) -> SigningKey {
    generate_signing_key(TENANT, algorithm, None, NOW, signs_from, vault).unwrap()
}

pub(crate) fn key_of(client: &str, vault: &dyn Vault) -> SigningKey {
    let client = Some(ClientId::parse(client).unwrap());
    generate_signing_key(TENANT, SigningAlgorithm::Hs256, client, NOW, NOW, vault).unwrap()
}

pub(crate) fn ring(keys: &[SigningKey], vault: &Codecs) -> KeyRing {
    let ring = KeyRing::new(vault);
    ring.load(TENANT, keys, vault, NOW).unwrap();
    ring
}

/// Issuance for the client credentials grant.
pub(crate) fn machine_issuance(scope: &Scope) -> Issuance {
    let id = ClientId::parse("YOUR_CLIENT_ID").unwrap();
    let secret = Secret::new("secret");
    let mut client = Client::new(id, "Client", ClientType::Confidential, NOW);
    client.grant_types = vec![GrantType::CLIENT_CREDENTIALS];
    client.scope = scope.clone();
    client.secrets = vec![ClientSecret {
        name: "first".into(),
        digest: secret.digest(),
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }];
    let registered = client.registered().unwrap();
    let caller = registered
        .authenticate(&Credential::Secret(secret), NOW)
        .unwrap();
    match caller.client_credentials(None.into(), &[], &Lifetimes::DEFAULT, NOW) {
        Decision::Issue(issuance) => issuance.with_gty(CLIENT_CREDENTIALS_GTY),
        refused => panic!("{refused:?}"),
    }
}

/// Claims of an access token. Leaks the issuance for the duration of the tests.
pub(crate) fn claims_of(issuance: Issuance) -> AccessTokenClaims<'static> {
    AccessTokenClaims {
        issuer: "https://your-app.aero2.dev",
        token_id: TokenId {
            root: Root::Own,
            unique: [1; 12],
            mac: None,
        },
        issuance: Box::leak(Box::new(issuance)),
    }
}

pub(crate) fn machine_claims(scope: &Scope) -> AccessTokenClaims<'static> {
    claims_of(machine_issuance(scope))
}

pub(crate) fn id_claims() -> IdTokenClaims<'static> {
    id_claims_with(|_, _| ())
}

/// Claims of an ID token after `change`.
pub(crate) fn id_claims_with(
    change: impl FnOnce(&mut Issuance, &mut IdTokenFacts),
) -> IdTokenClaims<'static> {
    let mut issuance = machine_issuance(&Scope::none());
    issuance.subject = Subject::new("jane");
    let mut facts = IdTokenFacts {
        owner: Subject::new("jane"),
        authentication: Authentication::new(
            Timestamp::from_unix_seconds(1_735_685_000),
            Methods::NONE.with(Method::PASSWORD),
        ),
        session: None,
        claims: ClaimSet::NONE,
        custom: CustomClaims::none(),
        nonce: Some("n-0S6".into()),
        has_token_use: false,
        expires_at: NOW.plus(HOUR),
    };
    change(&mut issuance, &mut facts);
    IdTokenClaims {
        issuer: "https://id.example",
        issuance: Box::leak(Box::new(issuance)),
        facts: Box::leak(Box::new(facts)),
        access_token: None,
        user: None,
    }
}
