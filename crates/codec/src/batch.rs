//! Sealed batches of events.

use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::batch as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::audit::batch::Batch;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;

const KNOWN: &[i64] = &[
    tags::TENANT,
    tags::NUMBER,
    tags::NODE,
    tags::AT,
    tags::COUNT,
    tags::ROOT,
    tags::PREVIOUS,
    tags::ADOPTED,
];

/// Encodes a batch of a tenant.
#[must_use]
pub fn encode_batch(tenant: TenantId, batch: &Batch) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.number(tags::TENANT, tenant.number().into());
    writer.number(tags::NUMBER, batch.number);
    writer.bytes(tags::NODE, batch.node.as_bytes());
    writer.number(tags::AT, batch.at.as_unix_seconds());
    writer.number(tags::COUNT, batch.count);
    writer.bytes(tags::ROOT, &batch.root);
    if let Some(previous) = &batch.previous {
        writer.bytes(tags::PREVIOUS, previous);
    }
    writer.flag(tags::ADOPTED, batch.is_adopted);
    writer.finish()
}

/// Decodes the output of [`encode_batch`] from any version.
pub fn decode_batch(bytes: &[u8]) -> Result<(TenantId, Batch), DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let tenant = fields.required(tags::TENANT)?.number_as()?;
    let previous = fields.optional(tags::PREVIOUS);
    let batch = Batch {
        number: fields.required(tags::NUMBER)?.number()?,
        node: NodeId::from_bytes(fields.required(tags::NODE)?.array()?),
        at: Timestamp::from_unix_seconds(fields.required(tags::AT)?.number()?),
        count: fields.required(tags::COUNT)?.number()?,
        root: fields.required(tags::ROOT)?.array()?,
        previous: previous.map(crate::fields::Value::array).transpose()?,
        is_adopted: fields.flag(tags::ADOPTED)?,
    };
    let tenant = TenantId::from_number(tenant).ok_or(DecodeError::Malformed)?;
    Ok((tenant, batch))
}
