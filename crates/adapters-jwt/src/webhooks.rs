//! Encoding of the state of webhooks. It has no secrets, so it is not sealed.

use crate::sealing::codecs::Codecs;
use countersign_codec::{decode_webhook_delivery, encode_webhook_delivery};
use countersign_domain::webhook::delivery::Delivery;
use countersign_ports::WebhookDeliveryCodec;

impl WebhookDeliveryCodec for Codecs {
    fn encode(&self, delivery: &Delivery) -> Vec<u8> {
        encode_webhook_delivery(delivery)
    }

    fn decode(&self, encoded: &[u8]) -> Option<Delivery> {
        decode_webhook_delivery(encoded).ok()
    }
}
