//! Fakes of external systems: mailboxes, clients that receive logout tokens or publish keys, and authenticators.

use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    Ceremony, LogoutSender, Mailer, Message, Outbound, OutboundContent, OutboundError,
    OutboundRequest, OutboundResponse, PasskeyRefused, Passkeys, Place, Places, PresentedPasskey,
};
use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Mutex;

/// Knows the place of 192.0.2.7.
#[derive(Debug)]
pub(crate) struct OnePlace;

impl Places for OnePlace {
    fn find(&self, address: IpAddr, language: &str) -> Option<Place> {
        let country = if language == "de" {
            "Schweiz"
        } else {
            "Switzerland"
        };
        (address == IpAddr::from([192, 0, 2, 7])).then(|| Place {
            city: None,
            country: country.to_owned(),
        })
    }
}

/// Records everything that was sent. A fake passkey answers a challenge with `id:challenge`.
#[derive(Default)]
pub(crate) struct Outside {
    mail: Mutex<Vec<Message>>,
    logouts: Mutex<Vec<(String, String)>>,
    ceremonies: Mutex<u32>,
    /// Bodies by URL.
    published: Mutex<HashMap<String, String>>,
    /// URL that never answers.
    silent: Mutex<Option<String>>,
    /// Contents of all requests, each with its URL.
    requests: Mutex<Vec<(String, OutboundContent)>>,
}

impl Outside {
    /// Returns all messages so far that are delivered.
    pub(crate) fn mail(&self) -> Vec<Message> {
        let mut mail = self.mail.lock().unwrap().clone();
        mail.retain(|message| !message.is_withheld);
        mail
    }

    /// Returns all logout tokens so far, each with its target.
    pub(crate) fn logouts(&self) -> Vec<(String, String)> {
        self.logouts.lock().unwrap().clone()
    }

    /// Serves a body at a URL.
    pub(crate) fn publish(&self, url: &str, body: &str) {
        let mut published = self.published.lock().unwrap();
        published.insert(url.to_owned(), body.to_owned());
    }

    /// Stops serving a URL.
    pub(crate) fn withdraw(&self, url: &str) {
        self.published.lock().unwrap().remove(url);
    }

    /// Lets requests for a URL wait for ever.
    pub(crate) fn silence(&self, url: &str) {
        *self.silent.lock().unwrap() = Some(url.to_owned());
    }

    /// Takes the contents of all requests so far, each with its URL.
    pub(crate) fn take_requests(&self) -> Vec<(String, OutboundContent)> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    fn challenge(&self) -> Ceremony {
        let mut ceremonies = self.ceremonies.lock().unwrap();
        *ceremonies += 1;
        let challenge = format!("challenge-{ceremonies}");
        Ceremony {
            options: format!(r#"{{"publicKey":{{"challenge":"{challenge}"}}}}"#),
            state: challenge.into_bytes(),
        }
    }
}

impl Outbound for Outside {
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>> {
        let body = self.published.lock().unwrap().get(&request.url).cloned();
        let is_silent = self.silent.lock().unwrap().as_ref() == Some(&request.url);
        let OutboundRequest { url, content, .. } = request;
        self.requests.lock().unwrap().push((url, content));
        Box::pin(async move {
            if is_silent {
                std::future::pending::<()>().await;
            }
            let body = body.ok_or(OutboundError::Timeout)?.into_bytes();
            Ok(OutboundResponse { status: 200, body })
        })
    }
}

impl Mailer for Outside {
    fn is_set_up(&self) -> bool {
        true
    }

    fn send(&self, message: Message) {
        self.mail.lock().unwrap().push(message);
    }
}

impl LogoutSender for Outside {
    fn send(&self, uri: &RedirectUri, token: String) {
        let uri = uri.as_str().to_owned();
        self.logouts.lock().unwrap().push((uri, token));
    }
}

impl Passkeys for Outside {
    fn are_possible(&self, _: &Tenant) -> bool {
        true
    }

    fn domain(&self, _: &Tenant) -> Option<String> {
        Some("id.example.org".to_owned())
    }

    fn related_origins(&self, _: &Tenant) -> Vec<String> {
        Vec::new()
    }

    /// Includes the user in the state, as the real implementation does.
    fn begin_registration(
        &self,
        _: &Tenant,
        user: &User,
        _: &[Passkey],
    ) -> Result<Ceremony, PasskeyRefused> {
        let begun = self.challenge();
        let challenge = String::from_utf8_lossy(&begun.state).into_owned();
        Ok(Ceremony {
            state: format!("{challenge} {}", user.id).into_bytes(),
            ..begun
        })
    }

    fn finish_registration(
        &self,
        _: &Tenant,
        state: &[u8],
        answer: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused> {
        let refused = || PasskeyRefused::new("not this challenge");
        let state = String::from_utf8_lossy(state);
        let (challenge, user) = state.split_once(' ').ok_or_else(refused)?;
        let (id, _) = answer
            .split_once(':')
            .filter(|(_, answered)| *answered == challenge)
            .ok_or_else(refused)?;
        Ok(Passkey {
            id: id.as_bytes().to_vec(),
            user: user.parse().map_err(PasskeyRefused::new)?,
            name: if name.is_empty() {
                format!("Model of {id}")
            } else {
                name.to_owned()
            },
            credential: Vec::new(),
            created_at: now,
            last_used_at: None,
        })
    }

    fn begin_authentication(
        &self,
        _: &Tenant,
        _: Option<(UserId, &[Passkey])>,
    ) -> Result<Ceremony, PasskeyRefused> {
        Ok(self.challenge())
    }

    fn presented(&self, answer: &str) -> Option<PresentedPasskey> {
        let (id, _) = answer.split_once(':')?;
        Some(PresentedPasskey {
            id: id.as_bytes().to_vec(),
            user: None,
        })
    }

    fn finish_authentication(
        &self,
        _: &Tenant,
        state: &[u8],
        answer: &str,
        passkey: &Passkey,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused> {
        match answer.split_once(':') {
            Some((_, challenge)) if challenge.as_bytes() == state => Ok(Passkey {
                last_used_at: Some(now),
                ..passkey.clone()
            }),
            _ => Err(PasskeyRefused::new("not this challenge")),
        }
    }
}
