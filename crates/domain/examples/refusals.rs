//! Prints each refusal with its error code and error description, and shows how to cause it.
//!
//! ```sh
//! cargo run -p countersign-domain --example refusals
//! ```
//!
//! Fails if a rule does not refuse, or if the list lacks a variant of [`Refusal`].

#![expect(
    clippy::print_stdout,
    reason = "the example prints each refusal to standard output"
)]

use countersign_domain::audit::operator::{Operator, Permission, Permissions};
use countersign_domain::authorize::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::authorize::demands::{DemandParameters, Demands, Prompt};
use countersign_domain::authorize::next_step::{Done, NextStep, Situation};
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::authorize::{AuthorizationRequest, ResourceOwner, UnsupportedParameter};
use countersign_domain::client::assertion::{Assertion, Audience};
use countersign_domain::client::authentication::{Credential, RegisteredClient};
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType,
    MissingChallenge, PkcePolicy, PkceRequirement,
};
use countersign_domain::decision::Decision;
use countersign_domain::evidence::Evidence;
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeExchange};
use countersign_domain::grant::custom::{CustomCredential, CustomGrant};
use countersign_domain::grant::redemption::{Insertion, Redemption};
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::grant::{Grant, GrantFacts};
use countersign_domain::identifier::{GrantId, LoginId, SessionId, Subject, UserId};
use countersign_domain::later::LaterMembers;
use countersign_domain::login::authentication::{Acr, AcrNames, Authentication, Method, Methods};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::password::may_be_chosen;
use countersign_domain::login::session::Session;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::login::{
    LoginStage, LoginStep, MOST_ATTEMPTS, MOST_ATTEMPTS_OF_USER, may_be_tried,
    may_be_tried_for_user,
};
use countersign_domain::refusal::{Refusal, Refusal as R};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::claims::TokenId;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::user::profile::Profile;
use countersign_domain::user::{Email, InvalidEmail, PasswordMark, User};
use std::error::Error;

const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;
const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

const CALLBACK: &str = "https://app.example/callback";

/// Valid authorization request. Each row below changes one thing.
const REQUEST: AuthorizationRequest<'static> = AuthorizationRequest {
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
const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: Some(CALLBACK),
    code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    resources: &[],
};

/// Latest expiration time of an assertion, without leeway.
const LATE: Timestamp = NOW.plus(Assertion::MAX_LIFETIME);

const SECRET: &str = "correct horse battery staple";

fn main() -> Result<(), Box<dyn Error>> {
    let facts = Facts::new()?;
    let mut table = Table::default();
    client_authentication(&mut table, &facts.client);
    client_assertion(&mut table, &facts.client);
    authorization_request(&mut table, &facts.client);
    authorization_code(&mut table, &facts)?;
    custom_grant(&mut table, &facts.client)?;
    refresh_token(&mut table, &facts)?;
    login(&mut table, &facts.step);
    demands(&mut table, &facts.client);
    access_token(&mut table, &facts);
    account(&mut table);
    layers_around(&mut table);
    table.finish()
}

#[rustfmt::skip] // a row, a line
fn client_authentication(table: &mut Table, client: &Client) {
    table.section("Client authentication");
    let judged = |credential, change: fn(&mut Client)| {
        let mut client = client.clone();
        change(&mut client);
        RegisteredClient::from_stored(&client).authenticate(&credential, NOW).err()
    };
    let guess = Credential::Secret(Secret::new("guess"));

    table.row(R::ClientDisabled, judged(secret(), |c| c.status = ClientStatus::Suspended));
    table.row(R::SecretMissing, judged(Credential::None, |_| ()));
    table.row(R::SecretWrong, judged(guess, |_| ()));
    table.row(R::SecretExpired(of("first")), judged(secret(), expire_secrets));
    table.row(R::SecretUnexpected, judged(secret(), |c| c.client_type = ClientType::Public));
    let by_key = client.may_authenticate_by(AuthenticationMethod::PrivateKeyJwt);
    table.row(R::AuthenticationMethodNotAllowed(of("private_key_jwt")), by_key.err());
}

