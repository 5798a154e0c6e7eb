//! Codes, tokens and their signatures.

use super::Server;
use crate::facts::{CALLBACK, CHALLENGE, FORM, ISSUER, KEYS, TENANT};
use crate::requests::{Answer, exchange, refreshing};
use countersign_adapters_system::SystemEntropy;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::{Access, Authorization};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::{ChallengeMethod, CodeChallenge};
use countersign_domain::identifier::GrantId;
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::scope::Scope;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_ports::{AuthorizationCodeCodec, Clock as _, Entropy as _, Store};
use countersign_store_contract::fixtures;
use serde_json::Value;

impl<S: Store> Server<S> {
    /// Returns an authorization code for `client`, as a login would seal it.
    pub(crate) fn code(&self, client: &str) -> String {
        self.code_with(client, |_| {})
    }

    pub(crate) fn code_with(&self, client: &str, change: impl FnOnce(&mut CodeFacts)) -> String {
        self.code_in(TENANT, client, change)
    }

    /// Returns an authorization code of a tenant.
    pub(crate) fn code_in(
        &self,
        tenant: TenantId,
        client: &str,
        change: impl FnOnce(&mut CodeFacts),
    ) -> String {
        let now = self.clock.now();
        let mut code = CodeFacts {
            grant: GrantId::from_bytes(SystemEntropy::new().time_ordered_id()),
            authorization: Authorization {
                access: Access {
                    client: fixtures::client_id(client),
                    scope: Scope::parse("openid read write").unwrap(),
                    ..fixtures::access()
                },
                authentication: Authentication::new(now, Methods::NONE.with(Method::PASSWORD)),
                ..fixtures::authorization()
            },
            binding: CodeBinding {
                redirect_uri: RedirectUri::parse(CALLBACK).unwrap(),
                challenge: CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).ok(),
                nonce: Some("n-0S6".to_owned()),
            },
            password: None,
            expires_at: now.plus(Lifetimes::DEFAULT.authorization_code()),
        };
        change(&mut code);
        code.authorization.bound_to_verifier = code.binding.challenge.is_some();
        AuthorizationCodeCodec::seal(&KEYS.0, tenant, &AuthorizationCode::from_sealed(code))
    }

    /// Redeems a code of `client` in the form dialect, with its secret unless it is public.
    pub(crate) async fn redeem(&self, client: &str, code: &str) -> Answer {
        self.form(FORM, &exchange(client, code)).await
    }

    /// Redeems a refresh token in the form dialect.
    pub(crate) async fn refresh(&self, client: &str, refresh_token: &str) -> Answer {
        self.form(FORM, &refreshing(client, refresh_token)).await
    }

    /// Redeems a fresh code of `client`.
    pub(crate) async fn tokens(&self, client: &str) -> Answer {
        self.redeem(client, &self.code(client)).await.ok()
    }

    /// Verifies a signature with the published key set and an independent library.
    pub(crate) async fn assert_signed(&self, token: &str) {
        use jsonwebtoken::jwk::JwkSet;
        let set: JwkSet =
            serde_json::from_slice(&self.get("/oauth2/jwks.json").await.ok().body).unwrap();
        let header = jsonwebtoken::decode_header(token).unwrap();
        let key =
            jsonwebtoken::DecodingKey::from_jwk(set.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = jsonwebtoken::Validation::new(header.alg);
        validation.validate_aud = false;
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.set_issuer(&[ISSUER]);
        jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    }
}
