//! All storage traits combined.

use crate::clients::{ClientGrants, ClientRepository};
use crate::definitions::DefinitionRepository;
use crate::ephemera::Ephemera;
use crate::feed::{Audit, AuditProof, Changes, Nodes};
use crate::grants::GrantRepository;
use crate::housekeeping::Housekeeping;
use crate::people::{
    ConsentRepository, DeviceRepository, IdentityRepository, PasskeyRepository,
    RecoveryCodeRepository, SessionRepository, UserAdministration, UserRepository,
};
use crate::signing_keys::SigningKeyRepository;
use crate::statistics::Statistics;

/// All stores combined.
pub trait Store:
    GrantRepository
    + ClientRepository
    + ClientGrants
    + DefinitionRepository
    + UserRepository
    + UserAdministration
    + SessionRepository
    + ConsentRepository
    + PasskeyRepository
    + RecoveryCodeRepository
    + DeviceRepository
    + IdentityRepository
    + Ephemera
    + SigningKeyRepository
    + Changes
    + Audit
    + AuditProof
    + Nodes
    + Housekeeping
    + Statistics
    + Send
    + Sync
    + 'static
{
}

impl<S> Store for S where
    S: GrantRepository
        + ClientRepository
        + ClientGrants
        + DefinitionRepository
        + UserRepository
        + UserAdministration
        + SessionRepository
        + ConsentRepository
        + PasskeyRepository
        + RecoveryCodeRepository
        + DeviceRepository
        + IdentityRepository
        + Ephemera
        + SigningKeyRepository
        + Changes
        + Audit
        + AuditProof
        + Nodes
        + Housekeeping
        + Statistics
        + Send
        + Sync
        + 'static
{
}
