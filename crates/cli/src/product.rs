use countersign_adapters_jwt::KeyRing;
use countersign_adapters_store::AnyStore;
use countersign_adapters_system::Argon2Passwords;
use countersign_application::App;

/// The adapters of the product.
pub(crate) struct Product;

impl App for Product {
    type Store = AnyStore;
    type Signer = KeyRing;
    type PasswordHasher = Argon2Passwords;
}
