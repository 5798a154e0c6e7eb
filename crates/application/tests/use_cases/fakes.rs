//! Fixed clock, entropy, signer and codecs.

use countersign_application::{
    Clients, GrantRequest, ResponseForm, SecretUses, TokenIssuer, TokenRequest, TokenSettings,
};
use countersign_domain::authentication::Authentication;
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::claims::{
    AccessTokenClaims, IdTokenClaims, LogoutTokenClaims, SessionTokenClaims,
};
use countersign_domain::claims_request::RequestedClaims;
use countersign_domain::client::ClientId;
use countersign_domain::client_authentication::Credential;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refresh_token::RefreshToken;
use countersign_domain::scope::Scope;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    AuthorizationCodeCodec, Clock, Document, Entropy, RefreshTokenCodec, RefreshTokenForm, Signer,
    SigningError, Store,
};
use countersign_store_contract::fixtures;
use std::sync::Arc;

/// Always the same.
pub(crate) struct Fixed;

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
        claims: &AccessTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} for {}", algorithm.as_str(), claims.subject))
    }

    async fn sign_id_token(
        &self,
        claims: &IdTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} of {}", algorithm.as_str(), claims.subject))
    }

    async fn sign_session_token(
        &self,
        claims: &SessionTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} in {}", algorithm.as_str(), claims.session))
    }

    async fn sign_logout_token(
        &self,
        claims: &LogoutTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} without {}", algorithm.as_str(), claims.session))
    }

    async fn sign_document(
        &self,
        document: &Document<'_>,
        client: &ClientId,
        algorithm: SigningAlgorithm,
    ) -> Result<String, SigningError> {
        Ok(format!("{} {document:?} to {client}", algorithm.as_str()))
    }
}

/// Opens `code` alone, as a code of grant 1 without a challenge.
impl AuthorizationCodeCodec for Fixed {
    fn seal(&self, _: &AuthorizationCode) -> String {
        "code".into()
    }

    fn open(&self, text: &str) -> Option<AuthorizationCode> {
        let requested = RequestedGrant {
            client: fixtures::client_id("app"),
            redirect_uri: RedirectUri::parse("https://app.example/callback").ok()?,
            scope: Scope::parse("openid read").ok()?,
            challenge: None,
            nonce: None,
            claims: RequestedClaims::default(),
            resources: Vec::new(),
        };
        (text == "code").then(|| AuthorizationCode {
            grant: fixtures::grant_id(1),
            subject: Subject::new("jane"),
            requested,
            authentication: fixtures::grant(1).authentication,
            password: None,
            expires_at: fixtures::later(600),
        })
    }
}

/// The code of [`Fixed`], of a user of this server, in a session if there is one.
pub(crate) struct CodeOf(pub(crate) UserId, pub(crate) Option<SessionId>);

impl AuthorizationCodeCodec for CodeOf {
    fn seal(&self, code: &AuthorizationCode) -> String {
        AuthorizationCodeCodec::seal(&Fixed, code)
    }

    fn open(&self, text: &str) -> Option<AuthorizationCode> {
        let code = AuthorizationCodeCodec::open(&Fixed, text)?;
        Some(AuthorizationCode {
            subject: self.0.into(),
            authentication: Authentication {
                session: self.1,
                ..code.authentication
            },
            ..code
        })
    }
}

/// A refresh token of grant 1 is its generation in digits.
impl RefreshTokenCodec for Fixed {
    fn encode(&self, token: &RefreshToken, _: RefreshTokenForm) -> String {
        token.generation.to_string()
    }

    fn decode(&self, text: &str) -> Option<RefreshToken> {
        let generation = text.parse().ok()?;
        Some(RefreshToken::of(&fixtures::grant(1), generation))
    }
}

pub(crate) fn issuer<S: Store>(store: S) -> TokenIssuer<S, Fixed> {
    let store = Arc::new(store);
    TokenIssuer {
        clients: Arc::new(Clients::new(store.clone())),
        store,
        secret_uses: Arc::new(SecretUses::default()),
        signer: Arc::new(Fixed),
        codes: Arc::new(Fixed),
        refresh_tokens: Arc::new(Fixed),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
        settings: TokenSettings {
            issuer: "https://auth.example".into(),
            lifetimes: Lifetimes::DEFAULT,
            signing_algorithm: SigningAlgorithm::Es256,
        },
    }
}

pub(crate) fn request(grant: GrantRequest) -> TokenRequest {
    TokenRequest {
        client_id: "app".into(),
        credential: Credential::Secret(fixtures::secret()),
        grant,
        resources: Vec::new(),
        form: ResponseForm {
            refresh_token: RefreshTokenForm::Opaque,
            id_token: true,
        },
    }
}

pub(crate) fn redemption() -> TokenRequest {
    request(GrantRequest::AuthorizationCode {
        code: "code".into(),
        redirect_uri: "https://app.example/callback".into(),
        code_verifier: None,
    })
}

pub(crate) fn refresh(generation: u32) -> TokenRequest {
    request(GrantRequest::RefreshToken {
        refresh_token: generation.to_string(),
        scope: None,
    })
}

pub(crate) fn client_credentials() -> TokenRequest {
    request(GrantRequest::ClientCredentials { scope: None })
}
