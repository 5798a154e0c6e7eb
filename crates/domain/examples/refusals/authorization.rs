//! Authorization requests.

use crate::facts::{CALLBACK, NOW, REQUEST, session};
use crate::table::{Table, of};
use countersign_domain::authorize::demands::{DemandParameters, Demands, Prompt};
use countersign_domain::authorize::next_step::{Done, NextStep, Situation};
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::authorize::{AuthorizationRequest, UnsupportedParameter};
use countersign_domain::client::authentication::RegisteredClient;
use countersign_domain::client::{Client, ClientType, MissingChallenge, PkceRequirement};
use countersign_domain::login::authentication::{Acr, AcrNames};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::{Refusal, Refusal as R};
use countersign_domain::resource::Resource;

#[rustfmt::skip] // a row, a line
pub(crate) fn authorization_request(table: &mut Table, client: &Client) {
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

/// Returns the refusal of a request with more resources than a code can hold.
pub(crate) fn too_long(client: &Client) -> Option<Refusal> {
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

#[rustfmt::skip] // a row, a line
pub(crate) fn demands(table: &mut Table, client: &Client) {
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
        let situation = Situation { session, consent: None, redirect_uri: Some(redirect_uri), done, within_reach, now: NOW };
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
