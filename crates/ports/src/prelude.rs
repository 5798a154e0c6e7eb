//! Every store trait, the signer and the password hasher, without their names.
//!
//! Use cases are generic over associated types (`A::Store`), whose methods need the traits in scope.

pub use crate::{
    Audit as _, Changes as _, ClientGrants as _, ClientRepository as _, ConsentRepository as _,
    DefinitionRepository as _, DeviceRepository as _, Ephemera as _, GrantRepository as _,
    IdentityRepository as _, PasskeyRepository as _, PasswordHasher as _,
    RecoveryCodeRepository as _, SessionRepository as _, Signer as _, SigningKeyRepository as _,
    Statistics as _, UserAdministration as _, UserRepository as _,
};