#[rustfmt::skip] // a row, a line
fn client_assertion(table: &mut Table, client: &Client) {
    table.section("Client assertion");
    let audience = Audience { issuer: "https://id.example", endpoint: "https://id.example/token" };
    let judged = |change: fn(&mut Assertion)| {
        let mut assertion = Assertion {
            issuer: client.id.as_str().to_owned(),
            subject: client.id.as_str().to_owned(),
            audience: vec![audience.issuer.to_owned()],
            expires_at: LATE,
            not_before: Some(NOW),
            token_id: "1".to_owned(),
        };
        change(&mut assertion);
        assertion.check(client, audience, NOW).err()
    };

    table.row(R::AssertionOfAnotherClient(of("other")), judged(|a| "other".clone_into(&mut a.subject)));
    table.row(R::AssertionForAnotherAudience(of("urn:other")), judged(|a| a.audience = vec!["urn:other".to_owned()]));
    table.row(R::AssertionExpired(of(NOW)), judged(|a| a.expires_at = NOW));
    table.row(R::AssertionNotYetValid(of(LATE)), judged(|a| a.not_before = Some(LATE)));
}

#[rustfmt::skip] // a row, a line
fn authorization_request(table: &mut Table, client: &Client) {
    table.section("Authorization request");
    let judged = |change: fn(&mut AuthorizationRequest<'static>)| {
        let mut request = REQUEST;
        change(&mut request);
        RegisteredClient::from_stored(client).judge(&request, RequestPolicy::default()).err()
    };
    let judged_for = |change: fn(&mut Client)| {
        let mut client = client.clone();
        change(&mut client);
        RegisteredClient::from_stored(&client).judge(&REQUEST, RequestPolicy::default()).err()
    };
    let without_challenge = |change: fn(&mut Client)| {
        let mut client = client.clone();
        change(&mut client);
        let request = AuthorizationRequest { code_challenge: None, code_challenge_method: None, ..REQUEST };
        RegisteredClient::from_stored(&client).judge(&request, RequestPolicy::default()).err()
    };

    table.row(R::GrantTypeNotAllowed(of("authorization_code")), judged_for(|c| c.grant_types.clear()));
    table.row(R::RequestObjectUnsupported, judged(|r| r.unsupported = Some(UnsupportedParameter::Request)));
    table.row(R::RequestUriUnsupported, judged(|r| r.unsupported = Some(UnsupportedParameter::RequestUri)));
    table.row(R::RegistrationUnsupported, judged(|r| r.unsupported = Some(UnsupportedParameter::Registration)));
    table.row(R::ResourceNotAllowed(of("https://api.example")), judged(|r| r.resources = &["https://api.example"]));
    table.row(R::ResponseTypeMissing, judged(|r| r.response_type = ""));
    table.row(R::ResponseTypeUnsupported(of("token")), judged(|r| r.response_type = "token"));
    table.row(R::RedirectUriNotRegistered(of("https://app.example/")), judged(|r| r.redirect_uri = "https://app.example/"));
    table.row(R::RedirectUriOutsideDomains(of(CALLBACK)), judged_for(|c| c.domains = vec!["x.example".into()]));
    table.row(R::ScopeMalformed, judged(|r| r.scope = Some("two  spaces")));
    table.row(R::ScopeNotRegistered(of("admin")), judged(|r| r.scope = Some("admin")));
    table.row(R::ChallengeMissing(MissingChallenge::NoAlternative), without_challenge(|c| c.client_type = ClientType::Public));
    table.row(R::ChallengeMissing(MissingChallenge::Always), without_challenge(|c| c.pkce.required = PkceRequirement::Always));
    table.row(R::ChallengeMissing(MissingChallenge::UnlessNonce), without_challenge(|c| c.pkce.required = PkceRequirement::UnlessNonce));
    table.row(R::ChallengeMethodWithoutChallenge, judged(|r| r.code_challenge = None));
    table.row(R::ChallengeMalformed, judged(|r| r.code_challenge = Some("short")));
    table.row(R::ChallengeMethodNotAllowed(of("plain")), judged(|r| r.code_challenge_method = Some("plain")));
    table.row(R::AccessTooLong, too_long(client));
}

