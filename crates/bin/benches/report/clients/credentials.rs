//! Codes and refresh tokens, sealed with the site's master key, and the requests that use them.

use crate::clients::{CALLBACK, CHALLENGE, Client};
use crate::grants::{GRANTS, id, scattered};
use crate::load::{Pace, Requests, body, send};
use crate::process::{Serving, Site};
use crate::rounds::CONNECTIONS;
use countersign_adapters_jwt::{Codecs, MasterKeys};
use countersign_adapters_system::{SystemClock, SystemEntropy};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::GrantId;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    AuthorizationCodeCodec as _, Clock as _, Entropy as _, RefreshTokenCodec as _, RefreshTokenForm,
};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
/// Maximum time to redeem codes.
const LONGEST: Duration = Duration::from_secs(60);

/// Source of prepared requests.
struct Prepared(std::vec::IntoIter<Arc<[u8]>>);

impl Requests for Prepared {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        self.0.next()
    }
}

/// Source that keeps the access tokens of the responses.
struct Kept {
    requests: Box<dyn Requests>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Requests for Kept {
    fn next(&mut self, last_answer: &[u8]) -> Option<Arc<[u8]>> {
        if !last_answer.is_empty() {
            let answer: Value = serde_json::from_slice(body(last_answer)).unwrap();
            let token = answer["access_token"].as_str().unwrap().to_owned();
            self.tokens.lock().unwrap().push(token);
        }
        self.requests.next(last_answer)
    }
}

impl Client {
    /// Returns redemptions of `count` new codes with this scope, spread over this many connections.
    pub(crate) fn codes(
        &self,
        site: &Site,
        scope: &str,
        connections: usize,
        count: usize,
    ) -> Vec<Box<dyn Requests>> {
        let (codecs, entropy, now) = (codecs(site), SystemEntropy::new(), SystemClock.now());
        let mut authorization = self.authorization(now);
        authorization.access.scope = Scope::parse(scope).unwrap();
        let request = || {
            let code = AuthorizationCode::from_sealed(CodeFacts {
                grant: GrantId::from_bytes(entropy.time_ordered_id()),
                authorization: authorization.clone(),
                binding: CodeBinding {
                    redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                    challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                    nonce: None,
                },
                password: None,
                expires_at: now.plus(Duration::from_secs(600)),
            });
            let code = codecs.seal(TenantId::SINGLE, &code);
            self.redeem(&code)
        };
        spread(connections, (0..count).map(|_| request()))
    }

    /// Redeems `count` codes with this scope, and returns an access token of each grant.
    pub(crate) fn access_tokens(
        &self,
        site: &Site,
        server: &Serving,
        scope: &str,
        count: usize,
    ) -> Vec<String> {
        let tokens = Arc::new(Mutex::new(Vec::new()));
        let keep = |requests| {
            let tokens = tokens.clone();
            Box::new(Kept { requests, tokens }) as Box<dyn Requests>
        };
        let codes = self.codes(site, scope, CONNECTIONS, count);
        let codes = codes.into_iter().map(keep).collect();
        let outcome = send(&server.address, codes, Pace::Closed, LONGEST, u64::MAX);
        assert_eq!(outcome.refused, 0, "every code is redeemed");
        let tokens = std::mem::take(&mut *tokens.lock().unwrap());
        assert_eq!(tokens.len(), count);
        tokens
    }

    /// Returns one refresh for every grant in scattered order, with tokens of this generation.
    ///
    /// The requests are spread over this many connections.
    pub(crate) fn refreshes(
        &self,
        site: &Site,
        connections: usize,
        generation: u32,
    ) -> Vec<Box<dyn Requests>> {
        let (codecs, now) = (codecs(site), SystemClock.now());
        let request = |number| {
            let grant = GrantId::from_bytes(id(scattered(number)));
            let token = RefreshToken::from_sealed(grant, generation, Some(self.authorization(now)));
            let token = codecs.encode(TenantId::SINGLE, &token, RefreshTokenForm::Opaque);
            self.post(&format!("grant_type=refresh_token&refresh_token={token}"))
        };
        spread(connections, (0..GRANTS).map(request))
    }
}

/// Distributes requests, built before the measurement, over this many connections.
fn spread(connections: usize, requests: impl Iterator<Item = Arc<[u8]>>) -> Vec<Box<dyn Requests>> {
    let mut spread: Vec<Vec<Arc<[u8]>>> = (0..connections).map(|_| Vec::new()).collect();
    for (number, request) in requests.enumerate() {
        spread[number % connections].push(request);
    }
    let prepared = |requests: Vec<_>| Box::new(Prepared(requests.into_iter())) as Box<_>;
    spread.into_iter().map(prepared).collect()
}

fn codecs(site: &Site) -> Codecs {
    Codecs::new(&MasterKeys::parse(&std::fs::read_to_string(site.master_key()).unwrap()).unwrap())
}
