//! Verification of user credentials: passwords, passkeys and one-time codes.

mod breached;
mod one_time_codes;
mod passkeys;
mod password;

pub use breached::{BreachedPasswords, NoBreaches};
pub use one_time_codes::OneTimeCodes;
pub use passkeys::{Ceremony, PasskeyRefused, Passkeys, PresentedPasskey};
pub use password::{PasswordHasher, PasswordsBusy};
