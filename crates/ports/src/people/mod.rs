//! Storage of users, their sessions, consents and credentials.

mod administration;
mod consents;
mod devices;
mod identities;
mod passkeys;
mod recovery_codes;
mod sessions;
mod users;

pub use administration::{Ended, Removal, UserAdministration, UserDeletion};
pub use consents::ConsentRepository;
pub use devices::DeviceRepository;
pub use identities::IdentityRepository;
pub use passkeys::PasskeyRepository;
pub use recovery_codes::RecoveryCodeRepository;
pub use sessions::SessionRepository;
pub use users::{UserKey, UserRepository};
