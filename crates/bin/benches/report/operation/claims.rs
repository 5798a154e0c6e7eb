//! Cost of a claims policy: redemptions of a client with one, compared with those of a client without.

use crate::clients::{CALLBACK, Client, EMAIL};
use crate::process::Site;
use crate::report::Report;
use crate::rounds::{CONNECTIONS, at_half, compare, cost};
use serde_json::Value;
use std::fmt::Write as _;

/// Groups of the user. Half of them have a parent.
const GROUPS: usize = 50;

/// 20 mappings into the access token.
fn policy() -> String {
    let mut policy = String::from(
        "- {claim: groups, from: groups, into: [access_token]}\n\
         - {claim: roles, from: \"roles:https://api.example\", into: [access_token]}\n\
         - {claim: teams, from: groups, into: [access_token], prefix: group-1, format: space_separated}\n\
         - {claim: nick, from: \"profile:nickname\", into: [access_token]}\n",
    );
    for number in 0..8 {
        let _ = writeln!(
            policy,
            "- {{claim: a{number}, from: \"attribute:a{number}\", into: [access_token]}}"
        );
        let _ = writeln!(
            policy,
            "- {{claim: v{number}, value: team-{number}, into: [access_token]}}"
        );
    }
    policy
}

/// Groups, attributes and roles of the user.
fn objects() -> String {
    let mut objects = String::from(
        "kind: resource_server\naudience: https://api.example\nroles: [{name: editor}]\n---\n\
         kind: group\nname: staff\nroles: {'https://api.example': [editor]}\n",
    );
    for number in 0..8 {
        let _ = write!(
            objects,
            "---\nkind: attribute\nname: a{number}\ntype: string\nreaders: [admin, application]\n"
        );
    }
    let names: Vec<_> = (0..GROUPS)
        .map(|number| format!("group-{number}"))
        .collect();
    for (number, name) in names.iter().enumerate() {
        let parents = if number % 2 == 0 { "[staff]" } else { "[]" };
        let _ = write!(
            objects,
            "---\nkind: group\nname: {name}\nparents: {parents}\n"
        );
    }
    let _ = write!(
        objects,
        "---\nkind: user\nemail: {EMAIL}\nnickname: bench\ngroups: [{}]\nattributes: {{a0: x, a1: x, a2: x, a3: x}}\n",
        names.join(", ")
    );
    objects
}

pub(crate) fn claims(report: &mut Report) {
    for algorithm in ["RS256", "ES256"] {
        let site = Site::new(&format!("claims-{algorithm}"));
        let plain = Client::application(&site, algorithm);
        let printed = site.cli(&[
            "clients",
            "create",
            "--json",
            "--name",
            "policy",
            "--signing-alg",
            algorithm,
            "--grant-type",
            "authorization_code",
            "--grant-type",
            "refresh_token",
            "--scope",
            "openid email read write",
            "--redirect-uri",
            CALLBACK,
        ]);
        let printed: Value = serde_json::from_str(&printed).unwrap();
        let text = |name: &str| printed[name].as_str().unwrap().to_owned();
        let with = Client {
            id: text("client_id"),
            secret: text("client_secret"),
            ..plain.clone()
        };
        for (name, content) in [("objects.yaml", objects()), ("policy.yaml", policy())] {
            std::fs::write(site.folder.join(name), content).unwrap();
        }
        let file = |name: &str| site.folder.join(name).display().to_string();
        site.cli(&["apply", "-f", &file("objects.yaml")]);
        site.cli(&[
            "claims",
            "set",
            "--client",
            &with.id,
            "--policy",
            &file("policy.yaml"),
        ]);
        let server = site.serve();
        let codes = |client: &Client| client.codes(&site, "read write", CONNECTIONS, 20_000);
        compare(
            report,
            &format!(
                "redemption, {algorithm}, SQLite, 20 mappings and {GROUPS} groups, against a client without policy"
            ),
            0.95,
            || cost(&server, codes(&with)),
            vec![Box::new(|| cost(&server, codes(&plain)).microseconds)],
            |most| at_half(&server.address, codes(&with), most),
        );
    }
}