#[rustfmt::skip] // a row, a line
fn authorization_code(table: &mut Table, facts: &Facts) -> Result<(), Box<dyn Error>> {
    table.section("Authorization code");
    let code = &facts.code;
    let owner = RegisteredClient::from_stored(&facts.client).authenticate(&secret(), NOW)?;
    let other = RegisteredClient::from_stored(&facts.another_client).authenticate(&secret(), NOW)?;
    let judged = |caller, now, change: fn(&mut CodeExchange<'static>)| {
        let mut exchange = EXCHANGE;
        change(&mut exchange);
        code.redeem(&exchange, caller, &LIFETIMES, now).refusal().cloned()
    };
    let mut unbound = code.facts().clone();
    unbound.binding.challenge = None;
    let unbound = AuthorizationCode::from_sealed(unbound);
    let without_uri = CodeExchange { redirect_uri: None, code_verifier: None, resources: &[] };

    table.row(R::CodeOfAnotherClient(of("app")), judged(&other, NOW, |_| ()));
    table.row(R::CodeExpired, judged(&owner, code.facts().expires_at, |_| ()));
    table.row(R::RedirectUriMissing, unbound.redeem(&without_uri, &owner, &LIFETIMES, NOW).refusal().cloned());
    table.row(R::RedirectUriMismatch(of("https://app.example/")), judged(&owner, NOW, |e| e.redirect_uri = Some("https://app.example/")));
    table.row(R::VerifierMissing, judged(&owner, NOW, |e| e.code_verifier = None));
    table.row(R::VerifierMalformed, judged(&owner, NOW, |e| e.code_verifier = Some("short")));
    table.row(R::VerifierMismatch, judged(&owner, NOW, |e| e.code_verifier = REQUEST.code_challenge));
    table.row(R::VerifierUnexpected, unbound.redeem(&EXCHANGE, &owner, &LIFETIMES, NOW).refusal().cloned());
    // Checks after the grant is stored.
    let another = user([8; 16])?;
    table.row(R::UserMismatch, code.check_user(&another).err());
    let user = user([2; 16])?;
    let disabled = User { enabled: false, ..user.clone() };
    table.row(R::UserDisabled, code.check_user(&disabled).err());
    table.row(R::PasswordChanged, code.check_user(&user).err());
    // Decisions when the store already has a grant with this code's identifier.
    let lost_to = |stored: &Grant| facts.redemption.clone().stored(Insertion::Lost { stored: Some(stored) });
    let of_another_user = changed(&facts.grant, |g| g.authorization.subject = Subject::new("joe"));
    table.row(R::CodeReplayed, lost_to(&facts.grant).refusal().cloned());
    table.row(R::GrantMismatch, lost_to(&of_another_user).refusal().cloned());
    Ok(())
}

fn custom_grant(table: &mut Table, client: &Client) -> Result<(), Refusal> {
    table.section("Custom grant type");
    let voucher = GrantType::custom("urn:example:voucher");
    let mut client = client.clone();
    client.grant_types.push(voucher.clone());
    let caller = RegisteredClient::from_stored(&client).authenticate(&secret(), NOW)?;
    let asked = CustomGrant {
        grant_type: voucher,
        scope: None.into(),
        resources: &[],
    };
    let expired = CustomCredential {
        grant: GrantId::from_bytes([4; 16]),
        owner: ResourceOwner {
            subject: Subject::new("jane"),
            authentication: signed_in(),
            session: None,
            password: None,
        },
        expires_at: NOW,
    };
    let judged = caller.custom_grant(&asked, expired, &LIFETIMES, NOW);
    table.row(R::CredentialExpired, judged.refusal().cloned());
    Ok(())
}

#[rustfmt::skip] // a row, a line
fn refresh_token(table: &mut Table, facts: &Facts) -> Result<(), Refusal> {
    table.section("Refresh token");
    let owner = RegisteredClient::from_stored(&facts.client).authenticate(&secret(), NOW)?;
    let other = RegisteredClient::from_stored(&facts.another_client).authenticate(&secret(), NOW)?;
    let token = RefreshToken::from_sealed(facts.grant.id(), 0, None);
    let judged = |caller, now, scope: Option<&str>, change: fn(&mut GrantFacts)| {
        changed(&facts.grant, change).refresh(&token, scope.into(), &[], caller, &LIFETIMES, now).refusal().cloned()
    };
    let late = NOW.plus(LIFETIMES.refresh_leeway());

    table.row(R::RefreshTokenOfAnotherClient(of("app")), judged(&other, NOW, None, |_| ()));
    table.row(R::GrantRevoked, judged(&owner, NOW, None, |g| g.revoked_at = Some(NOW)));
    table.row(R::GrantExpired, judged(&owner, facts.grant.expires_at(), None, |_| ()));
    table.row(R::RefreshTokenReplayed, judged(&owner, late, None, |g| g.generation = 1));
    table.row(R::ScopeBeyondGrant(of("write")), judged(&owner, NOW, Some("read write"), |_| ()));
    Ok(())
}

