use super::client_of;
use super::ways::ways;
use crate::authorize::request::Asked;
use crate::browser::problem::FormProblem;
use crate::browser::{Browser, Opened, form};
use crate::pages::views::{AddressView, Autofill, CodeView, LoginView, Other, PasskeyView};
use crate::paths::{self, LOGIN, LOST_FACTOR, RECOVER, SIGN_UP};
use crate::upstream;
use axum::response::Response;
use countersign_application::{App, Prompt};
use countersign_domain::login::interaction::{Interaction, Pending, Purpose};
use countersign_domain::login::methods::Method;
use countersign_server_http::wire::error::RequestError;

/// Page of a login method.
pub(super) struct MethodPage<'a> {
    pub(super) method: Method,
    /// Interaction before the prompt, for links to other methods.
    pub(super) before: &'a Interaction,
    pub(super) opened: &'a Opened,
    pub(super) asked: Option<&'a Asked>,
}

/// Renders the prompt of a login method.
pub(super) async fn render<A: App>(
    browser: &Browser<A>,
    page: &MethodPage<'_>,
    prompt: &Prompt,
) -> Result<Response, RequestError> {
    let problem = page.opened.problem.as_ref();
    let (csrf, path) = (browser.seals.csrf(), paths::of_method(page.method));
    let sealed = browser.seals.interaction(&page.opened.interaction);
    let form = form(&path, &csrf, Some(&sealed));
    let shown = problem.map(FormProblem::shown);
    let words = browser.page();
    Ok(match prompt {
        Prompt::Password => {
            let client = client_of(browser, page.asked).map(|client| &*client.name);
            let is_restricted = !ways(browser, page.asked).allow(None);
            let passkey = if is_restricted {
                None
            } else {
                autofill(browser, page).await
            };
            let path = paths::of_method(Method::PASSKEY);
            let view = LoginView {
                page: words,
                form,
                client,
                email: email(browser, page),
                problem: shown,
                is_restricted,
                others: offered(browser, page),
                providers: providers(browser, page).await?,
                autofill: passkey.as_ref().map(|(options, sealed)| Autofill {
                    form: crate::browser::form(&path, &csrf, Some(sealed)),
                    options,
                }),
                forgot: forgot(browser, page),
                sign_up: sign_up(browser, page),
            };
            FormProblem::show(problem, words, &view)
        }
        Prompt::Address => {
            let view = AddressView {
                page: words,
                form,
                problem: shown,
                method: page.method,
                email: typed(page).unwrap_or_default(),
                back: &browser.seals.link(LOGIN, page.before),
            };
            FormProblem::show(problem, words, &view)
        }
        Prompt::Code { sent_to, digits } => {
            let account = account(browser, page).await?;
            let view = CodeView {
                page: words,
                form,
                problem: shown,
                method: page.method,
                account: account.as_deref(),
                sent_to: sent_to.as_deref(),
                digits: *digits,
                again: sent_to.as_ref().map(|_| restart(browser, page, &path)),
                remember_days: remember_days(browser, page),
                others: instead(browser, page).await?,
            };
            FormProblem::show(problem, words, &view)
        }
        Prompt::Passkey { options } => {
            let account = account(browser, page).await?;
            let view = PasskeyView {
                page: words,
                form,
                problem: shown,
                account: account.as_deref(),
                new: false,
                options,
                back: &back(browser, page).await?,
                lost: lost(browser, page).await?,
            };
            FormProblem::show(problem, words, &view)
        }
    })
}

/// Returns the options for passkeys in the email field, and the interaction that waits for one of them. The challenge is
/// in the sealed interaction, so it costs no row. The page works without it.
async fn autofill<A: App>(browser: &Browser<A>, page: &MethodPage<'_>) -> Option<(String, String)> {
    let sign_in = &browser.services.app.sign_in;
    if !sign_in.offered(&browser.tenant).contains(&Method::PASSKEY) {
        return None;
    }
    let asked = sign_in.ask_for_passkey(&browser.tenant, None).await;
    let (options, challenge) = asked.ok()?;
    let mut interaction = page.before.clone();
    interaction.pending = Some(Pending::Challenge(challenge));
    Some((options, browser.seals.interaction(&interaction)))
}

/// Returns the initial value of the email field. A user who signs in again is probably the same person.
fn email<'a, A: App>(browser: &'a Browser<A>, page: &'a MethodPage<'_>) -> &'a str {
    let current = match page.before.purpose {
        Purpose::Authorize(_) | Purpose::Device(_) => browser.sessions.current(),
        Purpose::Visit(_) => None,
    };
    typed(page)
        .or(current.map(|live| live.user.email.as_str()))
        .unwrap_or_default()
}

fn typed<'a>(page: &'a MethodPage<'_>) -> Option<&'a str> {
    let login_hint = page.asked.and_then(|asked| asked.login_hint.as_deref());
    page.opened.email().or(login_hint)
}

/// Returns the link to the recovery of an account. Without mail, there is none.
fn forgot<A: App>(browser: &Browser<A>, page: &MethodPage<'_>) -> Option<String> {
    let has_mail = browser.services.app.sign_in.mailer.is_set_up();
    has_mail.then(|| restart(browser, page, RECOVER))
}

/// Returns the link to the creation of an account, if the tenant offers it to users of this client.
fn sign_up<A: App>(browser: &Browser<A>, page: &MethodPage<'_>) -> Option<String> {
    let client = client_of(browser, page.asked).map(|client| &client.id);
    let accounts = &browser.services.app.accounts;
    let is_offered = accounts.offers_sign_up(&browser.tenant, client);
    is_offered.then(|| restart(browser, page, SIGN_UP))
}

