//! Delayed reset of lost second factors.

use super::secure::follow;
use crate::admin::administrators::{grant, user as holder};
use crate::admin::stored_events;
use crate::admin::users::{admin, is_shut_out, jane, stored};
use crate::composition::{notices, sign_in};
use crate::fakes::Fakes;
use crate::world::{At, Outside, SINGLE, tenant};
use countersign_application::{
    Answer, Answered, FactorResetStep, Failure, Mail, Origin, SignIn, Visitor, refusals,
    totp_context,
};
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::login::interaction::{Interaction, PendingLogin, Purpose};
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_domain::tenant::{Tenant, TenantSettings};
use countersign_domain::user::User;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_ports::prelude::*;
use countersign_ports::{After, Letter, Race};
use countersign_store_contract::fixtures::NOW;
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;
use std::time::Duration;

const DELAY: Duration = Duration::from_secs(3 * 86_400);
const SECOND: Duration = Duration::from_secs(1);

struct World {
    store: Arc<MemoryStore>,
    outside: Arc<Outside>,
    tenant: Tenant,
}

/// Composes letters whose subject is the token.
fn compose(mail: Mail<'_>, _: Option<&User>) -> Letter {
    match mail {
        Mail::Notice(notice) => fixtures::letter(notice.token.expose_secret(), "notice"),
        _ => fixtures::letter("", ""),
    }
}

impl World {
    /// Jane has an authenticator app and a passkey.
    async fn new() -> Self {
        let (store, id) = (jane().await, fixtures::user_id(1));
        let sealed = [totp_context(id).as_bytes(), b"secret"].concat();
        let codes = [Secret::new("code").digest()];
        let enrolled = store.replace_totp_secret(SINGLE, id, None, Some(&sealed), &codes);
        assert_eq!(enrolled.await.unwrap(), Race::Won);
        let passkey = fixtures::passkey(b"phone");
        let inserted = store.insert_passkey(SINGLE, &passkey);
        assert_eq!(inserted.await.unwrap(), Race::Won);
        let settings = TenantSettings {
            recovery: RecoveryPolicy {
                factor_reset: Some(DELAY),
                ..RecoveryPolicy::default()
            },
            ..tenant().settings.clone()
        };
        Self {
            store,
            outside: Arc::default(),
            tenant: Tenant {
                settings,
                ..tenant().clone()
            },
        }
    }

    fn sign_in_after(&self, time: Duration) -> SignIn<Fakes<MemoryStore>> {
        let mut sign_in = sign_in(&self.store, &self.outside);
        let clock = Arc::new(At(NOW.plus(time)));
        (sign_in.clock, sign_in.users.clock) = (clock.clone(), clock);
        sign_in
    }

    /// Returns a sign-in that begins now and waits for a second factor.
    async fn login(&self, sign_in: &SignIn<Fakes<MemoryStore>>) -> PendingLogin {
        let user = stored(&self.store).await;
        let login = sign_in.step_up(&self.tenant, &user, &fixtures::session(7));
        PendingLogin {
            session: None,
            methods: Methods::NONE.with(Method::PASSWORD),
            ..login
        }
    }

    async fn step_after(&self, time: Duration) -> Option<FactorResetStep> {
        let sign_in = self.sign_in_after(time);
        let login = self.login(&sign_in).await;
        sign_in.factor_reset(&self.tenant, &login).await.unwrap()
    }

    async fn request_after(&self, time: Duration) -> Result<(), Failure> {
        let sign_in = self.sign_in_after(time);
        let login = self.login(&sign_in).await;
        let (notices, origin) = (notices(&self.store, &self.outside), Origin::default());
        let (mail, from) = ((&notices, &compose as _), (&origin, None));
        sign_in
            .request_factor_reset(&self.tenant, &login, mail, from)
            .await
    }

    async fn complete_after(&self, time: Duration) -> Result<Answered, Failure> {
        let sign_in = self.sign_in_after(time);
        let login = self.login(&sign_in).await;
        let mut interaction = waiting(&login);
        let completed = sign_in.complete_factor_reset(&self.tenant, &mut interaction, &login);
        completed.await.map(|(_, answered)| answered)
    }

    /// Returns whether Jane has an authenticator app, and the number of her other factors.
    async fn factors(&self) -> (bool, usize, u32) {
        let id = fixtures::user_id(1);
        let passkeys = self.store.list_passkeys(SINGLE, id, After::start());
        let codes = self.store.count_recovery_codes(SINGLE, id);
        (
            stored(&self.store).await.sealed_totp_secret.is_some(),
            passkeys.await.unwrap().items.len(),
            codes.await.unwrap(),
        )
    }

    /// Returns the end of the actions about resets, oldest first.
    async fn actions(&self) -> Vec<String> {
        let events = stored_events(&self.store).await;
        let mut events: Vec<_> = events.iter().map(|own| (own.id, &own.action)).collect();
        events.sort_by_key(|(id, _)| *id);
        let names = events.into_iter().map(|(_, action)| action.as_str());
        let names = names.filter_map(|name| name.strip_prefix("user.factor_reset_"));
        names.map(ToOwned::to_owned).collect()
    }
}

fn waiting(login: &PendingLogin) -> Interaction {
    let mut interaction = Interaction::new(Purpose::Visit("/account".to_owned()), NOW);
    interaction.wait_for(login.clone());
    interaction
}

fn is_off<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Refused(refusals::FACTOR_RESET_OFF)))
}

