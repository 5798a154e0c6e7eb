//! Cases of the token endpoint that the product and the server of `docs/embedding.md` pass alike.

mod replays;
mod requests;
mod tutorial;

use crate::facts::FORM;
use crate::harness::Server;
use crate::requests::{Answer, exchange, form, refreshing};
use axum::http::header;
use tutorial::Tutorial;

/// Server under test.
pub(in crate::token) enum TokenServer {
    /// Router of the product.
    Product(Server),
    /// Server of the tutorial.
    Tutorial(Box<Tutorial>),
}

/// Starts both servers.
pub(super) async fn both() -> [TokenServer; 2] {
    [
        TokenServer::Product(Server::start().await),
        TokenServer::Tutorial(Box::new(Tutorial::start())),
    ]
}

impl TokenServer {
    /// Sends a form to the token endpoint.
    pub(super) async fn post(&self, authorization: Option<&str>, body: &str) -> Answer {
        match self {
            Self::Product(server) => {
                let form = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                let authorization = authorization.map(|value| (header::AUTHORIZATION, value));
                let headers: Vec<_> = [form].into_iter().chain(authorization).collect();
                server.post(FORM, &headers, body.to_owned()).await
            }
            Self::Tutorial(server) => server.post(authorization, body),
        }
    }

    /// Returns an authorization code for `client`, as after a sign-in.
    pub(super) fn code(&self, client: &str) -> String {
        match self {
            Self::Product(server) => server.code(client),
            Self::Tutorial(server) => server.code(client),
        }
    }

    /// Returns the user of all codes.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Product(_) => "jane".to_owned(),
            Self::Tutorial(_) => Tutorial::USER.to_string(),
        }
    }

    /// Moves the clock.
    pub(super) fn pass(&self, seconds: u64) {
        match self {
            Self::Product(server) => server.pass(seconds),
            Self::Tutorial(server) => server.pass(seconds),
        }
    }

    pub(super) async fn form<V: AsRef<str>>(&self, parameters: &[(&str, V)]) -> Answer {
        self.post(None, &form(parameters)).await
    }

    pub(super) async fn redeem(&self, client: &str, code: &str) -> Answer {
        self.form(&exchange(client, code)).await
    }

    pub(super) async fn refresh(&self, client: &str, refresh_token: &str) -> Answer {
        self.form(&refreshing(client, refresh_token)).await
    }

    pub(super) async fn tokens(&self, client: &str) -> Answer {
        self.redeem(client, &self.code(client)).await.ok()
    }
}
