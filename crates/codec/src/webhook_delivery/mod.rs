//! State of the delivery to a webhook.

use crate::error::DecodeError;
use crate::fields::{Fields, Value};
use crate::tags::webhook_delivery as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::audit::event::EventId;
use countersign_domain::identifier::NodeId;
use countersign_domain::time::Timestamp;
use countersign_domain::webhook::delivery::{
    DeadLetter, Delivery, EventPlace, OrderingKey, Waiting,
};

const KNOWN: &[i64] = &[
    tags::POSITION,
    tags::NOT_BEFORE,
    tags::REPLAYED,
    tags::FAILURES,
    tags::WAITING,
    tags::DEAD,
];

const KNOWN_OF_EVENT: &[i64] = &[
    tags::BATCH,
    tags::NODE,
    tags::NUMBER,
    tags::ORDERING_KEY,
    tags::ATTEMPTS,
    tags::AT,
    tags::ACTION,
    tags::REASON,
];

/// Encodes the state of a delivery.
#[must_use]
pub fn encode_webhook_delivery(delivery: &Delivery) -> Vec<u8> {
    let Delivery {
        position,
        not_before,
        replayed,
        failures,
        waiting,
        dead,
    } = delivery;
    let mut writer = Writer::new();
    writer.number(tags::POSITION, *position);
    writer.number(tags::NOT_BEFORE, not_before.as_unix_seconds());
    number(&mut writer, tags::REPLAYED, *replayed);
    number(&mut writer, tags::FAILURES, (*failures).into());
    writer.nested_list(tags::WAITING, waiting.iter().map(of_waiting));
    writer.nested_list(tags::DEAD, dead.iter().map(of_dead));
    writer.finish()
}

fn number(writer: &mut Writer, tag: i64, number: u64) {
    if number > 0 {
        writer.number(tag, number);
    }
}

fn of_event(place: EventPlace, ordering_key: OrderingKey, attempts: u32, at: Timestamp) -> Writer {
    let mut writer = Writer::new();
    writer.number(tags::BATCH, place.batch);
    writer.bytes(tags::NODE, place.id.node.as_bytes());
    writer.number(tags::NUMBER, place.id.number);
    writer.number(tags::ORDERING_KEY, ordering_key.0);
    number(&mut writer, tags::ATTEMPTS, attempts.into());
    writer.number(tags::AT, at.as_unix_seconds());
    writer
}

fn of_waiting(event: &Waiting) -> Writer {
    of_event(event.place, event.ordering_key, event.attempts, event.due)
}

fn of_dead(letter: &DeadLetter) -> Writer {
    let mut writer = of_event(
        letter.place,
        letter.ordering_key,
        letter.attempts,
        letter.died_at,
    );
    writer.text(tags::ACTION, &letter.action);
    writer.text(tags::REASON, &letter.reason);
    writer
}

/// Decodes the output of [`encode_webhook_delivery`] from any version.
pub fn decode_webhook_delivery(bytes: &[u8]) -> Result<Delivery, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let failures = fields.optional(tags::FAILURES).map(Value::number_as);
    let waiting = fields.list(tags::WAITING)?.into_iter().map(waiting);
    let dead = fields.list(tags::DEAD)?.into_iter().map(dead);
    Ok(Delivery {
        position: fields.required(tags::POSITION)?.number()?,
        not_before: time(&fields, tags::NOT_BEFORE)?,
        replayed: fields.number_or_zero(tags::REPLAYED)?,
        failures: failures.transpose()?.unwrap_or(0),
        waiting: waiting.collect::<Result<_, _>>()?,
        dead: dead.collect::<Result<_, _>>()?,
    })
}

fn time(fields: &Fields<'_>, tag: i64) -> Result<Timestamp, DecodeError> {
    let seconds = fields.required(tag)?.number()?;
    Ok(Timestamp::from_unix_seconds(seconds))
}

fn waiting(value: Value<'_>) -> Result<Waiting, DecodeError> {
    event(&value.fields(KNOWN_OF_EVENT)?)
}

fn event(fields: &Fields<'_>) -> Result<Waiting, DecodeError> {
    let attempts = fields.optional(tags::ATTEMPTS).map(Value::number_as);
    let place = EventPlace {
        batch: fields.required(tags::BATCH)?.number()?,
        id: EventId {
            node: NodeId::from_bytes(fields.required(tags::NODE)?.array()?),
            number: fields.required(tags::NUMBER)?.number()?,
        },
    };
    Ok(Waiting {
        place,
        ordering_key: OrderingKey(fields.required(tags::ORDERING_KEY)?.number()?),
        attempts: attempts.transpose()?.unwrap_or(0),
        due: time(fields, tags::AT)?,
    })
}

fn dead(value: Value<'_>) -> Result<DeadLetter, DecodeError> {
    let fields = value.fields(KNOWN_OF_EVENT)?;
    let event = event(&fields)?;
    Ok(DeadLetter {
        place: event.place,
        ordering_key: event.ordering_key,
        action: fields.required(tags::ACTION)?.text()?.into(),
        attempts: event.attempts,
        died_at: event.due,
        reason: fields.required(tags::REASON)?.text()?.into(),
    })
}
