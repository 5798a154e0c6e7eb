//! A refusal for each rule: what has to be wrong, the error code, and what the client reads.
//!
//! ```sh
//! cargo run -p countersign-domain --example refusals
//! ```
//!
//! Ends with an error if a rule does not refuse, or if a rule of the crate is not shown.

#![expect(
    clippy::print_stdout,
    reason = "an example is there to show what it does"
)]

use countersign_domain::access_token::AccessToken;
use countersign_domain::authentication::{Acr, Authentication, Method, Methods};
use countersign_domain::authorization_code::{AuthorizationCode, CodeExchange, Redemption};
use countersign_domain::authorization_request::demands::{DemandParameters, Demands, Prompt};
use countersign_domain::authorization_request::next_step::{Done, NextStep, Situation};
use countersign_domain::authorization_request::{AuthorizationRequest, Elsewhere};
use countersign_domain::claims::TokenId;
use countersign_domain::claims_request::{ClaimSet, RequestedClaims};
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::client_authentication::Credential;
use countersign_domain::decision::Decision;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, LoginId, SessionId, UserId};
use countersign_domain::lifetimes::Lifetimes;
use countersign_domain::login::{
    LoginStage, LoginStep, MOST_ATTEMPTS, MOST_ATTEMPTS_OF_USER, may_be_tried,
    may_be_tried_for_user,
};
use countersign_domain::mfa_policy::MfaPolicy;
use countersign_domain::openid_registration::OpenIdRegistration;
use countersign_domain::password::may_be_chosen;
use countersign_domain::profile::Profile;
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refresh_token::RefreshToken;
use countersign_domain::refusal::{Refusal, Refusal as R};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::session::Session;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, InvalidEmail, PasswordMark, User};
use std::error::Error;

const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;
const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

/// A request in order. The rows below change one thing of it.
const REQUEST: AuthorizationRequest<'static> = AuthorizationRequest {
    response_type: "code",
    redirect_uri: EXCHANGE.redirect_uri,
    scope: Some("read"),
    code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    code_challenge_method: Some("S256"),
    nonce: None,
    claims: RequestedClaims {
        userinfo: ClaimSet::NONE,
        id_token: ClaimSet::NONE,
    },
    resources: &[],
    elsewhere: None,
};

/// An exchange in order, with the code verifier of RFC 7636 appendix B.
const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: "https://app.example/callback",
    code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    resources: &[],
};

const SECRET: &str = "correct horse battery staple";

fn main() -> Result<(), Box<dyn Error>> {
    let facts = Facts::new()?;
    let mut table = Table::default();
    client_authentication(&mut table, &facts.client);
    authorization_request(&mut table, &facts.client);
    authorization_code(&mut table, &facts)?;
    refresh_token(&mut table, &facts)?;
    login(&mut table, &facts.step);
    demands(&mut table, &facts.client);
    access_token(&mut table, &facts);
    account(&mut table)?;
    layers_around(&mut table);
    table.finish()
}

#[rustfmt::skip] // a row, a line
fn client_authentication(table: &mut Table, client: &Client) {
    table.section("Client authentication");
    let judged = |credential, change: fn(&mut Client)| {
        let mut client = client.clone();
        change(&mut client);
        client.authenticate(&credential, NOW).err()
    };
    let guess = Credential::Secret(Secret::new("guess"));

    table.row(R::ClientDisabled, judged(secret(), |c| c.status = ClientStatus::Suspended));
    table.row(R::SecretMissing, judged(Credential::None, |_| ()));
    table.row(R::SecretWrong, judged(guess, |_| ()));
    table.row(R::SecretExpired, judged(secret(), expire_secrets));
    table.row(R::SecretUnexpected, judged(secret(), |c| c.client_type = ClientType::Public));
}

