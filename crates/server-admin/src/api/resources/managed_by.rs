//! The field `managed_by` of several resources.

use crate::api::problem::Problem;
use countersign_domain::administration::managed_by::ManagedBy;

/// Parses the name of a set of files.
pub(super) fn managed_by(name: Option<&str>) -> Result<Option<ManagedBy>, Problem> {
    let parsed = name.map(ManagedBy::parse).transpose();
    parsed.map_err(|error| Problem::field("managed_by", error))
}
