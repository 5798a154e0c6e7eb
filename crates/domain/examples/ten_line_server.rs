//! A server in ten lines: three grant types on a map of grants. Prints each step, including the detection of a stolen
//! refresh token.
//!
//! ```sh
//! cargo run -p countersign-domain --example ten_line_server
//! ```
//!
//! A real server also needs HTTP endpoints, keys to seal codes and refresh tokens and to sign JWTs, and a store for
//! concurrent requests.

#![expect(
    clippy::print_stdout,
    reason = "the example prints each step to standard output"
)]

use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::authorize::{AuthorizationRequest, ResourceOwner};
use countersign_domain::client::authentication::{Caller, Credential, RegisteredClient};
use countersign_domain::client::openid_registration::OpenIdRegistration;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType, PkcePolicy,
};
use countersign_domain::decision::{Decision, Race};
use countersign_domain::grant::Grant;
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeExchange};
use countersign_domain::grant::redemption::Insertion;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::later::LaterMembers;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::token::issuance::Issuance;
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;

const CALLBACK: &str = "https://notes.example/callback";

/// Token request with the code verifier of RFC 7636 appendix B. [`CHALLENGE`] is its code challenge.
const EXCHANGE: CodeExchange<'static> = CodeExchange {
    redirect_uri: Some(CALLBACK),
    code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    resources: &[],
};
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Secret of both clients. A real secret is 256 random bits.
const SECRET: &str = "correct horse battery staple";

type Answer = Result<Issuance, Refusal>;

/// Server with one row per grant. Its ten lines are numbered.
#[derive(Default)]
struct Server {
    grants: HashMap<GrantId, Grant>,
}

impl Server {
    fn client_credentials(&mut self, caller: &Caller<'_>, now: Timestamp) -> Answer {
        self.carry_out(
            caller.client_credentials(None.into(), &[], &LIFETIMES, now),
            now,
        ) // 1
    }

    fn redeem(&mut self, code: &AuthorizationCode, caller: &Caller<'_>, now: Timestamp) -> Answer {
        let redemption = self.carry_out(code.redeem(&EXCHANGE, caller, &LIFETIMES, now), now)?; // 2
        let id = redemption.grant().id(); // 3
        let stored = self.grants.get(&id); // 4
        if stored.is_some() {
            let decision = redemption.stored(Insertion::Lost { stored }); // 5
            return self.carry_out(decision, now);
        }
        self.grants.insert(id, redemption.grant().clone()); // 6
        self.carry_out(redemption.stored(Insertion::Won), now) // 7
    }

    fn refresh(&mut self, token: &RefreshToken, caller: &Caller<'_>, now: Timestamp) -> Answer {
        let grant = self.grants.get(&token.grant()); // 8
        let grant = grant.ok_or(Refusal::GrantUnknown)?;
        let decision = grant.refresh(token, None.into(), &[], caller, &LIFETIMES, now); // 9
        let refreshed = self.carry_out(decision, now)?;
        let race = self.rotate(refreshed.rotation());
        refreshed.stored(race).ok_or(Refusal::GrantUnknown) // 10
    }

    /// Carries out a decision. A real store needs one statement for this, and one for [`Server::rotate`].
    fn carry_out<T>(&mut self, decision: Decision<T>, now: Timestamp) -> Result<T, Refusal> {
        match decision {
            Decision::Issue(issue) => Ok(issue),
            Decision::Refuse(refusal) => Err(refusal),
            Decision::Revoke(id, refusal) => {
                if let Some(grant) = self.grants.get_mut(&id) {
                    let _ = grant.revoke(now);
                }
                Err(refusal)
            }
        }
    }