#[rustfmt::skip] // a row, a line
fn authorization_request(table: &mut Table, client: &Client) {
    table.section("Authorization request");
    let judged = |change: fn(&mut AuthorizationRequest<'static>)| {
        let mut request = REQUEST;
        change(&mut request);
        client.judge(&request).err()
    };
    let judged_for = |change: fn(&mut Client)| {
        let mut client = client.clone();
        change(&mut client);
        client.judge(&REQUEST).err()
    };

    table.row(R::GrantTypeNotAllowed, judged_for(|c| c.grant_types.clear()));
    table.row(R::RequestObjectUnsupported, judged(|r| r.elsewhere = Some(Elsewhere::Request)));
    table.row(R::RequestUriUnsupported, judged(|r| r.elsewhere = Some(Elsewhere::RequestUri)));
    table.row(R::RegistrationUnsupported, judged(|r| r.elsewhere = Some(Elsewhere::Registration)));
    table.row(R::ResourceNotAllowed, judged(|r| r.resources = &["https://api.example"]));
    table.row(R::ResponseTypeMissing, judged(|r| r.response_type = ""));
    table.row(R::ResponseTypeUnsupported, judged(|r| r.response_type = "token"));
    table.row(R::RedirectUriNotRegistered, judged(|r| r.redirect_uri = "https://app.example/"));
    table.row(R::RedirectUriOutsideDomains, judged_for(|c| c.domains = vec!["x.example".into()]));
    table.row(R::ScopeMalformed, judged(|r| r.scope = Some("two  spaces")));
    table.row(R::ScopeNotRegistered, judged(|r| r.scope = Some("admin")));
    table.row(R::ChallengeMissing, judged(|r| (r.code_challenge, r.code_challenge_method) = (None, None)));
    table.row(R::ChallengeMethodWithoutChallenge, judged(|r| r.code_challenge = None));
    table.row(R::ChallengeMalformed, judged(|r| r.code_challenge = Some("short")));
    table.row(R::ChallengeMethodNotAllowed, judged(|r| r.code_challenge_method = Some("plain")));
}

#[rustfmt::skip] // a row, a line
fn authorization_code(table: &mut Table, facts: &Facts) -> Result<(), Refusal> {
    table.section("Authorization code");
    let code = &facts.code;
    let owner = facts.client.authenticate(&secret(), NOW)?;
    let other = facts.another_client.authenticate(&secret(), NOW)?;
    let judged = |caller, now, change: fn(&mut CodeExchange<'static>)| {
        let mut exchange = EXCHANGE;
        change(&mut exchange);
        code.redeem(&exchange, caller, &LIFETIMES, now).refusal()
    };
    let mut unbound = code.clone();
    unbound.requested.challenge = None;

    table.row(R::CodeOfAnotherClient, judged(&other, NOW, |_| ()));
    table.row(R::CodeExpired, judged(&owner, code.expires_at, |_| ()));
    table.row(R::RedirectUriMismatch, judged(&owner, NOW, |e| e.redirect_uri = "https://app.example/"));
    table.row(R::VerifierMissing, judged(&owner, NOW, |e| e.code_verifier = None));
    table.row(R::VerifierMalformed, judged(&owner, NOW, |e| e.code_verifier = Some("short")));
    table.row(R::VerifierMismatch, judged(&owner, NOW, |e| e.code_verifier = REQUEST.code_challenge));
    table.row(R::VerifierUnexpected, unbound.redeem(&EXCHANGE, &owner, &LIFETIMES, NOW).refusal());
    // The questions to ask once the grant is stored.
    let user = user().map_err(|_| R::EmailMalformed)?;
    let disabled = User { enabled: false, ..user.clone() };
    table.row(R::UserDisabled, code.check_user(&disabled).err());
    table.row(R::PasswordChanged, code.check_user(&user).err());
    // The question to ask when the store holds a grant of this code's name already.
    table.row(R::CodeReplayed, code.replayed::<Redemption>().refusal());
    Ok(())
}