#[rustfmt::skip] // a row, a line
fn login(table: &mut Table, step: &LoginStep) {
    table.section("Login");
    table.row(R::LoginStepUnknown, step.may_be_taken(LoginStage::Consent, NOW).err());
    table.row(R::LoginStepExpired, step.may_be_taken(step.stage, step.expires_at).err());
    table.row(R::LoginEnded, may_be_tried(MOST_ATTEMPTS + 1).err());
    table.row(R::OneTimeCodesExhausted, may_be_tried_for_user(MOST_ATTEMPTS_OF_USER + 1).err());
}

#[rustfmt::skip] // a row, a line
fn demands(table: &mut Table, client: &Client) {
    table.section("OpenID Connect request");
    let none = DemandParameters::default();
    let judged = |change: fn(&mut DemandParameters<'_>)| {
        let mut parameters = none;
        change(&mut parameters);
        Demands::judge(&parameters, AcrNames::new(&[])).err()
    };
    table.row(R::PromptUnknown(of("create")), judged(|p| p.prompt = Some("create")));
    table.row(R::PromptContradictory, judged(|p| p.prompt = Some("none login")));
    table.row(R::MaxAgeMalformed(of("soon")), judged(|p| p.max_age = Some("soon")));
    table.row(R::AcrNotReached, judged(|p| p.essential_acr = Some(&["unknown"])));

    let session = session();
    let Some(redirect_uri) = client.redirect_uris.first() else { return };
    let asked = |prompt: Prompt, session: Option<&Session>, done: Done| {
        let demands = Demands { prompt, ..Demands::default() };
        let within_reach = Acr::ONE_FACTOR;
        let situation = Situation { session, consent: None, redirect_uri, done, within_reach, now: NOW };
        match demands.next_step(client, &client.scope, &situation) {
            NextStep::Refuse(refusal) => Some(refusal),
            _ => None,
        }
    };
    let silent = Prompt { none: true, ..Prompt::default() };
    let agreed = Done { consented: true, ..Done::default() };
    let choosing = Prompt { select_account: true, ..silent };
    table.row(R::LoginRequired, asked(silent, None, agreed));
    table.row(R::ConsentRequired, asked(silent, Some(&session), Done::default()));
    table.row(R::AccountSelectionRequired, asked(choosing, Some(&session), agreed));
}

#[rustfmt::skip] // a row, a line
fn access_token(table: &mut Table, facts: &Facts) {
    table.section("Presented access token");
    let (client, grant) = (&facts.client, &facts.grant);
    let token = AccessToken {
        issuer: "https://id.example".into(),
        subject: grant.authorization().subject.clone(),
        audience: vec![client.id.as_str().into()],
        client: client.id.clone(),
        scope: grant.authorization().scope().clone(),
        issued_at: NOW,
        expires_at: NOW.plus(LIFETIMES.access_token()),
        token_id: TokenId { grant: Some(grant.id()), unique: [1; 12], mac: None, },
        gty: None,
        actor: None,
        custom: CustomClaims::none(),
    };
    let open = AccessToken { scope: Scope::parse("openid").unwrap_or_default(), ..token.clone() };
    table.row(R::AccessTokenUnknown, token.check("https://other.example", NOW).err());
    table.row(R::AccessTokenExpired, token.check(&token.issuer, token.expires_at).err());
    table.row(R::AccessTokenRevoked, token.check_grant(None, NOW).err());
    table.row(R::OpenIdScopeMissing, token.release(Some(grant), client).err());
    table.row(R::AccessTokenWithoutOwner, open.release(None, client).err());
    table.row(R::AccessTokenForAnotherResource, for_resource(grant).and_then(|grant| token.to_act_on(Some(&grant)).err()));
    table.row(R::ClientNotForAdministration, AccessToken { audience: ["https://auth.example/admin/v1".into()].into(), ..token.clone() }.may_administer(client, "https://auth.example/admin/v1").err());
}