#[tokio::test]
async fn requested_reset_is_announced_once_and_not_postponed() {
    let world = World::new().await;
    let step = world.step_after(Duration::ZERO).await;
    assert_eq!(step, Some(FactorResetStep::Request(DELAY)));
    for time in [Duration::ZERO, DELAY.saturating_sub(SECOND)] {
        world.request_after(time).await.unwrap();
        assert_eq!(world.outside.mail().len(), 1);
        let due_at = NOW.plus(DELAY);
        let step = world.step_after(time).await;
        assert_eq!(step, Some(FactorResetStep::Wait(due_at)));
        assert!(is_off(&world.complete_after(time).await));
    }
    let step = world.step_after(DELAY).await;
    assert_eq!(step, Some(FactorResetStep::Remove));
    assert_eq!(world.factors().await, (true, 1, 1));
    assert_eq!(world.actions().await, ["requested"]);
}

#[tokio::test]
async fn due_reset_removes_all_factors_once_and_signs_out_everywhere() {
    let mut world = World::new().await;
    // The password suffices, and leads to the setup of a new factor.
    world.tenant.settings.mfa = MfaPolicy::Required;
    world.request_after(Duration::ZERO).await.unwrap();
    let answered = world.complete_after(DELAY).await.unwrap();
    let Answered::Proved { proof, .. } = answered else {
        panic!("{answered:?}");
    };
    assert_eq!(proof.methods, Methods::NONE.with(Method::PASSWORD));
    assert_eq!(world.factors().await, (false, 0, 0));
    assert!(is_shut_out(&world.store).await);
    assert!(is_off(&world.complete_after(DELAY).await));
    assert_eq!(world.actions().await, ["requested", "completed"]);
}

#[tokio::test]
async fn expired_reset_is_unusable_and_can_be_requested_again() {
    let world = World::new().await;
    world.request_after(Duration::ZERO).await.unwrap();
    let late = DELAY + FactorReset::WINDOW;
    assert!(is_off(&world.complete_after(late).await));
    world.request_after(late).await.unwrap();
    let step = world.step_after(late).await;
    assert_eq!(step, Some(FactorResetStep::Wait(NOW.plus(late + DELAY))));
    assert_eq!(world.outside.mail().len(), 2);
}

#[tokio::test]
async fn sign_in_with_second_factor_cancels_requested_reset() {
    let world = World::new().await;
    world.request_after(Duration::ZERO).await.unwrap();
    let sign_in = sign_in(&world.store, &world.outside);
    let mut interaction = waiting(&world.login(&sign_in).await);
    let visitor = Visitor {
        devices: &[],
        sessions: &[],
        source: crate::sign_in::NOWHERE,
        requested: None,
        compose: &compose,
    };
    let answer = Answer {
        code: Some("123456".to_owned()),
        ..Answer::default()
    };
    let method = Method::TIME_CODE;
    let answered = sign_in.answer(&world.tenant, &mut interaction, method, answer, &visitor);
    assert!(matches!(answered.await.unwrap(), Answered::Proved { .. }));
    assert!(is_off(&world.complete_after(DELAY).await));
    assert_eq!(world.factors().await, (true, 1, 1));
    assert_eq!(world.actions().await, ["requested", "canceled"]);
}

#[tokio::test]
async fn holder_of_admin_role_is_refused_even_when_reset_is_due() {
    let world = World::new().await;
    world.request_after(Duration::ZERO).await.unwrap();
    grant(&world.store, &holder(1), "support").await;
    assert_eq!(world.step_after(DELAY).await, None);
    assert!(is_off(&world.complete_after(DELAY).await));
    assert!(is_off(&world.request_after(DELAY).await));
    assert_eq!(world.factors().await, (true, 1, 1));
}

#[tokio::test]
async fn link_of_announcement_cancels_reset() {
    let world = World::new().await;
    world.request_after(Duration::ZERO).await.unwrap();
    let token = Secret::new(world.outside.queued().pop().unwrap().letter.subject);
    follow((&world.store, &world.outside), &token)
        .await
        .unwrap();
    assert!(is_off(&world.complete_after(DELAY).await));
    assert_eq!(world.actions().await, ["requested", "canceled"]);
}

#[tokio::test]
async fn reset_needs_setting_notices_and_sign_in_by_password() {
    let mut world = World::new().await;
    let sign_in = world.sign_in_after(Duration::ZERO);
    let by_mail = PendingLogin {
        methods: Methods::NONE.with(Method::EMAIL_CODE),
        ..world.login(&sign_in).await
    };
    let step = sign_in.factor_reset(&world.tenant, &by_mail).await;
    assert_eq!(step.unwrap(), None);
    world.tenant.settings.recovery.sends_notices = false;
    assert!(is_off(&world.request_after(Duration::ZERO).await));
    world.tenant.settings.recovery.sends_notices = true;
    world.request_after(Duration::ZERO).await.unwrap();
    world.tenant.settings.recovery.factor_reset = None;
    assert!(is_off(&world.complete_after(DELAY).await));
}

#[tokio::test]
async fn schedule_removes_expired_and_disabled_requests_only() {
    let world = World::new().await;
    let key = fixtures::user_id(1).to_string();
    let found = || countersign_application::stored::find(&*world.store, SINGLE, &key);
    for (after, factor_reset, is_kept) in [
        (DELAY, Some(DELAY), true),
        (DELAY + FactorReset::WINDOW, Some(DELAY), false),
        (Duration::ZERO, None, false),
    ] {
        let mut admin = admin(&world.store);
        admin.clock = Arc::new(At(NOW.plus(after)));
        let mut tenant = world.tenant.clone();
        world.request_after(Duration::ZERO).await.unwrap();
        tenant.settings.recovery.factor_reset = factor_reset;
        admin.remove_old_factor_resets(&tenant).await.unwrap();
        let kept: Option<FactorReset> = found().await.unwrap();
        assert_eq!(kept.is_some(), is_kept, "{after:?} {factor_reset:?}");
    }
}
