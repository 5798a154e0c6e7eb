//! Pages of a sign-in and of the decisions after it.

use crate::frame::{CLIENT, FORM, JANE, Outcome, refused, write};
use countersign_domain::login::methods::Method;
use countersign_server_pages::pages::PageContext;
use countersign_server_pages::pages::views::{
    Account, AccountsView, AddressView, CodeView, ConsentView, LoginView, Other, PasskeyOfferView,
    PasskeyView, Problem, UpstreamFailedView, UpstreamFault,
};
use std::path::Path;

fn other(page: PageContext<'_>, method: Method, text: &str) -> Other {
    Other {
        text: page.of_method(method, text),
        link: "#".to_owned(),
        posts: method == Method::PASSKEY,
    }
}

fn provider(page: PageContext<'_>, name: &str) -> Other {
    Other {
        text: page.with("upstream.continue", "provider", name),
        link: "#".to_owned(),
        posts: false,
    }
}

async fn upstream_failed(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, fault) in [
        ("upstream-failed", UpstreamFault::Unavailable),
        ("upstream-address-taken", UpstreamFault::AddressTaken),
    ] {
        let failed = UpstreamFailedView {
            page,
            provider: "Corp & Co",
            fault,
            again: Some("#"),
            other: "#",
            request_id: Some("0198d1a0-8b7e-7c1a-9b0e-2f1c7a5d3e4f"),
        };
        write(folder, name, page, &failed).await?;
    }
    Ok(())
}

pub(super) async fn sign_in(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, problem) in [
        ("login", None),
        ("login-failed", Some(Problem::LoginFailed)),
        ("login-wait", Some(Problem::Wait(10))),
    ] {
        let others = [Method::EMAIL_CODE, Method::PASSKEY].map(|one| other(page, one, "sign_in"));
        let login = LoginView {
            page,
            form: FORM,
            client: Some(CLIENT),
            email: if problem.is_some() { JANE } else { "" },
            problem: problem.map(refused),
            others: if problem.is_none() {
                others.into()
            } else {
                Vec::new()
            },
            is_restricted: false,
            providers: if problem.is_none() {
                vec![provider(page, "Google"), provider(page, "Corp & Co")]
            } else {
                Vec::new()
            },
            autofill: None,
            forgot: Some("#".to_owned()),
            sign_up: Some("#".to_owned()),
        };
        write(folder, name, page, &login).await?;
    }
    upstream_failed(folder, page).await?;
    let (time_code, recovery_code) = (Method::TIME_CODE, Method::RECOVERY_CODE);
    for (name, method, others) in [
        (
            "second-factor",
            time_code,
            vec![recovery_code, Method::PASSKEY],
        ),
        ("recovery-code", recovery_code, vec![time_code]),
        ("email-code", Method::EMAIL_CODE, Vec::new()),
    ] {
        let sent_to = (method == Method::EMAIL_CODE).then_some(JANE);
        let view = CodeView {
            page,
            form: FORM,
            problem: (method == recovery_code).then_some(refused(Problem::RecoveryCodeWrong)),
            method,
            account: sent_to.is_none().then_some(JANE),
            sent_to,
            digits: method != recovery_code,
            again: sent_to.map(|_| "#".to_owned()),
            remember_days: sent_to.is_none().then_some(30),
            others: others
                .into_iter()
                .map(|one| other(page, one, "instead"))
                .collect(),
        };
        write(folder, name, page, &view).await?;
    }
    let view = AddressView {
        page,
        form: FORM,
        problem: None,
        method: Method::EMAIL_CODE,
        email: JANE,
        back: "#",
    };
    write(folder, "email-code-ask", page, &view).await?;
    for (name, new) in [("passkey", false), ("passkey-new", true)] {
        let view = PasskeyView {
            page,
            form: FORM,
            problem: None,
            account: None,
            new,
            options: "{}",
            back: "#",
            lost: (!new).then(|| "#".to_owned()),
        };
        write(folder, name, page, &view).await?;
    }
    let offer = PasskeyOfferView {
        page,
        form: FORM,
        account: JANE,
        create: "#",
    };
    write(folder, "passkey-offer", page, &offer).await
}

pub(super) async fn deciding(folder: &Path, page: PageContext<'_>) -> Outcome {
    let consent = ConsentView {
        warns_of_loopback: false,
        policy: None,
        terms: None,
        page,
        form: FORM,
        client: CLIENT,
        host: "notes.example",
        scopes: vec![
            "openid",
            "profile",
            "email",
            "offline_access",
            "notes:write",
        ],
        account: JANE,
        other_account: Some("#"),
    };
    write(folder, "consent", page, &consent).await?;
    let stranger = ConsentView {
        warns_of_loopback: true,
        host: "127.0.0.1",
        policy: Some("https://notes.example/privacy"),
        terms: Some("https://notes.example/terms"),
        scopes: vec!["openid"],
        ..consent
    };
    write(folder, "consent-loopback", page, &stranger).await?;
    let account = |name, email| Account {
        value: "1",
        name,
        email,
    };
    let accounts = AccountsView {
        page,
        form: FORM,
        client: Some(CLIENT),
        accounts: vec![
            account(Some("Jane Doe"), JANE),
            account(
                None,
                "a.very.long.address.of.many.parts@subdomain.example.org",
            ),
        ],
        another: "#",
    };
    write(folder, "accounts", page, &accounts).await
}