#[rustfmt::skip] // a row, a line
fn account(table: &mut Table) {
    table.section("Account");
    let session = session();
    table.row(R::AuthenticationStale, session.is_fresh(NOW.plus(Session::FRESH)).err());
    table.row(R::PasswordWeak(Weakness::Short), may_be_chosen("short").err());
    table.row(R::FactorsOff, MfaPolicy::Off.may_enroll().err());
    table.row(R::FactorMissing, MfaPolicy::Required.may_do_without().err());
    table.row(R::FactorDemanded, MfaPolicy::Required.may_remove(1).err());
    let mut operator = Operator::command_line("root");
    operator.has_second_factor = false;
    table.row(R::SecondFactorStale, operator.may(Permission::KeysWrite).err());
    operator.permissions = Permissions::NONE;
    table.row(R::PermissionMissing(of("users:write")), operator.may(Permission::UsersWrite).err());
}

fn for_resource(grant: &Grant) -> Option<Grant> {
    let resource = Resource::parse("https://api.example").ok()?;
    Some(changed(grant, |g| {
        g.authorization.access.resources = vec![resource];
    }))
}

fn user(id: [u8; 16]) -> Result<User, InvalidEmail> {
    Ok(User {
        id: UserId::from_bytes(id),
        email: Email::parse("jane@example.com")?,
        email_verified: false,
        name: None,
        profile: Profile::default(),
        enabled: true,
        password_hash: None,
        sealed_totp_secret: None,
        created_at: NOW,
        self_registered: false,
        version: 0,
        later: LaterMembers::default(),
    })
}

fn session() -> Session {
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

fn signed_in() -> Authentication {
    Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD))
}

/// Returns the refusal of a request with more resources than a code can hold.
fn too_long(client: &Client) -> Option<Refusal> {
    let texts: Vec<String> = (0..99).map(|number| format!("urn:{number:099}")).collect();
    let resources: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut client = client.clone();
    let registered: Result<Vec<Resource>, _> =
        texts.iter().map(|text| Resource::parse(text)).collect();
    client.resources = registered.ok()?;
    let request = AuthorizationRequest {
        resources: &resources,
        ..REQUEST
    };
    RegisteredClient::from_stored(&client)
        .judge(&request, RequestPolicy::default())
        .err()
}

/// Evidence of a refusal.
fn of(value: impl std::fmt::Display) -> Evidence {
    Evidence::of(value)
}

/// Refusals that the domain defines and other layers detect.
fn layers_around(table: &mut Table) {
    table.section("Detected by other layers");
    table.row_of_a_layer(
        R::ClientUnknown(of("nobody")),
        "the store has no such client",
    );
    table.row_of_a_layer(
        R::AuthenticationMethodAmbiguous,
        "the header and the body contain credentials",
    );
    table.row_of_a_layer(
        R::AssertionTypeUnsupported(of("urn:x")),
        "the type is not that of a JWT",
    );
    table.row_of_a_layer(R::AssertionMalformed, "the JWT does not parse");
    table.row_of_a_layer(R::AssertionKeyUnknown, "no registered key has the kid");
    table.row_of_a_layer(
        R::AssertionSignatureWrong,
        "no registered key matches the signature",
    );
    table.row_of_a_layer(
        R::KeysUnavailable(of("app.example: the request timed out")),
        "the key set of the client cannot be fetched",
    );
    table.row_of_a_layer(R::AssertionReplayed, "the store already has its jti");
    table.row_of_a_layer(R::CodeUnknown, "unsealing failed");
    table.row_of_a_layer(R::RefreshTokenUnknown, "unsealing failed");
    table.row_of_a_layer(R::GrantUnknown, "the store has no such grant");
    table.row_of_a_layer(
        R::SessionEnded,
        "the session ended after the code was issued",
    );
    table.row_of_a_layer(R::LoginFailed, "the password does not match the hash");
    table.row_of_a_layer(R::LoginStepUsed, "the store has a later step");
    table.row_of_a_layer(R::OneTimeCodeWrong, "no time step matches the code");
    table.row_of_a_layer(
        R::ResponseModeUnsupported(of("carrier_pigeon")),
        "the server does not support the mode",
    );
    table.row_of_a_layer(R::ClaimsMalformed, "the JSON does not parse");
    table.row_of_a_layer(R::IdTokenHintUnknown, "no key of this server signed it");
    table.row_of_a_layer(R::IdTokenHintMissing, "a logout request names no client");
    table.row_of_a_layer(
        R::PostLogoutRedirectUriNotRegistered(of("https://app.example/")),
        "a logout request has another URI than the client",
    );
    table.row_of_a_layer(R::ConsentRefused, "the user denied consent");
}

