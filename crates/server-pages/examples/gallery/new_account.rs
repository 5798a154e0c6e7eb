//! Pages of recovery and sign-up, and the mails.

use crate::frame::{FORM, JANE, Outcome, refused, write};
use countersign_server_pages::mails::{Mails, preview};
use countersign_server_pages::pages::PageContext;
use countersign_server_pages::pages::views::{
    CheckMailView, DeadInvitationView, DeadLinkView, LinkAction, LinkView, NewAccountView,
    NewPasswordView, Problem, RecoverView, ShownDocument, SignUpView, TextField,
};
use std::fs;
use std::path::Path;

pub(super) async fn recovery(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, problem) in [("recover", None), ("recover-wait", Some(Problem::Wait(7)))] {
        let view = RecoverView {
            page,
            form: FORM,
            problem: problem.map(refused),
            email: JANE,
            back: "#",
        };
        write(folder, name, page, &view).await?;
    }
    for (name, problem) in [
        ("recover-check", None),
        ("recover-check-wrong", Some(Problem::CodeWrong)),
    ] {
        let view = CheckMailView {
            page,
            form: FORM,
            problem: problem.map(refused),
            sent: "recovery.sent",
            leads_away: true,
            email: JANE,
            minutes: 30,
            again: "#",
            other: "#",
        };
        write(folder, name, page, &view).await?;
    }
    for (name, does) in [
        ("recover-link", LinkAction::Recover),
        ("secure", LinkAction::Secure),
        ("sign-up-link", LinkAction::SignUp),
        ("invitation", LinkAction::Accept),
    ] {
        let view = LinkView {
            page,
            form: FORM,
            does,
            email: JANE,
            token: "token",
        };
        write(folder, name, page, &view).await?;
    }
    let view = DeadLinkView { page, again: "#" };
    write(folder, "dead-link", page, &view).await?;
    let view = NewPasswordView {
        page,
        form: FORM,
        problem: Some(refused(Problem::PasswordCommon)),
        email: JANE,
        least: 10,
    };
    write(folder, "recover-password", page, &view).await
}

pub(super) async fn sign_up(folder: &Path, page: PageContext<'_>) -> Outcome {
    let view = SignUpView {
        page,
        form: FORM,
        problem: Some(refused(Problem::EmailNotAdmitted)),
        email: JANE,
        back: "#",
    };
    write(folder, "sign-up", page, &view).await?;
    let view = CheckMailView {
        page,
        form: FORM,
        problem: None,
        sent: "sign_up.sent",
        leads_away: false,
        email: JANE,
        minutes: 30,
        again: "#",
        other: "#",
    };
    write(folder, "sign-up-check", page, &view).await?;
    write(
        folder,
        "dead-invitation",
        page,
        &DeadInvitationView { page },
    )
    .await?;
    let field = |name, label, kind, value| TextField {
        name,
        label,
        kind,
        autocomplete: "on",
        value,
    };
    let view = NewAccountView {
        page,
        form: FORM,
        problem: Some(refused(Problem::AgreementMissing)),
        email: JANE,
        fields: vec![
            field("name", "sign_up.name", "text", "Jane Doe"),
            field("phone_number", "sign_up.phone_number", "tel", ""),
        ],
        least: 10,
        passkey: Some("{}"),
        documents: ["sign_up.terms", "sign_up.privacy"]
            .map(|label| ShownDocument { label, url: "#" })
            .into(),
        agrees: false,
    };
    write(folder, "sign-up-account", page, &view).await
}

/// Writes the HTML form of every mail.
pub(super) fn mails(folder: &Path, page: PageContext<'_>) -> Outcome {
    let mails = Mails::new(page, "https://id.example.org");
    for name in countersign_server_pages::mails::names() {
        let letter = preview(mails, &name).ok_or("there is no such mail")?;
        fs::write(folder.join(format!("mail-{name}.html")), letter.html)?;
    }
    Ok(())
}
