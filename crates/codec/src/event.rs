//! Events.

use crate::address;
use crate::error::DecodeError;
use crate::fields::{Fields, Value};
use crate::tags::event as tags;
use crate::writer::Writer;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use countersign_domain::audit::event::{Action, Event, EventContext, EventId, FieldChange, Party};
use countersign_domain::identifier::{NodeId, SessionId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;

const KNOWN: &[i64] = &[
    tags::TENANT,
    tags::NODE,
    tags::NUMBER,
    tags::AT,
    tags::ACTION,
    tags::OPERATOR,
    tags::TARGET,
    tags::CHANGES,
    tags::ADDRESS,
    tags::REQUEST,
    tags::CLIENT,
    tags::SESSION,
    tags::ROLES,
    tags::REFUSAL,
];
const KNOWN_OF_PARTY: &[i64] = &[tags::PARTY_KIND, tags::PARTY_ID];
const KNOWN_OF_CHANGE: &[i64] = &[tags::CHANGE_FIELD, tags::CHANGE_BEFORE, tags::CHANGE_AFTER];

/// Encodes an event as the content of its record. The content is authoritative, so it includes the tenant.
#[must_use]
pub fn encode_event(tenant: TenantId, event: &Event) -> Vec<u8> {
    let Event {
        id: EventId { node, number },
        at,
        action,
        operator,
        target,
        changes,
        address,
        request,
        context,
    } = event;
    let mut writer = Writer::new();
    writer.number(tags::TENANT, tenant.number().into());
    writer.bytes(tags::NODE, node.as_bytes());
    writer.number(tags::NUMBER, *number);
    writer.number(tags::AT, at.as_unix_seconds());
    writer.text(tags::ACTION, action.as_str());
    writer.nested(tags::OPERATOR, of_party(operator));
    writer.nested(tags::TARGET, of_party(target));
    writer.nested_list(tags::CHANGES, changes.iter().map(of_change));
    address::write(&mut writer, tags::ADDRESS, *address);
    if let Some(request) = request {
        writer.text(tags::REQUEST, request);
    }
    put_context(&mut writer, context);
    writer.finish()
}

fn put_context(writer: &mut Writer, context: &EventContext) {
    let EventContext {
        client,
        session,
        roles,
        refusal,
    } = context;
    if let Some(client) = client {
        writer.text(tags::CLIENT, client);
    }
    if let Some(session) = session {
        writer.bytes(tags::SESSION, session.as_bytes());
    }
    writer.texts(tags::ROLES, roles.iter().map(String::as_str));
    if let Some(refusal) = refusal {
        writer.text(tags::REFUSAL, refusal);
    }
}

/// Decodes the output of [`encode_event`] from any version.
pub fn decode_event(bytes: &[u8]) -> Result<(TenantId, Event), DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let tenant = fields.required(tags::TENANT)?.number_as()?;
    let changes = fields.list(tags::CHANGES)?.into_iter();
    let event = Event {
        id: EventId {
            node: NodeId::from_bytes(fields.required(tags::NODE)?.array()?),
            number: fields.required(tags::NUMBER)?.number()?,
        },
        at: Timestamp::from_unix_seconds(fields.required(tags::AT)?.number()?),
        action: Action::named(fields.required(tags::ACTION)?.text()?),
        operator: party(fields.required(tags::OPERATOR)?)?,
        target: party(fields.required(tags::TARGET)?)?,
        changes: changes.map(change).collect::<Result<_, _>>()?,
        address: fields
            .optional(tags::ADDRESS)
            .map(address::read)
            .transpose()?,
        request: text(&fields, tags::REQUEST)?,
        context: context(&fields)?,
    };
    let tenant = TenantId::from_number(tenant).ok_or(DecodeError::Malformed)?;
    Ok((tenant, event))
}

fn context(fields: &Fields<'_>) -> Result<EventContext, DecodeError> {
    let session = fields.optional(tags::SESSION).map(Value::array);
    let roles = fields.list(tags::ROLES)?.into_iter();
    let roles = roles.map(|role| role.text().map(Into::into));
    Ok(EventContext {
        client: text(fields, tags::CLIENT)?,
        session: session.transpose()?.map(SessionId::from_bytes),
        roles: roles.collect::<Result<_, _>>()?,
        refusal: text(fields, tags::REFUSAL)?,
    })
}

fn of_party(Party { kind, id }: &Party) -> Writer {
    let mut writer = Writer::new();
    writer.text(tags::PARTY_KIND, kind);
    writer.text(tags::PARTY_ID, id);
    writer
}

fn party(value: Value<'_>) -> Result<Party, DecodeError> {
    let fields = value.fields(KNOWN_OF_PARTY)?;
    Ok(Party {
        kind: name(&fields, tags::PARTY_KIND)?,
        id: fields.required(tags::PARTY_ID)?.text()?.into(),
    })
}

fn of_change(change: &FieldChange) -> Writer {
    let FieldChange {
        field,
        before,
        after,
    } = change;
    let mut writer = Writer::new();
    writer.text(tags::CHANGE_FIELD, field);
    for (tag, value) in [(tags::CHANGE_BEFORE, before), (tags::CHANGE_AFTER, after)] {
        if let Some(value) = value {
            writer.text(tag, value);
        }
    }
    writer
}

fn change(value: Value<'_>) -> Result<FieldChange, DecodeError> {
    let fields = value.fields(KNOWN_OF_CHANGE)?;
    Ok(FieldChange {
        field: name(&fields, tags::CHANGE_FIELD)?,
        before: text(&fields, tags::CHANGE_BEFORE)?,
        after: text(&fields, tags::CHANGE_AFTER)?,
    })
}

fn name(fields: &Fields<'_>, tag: i64) -> Result<Cow<'static, str>, DecodeError> {
    let text = fields.required(tag)?.text()?;
    Ok(Cow::Owned(text.into()))
}

fn text(fields: &Fields<'_>, tag: i64) -> Result<Option<String>, DecodeError> {
    let text = fields.optional(tag).map(Value::text);
    Ok(text.transpose()?.map(Into::into))
}