/// Valid facts. Each row changes one thing.
struct Facts {
    client: Client,
    another_client: Client,
    code: AuthorizationCode,
    redemption: Redemption,
    grant: Grant,
    step: LoginStep,
}

impl Facts {
    fn new() -> Result<Self, Box<dyn Error>> {
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

fn client(id: &str) -> Result<Client, Box<dyn Error>> {
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
        owner: None,
        openid: OpenIdRegistration::default(),
        access_token_lifetime: None,
        created_at: NOW,
        version: 0,
        later: LaterMembers::default(),
    })
}

/// Returns the grant as a store would have it after `change`.
fn changed(grant: &Grant, change: impl FnOnce(&mut GrantFacts)) -> Grant {
    let mut facts = grant.facts().clone();
    change(&mut facts);
    Grant::from_stored(facts)
}

fn expire_secrets(client: &mut Client) {
    for secret in &mut client.secrets {
        secret.expires_at = Some(NOW);
    }
}

fn secret() -> Credential {
    Credential::Secret(Secret::new(SECRET))
}

/// Returns the variant name of a refusal, without its evidence.
fn name(rule: &Refusal) -> String {
    let text = format!("{rule:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

/// Returns the name that a rule must have: `CodeReplayed` becomes `code_replayed`.
fn expected_name(variant: &str) -> String {
    let mut name = String::new();
    for character in variant.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// Prints a row for each refusal and collects failures.
#[derive(Default)]
struct Table {
    shown: Vec<Refusal>,
    faults: Vec<String>,
}

impl Table {
    fn section(&mut self, title: &str) {
        let gap = if self.shown.is_empty() { "" } else { "\n" };
        println!("{gap}{title}");
    }

    /// Adds a refusal of the domain. `judged` is the actual outcome.
    fn row(&mut self, rule: Refusal, judged: impl Into<Option<Refusal>>) {
        let judged = judged.into();
        if judged.as_ref() != Some(&rule) {
            self.faults.push(format!(
                "expected {rule:?}, but the actual outcome was {judged:?}"
            ));
        }
        self.print(rule, "");
    }

    /// Adds a refusal of another layer. `finding` is how that layer detects it.
    fn row_of_a_layer(&mut self, rule: Refusal, finding: &str) {
        self.print(rule, &format!(" ({finding})"));
    }

    fn print(&mut self, rule: Refusal, finding: &str) {
        if rule.name() != expected_name(&name(&rule)) {
            self.faults
                .push(format!("{rule:?} has the name {}", rule.name()));
        }
        let value = rule.evidence().map(|value| format!("; log: {value}"));
        println!(
            "  {:<31} {:<25} {rule}{finding}{}",
            name(&rule),
            rule.code().as_str(),
            value.unwrap_or_default()
        );
        self.shown.push(rule);
    }

    /// Compares the rows with the variants of [`Refusal`] in its source.
    fn finish(mut self) -> Result<(), Box<dyn Error>> {
        let source = include_str!("../src/refusal.rs");
        let variants = source
            .split("pub enum Refusal {")
            .nth(1)
            .and_then(|rest| rest.split('}').next());
        let variants = variants.ok_or("src/refusal.rs has no enum Refusal")?;
        for line in variants.lines().map(str::trim) {
            let Some(variant) = line.strip_suffix(',') else {
                continue;
            };
            let name = variant.strip_suffix("(Evidence)").unwrap_or(variant);
            let is_shown = self.shown.iter().any(|rule| self::name(rule) == name);
            if name.chars().all(char::is_alphanumeric) && !is_shown {
                self.faults.push(format!("{name} is not shown"));
            }
        }
        if self.faults.is_empty() {
            println!("\nAll {} rules refused as expected.", self.shown.len());
            Ok(())
        } else {
            Err(self.faults.join("; ").into())
        }
    }
}