    /// Rotates a grant, if the decision includes a rotation.
    fn rotate(&mut self, rotation: Option<&Rotation>) -> Race {
        let Some(rotation) = rotation else {
            return Race::Won;
        };
        let grant = self.grants.get_mut(&rotation.grant);
        grant.map_or(Race::Lost, |grant| grant.apply(rotation))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut server = Server::default();
    let now = Timestamp::from_unix_seconds(1_750_000_000);
    let in_ten_seconds = now.plus(Duration::from_secs(10));
    let tomorrow = now.plus(Duration::from_secs(86_400));

    println!("A backup job requests a token with its client credentials.");
    let machine = register(
        "backup",
        &[GrantType::CLIENT_CREDENTIALS],
        "notes:read",
        now,
    )?;
    let caller = machine.registered()?.authenticate(&secret(), now)?;
    show(&server.client_credentials(&caller, now)?);
    println!("  rows stored: {}", server.grants.len());

    println!("\nJane allows an app to read her notes. Nothing is stored yet.");
    let app = register(
        "notes",
        &[GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
        "openid notes:read notes:write",
        now,
    )?;
    let code = authorize(&app, [1; 16], now)?;
    println!(
        "  code for {}, ready to seal and send",
        code.authorization().scope()
    );

    println!("\nThe app redeems the code. The server stores the grant as one row.");
    let caller = app.registered()?.authenticate(&secret(), now)?;
    let first = refresh_token(&server.redeem(&code, &caller, now)?)?;

    println!("\nThe app refreshes. The server updates the row and adds none.");
    let second = refresh_token(&server.refresh(&first, &caller, now)?)?;
    println!("  rows stored: {}", server.grants.len());

    println!(
        "\nThe response is lost. Ten seconds later the app retries and gets the same refresh token."
    );
    let again = refresh_token(&server.refresh(&first, &caller, in_ten_seconds)?)?;
    ensure(again == second, "a retry gets the same successor")?;

    println!("\nA day later an attacker replays the first token. The grant is revoked.");
    let stolen = server.refresh(&first, &caller, tomorrow);
    expect(&stolen, &Refusal::RefreshTokenReplayed)?;

    println!("\nThe app's own token is refused too. Jane has to sign in again.");
    let own = server.refresh(&second, &caller, tomorrow);
    expect(&own, &Refusal::GrantRevoked)?;

    println!("\nThe app redeems another code twice. The second attempt revokes the grant.");
    let code = authorize(&app, [2; 16], now)?;
    let token = refresh_token(&server.redeem(&code, &caller, now)?)?;
    expect(&server.redeem(&code, &caller, now), &Refusal::CodeReplayed)?;
    expect(
        &server.refresh(&token, &caller, now),
        &Refusal::GrantRevoked,
    )
}

/// Registers a client, as a form or a command line would.
fn register(
    id: &str,
    grant_types: &[GrantType],
    scope: &str,
    now: Timestamp,
) -> Result<Client, Box<dyn Error>> {
    Ok(Client {
        id: ClientId::parse(id)?,
        name: id.to_owned(),
        client_type: ClientType::Confidential,
        status: ClientStatus::Active,
        secrets: vec![ClientSecret {
            name: "first".to_owned(),
            digest: Secret::new(SECRET).digest(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
        }],
        authentication_method: None,
        keys: None,
        grant_types: grant_types.to_vec(),
        scope: Scope::parse(scope)?,
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
        created_at: now,
        version: 0,
        later: LaterMembers::default(),
    })
}

/// Creates a code, as an authorization endpoint does after sign-in and consent. A real server draws the ID at random.
fn authorize(client: &Client, id: [u8; 16], now: Timestamp) -> Result<AuthorizationCode, Refusal> {
    let request = AuthorizationRequest {
        response_type: "code",
        redirect_uri: CALLBACK,
        scope: Some("openid notes:read"),
        code_challenge: Some(CHALLENGE),
        code_challenge_method: Some("S256"),
        nonce: None,
        ..AuthorizationRequest::default()
    };
    let registered = RegisteredClient::from_stored(client);
    let requested = registered.judge(&request, RequestPolicy::default())?;
    let owner = ResourceOwner {
        subject: Subject::new("jane"),
        authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
        session: None,
        password: None,
    };
    Ok(requested.code(GrantId::from_bytes(id), owner, &LIFETIMES, now))
}

fn secret() -> Credential {
    Credential::Secret(Secret::new(SECRET))
}

fn show(issuance: &Issuance) {
    let Issuance {
        subject,
        scope,
        id_token,
        ..
    } = issuance;
    let seconds = issuance.expires_in().as_secs();
    println!(
        "  access token for {}: {scope}, {seconds} seconds",
        subject.as_str()
    );
    if id_token.is_some() {
        println!("  ID token");
    }
    if let Some(refresh) = &issuance.refresh_token {
        println!(
            "  refresh token of generation {}",
            refresh.token.generation()
        );
    }
}

/// Prints the response and returns its refresh token.
fn refresh_token(issuance: &Issuance) -> Result<RefreshToken, Box<dyn Error>> {
    show(issuance);
    let facts = issuance.refresh_token.as_ref().ok_or("no refresh token")?;
    Ok(facts.token.clone())
}

fn expect(answer: &Answer, rule: &Refusal) -> Result<(), Box<dyn Error>> {
    if let Err(refusal) = answer {
        println!("  {}: {refusal}", refusal.code().as_str());
    }
    ensure(answer.as_ref().err() == Some(rule), "unexpected answer")
}

fn ensure(holds: bool, law: &str) -> Result<(), Box<dyn Error>> {
    if holds { Ok(()) } else { Err(law.into()) }
}
