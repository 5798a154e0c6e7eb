//! Delayed reset of a lost second factor.

use super::answer::Answered;
use super::use_cases::SignIn;
use crate::admin::AdminError;
use crate::app::App;
use crate::attempts;
use crate::failure::Failure;
use crate::mail::{Announcement, Compose, Notices};
use crate::refusals;
use crate::sessions::Origin;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Operator;
use countersign_domain::login::interaction::{Interaction, PendingLogin};
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_domain::user::factor_reset::{FactorReset, ResetStage};
use countersign_ports::prelude::*;
use countersign_ports::{Race, UserKey};
use std::net::IpAddr;
use std::time::Duration;

/// What a sign-in that waits for a second factor can do about a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorResetStep {
    /// Request a reset, which will be due after this delay.
    Request(Duration),
    /// Wait until this time.
    Wait(Timestamp),
    /// Remove the factors.
    Remove,
}

impl<A: App> SignIn<A> {
    /// Returns what a sign-in can do about a reset of the second factors; `None` if nothing.
    pub async fn factor_reset(
        &self,
        tenant: &Tenant,
        login: &PendingLogin,
    ) -> Result<Option<FactorResetStep>, Failure> {
        let Some(delay) = tenant.settings.recovery.factor_reset else {
            return Ok(None);
        };
        let user = self.user_of(tenant, login).await?;
        let is_admin = self.users.has_admin_role(tenant, user.id).await?;
        let sends_notices = tenant.settings.recovery.sends_notices && self.mailer.is_set_up();
        if !sends_notices || !FactorReset::is_open_to(login, &user, is_admin) {
            return Ok(None);
        }
        let now = self.clock.now();
        let resets = self.users.factor_resets();
        let pending = resets.pending(tenant, user.id, now).await?;
        Ok(Some(match pending {
            None => FactorResetStep::Request(delay),
            Some(reset) if reset.stage(now) == ResetStage::Due => FactorResetStep::Remove,
            Some(reset) => FactorResetStep::Wait(reset.due_at),
        }))
    }

    /// Requests a reset of the second factors, and announces it by mail. A repeated request changes nothing and sends no
    /// mail, so it does not postpone the reset.
    pub async fn request_factor_reset(
        &self,
        tenant: &Tenant,
        login: &PendingLogin,
        (notices, compose): (&Notices<A>, Compose<'_>),
        (origin, address): (&Origin, Option<IpAddr>),
    ) -> Result<(), Failure> {
        let delay = match self.factor_reset(tenant, login).await? {
            Some(FactorResetStep::Request(delay)) => delay,
            Some(_) => return Ok(()),
            None => return Err(refusals::FACTOR_RESET_OFF.into()),
        };
        let user = self.user_of(tenant, login).await?;
        let now = self.clock.now();
        let targets = attempts::mails(user.email.as_str(), address);
        let limits = (&[][..], None);
        attempts::take(&*self.store, tenant, &targets, limits, now).await?;
        let reset = FactorReset::after(delay, user.id, now);
        let announcement = Announcement {
            due_at: reset.due_at,
            // The link must cancel the reset for as long as the reset can be used.
            lifetime: delay + FactorReset::WINDOW,
        };
        // Announce it first, so that no reset is without its notice.
        notices
            .announce(tenant, &user, announcement, origin, compose)
            .await?;
        let _ = self.users.factor_resets().put(tenant, reset).await?;
        Ok(())
    }

    /// Removes the second factors of a user whose reset is due, signs the user out everywhere, and continues the sign-in,
    /// for which the password now suffices.
    pub async fn complete_factor_reset(
        &self,
        tenant: &Tenant,
        interaction: &mut Interaction,
        login: &PendingLogin,
    ) -> Result<(User, Answered), Failure> {
        if self.factor_reset(tenant, login).await? != Some(FactorResetStep::Remove) {
            return Err(refusals::FACTOR_RESET_OFF.into());
        }
        let (id, now) = (login.user, self.clock.now());
        let (resets, owner) = (self.users.factor_resets(), Operator::owner(id, None));
        let pending = resets.pending(tenant, id, now).await?;
        let reset = pending.ok_or(refusals::FACTOR_RESET_OFF)?;
        // Used up first, so that a reset that fails halfway cannot be used again.
        let completed = Action::USER_FACTOR_RESET_COMPLETED;
        if resets.end(tenant, &owner, completed, &reset).await? == Race::Lost {
            return Err(refusals::FACTOR_RESET_OFF.into());
        }
        let removed = self
            .users
            .remove_own_factors(tenant, &owner, &self.sessions, id);
        removed.await.map_err(|error| match error {
            AdminError::Failure(failure) => failure,
            _ => refusals::FACTOR_RESET_OFF.into(),
        })?;
        let found = self.store.find_user(tenant.id, UserKey::Id(id)).await?;
        let user = found.ok_or(refusals::FACTOR_RESET_OFF)?;
        let method = Method::PASSWORD;
        let first = self.after_first_factor(tenant, user.clone(), method, &[], now);
        let outcome = (method, first.await);
        let answered = self.after(tenant, interaction, outcome, None).await?;
        Ok((user, answered))
    }
}
