//! The token and revocation endpoints.

use crate::glue::{json, random};
use crate::{ACR, LIFETIMES, Server};
use countersign_domain::prelude::*;
use countersign_wire::prelude::*;

/// Custom grant type: a printed voucher.
const VOUCHER: GrantType = GrantType::custom("urn:example:grant-type:voucher");
const VOUCHER_UNKNOWN: CustomRule = CustomRule {
    name: "voucher_unknown",
    code: ErrorCode::InvalidGrant,
    description: "the voucher is unknown; print a new one",
};
parameters! { VoucherParameters { voucher } }

/// Request of a client.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Values of all `Authorization` headers.
    pub headers: &'a [&'a [u8]],
    /// Form.
    pub body: &'a [u8],
    /// Current time.
    pub now: Timestamp,
}

impl Server {
    /// Handles `POST /token`. Returns the JSON of the response.
    pub fn token(&mut self, call: Call<'_>) -> Result<String, RequestRefused> {
        let Call { headers, body, now } = call;
        let mut asked: TokenParameters = form::parse(body)?;
        let grant_type = required("grant_type", asked.grant_type.take())?;
        let PresentedClient { client_id, proof } = read(headers, asked.take_client())?;
        let clients = &self.store.clients;
        let caller = clients.authenticate(client_id.as_deref(), &proof, now)?;
        let (scope, resources) = (asked.scope.as_deref().into(), asked.resources());
        let grants = &mut self.store.grants;
        let issuance = match grant_type.as_str() {
            "authorization_code" => {
                let text = required("code", asked.code.clone())?;
                let code = self.keys.open(b"code", &text, code_from_bytes);
                let code = code.ok_or(Refusal::CodeUnknown)?;
                let exchange = asked.exchange(&resources);
                let decision = code.redeem(&exchange, &caller, &LIFETIMES, now);
                self.store.redeem(decision, now)?
            }
            "refresh_token" => {
                let text = required("refresh_token", asked.refresh_token.clone())?;
                let token = self.keys.open(b"refresh", &text, refresh_token_from_bytes);
                let token = token.ok_or(Refusal::RefreshTokenUnknown)?;
                let judge = |grant: &Grant| {
                    grant.refresh(&token, scope, &resources, &caller, &LIFETIMES, now)
                };
                grants.refresh(&token, judge, now)?
            }
            "client_credentials" => {
                let decision = caller.client_credentials(scope, &resources, &LIFETIMES, now);
                let issuance = grants.carry_out(decision, now)?;
                issuance.with_gty("client_credentials")
            }
            name if name == VOUCHER.as_str() => {
                caller.may_use_custom(&VOUCHER)?;
                let voucher = form::parse::<VoucherParameters>(body)?.voucher;
                let found = self.vouchers.get(&required("voucher", voucher)?);
                let credential = found.ok_or_else(|| VOUCHER_UNKNOWN.refusal())?;
                let request = CustomGrant {
                    grant_type: VOUCHER,
                    scope,
                    resources: &resources,
                };
                let decision = caller.custom_grant(&request, credential.clone(), &LIFETIMES, now);
                self.store.redeem(decision, now)?
            }
            _ => return Err(MalformedRequest::GrantTypeUnsupported.into()),
        };
        Ok(self.sign(issuance))
    }

    /// Signs the tokens of a response. The grant is stored.
    fn sign(&self, issuance: Issuance) -> String {
        let mut own = CustomClaims::none();
        // An error means that the name is one of the protocol.
        let _ = own.set("plan", "team");
        let issuance = issuance.with_claims(own);
        let claims = issuance.access_token_claims(&self.issuer, random());
        let claims = Object(|| claims::access_token(&claims, Some("access")));
        let access_token = self.keys.sign("at+jwt", &claims);
        let claims = issuance.id_token_claims(&self.issuer, &access_token, None);
        let id_token = claims.map(|claims| {
            let claims = Object(|| claims::id_token(&claims, IdTokenNames::new(ACR)));
            self.keys.sign("JWT", &claims)
        });
        let facts = issuance.refresh_token.as_ref();
        let bytes = facts.map(|facts| refresh_token_to_bytes(&facts.token));
        let refresh_token = bytes.map(|bytes| self.keys.seal(b"refresh", bytes));
        let response = TokenMembers {
            refresh_token: refresh_token.as_deref(),
            id_token: id_token.as_deref(),
            ..TokenMembers::of(&issuance, &access_token)
        };
        json(&Object(|| response.members()))
    }

    /// Handles `POST /revoke` for refresh tokens (RFC 7009). The response has no body.
    pub fn revoke(&mut self, call: Call<'_>) -> Result<(), RequestRefused> {
        let Call { headers, body, now } = call;
        let mut asked: QueryParameters = form::parse(body)?;
        let PresentedClient { client_id, proof } = read(headers, asked.take_client())?;
        let clients = &self.store.clients;
        let caller = clients.authenticate(client_id.as_deref(), &proof, now)?;
        let text = required("token", asked.token)?;
        let token = self.keys.open(b"refresh", &text, refresh_token_from_bytes);
        let row = token.and_then(|token| self.store.grants.find(&token.grant()));
        if let Some(id) = row.filter(|grant| caller.may_revoke(grant)).map(Grant::id) {
            // A grant that is already revoked stays revoked.
            let _ = self.store.grants.revoke(&id, now);
        }
        Ok(())
    }
}

fn read(headers: &[&[u8]], body: ClientParameters) -> Result<PresentedClient, RequestRefused> {
    PresentedClient::read(headers.iter().copied(), OtherSchemes::Refused, body)
}
