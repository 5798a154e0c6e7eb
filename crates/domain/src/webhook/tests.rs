//! Tests of webhooks.

use super::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);
const DAY: Duration = Duration::from_secs(86_400);

fn webhook(url: &str) -> Webhook {
    let name = WebhookName::parse("crm").unwrap();
    let url = WebhookUrl::parse(url).unwrap();
    Webhook {
        events: ["user.*", "client.created"]
            .map(|text| EventPattern::parse(text).unwrap())
            .into(),
        ..Webhook::new(WebhookId::from_bytes([1; 16]), name, url, NOW)
    }
}

#[test]
fn invalid_webhook_is_rejected() {
    let mut https = webhook("https://crm.example/hook");
    assert_eq!(https.check(false), Ok(()));
    let http = webhook("http://127.0.0.1:8000/hook");
    assert_eq!(http.check(true), Ok(()));
    assert_eq!(http.check(false), Err(InvalidWebhook::PlainHttp));
    https.description = "a\nb".into();
    assert_eq!(
        https.check(false),
        Err(InvalidWebhook::DescriptionMalformed)
    );
    https.description.clear();
    let pattern = https.events.remove(0);
    https.events = alloc::vec![pattern; Webhook::MOST_PATTERNS];
    assert_eq!(https.check(false), Ok(()));
    https.events.push(EventPattern::parse("a.b").unwrap());
    assert_eq!(https.check(false), Err(InvalidWebhook::Events));
    https.events.clear();
    assert_eq!(https.check(false), Err(InvalidWebhook::Events));
}

#[test]
fn webhook_wants_only_its_events() {
    let webhook = webhook("https://crm.example/");
    for wanted in ["user.signed_in", "client.created"] {
        assert!(webhook.wants(wanted), "{wanted}");
    }
    for other in ["users.created", "client.updated", "user", "client.created2"] {
        assert!(!webhook.wants(other), "{other}");
    }
}

#[test]
fn rotation_keeps_at_most_previous_secret() {
    let mut webhook = webhook("https://crm.example/");
    for (secret, at) in [(1, 0), (2, 10), (3, 20)] {
        webhook.rotate(alloc::vec![secret], DAY, NOW.plus(Duration::from_secs(at)));
    }
    let active = |webhook: &Webhook, at: Timestamp| -> Vec<u8> {
        let active = webhook.secrets.iter().filter(|secret| secret.is_active(at));
        active.map(|secret| secret.sealed[0]).collect()
    };
    assert_eq!(active(&webhook, NOW), [3, 2]);
    let end = NOW.plus(DAY + Duration::from_secs(20));
    assert_eq!(active(&webhook, end), [3]);
    webhook.rotate(alloc::vec![4], Duration::ZERO, NOW);
    assert_eq!(active(&webhook, NOW), [4], "a leaked secret ends at once");
}
