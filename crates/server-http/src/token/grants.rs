//! Parameters of each grant type. A new grant type needs a function and a line in [`GRANTS`].

use crate::wire::MalformedRequest;
use crate::wire::parameters::{given, required};
use countersign_application::{ExchangeParameters, GrantRequest};
use countersign_domain::client::GrantType;
use countersign_wire::token_request::TokenParameters;

/// Function that reads the parameters of a grant type.
pub(super) type Read = fn(TokenParameters) -> Result<GrantRequest, MalformedRequest>;

/// Grant types of the token endpoint.
const GRANTS: &[(GrantType, Read)] = &[
    (GrantType::AUTHORIZATION_CODE, authorization_code),
    (GrantType::REFRESH_TOKEN, refresh_token),
    (GrantType::CLIENT_CREDENTIALS, client_credentials),
    (GrantType::TOKEN_EXCHANGE, token_exchange),
    (GrantType::DEVICE_CODE, device_code),
];

/// Returns the reader of a grant type.
pub(super) fn reader(grant_type: &GrantType) -> Result<Read, MalformedRequest> {
    let found = GRANTS.iter().find(|(own, _)| own == grant_type);
    found.map_or(Err(MalformedRequest::GrantTypeUnsupported), |(_, read)| {
        Ok(*read)
    })
}

fn authorization_code(parameters: TokenParameters) -> Result<GrantRequest, MalformedRequest> {
    Ok(GrantRequest::AuthorizationCode {
        code: required("code", parameters.code)?,
        redirect_uri: given(parameters.redirect_uri),
        code_verifier: given(parameters.code_verifier),
    })
}

fn refresh_token(parameters: TokenParameters) -> Result<GrantRequest, MalformedRequest> {
    Ok(GrantRequest::RefreshToken {
        refresh_token: required("refresh_token", parameters.refresh_token)?,
        scope: given(parameters.scope),
    })
}

/// Never fails, but has the type of the other readers.
#[expect(clippy::unnecessary_wraps, reason = "the readers have one type")]
fn client_credentials(parameters: TokenParameters) -> Result<GrantRequest, MalformedRequest> {
    Ok(GrantRequest::ClientCredentials {
        scope: given(parameters.scope),
    })
}

fn token_exchange(parameters: TokenParameters) -> Result<GrantRequest, MalformedRequest> {
    let actor = (
        given(parameters.actor_token),
        given(parameters.actor_token_type),
    );
    Ok(GrantRequest::TokenExchange(Box::new(ExchangeParameters {
        subject_token: required("subject_token", parameters.subject_token)?,
        subject_token_type: required("subject_token_type", parameters.subject_token_type)?,
        actor_token: match actor {
            (Some(token), Some(name)) => Some((token, name)),
            (None, None) => None,
            (Some(_), None) => return Err(MalformedRequest::Missing("actor_token_type")),
            // RFC 8693 section 2.1.
            (None, Some(_)) => return Err(MalformedRequest::Missing("actor_token")),
        },
        requested_token_type: given(parameters.requested_token_type),
        audiences: parameters.audience,
        scope: given(parameters.scope),
    })))
}

fn device_code(parameters: TokenParameters) -> Result<GrantRequest, MalformedRequest> {
    Ok(GrantRequest::DeviceCode {
        device_code: required("device_code", parameters.device_code)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grant_type_has_reader() {
        for grant_type in GrantType::ALL {
            assert!(reader(grant_type).is_ok(), "{grant_type:?}");
        }
        let unknown = reader(&GrantType::named("password"));
        assert_eq!(unknown.err(), Some(MalformedRequest::GrantTypeUnsupported));
    }
}
