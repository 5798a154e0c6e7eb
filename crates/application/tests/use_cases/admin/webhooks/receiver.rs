//! Fake receiver, and fake encoding of the states of deliveries.

use countersign_domain::time::Timestamp;
use countersign_domain::webhook::delivery::Delivery;
use countersign_domain::webhook::message::WebhookMessage;
use countersign_ports::{
    Outbound, OutboundContent, OutboundError, OutboundPurpose, OutboundRequest, OutboundResponse,
    WebhookDeliveryCodec,
};
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};

/// Receiver that keeps the last message with its signature.
pub(super) struct Receiver {
    status: AtomicU16,
    last: Mutex<Option<(WebhookMessage, String)>>,
}

impl Default for Receiver {
    fn default() -> Self {
        Self {
            status: AtomicU16::new(204),
            last: Mutex::default(),
        }
    }
}

impl Receiver {
    pub(super) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub(super) fn last(&self) -> (WebhookMessage, String) {
        self.last.lock().unwrap().clone().unwrap()
    }
}

impl Outbound for Receiver {
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>> {
        assert_eq!(request.purpose, OutboundPurpose::Webhook);
        let OutboundContent::Json { headers, body } = request.content else {
            panic!("a webhook gets JSON");
        };
        let [(_, id), (_, at), (_, signature)] = headers.try_into().unwrap();
        let message = WebhookMessage {
            id,
            at: Timestamp::from_unix_seconds(at.parse().unwrap()),
            body,
        };
        *self.last.lock().unwrap() = Some((message, signature));
        let status = self.status.load(Ordering::SeqCst);
        let response = OutboundResponse {
            status,
            body: Vec::new(),
        };
        Box::pin(async { Ok(response) })
    }
}

/// Encodes only the last replay and the failures.
pub(super) struct States;

impl States {
    pub(super) fn encoded(delivery: &Delivery) -> Vec<u8> {
        let failures = u64::from(delivery.failures);
        [delivery.replayed, failures].map(u64::to_be_bytes).concat()
    }
}

impl WebhookDeliveryCodec for States {
    fn encode(&self, delivery: &Delivery) -> Vec<u8> {
        Self::encoded(delivery)
    }

    fn decode(&self, encoded: &[u8]) -> Option<Delivery> {
        let (replayed, failures) = encoded.split_first_chunk()?;
        let (failures, _) = failures.split_first_chunk()?;
        Some(Delivery {
            replayed: u64::from_be_bytes(*replayed),
            failures: u64::from_be_bytes(*failures).try_into().ok()?,
            ..Delivery::new(0, Timestamp::from_unix_seconds(0))
        })
    }
}
