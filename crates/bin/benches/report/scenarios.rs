//! What is measured.

use crate::bare_store::{self, GRANTS};
use crate::load::{Outcome, Pace, Requests, send};
use crate::machine::{pin_the_load, resident_mebibytes};
use crate::postgres;
use crate::process::{BINARY, Site, bare_fill, bare_signer, bare_store};
use crate::report::{Comparison, Report};
use countersign_adapters_jwt::{Codecs, MasterKeys};
use countersign_adapters_system::{SystemClock, SystemEntropy};
use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::authorization_request::RequestedGrant;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refresh_token::RefreshToken;
use countersign_domain::scope::Scope;
use countersign_ports::{
    AuthorizationCodeCodec as _, Clock as _, Entropy as _, RefreshTokenCodec as _, RefreshTokenForm,
};
use serde_json::Value;
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;
pub(crate) const ROUNDS: usize = 5;
pub(crate) const ROUND: Duration = Duration::from_secs(2);
const HALF_LOAD: Duration = Duration::from_secs(4);
const CALLBACK: &str = "https://app.example/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A benchmark that can be asked for by name.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    take: fn(&mut Report),
}

pub(crate) const ALL: [Scenario; 7] = [
    Scenario {
        name: "start",
        take: start_up,
    },
    Scenario {
        name: "client_credentials",
        take: signatures,
    },
    Scenario {
        name: "redemption",
        take: redemption,
    },
    Scenario {
        name: "rotation",
        take: rotation,
    },
    Scenario {
        name: "memory",
        take: memory,
    },
    Scenario {
        name: "size",
        take: size,
    },
    Scenario {
        name: "postgres",
        take: postgres::rotation,
    },
];

/// Those of these names, if there are such.
pub(crate) fn named(names: &[&str]) -> Option<Vec<Scenario>> {
    names
        .iter()
        .map(|name| ALL.into_iter().find(|scenario| scenario.name == *name))
        .collect()
}

pub(crate) fn run(scenarios: &[Scenario]) {
    pin_the_load();
    let mut report = Report::default();
    for scenario in scenarios {
        (scenario.take)(&mut report);
    }
    report.publish();
}

fn signatures(report: &mut Report) {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        client_credentials(report, algorithm);
    }
}

fn size(report: &mut Report) {
    let size = std::fs::metadata(BINARY).unwrap().len() as f64 / (1024.0 * 1024.0);
    report.figure("binary, stripped", size, "MiB", "");
}

/// The same request again and again.
struct Same(Arc<[u8]>);

impl Requests for Same {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        Some(self.0.clone())
    }
}

/// Requests prepared beforehand.
struct Prepared(std::vec::IntoIter<Arc<[u8]>>);

impl Requests for Prepared {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        self.0.next()
    }
}

/// A client that refreshes one grant after the other, all over the table.
struct Refreshes {
    client: Client,
    codecs: Codecs,
    numbers: std::vec::IntoIter<u64>,
    generation: u32,
}

impl Requests for Refreshes {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        let grant = GrantId::from_bytes(bare_store::id(self.numbers.next()?));
        let token = RefreshToken {
            grant,
            client: ClientId::parse(&self.client.id).unwrap(),
            subject: Subject::new(self.client.subject.as_str()),
            scope: Scope::parse("read write").unwrap(),
            auth_time: SystemClock.now(),
            bound_to_verifier: true,
            generation: self.generation,
        };
        let token = self.codecs.encode(&token, RefreshTokenForm::Opaque);
        Some(
            self.client
                .post(&format!("grant_type=refresh_token&refresh_token={token}")),
        )
    }
}

/// A registered client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    secret: String,
    /// Whose codes it redeems.
    pub(crate) subject: String,
}

impl Client {
    fn register(site: &Site, algorithm: &str, rest: &[&str]) -> Self {
        let arguments = [
            &[
                "clients",
                "create",
                "--json",
                "--name",
                "bench",
                "--signing-alg",
                algorithm,
            ],
            rest,
        ]
        .concat();
        let printed: Value = serde_json::from_str(&site.cli(&arguments)).unwrap();
        let text = |name: &str| printed[name].as_str().unwrap().to_owned();
        let user: Value = serde_json::from_str(&site.cli(&[
            "users",
            "create",
            "--json",
            "--email",
            "bench@example.com",
        ]))
        .unwrap();
        let subject = user["id"].as_str().unwrap().to_owned();
        Self {
            id: text("client_id"),
            secret: text("client_secret"),
            subject,
        }
    }

