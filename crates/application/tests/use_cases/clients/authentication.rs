//! Client authentication methods and their writes.

use crate::published::Published;
use crate::stores::store;
use crate::world::{ISSUER, SECRETS, SINGLE, Signed, tenant};
use countersign_application::{ClientAuthentication, ClientEvidence, Clients, Failure, SecretUses};
use countersign_domain::client::assertion::Assertion;
use countersign_domain::client::presented::{PresentedAssertion, PresentedProof};
use countersign_domain::client::{AuthenticationMethod, Client, ClientType, Jwks, KeySource};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_ports::Store;
use countersign_store_contract::{MockStore, fixtures};
use std::sync::Arc;

const ENDPOINT: &str = "/oauth2/token";

pub(crate) fn evidence(client_id: Option<&str>, proof: PresentedProof) -> ClientEvidence {
    ClientEvidence {
        client_id: client_id.map(str::to_owned),
        proof,
        endpoint: ENDPOINT,
    }
}

pub(crate) fn assertion(text: &str) -> PresentedProof {
    assertion_of_kind(PresentedAssertion::JWT_BEARER, text)
}

pub(crate) fn assertion_of_kind(kind: &str, text: &str) -> PresentedProof {
    PresentedProof::Assertion(PresentedAssertion {
        kind: kind.to_owned(),
        text: text.to_owned(),
    })
}

/// Returns the claims of a valid assertion of `app`.
pub(crate) fn claims() -> Assertion {
    Assertion {
        issuer: "app".to_owned(),
        subject: "app".to_owned(),
        audience: vec![ISSUER.to_owned()],
        expires_at: fixtures::later(60),
        not_before: None,
        token_id: "1".to_owned(),
    }
}

/// Returns `app`, registered for signed assertions.
pub(crate) fn with_keys() -> Client {
    Client {
        secrets: Vec::new(),
        authentication_method: Some(AuthenticationMethod::PrivateKeyJwt),
        keys: Some(KeySource::Registered(Jwks::new("{}"))),
        ..fixtures::client("app")
    }
}

pub(crate) fn authentication<S: Store>(store: Arc<S>, signed: Signed) -> ClientAuthentication<S> {
    with_published(store, signed, Published::default())
}

/// Authenticates clients that publish these keys.
pub(crate) fn with_published<S: Store>(
    store: Arc<S>,
    signed: Signed,
    published: Published,
) -> ClientAuthentication<S> {
    ClientAuthentication {
        clients: Arc::new(Clients::new(store.clone())),
        store,
        secret_uses: Arc::new(SecretUses::default()),
        assertions: Arc::new(signed),
        key_sets: Arc::new(published),
    }
}

/// Authenticates a client without looking it up. Returns the name of the secret used.
pub(crate) async fn judged<S: Store>(
    authentication: &ClientAuthentication<S>,
    client: &Client,
    evidence: &ClientEvidence,
) -> Result<Option<String>, Failure> {
    let caller = authentication.authenticate(tenant(), client, evidence, fixtures::NOW);
    Ok(caller.await?.secret_name().map(str::to_owned))
}

/// Returns the refusal of a request that must write nothing.
pub(crate) async fn refused(client: &Client, signed: Signed, proof: PresentedProof) -> Refusal {
    let authentication = authentication(Arc::new(MockStore::new()), signed);
    match judged(&authentication, client, &evidence(Some("app"), proof)).await {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Returns a signed assertion with the text `jwt`.
pub(crate) fn signed(claims: Assertion) -> Signed {
    Signed(vec![("jwt".to_owned(), claims)])
}

fn public() -> Client {
    Client {
        client_type: ClientType::Public,
        secrets: Vec::new(),
        ..fixtures::client("app")
    }
}

#[tokio::test]
async fn secret_use_is_recorded_once_for_both_methods() {
    let mut store = MockStore::new();
    store
        .expect_record_secret_uses()
        .times(1)
        .withf(|tenant, uses| *tenant == SINGLE && uses.len() == 1)
        .returning(|_, _| Box::pin(async { Ok(()) }));
    let authentication = authentication(Arc::new(store), SECRETS);
    let client = fixtures::client("app");
    for proof in [
        PresentedProof::Basic(fixtures::secret()),
        PresentedProof::Post(fixtures::secret()),
    ] {
        let name = judged(&authentication, &client, &evidence(Some("app"), proof)).await;
        assert_eq!(name.unwrap().as_deref(), Some("first"));
    }
    let (uses, store) = (&authentication.secret_uses, &*authentication.store);
    uses.write_down(store, fixtures::NOW).await.unwrap();
}

#[tokio::test]
async fn public_client_must_not_send_secret() {
    let authentication = authentication(Arc::new(MockStore::new()), SECRETS);
    let evidence = evidence(Some("app"), PresentedProof::None);
    let name = judged(&authentication, &public(), &evidence).await;
    assert_eq!(name.unwrap(), None);
    let with_secret = PresentedProof::Post(fixtures::secret());
    let refusal = refused(&public(), SECRETS, with_secret).await;
    assert_eq!(refusal, Refusal::SecretUnexpected);
}

#[tokio::test]
async fn wrong_or_missing_secret_is_rejected() {
    let client = fixtures::client("app");
    let wrong = PresentedProof::Basic(Secret::new("guess"));
    let refusal = refused(&client, SECRETS, wrong).await;
    assert_eq!(refusal, Refusal::SecretWrong);
    let refusal = refused(&client, SECRETS, PresentedProof::None).await;
    assert_eq!(refusal, Refusal::SecretMissing);
}

#[tokio::test]
async fn client_must_use_its_registered_method() {
    use AuthenticationMethod as Method;
    let proofs = || {
        [
            (
                Method::ClientSecretBasic,
                PresentedProof::Basic(fixtures::secret()),
            ),
            (
                Method::ClientSecretPost,
                PresentedProof::Post(fixtures::secret()),
            ),
            (Method::PrivateKeyJwt, assertion("jwt")),
        ]
    };
    for registered in [
        Method::ClientSecretBasic,
        Method::ClientSecretPost,
        Method::PrivateKeyJwt,
    ] {
        let client = Client {
            authentication_method: Some(registered),
            keys: Some(KeySource::Registered(Jwks::new("{}"))),
            ..fixtures::client("app")
        };
        for (method, proof) in proofs() {
            if method != registered {
                let refusal = refused(&client, signed(claims()), proof).await;
                let name = Evidence::of(method.as_str());
                assert_eq!(refusal, Refusal::AuthenticationMethodNotAllowed(name));
            }
        }
    }
}

#[tokio::test]
async fn secret_authentication_never_waits() {
    let authentication = authentication(Arc::new(store()), SECRETS);
    let evidence = evidence(Some("app"), PresentedProof::Post(fixtures::secret()));
    let client = fixtures::client("app");
    let judged = authentication.authenticate(tenant(), &client, &evidence, fixtures::NOW);
    let mut judged = std::pin::pin!(judged);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(judged.as_mut().poll(&mut context).is_ready());
}
