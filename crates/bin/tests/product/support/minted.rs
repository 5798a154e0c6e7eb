//! Authorization codes without logins, sealed with the server's master key.

use super::{CALLBACK, CHALLENGE, Installation, Registered};
use countersign_adapters_jwt::Codecs;
use countersign_adapters_system::{SystemClock, SystemEntropy};
use countersign_domain::authorize::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::later::LaterFacts;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_ports::{AuthorizationCodeCodec as _, Clock as _, Entropy as _};

/// Generator of authorization codes for one client.
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

    /// Returns a new code and the ID of the grant that its redemption creates.
    pub(crate) fn code(&self) -> (GrantId, String) {
        let now = SystemClock.now();
        let grant = GrantId::from_bytes(SystemEntropy::new().time_ordered_id());
        let code = AuthorizationCode::from_sealed(CodeFacts {
            grant,
            authorization: Authorization {
                access: Access {
                    client: self.client.clone(),
                    scope: Scope::parse("read write").unwrap(),
                    resources: Vec::new(),
                    claims: RequestedClaims::default(),
                    later: LaterFacts::none(),
                },
                subject: Subject::new("jane"),
                authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
                session: None,
                bound_to_verifier: true,
            },
            binding: CodeBinding {
                redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                nonce: None,
            },
            password: None,
            expires_at: now.plus(Lifetimes::DEFAULT.authorization_code()),
        });
        (grant, self.codecs.seal(TenantId::SINGLE, &code))
    }
}
