//! Valid facts and requests. Each row of the table changes one thing.

use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::client::authentication::{Credential, RegisteredClient};
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::decision::Decision;
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeExchange};
use countersign_domain::grant::redemption::Redemption;
use countersign_domain::grant::{Grant, GrantFacts};
use countersign_domain::identifier::{GrantId, LoginId, SessionId, UserId};
use countersign_domain::later::LaterMembers;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::login::{LoginStage, LoginStep};
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, InvalidEmail, PasswordMark, User};
use std::error::Error;

pub(crate) const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;

pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

pub(crate) const CALLBACK: &str = "https://app.example/callback";

/// Valid authorization request. Each row below changes one thing.
pub(crate) const REQUEST: AuthorizationRequest<'static> = AuthorizationRequest {
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: Some("read"),
    code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    code_challenge_method: Some("S256"),
    nonce: None,
    claims: RequestedClaims {
        userinfo: ClaimSet::NONE,
        id_token: ClaimSet::NONE,
    },
    resources: &[],
    unsupported: None,
};

/// Valid token request, with the code verifier of RFC 7636 appendix B.
pub(crate) const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: Some(CALLBACK),
    code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    resources: &[],
};

pub(crate) const SECRET: &str = "correct horse battery staple";

/// Valid facts. Each row changes one thing.
pub(crate) struct Facts {
    pub(crate) client: Client,
    pub(crate) another_client: Client,
    pub(crate) code: AuthorizationCode,
    pub(crate) redemption: Redemption,
    pub(crate) grant: Grant,
    pub(crate) step: LoginStep,
}

impl Facts {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let client = client("app")?;
        let step = LoginStep {
            login: LoginId::from_bytes([1; 16]),
            stage: LoginStage::SecondFactor,
            user: UserId::from_bytes([2; 16]),
            requested: RegisteredClient::from_stored(&client)
                .judge(&REQUEST, RequestPolicy::default())?,
            authentication: signed_in(),
            password: PasswordMark::from_bytes([5; 8]),
            expires_at: NOW.plus(LIFETIMES.login()),
        };
        let code = step.to_code(GrantId::from_bytes([3; 16]), &LIFETIMES, NOW);
        let caller = RegisteredClient::from_stored(&client).authenticate(&secret(), NOW)?;
        let Decision::Issue(redemption) = code.redeem(&EXCHANGE, &caller, &LIFETIMES, NOW) else {
            return Err("the valid token request was refused".into());
        };
        Ok(Self {
            another_client: self::client("another app")?,
            grant: redemption.grant().clone(),
            redemption,
            client,
            code,
            step,
        })
    }
}

pub(crate) fn client(id: &str) -> Result<Client, Box<dyn Error>> {
    Ok(Client {
        id: ClientId::parse(id)?,
        name: id.to_owned(),
        client_type: ClientType::Confidential,
        status: ClientStatus::Active,
        secrets: vec![ClientSecret {
            name: "first".to_owned(),
            digest: Secret::new(SECRET).digest(),
            created_at: NOW,
            expires_at: None,
            last_used_at: None,
        }],
        authentication_method: None,
        keys: None,
        grant_types: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
        scope: Scope::parse("read write")?,
        redirect_uris: vec![RedirectUri::parse(CALLBACK)?],
        domains: vec![],
        pkce: PkcePolicy::STRICT,
        signing_algorithm: None,
        audience: None,
        resources: Vec::new(),
        first_party: false,
        dynamic: None,
        owner: None,
        openid: OpenIdRegistration::default(),
        api_keys: Vec::new(),
        upstream_providers: Vec::new(),
        token_exchange: Vec::new(),
        may_act: None,
        workload_identities: Vec::new(),
        claims_policy: ClaimsPolicy::none(),
        access_token_lifetime: None,
        managed_by: None,
        created_at: NOW,
        updated_at: None,
        version: 0,
        later: LaterMembers::default(),
    })
}

/// Returns the grant as a store would have it after `change`.
pub(crate) fn changed(grant: &Grant, change: impl FnOnce(&mut GrantFacts)) -> Grant {
    let mut facts = grant.facts().clone();
    change(&mut facts);
    Grant::from_stored(facts)
}

pub(crate) fn secret() -> Credential {
    Credential::Secret(Secret::new(SECRET))
}

pub(crate) fn user(id: [u8; 16]) -> Result<User, InvalidEmail> {
    let email = Email::parse("jane@example.com")?;
    Ok(User::new(UserId::from_bytes(id), email, NOW))
}

pub(crate) fn session() -> Session {
    Session {
        id: SessionId::from_bytes([1; 16]),
        user: UserId::from_bytes([2; 16]),
        authentication: signed_in(),
        created_at: NOW,
        last_active_at: NOW,
        expires_at: NOW.plus(LIFETIMES.session()),
        ended_at: None,
        ip_address: None,
        user_agent: None,
        secret: None,
    }
}

pub(crate) fn signed_in() -> Authentication {
    Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD))
}
