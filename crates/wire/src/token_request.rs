//! Requests of clients: tokens, revocation and introspection.

use crate::client::ClientParameters;
use crate::parameters::parameters;
use alloc::string::String;
use alloc::vec::Vec;
use countersign_domain::grant::authorization_code::CodeExchange;

parameters! {
    /// Parameters of RFC 6749 sections 4.1.3, 4.4.2 and 6, RFC 7521 section 4.2, RFC 7636 section 4.5, RFC 8628
    /// section 3.4, RFC 8693 section 2.1 and RFC 8707 section 2.2.
    pub TokenParameters {
        grant_type,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
        code,
        redirect_uri,
        code_verifier,
        refresh_token,
        device_code,
        scope,
        subject_token,
        subject_token_type,
        actor_token,
        actor_token_type,
        requested_token_type;
        often resource, audience
    }
}

parameters! {
    /// Parameters of RFC 7009 section 2.1, RFC 7662 section 2.1 and RFC 7521 section 4.2.
    pub QueryParameters {
        token,
        token_type_hint,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
    }
}

parameters! {
    /// Parameters of RFC 8628 section 3.1, RFC 7521 section 4.2 and RFC 8707 section 2.
    pub DeviceParameters {
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
        scope;
        often resource
    }
}

impl TokenParameters {
    /// Moves the parameters out that authenticate the client.
    pub fn take_client(&mut self) -> ClientParameters {
        ClientParameters {
            client_id: self.client_id.take(),
            client_secret: self.client_secret.take(),
            client_assertion_type: self.client_assertion_type.take(),
            client_assertion: self.client_assertion.take(),
        }
    }

    /// Returns the parameters of a code exchange.
    #[must_use]
    pub fn exchange<'a>(&'a self, resources: &'a [&'a str]) -> CodeExchange<'a> {
        CodeExchange {
            redirect_uri: self.redirect_uri.as_deref(),
            code_verifier: self.code_verifier.as_deref(),
            resources,
        }
    }

    /// Returns all values of `resource`.
    #[must_use]
    pub fn resources(&self) -> Vec<&str> {
        self.resource.iter().map(String::as_str).collect()
    }
}

impl QueryParameters {
    /// Moves the parameters out that authenticate the client.
    pub fn take_client(&mut self) -> ClientParameters {
        ClientParameters {
            client_id: self.client_id.take(),
            client_secret: self.client_secret.take(),
            client_assertion_type: self.client_assertion_type.take(),
            client_assertion: self.client_assertion.take(),
        }
    }
}

impl DeviceParameters {
    /// Moves the parameters out that authenticate the client.
    pub fn take_client(&mut self) -> ClientParameters {
        ClientParameters {
            client_id: self.client_id.take(),
            client_secret: self.client_secret.take(),
            client_assertion_type: self.client_assertion_type.take(),
            client_assertion: self.client_assertion.take(),
        }
    }
}