    fn machine(site: &Site, algorithm: &str) -> Self {
        Self::register(
            site,
            algorithm,
            &[
                "--grant-type",
                "client_credentials",
                "--scope",
                "api:read api:write",
            ],
        )
    }

    pub(crate) fn application(site: &Site) -> Self {
        let grants = [
            "--grant-type",
            "authorization_code",
            "--grant-type",
            "refresh_token",
        ];
        Self::register(
            site,
            "ES256",
            &[
                &grants[..],
                &["--scope", "read write", "--redirect-uri", CALLBACK],
            ]
            .concat(),
        )
    }

    fn post(&self, parameters: &str) -> Arc<[u8]> {
        let body = format!(
            "{parameters}&client_id={}&client_secret={}",
            self.id, self.secret
        );
        let head = "POST /oauth2/token HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length";
        format!("{head}: {}\r\n\r\n{body}", body.len())
            .into_bytes()
            .into()
    }

    fn credentials(&self) -> Vec<Box<dyn Requests>> {
        let request = self.post("grant_type=client_credentials");
        (0..CONNECTIONS)
            .map(|_| Box::new(Same(request.clone())) as Box<dyn Requests>)
            .collect()
    }

    /// So many fresh codes, sealed with the site's master key, spread over all connections.
    fn codes(&self, site: &Site, count: usize) -> Vec<Box<dyn Requests>> {
        let (codecs, entropy, now) = (codecs(site), SystemEntropy::new(), SystemClock.now());
        let request = || {
            let code = AuthorizationCode {
                grant: GrantId::from_bytes(entropy.time_ordered_id()),
                subject: Subject::new(self.subject.as_str()),
                requested: RequestedGrant {
                    client: ClientId::parse(&self.id).unwrap(),
                    redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                    scope: Scope::parse("read write").unwrap(),
                    challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                    nonce: None,
                },
                auth_time: now,
                expires_at: now.plus(Duration::from_secs(600)),
            };
            let code = codecs.seal(&code);
            self.post(&format!("grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier={VERIFIER}"))
        };
        let mut connections: Vec<Vec<Arc<[u8]>>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
        for number in 0..count {
            connections[number % CONNECTIONS].push(request());
        }
        connections
            .into_iter()
            .map(|requests| Box::new(Prepared(requests.into_iter())) as Box<dyn Requests>)
            .collect()
    }

    /// A refresh of every grant, each token of this generation, spread over so many connections.
    pub(crate) fn refreshes(
        &self,
        site: &Site,
        connections: usize,
        generation: u32,
    ) -> Vec<Box<dyn Requests>> {
        let codecs = codecs(site);
        let connection = |first| {
            let numbers: Vec<u64> = (first..GRANTS)
                .step_by(connections)
                .map(bare_store::scattered)
                .collect();
            let refreshes = Refreshes {
                client: self.clone(),
                codecs: codecs.clone(),
                numbers: numbers.into_iter(),
                generation,
            };
            Box::new(refreshes) as Box<dyn Requests>
        };
        (0..u64::try_from(connections).unwrap())
            .map(connection)
            .collect()
    }
}

fn codecs(site: &Site) -> Codecs {
    Codecs::new(&MasterKeys::parse(&std::fs::read_to_string(site.master_key()).unwrap()).unwrap())
}

fn most(address: &str, sources: Vec<Box<dyn Requests>>) -> Outcome {
    let outcome = send(address, sources, Pace::Closed, ROUND, u64::MAX);
    assert_eq!(outcome.refused, 0, "every request is served");
    outcome
}

