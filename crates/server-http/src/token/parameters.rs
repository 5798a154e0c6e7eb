//! Parameters of a token request.

use crate::wire::parameters::parameters;

parameters! {
    /// Parameters of RFC 6749 sections 4.1.3, 4.4.2 and 6, RFC 7521 section 4.2, RFC 7636 section 4.5 and RFC 8707
    /// section 2.2.
    TokenParameters {
        grant_type,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
        code,
        redirect_uri,
        code_verifier,
        refresh_token,
        scope;
        often resource
    }
}
