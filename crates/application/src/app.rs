use countersign_ports::{PasswordHasher, Signer, Store};

/// Adapters that the use cases are generic over: those on the token path, where dynamic dispatch would cost time.
///
/// Every other port is a trait object, see [`Ports`](crate::Ports).
pub trait App: Send + Sync + 'static {
    /// Stores everything.
    type Store: Store;
    /// Signs tokens.
    type Signer: Signer;
    /// Hashes passwords.
    type PasswordHasher: PasswordHasher;
}