#[rustfmt::skip] // a row, a line
fn refresh_token(table: &mut Table, facts: &Facts) -> Result<(), Refusal> {
    table.section("Refresh token");
    let owner = facts.client.authenticate(&secret(), NOW)?;
    let other = facts.another_client.authenticate(&secret(), NOW)?;
    let token = RefreshToken::of(&facts.grant, 0);
    let judged = |caller, now, scope, change: fn(&mut Grant)| {
        let mut grant = facts.grant.clone();
        change(&mut grant);
        grant.refresh(&token, scope, &[], caller, &LIFETIMES, now).refusal()
    };
    let late = NOW.plus(LIFETIMES.refresh_leeway);

    table.row(R::RefreshTokenOfAnotherClient, judged(&other, NOW, None, |_| ()));
    table.row(R::GrantRevoked, judged(&owner, NOW, None, |g| g.revoked_at = Some(NOW)));
    table.row(R::GrantExpired, judged(&owner, facts.grant.expires_at, None, |_| ()));
    table.row(R::RefreshTokenReplayed, judged(&owner, late, None, |g| g.generation = 1));
    table.row(R::ScopeBeyondGrant, judged(&owner, NOW, Some("read write"), |_| ()));
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

/// Rules that the domain names, and that only the code around it can see broken.
#[rustfmt::skip] // a row, a line
fn demands(table: &mut Table, client: &Client) {
    table.section("OpenID Connect request");
    let none = DemandParameters::default();
    let judged = |change: fn(&mut DemandParameters<'_>)| {
        let mut parameters = none;
        change(&mut parameters);
        Demands::judge(&parameters).err()
    };
    table.row(R::PromptUnknown, judged(|p| p.prompt = Some("create")));
    table.row(R::PromptContradictory, judged(|p| p.prompt = Some("none login")));
    table.row(R::MaxAgeMalformed, judged(|p| p.max_age = Some("soon")));
    table.row(R::AcrNotReached, judged(|p| p.essential_acr = Some(&["unknown"])));

    let session = session();
    let Some(redirect_uri) = client.redirect_uris.first() else { return };
    let asked = |prompt: Prompt, session: Option<&Session>, done: Done| {
        let demands = Demands { prompt, ..Demands::default() };
        let within_reach = Acr::OneFactor;
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
    table.section("Access token that comes back");
    let (client, grant) = (&facts.client, &facts.grant);
    let token = AccessToken {
        issuer: "https://id.example".into(),
        subject: grant.subject.clone(),
        audience: vec![client.id.as_str().into()],
        client: client.id.clone(),
        scope: grant.scope.clone(),
        issued_at: NOW,
        expires_at: NOW.plus(LIFETIMES.access_token),
        token_id: TokenId { grant: Some(grant.id), unique: [1; 12] },
    };
    let open = AccessToken { scope: Scope::parse("openid").unwrap_or_default(), ..token.clone() };
    table.row(R::AccessTokenUnknown, token.check("https://other.example", NOW).err());
    table.row(R::AccessTokenExpired, token.check(&token.issuer, token.expires_at).err());
    table.row(R::AccessTokenRevoked, token.check_grant(None, NOW).err());
    table.row(R::OpenIdScopeMissing, token.release(Some(grant), client).err());
    table.row(R::AccessTokenWithoutOwner, open.release(None, client).err());
    table.row(R::AccessTokenForAnotherResource, for_resource(grant).and_then(|grant| token.to_act_on(Some(&grant)).err()));
    table.row(R::ClientNotFirstParty, client.may_manage_sessions().err());
}

#[rustfmt::skip] // a row, a line
fn account(table: &mut Table) -> Result<(), Box<dyn Error>> {
    table.section("Account");
    let (session, email) = (session(), Email::parse("jane@example.com")?);
    table.row(R::AuthenticationStale, session.is_fresh(NOW.plus(Session::FRESH)).err());
    table.row(R::PasswordWeak, may_be_chosen("short", &email).err());
    table.row(R::FactorsOff, MfaPolicy::Off.may_enroll().err());
    table.row(R::FactorMissing, MfaPolicy::Required.may_do_without().err());
    table.row(R::FactorDemanded, MfaPolicy::Required.may_remove(1).err());
    Ok(())
}

fn for_resource(grant: &Grant) -> Option<Grant> {
    let resource = Resource::parse("https://api.example").ok()?;
    Some(Grant {
        resources: vec![resource],
        ..grant.clone()
    })
}

fn user() -> Result<User, InvalidEmail> {
    Ok(User {
        id: UserId::from_bytes([2; 16]),
        email: Email::parse("jane@example.com")?,
        email_verified: false,
        name: None,
        profile: Profile::default(),
        enabled: true,
        password_hash: None,
        sealed_totp_secret: None,
        created_at: NOW,
    })
}

fn session() -> Session {
    Session {
        id: SessionId::from_bytes([1; 16]),
        user: UserId::from_bytes([2; 16]),
        authenticated_at: NOW,
        methods: Methods::NONE.with(Method::Password),
        created_at: NOW,
        last_active_at: NOW,
        expires_at: NOW.plus(LIFETIMES.session),
        ended_at: None,
        ip_address: None,
        user_agent: None,
    }
}

fn layers_around(table: &mut Table) {
    table.section("Named by the domain, found by the layers around it");
    table.row_of_a_layer(R::ClientUnknown, "the store has no such client");
    table.row_of_a_layer(R::CodeUnknown, "the seal does not open");
    table.row_of_a_layer(R::RefreshTokenUnknown, "the seal does not open");
    table.row_of_a_layer(R::GrantUnknown, "the store has no such grant");
    table.row_of_a_layer(
        R::SessionEnded,
        "the store says so, after the code was issued",
    );
    table.row_of_a_layer(R::LoginFailed, "the hash is of another password");
    table.row_of_a_layer(R::LoginStepUsed, "the store says the login is further");
    table.row_of_a_layer(R::OneTimeCodeWrong, "no time step yields the code");
    table.row_of_a_layer(R::ResponseModeUnsupported, "the wire knows no such mode");
    table.row_of_a_layer(R::ClaimsMalformed, "the JSON does not parse");
    table.row_of_a_layer(R::IdTokenHintUnknown, "no key of ours has signed it");
    table.row_of_a_layer(R::ConsentRefused, "the user said no");
    table.row_of_a_layer(R::EmailMalformed, "no address in it");
    table.row_of_a_layer(R::EmailTaken, "the store has a user of this address");
    table.row_of_a_layer(R::CountryMalformed, "not three letters");
    table.row_of_a_layer(R::FactorPresent, "the store has one for this user");
    table.row_of_a_layer(R::PasskeyRefused, "the ceremony does not end well");
    table.row_of_a_layer(R::InformationScopeMissing, "the token has no such scope");
    table.row_of_a_layer(R::RegistrationClosed, "the settings name no client for it");
}

/// What the rules are asked about: everything here is in order until a row changes one thing.
struct Facts {
    client: Client,
    another_client: Client,
    code: AuthorizationCode,
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
            requested: client.judge(&REQUEST)?,
            authentication: Authentication {
                time: NOW,
                methods: Methods::NONE.with(Method::Password),
                session: None,
            },
            password: PasswordMark::from_bytes([5; 8]),
            expires_at: NOW.plus(LIFETIMES.login),
        };
        let code = step.to_code(GrantId::from_bytes([3; 16]), &LIFETIMES, NOW);
        let caller = client.authenticate(&secret(), NOW)?;
        let Decision::Issue(redemption) = code.redeem(&EXCHANGE, &caller, &LIFETIMES, NOW) else {
            return Err("the exchange that every row changes is refused itself".into());
        };
        Ok(Self {
            another_client: self::client("another app")?,
            grant: redemption.grant,
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
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        scope: Scope::parse("read write")?,
        redirect_uris: vec![RedirectUri::parse(EXCHANGE.redirect_uri)?],
        domains: vec![],
        pkce: PkcePolicy::STRICT,
        signing_algorithm: None,
        audience: None,
        resources: Vec::new(),
        first_party: false,
        openid: OpenIdRegistration::default(),
        access_token_lifetime: None,
        created_at: NOW,
    })
}

fn expire_secrets(client: &mut Client) {
    for secret in &mut client.secrets {
        secret.expires_at = Some(NOW);
    }
}

fn secret() -> Credential {
    Credential::Secret(Secret::new(SECRET))
}

/// Prints a row for each rule and remembers what went wrong.
#[derive(Default)]
struct Table {
    shown: Vec<String>,
    faults: Vec<String>,
}

impl Table {
    fn section(&mut self, title: &str) {
        let gap = if self.shown.is_empty() { "" } else { "\n" };
        println!("{gap}{title}");
    }

    /// A rule of the domain, and what the domain said.
    fn row(&mut self, rule: Refusal, judged: Option<Refusal>) {
        if judged != Some(rule) {
            self.faults.push(format!(
                "{rule:?} was to refuse, and the verdict was {judged:?}"
            ));
        }
        self.print(rule, &rule.to_string());
    }

    /// A rule of another layer, and how that one finds out.
    fn row_of_a_layer(&mut self, rule: Refusal, finding: &str) {
        self.print(rule, &format!("{rule} ({finding})"));
    }

    fn print(&mut self, rule: Refusal, description: &str) {
        let name = format!("{rule:?}");
        println!("  {name:<31} {:<25} {description}", rule.code().as_str());
        self.shown.push(name);
    }

    /// Holds the rows against the variants of [`Refusal`], as its source names them.
    fn finish(mut self) -> Result<(), Box<dyn Error>> {
        let source = include_str!("../src/refusal.rs");
        let variants = source
            .split("pub enum Refusal {")
            .nth(1)
            .and_then(|rest| rest.split('}').next());
        let variants = variants.ok_or("src/refusal.rs has no enum Refusal")?;
        for line in variants.lines().map(str::trim) {
            let Some(name) = line.strip_suffix(',') else {
                continue;
            };
            if name.chars().all(char::is_alphanumeric) && !self.shown.iter().any(|own| own == name)
            {
                self.faults.push(format!("{name} is not shown"));
            }
        }
        if self.faults.is_empty() {
            println!(
                "\n{} rules, each refused as it should be.",
                self.shown.len()
            );
            Ok(())
        } else {
            Err(self.faults.join("; ").into())
        }
    }
}
