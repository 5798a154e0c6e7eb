//! What the tests of signing and of checking have in common.

use crate::{Codecs, KeyRing, MasterKeys, generate_signing_key};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::claims::{AccessTokenClaims, IdTokenClaims, TokenId};
use countersign_domain::client::ClientId;
use countersign_domain::scope::Scope;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::Vault;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

pub(crate) const TENANT: TenantId = TenantId::SINGLE;
pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_735_686_000);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// An executor of four lines: the ring must not ask for a certain one.
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

pub(crate) fn ring(keys: &[SigningKey], vault: &dyn Vault) -> KeyRing {
    let ring = KeyRing::new();
    ring.load(TENANT, keys, vault, NOW).unwrap();
    ring
}

static AUDIENCE: LazyLock<[String; 1]> = LazyLock::new(|| ["YOUR_CLIENT_ID".to_owned()]);

pub(crate) fn machine_claims(scope: &Scope) -> AccessTokenClaims<'_> {
    AccessTokenClaims {
        issuer: "https://your-app.aero2.dev",
        subject: "YOUR_CLIENT_ID",
        audience: &*AUDIENCE,
        client_id: "YOUR_CLIENT_ID",
        scope,
        issued_at: NOW,
        expires_at: NOW.plus(HOUR),
        token_id: TokenId {
            grant: None,
            unique: [1; 12],
        },
    }
}

pub(crate) fn id_claims() -> IdTokenClaims<'static> {
    IdTokenClaims {
        issuer: "https://id.example",
        subject: "jane",
        audience: "YOUR_CLIENT_ID",
        issued_at: NOW,
        expires_at: NOW.plus(HOUR),
        authentication: Authentication::new(
            Timestamp::from_unix_seconds(1_735_685_000),
            Methods::NONE.with(Method::Password),
        ),
        session: None,
        access_token: None,
        user: None,
        nonce: Some("n-0S6"),
    }
}