fn at_half(address: &str, sources: Vec<Box<dyn Requests>>, most: f64) -> (f64, f64) {
    let outcome = send(
        address,
        sources,
        Pace::Open(most / 2.0),
        HALF_LOAD,
        u64::MAX,
    );
    assert_eq!(outcome.refused, 0, "every request is served");
    (outcome.milliseconds(0.5), outcome.milliseconds(0.99))
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Rounds of server and rig in turn, so that both see the machine in the same moods.
fn compare(
    report: &mut Report,
    what: &str,
    goal: f64,
    mut server: impl FnMut() -> f64,
    mut bare: impl FnMut() -> f64,
    half: impl FnOnce(f64) -> (f64, f64),
) {
    let (mut servers, mut bares, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (server, bare) = (server(), bare());
        servers.push(server);
        bares.push(bare);
        ratios.push(server / bare);
    }
    let most = median(servers);
    let (p50, p99) = half(most);
    report.compare(&Comparison {
        what: what.to_owned(),
        server: most,
        bare: median(bares),
        ratio: median(ratios),
        goal,
        p50,
        p99,
    });
}

fn client_credentials(report: &mut Report, algorithm: &str) {
    let site = Site::new(algorithm);
    let client = Client::machine(&site, algorithm);
    let (server, bare) = (site.serve(), bare_signer(algorithm));
    compare(
        report,
        &format!("client_credentials, {algorithm}, against a bare handler that signs"),
        0.85,
        || most(&server.address, client.credentials()).per_second,
        || most(&bare.address, client.credentials()).per_second,
        |most| at_half(&server.address, client.credentials(), most),
    );
}

fn redemption(report: &mut Report) {
    let site = Site::new("redemption");
    let client = Client::application(&site);
    let server = site.serve();
    compare(
        report,
        "redemption, ES256, against a bare grouped loop on SQLite",
        0.5,
        || most(&server.address, client.codes(&site, 60_000)).per_second,
        || {
            bare_store(
                &Site::new("bare-redemption").database(),
                "establish",
                CONNECTIONS,
            )
        },
        |most| at_half(&server.address, client.codes(&site, 60_000), most),
    );
}

fn rotation(report: &mut Report) {
    let (site, other) = (Site::new("rotation"), Site::new("bare-rotation"));
    let client = Client::application(&site);
    bare_fill(&site.database(), &client.id);
    bare_fill(&other.database(), &client.id);
    let server = site.serve();
    // Each round is a generation: what a round did not come to, the next one catches up with.
    let generations = Cell::new(0);
    let refreshes = || {
        generations.set(generations.get() + 1);
        client.refreshes(&site, CONNECTIONS, generations.get() - 1)
    };
    compare(
        report,
        "rotation, ES256, against a bare grouped loop on SQLite",
        0.5,
        || most(&server.address, refreshes()).per_second,
        || bare_store(&other.database(), "rotate", CONNECTIONS),
        |most| at_half(&server.address, refreshes(), most),
    );
}

fn memory(report: &mut Report) {
    let site = Site::new("memory");
    let client = Client::machine(&site, "EdDSA");
    let server = site.serve();
    std::thread::sleep(Duration::from_secs(1));
    report.figure(
        "resident memory, idle",
        resident_mebibytes(server.id()),
        "MiB",
        "20 or less",
    );
    let tokens = |count| {
        let outcome = send(
            &server.address,
            client.credentials(),
            Pace::Closed,
            Duration::from_secs(600),
            count,
        );
        assert_eq!((outcome.answered, outcome.refused), (count, 0));
        resident_mebibytes(server.id())
    };
    let (few, many) = (tokens(50_000), tokens(1_000_000));
    report.figure("resident memory, after 50,000 tokens", few, "MiB", "");
    report.figure(
        "resident memory, after 1,050,000 tokens",
        many,
        "MiB",
        "no growth",
    );
}

/// From the start of the process to the first token, store and keys being there.
fn start_up(report: &mut Report) {
    let site = Site::new("start");
    let client = Client::machine(&site, "RS256");
    let times = (0..7).map(|_| {
        let began = Instant::now();
        let server = site.serve();
        let source: Vec<Box<dyn Requests>> =
            vec![Box::new(Same(client.post("grant_type=client_credentials")))];
        let outcome = send(
            &server.address,
            source,
            Pace::Closed,
            Duration::from_secs(5),
            1,
        );
        assert_eq!((outcome.answered, outcome.refused), (1, 0));
        began.elapsed().as_secs_f64() * 1000.0
    });
    report.figure(
        "start to first token",
        median(times.collect()),
        "ms",
        "150 or less",
    );
}
