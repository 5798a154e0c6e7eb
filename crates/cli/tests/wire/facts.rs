//! Fixtures of the wire tests: keys, clients, a clock and passwords.

use countersign_adapters_jwt::{Codecs, MasterKeys, generate_signing_key, shared_secret};
use countersign_adapters_system::password_weakness;
use countersign_codec::FORMAT_GENERATION;
use countersign_domain::client::{Client, ClientType, GrantType, PkceRequirement};
use countersign_domain::login::weakness::Weakness;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{Clock, PasswordHasher, PasswordsBusy, Vault as _};
use countersign_store_contract::fixtures;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

pub(crate) const FORM: &str = "/oauth2/token";
pub(crate) const JSON: &str = "/v1/oauth2/token";
pub(crate) const SECRET: &str = "correct horse battery staple";
pub(crate) const CALLBACK: &str = "https://app.example/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const ISSUER: &str = "https://auth.example";

/// Tenant of the tests.
pub(crate) const TENANT: TenantId = TenantId::SINGLE;

/// Returns the tenant of a server with its initial settings.
pub(crate) fn tenant() -> Tenant {
    let single = fixtures::tenant();
    Tenant {
        issuer: ISSUER.to_owned(),
        settings: TenantSettings {
            name: "Test".to_owned(),
            signing_algorithm: SigningAlgorithm::Rs256,
            ..single.settings
        },
        ..single
    }
}

/// Keys that all tests of this process share, because RSA key generation is slow.
pub(crate) static KEYS: LazyLock<(Codecs, Vec<SigningKey>)> = LazyLock::new(|| {
    let codecs = Codecs::new(&MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap());
    let mut keys: Vec<_> = SigningAlgorithm::ASYMMETRIC
        .iter()
        .map(|algorithm| {
            generate_signing_key(
                TENANT,
                *algorithm,
                None,
                fixtures::NOW,
                fixtures::NOW,
                &codecs,
            )
            .unwrap()
        })
        .collect();
    let shared = fixtures::client_id("hs256");
    keys.push(
        generate_signing_key(
            TENANT,
            SigningAlgorithm::Hs256,
            Some(shared),
            fixtures::NOW,
            fixtures::NOW,
            &codecs,
        )
        .unwrap(),
    );
    codecs.set_common_generation(FORMAT_GENERATION);
    (codecs, keys)
});

pub(crate) fn hs256_secret() -> String {
    let (codecs, keys) = &*KEYS;
    shared_secret(TENANT, keys.last().unwrap(), codecs)
        .unwrap()
        .expose_secret()
        .to_owned()
}

pub(crate) struct TestClock(pub(crate) AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// Plaintext passwords, with a count of verifications.
#[derive(Default)]
pub(crate) struct CountedPasswords(AtomicUsize);

impl PasswordHasher for CountedPasswords {
    async fn weakness(
        &self,
        password: &Secret,
        about: Vec<String>,
    ) -> Result<Option<Weakness>, PasswordsBusy> {
        Ok(password_weakness(password, &about))
    }

    async fn hash(&self, password: &Secret) -> Result<String, PasswordsBusy> {
        Ok(password.expose_secret().to_owned())
    }

    async fn verify(&self, password: &Secret, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(hash == Some(password.expose_secret()))
    }
}

impl CountedPasswords {
    pub(crate) fn looked_at(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Returns the registered clients: a web application, a public one, a machine, one that may use `plain`, one whose
/// verifier replaces its secret, and one with a shared key.
pub(crate) fn registered() -> Vec<Client> {
    let code = vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
    let web = Client {
        grant_types: code.clone(),
        ..fixtures::client("web")
    };
    let mut loose = Client {
        id: fixtures::client_id("loose"),
        ..web.clone()
    };
    loose.pkce.required = PkceRequirement::Never;
    let mut plain = Client {
        id: fixtures::client_id("plain"),
        ..web.clone()
    };
    plain.pkce.plain_allowed = true;
    let mut verifier = Client {
        id: fixtures::client_id("verifier"),
        ..web.clone()
    };
    verifier.pkce.replaces_secret = true;
    vec![
        Client {
            id: fixtures::client_id("other"),
            ..web.clone()
        },
        Client {
            id: fixtures::client_id("app"),
            client_type: ClientType::Public,
            secrets: Vec::new(),
            ..web.clone()
        },
        Client {
            id: fixtures::client_id("hs256"),
            signing_algorithm: Some(SigningAlgorithm::Hs256),
            ..web.clone()
        },
        Client {
            id: fixtures::client_id("es256"),
            signing_algorithm: Some(SigningAlgorithm::Es256),
            ..web.clone()
        },
        Client {
            grant_types: vec![GrantType::CLIENT_CREDENTIALS],
            scope: Scope::parse("api:read api:write").unwrap(),
            redirect_uris: Vec::new(),
            ..fixtures::client("machine")
        },
        web,
        loose,
        plain,
        verifier,
    ]
}

/// Seals a secret as the command line does it.
pub(crate) fn seal(context: &str, plaintext: &[u8]) -> Vec<u8> {
    seal_in(TENANT, context, plaintext)
}

/// Seals a secret of a tenant.
pub(crate) fn seal_in(tenant: TenantId, context: &str, plaintext: &[u8]) -> Vec<u8> {
    KEYS.0.seal(tenant, context, plaintext)
}
