//! Fake clock, entropy, signer and codecs with fixed results.

use countersign_application::{App, ClientEvidence, GrantRequest, ResponseForm, TokenRequest};
use countersign_domain::client::ClientId;
use countersign_domain::client::presented::PresentedProof;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::{AccessTokenClaims, IdTokenClaims, LogoutTokenClaims};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::{
    AuthorizationCodeCodec, Clock, Document, Entropy, OpenError, RefreshTokenCodec,
    RefreshTokenForm, SessionTokenClaims, Signer, SigningError, Store,
};
use countersign_store_contract::fixtures;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU8, Ordering};

/// Fake with fixed results.
pub(crate) struct Fixed;

/// Adapters with fixed results, on a store of the test.
pub(crate) struct Fakes<S>(PhantomData<S>);

impl<S: Store> App for Fakes<S> {
    type Store = S;
    type Signer = Fixed;
    type PasswordHasher = Fixed;
}

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        fixtures::NOW
    }
}

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }

    fn time_ordered_id(&self) -> [u8; 16] {
        [7; 16]
    }
}

impl Signer for Fixed {
    async fn sign_access_token(
        &self,
        _: TenantId,
        claims: &AccessTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let subject = claims.issuance.subject.as_str();
        Ok(format!("{} for {subject}", algorithm.as_str()))
    }

    async fn sign_id_token(
        &self,
        _: TenantId,
        claims: &IdTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        let subject = claims.issuance.subject.as_str();
        Ok(format!("{} of {subject}", algorithm.as_str()))
    }

    async fn sign_session_token(
        &self,
        _: TenantId,
        claims: &SessionTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} in {}", algorithm.as_str(), claims.session))
    }

    async fn sign_logout_token(
        &self,
        _: TenantId,
        claims: &LogoutTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} without {}", algorithm.as_str(), claims.session))
    }

    async fn sign_document(
        &self,
        _: TenantId,
        document: &Document<'_>,
        client: &ClientId,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} {document:?} to {client}", algorithm.as_str()))
    }
}

/// Value sealed by a later version of the server.
pub(crate) const LATER: &str = "of a later version";

/// Opens only `text`. Fails with [`OpenError::Later`] for [`LATER`].
pub(crate) fn open<T>(sealed: &str, text: &str, value: impl FnOnce() -> T) -> Result<T, OpenError> {
    match sealed {
        LATER => Err(OpenError::Later),
        sealed if sealed == text => Ok(value()),
        _ => Err(OpenError::Unknown),
    }
}

/// Opens only `code`, as an authorization code of grant 1 without a challenge.
impl AuthorizationCodeCodec for Fixed {
    fn seal(&self, _: TenantId, _: &AuthorizationCode) -> String {
        "code".into()
    }

    fn open(&self, _: TenantId, text: &str) -> Result<AuthorizationCode, OpenError> {
        open(text, "code", || {
            AuthorizationCode::from_sealed(CodeFacts {
                grant: fixtures::grant_id(1),
                authorization: fixtures::authorization(),
                binding: CodeBinding {
                    redirect_uri: RedirectUri::parse("https://app.example/callback").unwrap(),
                    challenge: None,
                    nonce: None,
                },
                password: None,
                expires_at: fixtures::later(600),
            })
        })
    }
}

/// Codec for the code of [`Fixed`], issued to this user and in this session, if any.
pub(crate) struct CodeOf(pub(crate) UserId, pub(crate) Option<SessionId>);

impl AuthorizationCodeCodec for CodeOf {
    fn seal(&self, tenant: TenantId, code: &AuthorizationCode) -> String {
        AuthorizationCodeCodec::seal(&Fixed, tenant, code)
    }

    fn open(&self, tenant: TenantId, text: &str) -> Result<AuthorizationCode, OpenError> {
        let code = AuthorizationCodeCodec::open(&Fixed, tenant, text)?;
        let mut facts = code.facts().clone();
        facts.authorization.subject = self.0.into();
        facts.authorization.session = self.1;
        Ok(AuthorizationCode::from_sealed(facts))
    }
}

/// Encodes a refresh token of grant 1 as its generation in digits. With the prefix `long`, it has no authorization.
impl RefreshTokenCodec for Fixed {
    fn encode(&self, _: TenantId, token: &RefreshToken, _: RefreshTokenForm) -> String {
        token.generation().to_string()
    }

    fn decode(&self, _: TenantId, text: &str) -> Result<RefreshToken, OpenError> {
        let (digits, is_long) = match text.strip_prefix("long ") {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let generation = digits.parse().ok();
        let authorization = (!is_long).then(fixtures::authorization);
        let grant = fixtures::grant_id(1);
        let token = generation
            .map(|generation| RefreshToken::from_sealed(grant, generation, authorization));
        match token {
            Some(token) => Ok(token),
            None if text == LATER => Err(OpenError::Later),
            None => Err(OpenError::Unknown),
        }
    }
}

/// Returns the credentials of a client with the secret of the fixtures.
pub(crate) fn evidence(client: &str) -> ClientEvidence {
    ClientEvidence {
        client_id: Some(client.to_owned()),
        proof: PresentedProof::Post(fixtures::secret()),
        endpoint: "/oauth2/token",
    }
}

pub(crate) fn request(grant: GrantRequest) -> TokenRequest {
    TokenRequest {
        evidence: evidence("app"),
        grant,
        resources: Vec::new(),
        form: ResponseForm {
            refresh_token: RefreshTokenForm::Opaque,
            id_token: true,
        },
    }
}

pub(crate) fn redemption() -> TokenRequest {
    redemption_of("code")
}

pub(crate) fn redemption_of(code: &str) -> TokenRequest {
    request(GrantRequest::AuthorizationCode {
        code: code.into(),
        redirect_uri: Some("https://app.example/callback".into()),
        code_verifier: None,
    })
}

pub(crate) fn refresh(generation: u32) -> TokenRequest {
    refresh_of(&generation.to_string())
}

pub(crate) fn refresh_of(token: &str) -> TokenRequest {
    request(GrantRequest::RefreshToken {
        refresh_token: token.into(),
        scope: None,
    })
}

pub(crate) fn client_credentials() -> TokenRequest {
    request(GrantRequest::ClientCredentials { scope: None })
}

/// Entropy that returns a different value on each call.
#[derive(Default)]
pub(crate) struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::SeqCst));
    }

    fn time_ordered_id(&self) -> [u8; 16] {
        [self.0.fetch_add(1, Ordering::SeqCst); 16]
    }
}
