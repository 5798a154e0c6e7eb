//! Refusals that the domain defines and other layers detect.

use crate::table::{Table, of};
use countersign_domain::refusal::Refusal as R;

/// Refusals that the domain defines and other layers detect.
pub(crate) fn layers_around(table: &mut Table) {
    table.section("Detected by other layers");
    table.row_of_a_layer(
        R::ClientUnknown(of("unknown")),
        "the store has no such client",
    );
    table.row_of_a_layer(
        R::AuthenticationMethodAmbiguous,
        "the header and the body contain credentials",
    );
    table.row_of_a_layer(
        R::AssertionTypeUnsupported(of("urn:x")),
        "the type is not that of a JWT",
    );
    table.row_of_a_layer(R::AssertionMalformed, "the JWT does not parse");
    table.row_of_a_layer(R::AssertionKeyUnknown, "no registered key has the kid");
    table.row_of_a_layer(
        R::AssertionSignatureWrong,
        "no registered key matches the signature",
    );
    table.row_of_a_layer(
        R::KeysUnavailable(of("app.example: the request timed out")),
        "the key set of the client cannot be fetched",
    );
    table.row_of_a_layer(R::AssertionReplayed, "the store already has its jti");
    table.row_of_a_layer(R::CodeUnknown, "unsealing failed");
    table.row_of_a_layer(R::RefreshTokenUnknown, "unsealing failed");
    table.row_of_a_layer(R::DeviceCodeUnknown, "unsealing failed");
    table.row_of_a_layer(R::UserCodeUnknown, "the store has no such request");
    table.row_of_a_layer(R::GrantUnknown, "the store has no such grant");
    table.row_of_a_layer(
        R::SessionEnded,
        "the session ended after the code was issued",
    );
    table.row_of_a_layer(R::LoginFailed, "the password does not match the hash");
    table.row_of_a_layer(R::LoginStepUsed, "the store has a later step");
    table.row_of_a_layer(R::OneTimeCodeWrong, "no time step matches the code");
    table.row_of_a_layer(
        R::ResponseModeUnsupported(of("carrier_pigeon")),
        "the server does not support the mode",
    );
    table.row_of_a_layer(R::ClaimsMalformed, "the JSON does not parse");
    table.row_of_a_layer(R::IdTokenHintUnknown, "no key of this server signed it");
    table.row_of_a_layer(R::IdTokenHintMissing, "a logout request names no client");
    table.row_of_a_layer(
        R::PostLogoutRedirectUriNotRegistered(of("https://app.example/")),
        "a logout request has another URI than the client",
    );
    table.row_of_a_layer(R::ConsentRefused, "the user denied consent");
}
