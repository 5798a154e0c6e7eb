//! Storage of users, their sessions, consents and credentials.

mod consents;
mod devices;
mod passkeys;
mod recovery_codes;
mod sessions;
mod users;

pub use consents::ConsentRepository;
pub use devices::DeviceRepository;
pub use passkeys::PasskeyRepository;
pub use recovery_codes::RecoveryCodeRepository;
pub use sessions::SessionRepository;
pub use users::{UserKey, UserRepository};
