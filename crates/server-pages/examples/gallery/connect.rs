//! Pages for devices.

use crate::frame::{CLIENT, FORM, JANE, Outcome, write};
use countersign_server_pages::pages::PageContext;
use countersign_server_pages::pages::views::{
    ConnectConfirmView, ConnectEndView, ConnectEnding, ConnectView,
};
use std::path::Path;

pub(super) async fn connecting(folder: &Path, page: PageContext<'_>) -> Outcome {
    for (name, code) in [("device", ""), ("device-complete", "WDJB-MJHT")] {
        let view = ConnectView {
            page,
            form: FORM,
            problem: None,
            code,
            is_from_address: !code.is_empty(),
        };
        write(folder, name, page, &view).await?;
    }
    let confirm = ConnectConfirmView {
        page,
        form: FORM,
        client: CLIENT,
        code: "WDJB-MJHT",
        when: "2 min ago",
        address: Some("192.0.2.7"),
        place: Some("Probably in Switzerland".to_owned()),
        scopes: vec!["openid", "email", "offline_access"],
        account: JANE,
        other_account: "#",
    };
    write(folder, "device-confirm", page, &confirm).await?;
    for (name, ending) in [
        ("device-allowed", ConnectEnding::Allowed),
        ("device-denied", ConnectEnding::Denied),
        ("device-expired", ConnectEnding::Expired),
        ("device-used", ConnectEnding::Used),
    ] {
        let view = ConnectEndView {
            page,
            ending,
            again: "#",
        };
        write(folder, name, page, &view).await?;
    }
    Ok(())
}
