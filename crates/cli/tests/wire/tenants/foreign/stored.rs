//! Mailed links, and rows that this module stores itself.

use super::home::WITHOUT_TENANT;
use super::issue::{Issuer, interaction};
use crate::facts::{CALLBACK, KEYS};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::login::credential::Device;
use countersign_ports::{DeviceRepository as _, Envelopes as _, PasskeyRepository as _, Race};
use countersign_store_contract::fixtures;
use serde_json::json;

impl Issuer<'_> {
    pub(super) async fn send_links(&mut self) {
        for (start, kind, email, link, path) in [
            (
                "/recover",
                "recovery",
                "jane@example.com",
                "recovery_link",
                "/recover/link",
            ),
            (
                "/sign-up",
                "sign_up",
                "new@example.com",
                "sign_up_link",
                "/sign-up/link",
            ),
        ] {
            let mut browser = self.browser();
            self.authorize(&mut browser, "web", "").await;
            self.follow(&mut browser, start).await;
            browser.submit(&[("email", email)]).await;
            self.values.insert(kind, interaction(&browser));
            self.keep_link(link, path);
        }
        let admin = self.admin_token().await;
        let invited = json!({"email": "guest@example.com"});
        let answer = self.call("/admin/v1/invitations", &admin, &invited).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.keep_link("invitation_link", "/sign-up/invitation");
        self.values.insert("admin", admin);
    }

    /// Registers a client at its own request, with an initial access token.
    async fn register_client(&mut self) {
        let admin = self.values["admin"].clone();
        let new = json!({"name": "partner", "max_uses": 2});
        let path = "/admin/v1/initial-access-tokens";
        let token = self
            .call(path, &admin, &new)
            .await
            .text("initial_access_token");
        let client = json!({"redirect_uris": [CALLBACK]});
        let answer = self.call("/oauth2/register", &token, &client).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.values.extend([
            ("initial_token", token),
            ("registered", answer.text("client_id")),
            (
                "registration_token",
                answer.text("registration_access_token"),
            ),
        ]);
    }

    /// Stores a passkey and a trusted device, and keeps the names that only this tenant has.
    pub(super) async fn register(&mut self) {
        self.register_client().await;
        let (place, store) = (self.place, &self.server.store);
        let number = u8::try_from(place.id.number()).unwrap();
        let passkey = fixtures::passkey(&[number; 16]);
        let inserted = store.insert_passkey(place.id, &passkey).await;
        assert_eq!(inserted.unwrap(), Race::Won);
        let device = Device {
            user: fixtures::user_id(2),
            ..fixtures::device(1000 + u64::from(number))
        };
        let inserted = store.insert_device(place.id, &device).await;
        assert_eq!(inserted.unwrap(), Race::Won);
        let context = format!("devices:{}", WITHOUT_TENANT[0].1);
        let sealed = KEYS.0.seal(place.id, &context, device.id.as_bytes());
        let user = fixtures::user_id(100 + number);
        self.values.extend([
            ("passkey", Base64UrlUnpadded::encode_string(&passkey.id)),
            ("device", sealed),
            ("device_id", device.id.to_string()),
            ("user_id", user.to_string()),
            ("only", place.only()),
            ("secret", place.secret()),
        ]);
    }
}
