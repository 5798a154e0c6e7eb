//! Use cases on a store and in the [`world`](crate::world).

mod upstream;

use crate::admin::events;
use crate::fakes::{Counting, Fakes, Fixed};
use crate::published::Published;
use crate::tokens::device_book::DeviceBook;
use crate::world::{NodesOf, Outside, SECRETS, Tokens};
use countersign_application::admin::users::{FactorResets, UserAdmin};
use countersign_application::{
    AccessTokens, Accounts, Authorizations, BrowserSessions, ClientAuthentication, Clients,
    Definitions, Devices, Federation, LiveSession, MailedLinks, Notices, SecretUses,
    SessionCredential, Sessions, SignIn, TokenIssuer,
};
use countersign_domain::login::session::Session;
use countersign_domain::user::User;
use countersign_ports::{FormatGeneration, Store};
use countersign_store_contract::fixtures;
use std::sync::Arc;
use upstream::Unreachable;

pub(crate) fn sessions<S: Store>(store: &Arc<S>, outside: &Arc<Outside>) -> Sessions<Fakes<S>> {
    Sessions {
        store: store.clone(),
        clients: Arc::new(Clients::new(store.clone())),
        signer: Arc::new(Fixed),
        verifier: Arc::new(Tokens::default()),
        logout: outside.clone(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
        formats: Arc::new(NodesOf(FormatGeneration::SESSION_SECRETS)),
    }
}

pub(crate) fn authorizations<S: Store>(
    store: &Arc<S>,
    outside: &Arc<Outside>,
) -> Authorizations<S> {
    Authorizations {
        store: store.clone(),
        clients: Arc::new(Clients::new(store.clone())),
        verifier: Arc::new(Tokens::default()),
        codes: outside.clone(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
    }
}

pub(crate) fn sign_in<S: Store>(store: &Arc<S>, outside: &Arc<Outside>) -> SignIn<Fakes<S>> {
    SignIn {
        store: store.clone(),
        federation: Arc::new(federation(store)),
        sessions: sessions(store, outside),
        users: users(store),
        passwords: Arc::new(Fixed),
        vault: Arc::new(Fixed),
        one_time_codes: Arc::new(Fixed),
        passkeys: Arc::new(Fixed),
        links: Arc::new(links(store, outside)),
        mailer: outside.clone(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
    }
}

pub(crate) fn federation<S: Store>(store: &Arc<S>) -> Federation<Fakes<S>> {
    Federation {
        store: store.clone(),
        definitions: Arc::new(Definitions::new(store.clone())),
        users: users(store),
        upstreams: Arc::new(Unreachable),
        jwts: Arc::new(Unreachable),
        signer: Arc::new(Fixed),
        vault: Arc::new(Fixed),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
    }
}

pub(crate) fn links<S: Store>(store: &Arc<S>, outside: &Arc<Outside>) -> MailedLinks<Fakes<S>> {
    MailedLinks {
        store: store.clone(),
        codec: outside.clone(),
        clock: Arc::new(Fixed),
        entropy: outside.clone(),
    }
}

pub(crate) fn users<S: Store>(store: &Arc<S>) -> UserAdmin<Fakes<S>> {
    UserAdmin {
        store: store.clone(),
        passwords: Arc::new(Fixed),
        vault: Arc::new(Fixed),
        one_time_codes: Arc::new(Fixed),
        events: events(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Counting::default()),
    }
}

pub(crate) fn resets<S: Store>(store: &Arc<S>) -> FactorResets<S> {
    FactorResets {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
    }
}

pub(crate) fn accounts<S: Store>(store: &Arc<S>) -> Accounts<Fakes<S>> {
    accounts_with_mail(store, &Arc::new(Outside::without_mail()))
}

/// Returns the use cases of accounts, with a recorder of mail.
pub(crate) fn accounts_with_mail<S: Store>(
    store: &Arc<S>,
    outside: &Arc<Outside>,
) -> Accounts<Fakes<S>> {
    Accounts {
        links: Arc::new(links(store, outside)),
        mailer: outside.clone(),
        store: store.clone(),
        clients: Arc::new(Clients::new(store.clone())),
        passwords: Arc::new(Fixed),
        definitions: Arc::new(Definitions::new(store.clone())),
        users: users(store),
        breached: Arc::new(Fixed),
        vault: Arc::new(Fixed),
        one_time_codes: Arc::new(Fixed),
        passkeys: Arc::new(Fixed),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
    }
}

/// Returns the security notices, with a recorder of mail.
pub(crate) fn notices<S: Store>(store: &Arc<S>, outside: &Arc<Outside>) -> Notices<Fakes<S>> {
    Notices {
        links: Arc::new(links(store, outside)),
        mailer: outside.clone(),
    }
}

/// Returns what a browser holds for a session of the fixtures.
pub(crate) fn credential(number: u64) -> SessionCredential {
    SessionCredential::Secret(fixtures::session_id(number), fixtures::session_secret())
}

/// Returns a browser that is signed in with these sessions.
pub(crate) fn browser(sessions: &[Session]) -> BrowserSessions {
    let live = sessions.iter().map(|session| LiveSession {
        session: session.clone(),
        user: User {
            id: session.user,
            ..fixtures::user(1, "jane@example.com")
        },
        credential: SessionCredential::Secret(session.id, fixtures::session_secret()),
    });
    BrowserSessions {
        live: live.collect(),
        ..BrowserSessions::default()
    }
}

/// Returns client authentication by secrets, for the clients of a store.
pub(crate) fn authentication<S: Store>(store: &Arc<S>) -> Arc<ClientAuthentication<S>> {
    Arc::new(ClientAuthentication {
        store: store.clone(),
        clients: Arc::new(Clients::new(store.clone())),
        secret_uses: Arc::new(SecretUses::default()),
        assertions: Arc::new(SECRETS),
        key_sets: Arc::new(Published::default()),
    })
}

/// Returns the use cases of devices. The book seals their codes and requests.
pub(crate) fn devices<S: Store>(store: &Arc<S>, book: &Arc<DeviceBook>) -> Devices<S> {
    let authentication = authentication(store);
    Devices::new(
        (store.clone(), authentication.clients.clone()),
        authentication,
        book.clone(),
        (Arc::new(Fixed), Arc::new(Counting::default())),
    )
}

pub(crate) fn issuer<S: Store>(store: S) -> TokenIssuer<Fakes<S>> {
    issuer_with(store, &Arc::default())
}

/// Returns the token endpoint for devices whose codes are in a book.
pub(crate) fn issuer_with<S: Store>(store: S, book: &Arc<DeviceBook>) -> TokenIssuer<Fakes<S>> {
    let store = Arc::new(store);
    let authentication = authentication(&store);
    TokenIssuer {
        definitions: Arc::new(Definitions::new(store.clone())),
        access_tokens: Arc::new(AccessTokens {
            store: store.clone(),
            clients: authentication.clients.clone(),
            verifier: Arc::new(Tokens::default()),
        }),
        clients: authentication.clients.clone(),
        devices: Arc::new(devices(&store, book)),
        authentication,
        store,
        signer: Arc::new(Fixed),
        codes: Arc::new(Fixed),
        refresh_tokens: Arc::new(Fixed),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Fixed),
    }
}
