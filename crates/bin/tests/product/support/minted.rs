//! Codes without logins: sealed under the server's master key, as a login would seal them.

use super::{CALLBACK, CHALLENGE, Installation, Registered};
use countersign_adapters_jwt::Codecs;
use countersign_adapters_system::{SystemClock, SystemEntropy};
use countersign_domain::authentication::{Authentication, Method, Methods};
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::scope::Scope;
use countersign_ports::{AuthorizationCodeCodec as _, Clock as _, Entropy as _};

/// Seals codes for one client.
#[derive(Clone)]
pub(crate) struct Mint {
    codecs: Codecs,
    client: ClientId,
}

impl Mint {
    pub(crate) fn new(installation: &Installation, client: &Registered) -> Self {
        Self {
            codecs: installation.codecs(),
            client: ClientId::parse(&client.id).unwrap(),
        }
    }

    /// A fresh code, and the grant that redeeming it makes.
    pub(crate) fn code(&self) -> (GrantId, String) {
        let now = SystemClock.now();
        let grant = GrantId::from_bytes(SystemEntropy::new().time_ordered_id());
        let code = AuthorizationCode {
            grant,
            subject: Subject::new("jane"),
            requested: RequestedGrant {
                client: self.client.clone(),
                redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                scope: Scope::parse("read write").unwrap(),
                challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                nonce: None,
                claims: RequestedClaims::default(),
                resources: Vec::new(),
            },
            authentication: Authentication {
                time: now,
                methods: Methods::NONE.with(Method::Password),
                session: None,
            },
            password: None,
            expires_at: now.plus(Lifetimes::DEFAULT.authorization_code),
        };
        (grant, self.codecs.seal(&code))
    }
}
