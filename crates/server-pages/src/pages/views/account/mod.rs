//! Pages on which users manage their account.

mod address;
mod changes;
mod frame;
mod leaving;
mod sections;

pub use address::{ChangeEmailView, ConfirmAddressView, EmailSentView};
pub use changes::{
    AuthenticatorView, ChangePasswordView, ConfirmCodeView, MfaSetupView, QrCode,
    RecoveryCodesView, RemovePasswordView, VerifyEmailView,
};
pub use frame::{AccountOwner, Item, Notice, Section};
pub use leaving::{DataView, DeleteView, DeletionView};
pub use sections::{
    ApplicationsView, AttributeField, EditProfileView, ProfileView, SecurityView, SessionsView,
};
