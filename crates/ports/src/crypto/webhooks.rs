//! Encoding of the state of a webhook.

use countersign_domain::webhook::delivery::Delivery;

/// Encodes the state of the delivery to a webhook.
pub trait WebhookDeliveryCodec: Send + Sync {
    /// Encodes a state.
    fn encode(&self, delivery: &Delivery) -> Vec<u8>;

    /// Decodes a state; `None` if it is malformed or has critical facts of a later version.
    fn decode(&self, encoded: &[u8]) -> Option<Delivery>;
}