/// Returns the other methods that can start a sign-in.
fn offered<A: App>(browser: &Browser<A>, page: &MethodPage<'_>) -> Vec<Other> {
    let methods = browser.services.app.sign_in.offered(&browser.tenant);
    let others = methods.into_iter().filter(|method| *method != page.method);
    others
        .map(|method| Other {
            text: browser.page().of_method(method, "sign_in"),
            link: link(browser, method, page.before),
            posts: method == Method::PASSKEY,
        })
        .collect()
}

/// Returns the links to the upstream providers.
async fn providers<A: App>(
    browser: &Browser<A>,
    page: &MethodPage<'_>,
) -> Result<Vec<Other>, RequestError> {
    let federation = &browser.services.app.federation;
    let mut offered = federation.offered(&browser.tenant).await?;
    let ways = ways(browser, page.asked);
    offered.retain(|own| ways.allow(Some(&own.name)));
    if offered.is_empty() {
        return Ok(Vec::new());
    }
    let mut interaction = page.before.clone();
    interaction.pending = None;
    let sealed = browser.seals.interaction(&interaction);
    let offered = offered.into_iter();
    let links = offered.map(|provider| Other {
        text: browser
            .page()
            .with("upstream.continue", "provider", &provider.display_name),
        link: format!(
            "{}?idp={}&interaction={sealed}",
            upstream::AUTHORIZE,
            provider.name
        ),
        posts: false,
    });
    Ok(links.collect())
}

/// Returns the other methods with which the user can provide the second factor.
async fn instead<A: App>(
    browser: &Browser<A>,
    page: &MethodPage<'_>,
) -> Result<Vec<Other>, RequestError> {
    let methods = second_factors(browser, page).await?;
    let others = methods.into_iter().filter(|method| *method != page.method);
    let others = others.map(|method| Other {
        text: browser.page().of_method(method, "instead"),
        link: link(browser, method, page.before),
        posts: method == Method::PASSKEY,
    });
    let lost = lost(browser, page).await?.map(|link| Other {
        text: browser.page().text("lost_factor.link").to_owned(),
        link,
        posts: false,
    });
    Ok(others.chain(lost).collect())
}

/// Returns the link to the reset of lost second factors, if the sign-in is offered one.
async fn lost<A: App>(
    browser: &Browser<A>,
    page: &MethodPage<'_>,
) -> Result<Option<String>, RequestError> {
    let Some(login) = page.before.pending_login() else {
        return Ok(None);
    };
    let sign_in = &browser.services.app.sign_in;
    let step = sign_in.factor_reset(&browser.tenant, login).await?;
    Ok(step.map(|_| {
        let mut interaction = page.before.clone();
        interaction.wait_for(login.clone());
        browser.seals.link(LOST_FACTOR, &interaction)
    }))
}

/// Returns the email address of the user whose sign-in waits for a second factor.
async fn account<A: App>(
    browser: &Browser<A>,
    page: &MethodPage<'_>,
) -> Result<Option<String>, RequestError> {
    let Some(login) = page.before.pending_login() else {
        return Ok(None);
    };
    let sign_in = &browser.services.app.sign_in;
    let user = sign_in.user_of(&browser.tenant, login).await?;
    Ok(Some(user.email.to_string()))
}

async fn second_factors<A: App>(
    browser: &Browser<A>,
    page: &MethodPage<'_>,
) -> Result<Vec<Method>, RequestError> {
    let Some(login) = page.before.pending_login() else {
        return Ok(Vec::new());
    };
    let sign_in = &browser.services.app.sign_in;
    let user = sign_in.user_of(&browser.tenant, login).await?;
    Ok(sign_in.second_factors(&browser.tenant, &user).await?)
}

/// Returns the URL of the page of a method. For a passkey, a form posts the interaction instead.
fn link<A: App>(browser: &Browser<A>, method: Method, interaction: &Interaction) -> String {
    let path = paths::of_method(method);
    if method == Method::PASSKEY {
        path
    } else {
        browser.seals.link(&path, interaction)
    }
}

/// Returns the link back from a passkey page: to another second factor, or to the start of the sign-in.
async fn back<A: App>(browser: &Browser<A>, page: &MethodPage<'_>) -> Result<String, RequestError> {
    let others = second_factors(browser, page).await?;
    let other = others.into_iter().find(|method| *method != page.method);
    Ok(match (other, page.before.pending_login()) {
        (Some(method), Some(login)) => {
            let mut interaction = page.before.clone();
            interaction.wait_for(login.clone());
            browser.seals.link(&paths::of_method(method), &interaction)
        }
        _ => restart(browser, page, LOGIN),
    })
}

/// Returns a link to `path` without the pending input of the interaction.
fn restart<A: App>(browser: &Browser<A>, page: &MethodPage<'_>, path: &str) -> String {
    let mut interaction = page.before.clone();
    interaction.pending = None;
    browser.seals.link(path, &interaction)
}

/// Returns how many days a device is remembered. Returns `None` if no sign-in waits for a second factor.
fn remember_days<A: App>(browser: &Browser<A>, page: &MethodPage<'_>) -> Option<u64> {
    page.before.pending_login()?;
    let lifetime = browser.tenant.settings.lifetimes.device();
    Some(lifetime.as_secs() / 86_400).filter(|days| *days > 0)
}
