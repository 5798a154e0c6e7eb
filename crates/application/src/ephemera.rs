//! Keys of expiring values. Nodes of different versions share these keys, so never change how they are derived.

mod registrations;

use crate::failure::Failure;
use countersign_domain::identifier::{LoginId, SessionId, UserId};
use countersign_domain::login::attempts::Window;
use countersign_domain::login::attempts_of;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::token_id::FirstToken;
use countersign_ports::{Ephemera, EphemeralKey, EphemeralKind, Race};
pub(crate) use registrations::{client_uses, uses_of};
use sha2::{Digest as _, Sha256};

/// Returns the key for the denial of an access token.
pub(crate) fn denied_token(token: &AccessToken) -> EphemeralKey {
    denied(&token.as_first())
}

/// Returns the key for the denial of an access token that is the first of a chain.
pub(crate) fn denied(token: &FirstToken) -> EphemeralKey {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(token.unique) {
        *to = from;
    }
    EphemeralKey {
        expires_at: token.expires_at,
        kind: EphemeralKind::DeniedToken,
        id,
    }
}

/// Returns the key for the attempts counted in a window.
pub(crate) const fn attempts_in(window: &Window) -> EphemeralKey {
    attempts(window.name, window.ends)
}

/// Returns the key for the attempts of one sign-in, which expires at `expires_at`.
pub(crate) const fn attempts_in_login(login: LoginId, expires_at: Timestamp) -> EphemeralKey {
    attempts(login, expires_at)
}

/// Returns the key for a user's one-time code attempts in the current window, across all sign-ins.
pub(crate) fn attempts_for_user(user: UserId, now: Timestamp) -> EphemeralKey {
    let (name, ends) = attempts_of(user, now);
    attempts(name, ends)
}

const fn attempts(name: LoginId, ends: Timestamp) -> EphemeralKey {
    EphemeralKey {
        expires_at: ends,
        kind: EphemeralKind::Attempts,
        id: *name.as_bytes(),
    }
}

/// Returns the key of a mailed link.
pub(crate) const fn mailed_link(link: LoginId, expires_at: Timestamp) -> EphemeralKey {
    EphemeralKey {
        expires_at,
        kind: EphemeralKind::MailedLink,
        id: *link.as_bytes(),
    }
}

/// Returns the key of a sign-in at an upstream provider.
pub(crate) fn upstream_sign_in(state: &[u8], expires_at: Timestamp) -> EphemeralKey {
    EphemeralKey {
        expires_at,
        kind: EphemeralKind::UpstreamSignIn,
        id: first_half(&Sha256::digest(state)),
    }
}

/// Returns the key of the sessions that belong to a session at a provider and end by `ends`.
///
/// A logout names neither our sessions nor their end. Values therefore expire at the end of a week, and a reader looks at
/// each week ([`weeks`]).
pub(crate) fn upstream_session(issuer: &str, session: &str, ends: Timestamp) -> EphemeralKey {
    let digest = Sha256::new()
        .chain_update((issuer.len() as u64).to_be_bytes())
        .chain_update(issuer)
        .chain_update(session)
        .finalize();
    EphemeralKey {
        expires_at: end_of_week(ends),
        kind: EphemeralKind::UpstreamSession,
        id: first_half(&digest),
    }
}

/// Returns the key of the provider at which the user of a session signed in. `ends` is the latest end of the session.
pub(crate) fn provider_of(session: SessionId, ends: Timestamp) -> EphemeralKey {
    about_session("provider of session", session, ends)
}

/// Returns the key of the ID token with which the user of a session signed in at a provider. `ends` is the latest end of the
/// session.
pub(crate) fn id_token_of(session: SessionId, ends: Timestamp) -> EphemeralKey {
    about_session("ID token of session", session, ends)
}

fn about_session(what: &str, session: SessionId, ends: Timestamp) -> EphemeralKey {
    let digest = Sha256::new()
        .chain_update(what)
        .chain_update(session.as_bytes())
        .finalize();
    EphemeralKey {
        expires_at: end_of_week(ends),
        kind: EphemeralKind::UpstreamSession,
        id: first_half(&digest),
    }
}

