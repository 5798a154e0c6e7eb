use super::answer::{Answer, Answered, FirstFactor, Prompted, Proof, Visitor};
use super::method::LoginMethod;
use super::use_cases::SignIn;
use crate::app::App;
use crate::failure::Failure;
use crate::federation::{Account, UpstreamAnswer, sign_in_of};
use crate::mail::Mail;
use crate::refusals;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{Interaction, Pending, UpstreamLogin, UpstreamSignIn};
use countersign_domain::login::methods::Method;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::Message;

/// [`Method::UPSTREAM`]. Its page is at the provider: [`Federation::depart`](crate::Federation::depart) leads there.
pub(super) struct Upstream;

impl<A: App> LoginMethod<A> for Upstream {
    async fn ask(_: &SignIn<A>, _: &Tenant, _: &mut Interaction) -> Result<Prompted, Failure> {
        Ok(Prompted::By(Method::PASSWORD))
    }

    async fn judge(
        sign_in: &SignIn<A>,
        tenant: &Tenant,
        interaction: &mut Interaction,
        answer: Answer,
        visitor: &Visitor<'_>,
    ) -> Result<Answered, Failure> {
        let pending = interaction.pending.take();
        let (Some(Pending::Upstream(login)), Some(answer)) = (pending, answer.upstream) else {
            return Ok(Answered::Over);
        };
        let arrived = sign_in.by_upstream(tenant, &login, &answer, visitor).await;
        let outcome = match arrived {
            Ok((proved, upstream)) => {
                interaction.upstream = Some(upstream);
                Ok(proved)
            }
            Err(failure) => Err(failure),
        };
        let outcome = (Method::UPSTREAM, outcome);
        sign_in
            .after(tenant, interaction, outcome, visitor.requested)
            .await
    }
}

impl<A: App> SignIn<A> {
    /// Checks the response of a provider, and finds or creates the account of its user.
    async fn by_upstream(
        &self,
        tenant: &Tenant,
        login: &UpstreamLogin,
        answer: &UpstreamAnswer,
        visitor: &Visitor<'_>,
    ) -> Result<(FirstFactor, UpstreamSignIn), Failure> {
        if login.links.is_some() {
            // It is about the account page, and is no sign-in.
            return Err(refusals::UPSTREAM_STATE_UNKNOWN.into());
        }
        let now = self.clock.now();
        let arrival = self
            .federation
            .arrive(tenant, login, answer, visitor.source.address);
        let arrival = arrival.await?;
        let (user, is_new) = match self.federation.account(tenant, &arrival).await? {
            Account::Linked(user) => (user, false),
            Account::Owner { user, hands_over } => {
                let user = if hands_over {
                    self.take_over(tenant, user, visitor).await?
                } else {
                    user
                };
                (user, true)
            }
        };
        let (provider, upstream) = (&arrival.provider, &arrival.user);
        let user = self
            .federation
            .update(tenant, provider, upstream, user)
            .await?;
        self.federation.keep_id_token(tenant, &arrival).await?;
        let record = sign_in_of(provider, upstream, user.id, arrival.session, is_new);
        if arrival.had_two_factors {
            let methods = Methods::NONE.with(Method::UPSTREAM);
            let methods = methods.with(Method::UPSTREAM_TWO_FACTORS);
            let proof = Proof::by(user, methods);
            return Ok((FirstFactor::Suffices(Box::new(proof)), record));
        }
        let devices = visitor.devices;
        let proved = self.after_first_factor(tenant, user, Method::UPSTREAM, devices, now);
        Ok((proved.await?, record))
    }

    /// Hands an account over to the owner of its address, whom a provider has proved. The address was never verified, so
    /// the account may be that of a stranger (account pre-hijacking).
    async fn take_over(
        &self,
        tenant: &Tenant,
        user: User,
        visitor: &Visitor<'_>,
    ) -> Result<User, Failure> {
        let user = self.hand_over(tenant, user, self.clock.now()).await?;
        if self.mailer.is_set_up() {
            let letter = (visitor.compose)(Mail::AddressVerified, Some(&user));
            self.mailer.send(Message::new(user.email.clone(), letter));
        }
        Ok(user)
    }
}
