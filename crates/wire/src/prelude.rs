//! Common imports of a server: `use countersign_wire::prelude::*;`.

#[cfg(feature = "serde")]
pub use crate::Object;
pub use crate::authorization::{AuthorizationParameters, response};
pub use crate::claims::{self, IdTokenNames};
pub use crate::client::{ClientParameters, OtherSchemes, PresentedClient};
pub use crate::form;
pub use crate::malformed::MalformedRequest;
pub use crate::parameters::{given, parameters, required};
pub use crate::refused::{RequestRefused, basic_challenge};
pub use crate::sealed::{
    DecodeError, code_from_bytes, code_to_bytes, done_context, done_from_bytes, done_to_bytes,
    refresh_token_from_bytes, refresh_token_to_bytes,
};
pub use crate::token_request::{QueryParameters, TokenParameters};
pub use crate::token_response::TokenMembers;
