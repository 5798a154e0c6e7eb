//! The server of `docs/embedding.md` behind the interface of the cases.

use crate::facts::{CALLBACK, CHALLENGE, ISSUER, registered};
use crate::requests::{Answer, form};
use axum::http::{HeaderMap, StatusCode, header};
use countersign_afternoon::{Call, Keys, Server, Step, Visit};
use countersign_domain::authorize::next_step::Done;
use countersign_domain::decision::Race;
use countersign_domain::identifier::UserId;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::time::Timestamp;
use countersign_store_contract::fixtures;
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub(in crate::token) struct Tutorial {
    server: Mutex<Server>,
    now: AtomicU64,
}

impl Tutorial {
    pub(super) const USER: UserId = UserId::from_bytes([0x1a; 16]);

    /// Starts the server with the clients of the product's tests.
    pub(super) fn start() -> Self {
        let mut server = Server::new(ISSUER.to_owned(), Keys::generate());
        for client in registered() {
            assert_eq!(server.store.clients.register(client), Ok(Race::Won));
        }
        Self {
            server: Mutex::new(server),
            now: AtomicU64::new(fixtures::NOW.as_unix_seconds()),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.now.load(Ordering::SeqCst))
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Signs the user in and follows the redirect with the code.
    pub(super) fn code(&self, client: &str) -> String {
        let query = form(&[
            ("client_id", client),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid read write"),
            ("nonce", "n-0S6"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let mut server = self.server.lock().unwrap();
        let methods = Methods::NONE.with(Method::PASSWORD);
        let now = self.now();
        let signed_in = Authentication::new(now, methods);
        let (session, secret) = server.sign_in(Self::USER, signed_in);
        let done = Done {
            consented: true,
            ..Done::default()
        };
        let done = server.seal_done(session, &query, done, now);
        let visit = Visit {
            query: &query,
            session: Some((session, &secret)),
            done: Some(&done),
            now,
        };
        match server.authorize(visit) {
            Ok(Step::Redirect(uri)) => {
                let (_, code) = uri.split_once("code=").unwrap();
                code.split('&').next().unwrap().to_owned()
            }
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn post(&self, authorization: Option<&str>, body: &str) -> Answer {
        let headers: Vec<&[u8]> = authorization.map(str::as_bytes).into_iter().collect();
        let call = Call {
            headers: &headers,
            body: body.as_bytes(),
            now: self.now(),
        };
        match self.server.lock().unwrap().token(call) {
            Ok(body) => Answer {
                status: StatusCode::OK,
                headers: HeaderMap::new(),
                body: body.into_bytes(),
            },
            Err(refused) => {
                let challenge = refused.challenge("afternoon", !headers.is_empty());
                let challenge = challenge.map(|challenge| challenge.parse().unwrap());
                let challenge = challenge.map(|value| (header::WWW_AUTHENTICATE, value));
                let body = json!({
                    "error": refused.code().as_str(),
                    "error_description": refused.description(),
                });
                Answer {
                    status: StatusCode::from_u16(refused.status()).unwrap(),
                    headers: challenge.into_iter().collect(),
                    body: body.to_string().into_bytes(),
                }
            }
        }
    }
}