/// Returns the key of the ID token of a sign-in that is not complete.
pub(crate) fn arrived_id_token(
    issuer: &str,
    subject: &str,
    session: Option<&str>,
    now: Timestamp,
) -> EphemeralKey {
    let mut digest = Sha256::new().chain_update("ID token of sign-in");
    for part in [issuer, subject, session.unwrap_or_default()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    EphemeralKey {
        expires_at: end_of_week(now),
        kind: EphemeralKind::UpstreamSession,
        id: first_half(&digest.finalize()),
    }
}

/// Returns the value of a session whose key has the week of its latest end.
pub(crate) async fn of_session<S: Ephemera>(
    store: &S,
    tenant: &Tenant,
    session: &Session,
    key: fn(SessionId, Timestamp) -> EphemeralKey,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, Failure> {
    let ends = tenant
        .settings
        .lifetimes
        .session_end(session.authentication.time);
    // A second factor that the user proves later renews the time, but not the value.
    let weeks: Vec<_> = weeks(now, ends).collect();
    for week in weeks.into_iter().rev() {
        let found = store.get(tenant.id, &key(session.id, week), now).await?;
        if let Some(found) = found {
            return Ok(Some(found.value));
        }
    }
    Ok(None)
}

const WEEK: u64 = 7 * 24 * 3600;

/// Returns the end of a week in which a time is.
const fn end_of_week(time: Timestamp) -> Timestamp {
    end_of(WEEK, time)
}

/// Returns the end of the period of so many seconds in which a time is.
pub(crate) const fn end_of(seconds: u64, time: Timestamp) -> Timestamp {
    Timestamp::from_unix_seconds((time.as_unix_seconds() / seconds + 1) * seconds)
}

/// Returns the ends of the weeks from now to a time.
pub(crate) fn weeks(now: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    let number = |time: Timestamp| time.as_unix_seconds() / WEEK;
    (number(now)..=number(until)).map(|week| Timestamp::from_unix_seconds(week * WEEK))
}

/// Returns the key of a used logout token of a provider, which is accepted until `expires_at`.
pub(crate) fn used_logout_token(
    issuer: &str,
    token_id: &str,
    expires_at: Timestamp,
) -> EphemeralKey {
    let digest = Sha256::new()
        .chain_update("upstream logout")
        .chain_update((issuer.len() as u64).to_be_bytes())
        .chain_update(issuer)
        .chain_update(token_id)
        .finalize();
    EphemeralKey {
        expires_at,
        kind: EphemeralKind::AssertionId,
        id: first_half(&digest),
    }
}

/// Returns the first 16 bytes of a digest.
pub(crate) fn first_half(digest: &[u8]) -> [u8; 16] {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = *from;
    }
    id
}

/// Marks a step of a sign-in as used. Fails with [`Refusal::LoginStepUsed`] if it already was.
pub(crate) async fn take_step<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    (login, step, expires_at): (LoginId, u8, Timestamp),
    now: Timestamp,
) -> Result<(), Failure> {
    let key = step_of(login, step, expires_at);
    match store.insert(tenant, &key, &[], now).await? {
        Race::Won => Ok(()),
        Race::Lost => Err(Refusal::LoginStepUsed.into()),
    }
}

/// Returns the key for a used step of a sign-in.
pub(crate) fn step_of(login: LoginId, step: u8, expires_at: Timestamp) -> EphemeralKey {
    let digest = Sha256::new()
        .chain_update(login.as_bytes())
        .chain_update([step])
        .finalize();
    EphemeralKey {
        expires_at,
        kind: EphemeralKind::SignInStep,
        id: first_half(&digest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

    #[test]
    fn step_key_is_stable() {
        let login = LoginId::from_bytes([7; 16]);
        let key = step_of(login, 2, ENDS);
        assert_eq!(
            (key.kind, key.expires_at),
            (EphemeralKind::SignInStep, ENDS)
        );
        let hex = format!("{:032x}", u128::from_be_bytes(key.id));
        assert_eq!(hex, "afa2d521c01ec9c72388f4f915dd90c4");
        assert_ne!(step_of(login, 1, ENDS).id, key.id);
    }

    #[test]
    fn upstream_sign_in_key_is_stable() {
        let key = upstream_sign_in(&[7; 40], ENDS);
        assert_eq!(
            (key.kind, key.expires_at),
            (EphemeralKind::UpstreamSignIn, ENDS)
        );
        let hex = format!("{:032x}", u128::from_be_bytes(key.id));
        assert_eq!(hex, "03691d150c12d51ad46e6372cfe65a53");
    }

    #[test]
    fn session_at_provider_is_found_in_the_week_of_its_end() {
        let key = upstream_session("https://idp.example", "s", ENDS);
        let late = Timestamp::from_unix_seconds(ENDS.as_unix_seconds() + 30 * 24 * 3600);
        for begins in [
            ENDS.as_unix_seconds() - 20 * 24 * 3600,
            ENDS.as_unix_seconds(),
        ] {
            let begins = Timestamp::from_unix_seconds(begins);
            let mut found = weeks(begins, late);
            let again = |week| upstream_session("https://idp.example", "s", week);
            assert!(found.any(|week| again(week) == key));
        }
        assert!(!key.expires_at.has_passed(ENDS));
        let other = upstream_session("https://idp.example", "t", ENDS);
        assert_ne!(other.id, key.id);
    }

    #[test]
    fn attempts_key_equals_login_id() {
        let key = attempts_in_login(LoginId::from_bytes([7; 16]), ENDS);
        assert_eq!((key.kind, key.id), (EphemeralKind::Attempts, [7; 16]));
    }
}
