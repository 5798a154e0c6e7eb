//! Mistakes in files: each names its place, and nothing changes.

use super::{ALL, applied, apply, export};
use crate::place::Place;
use std::fmt::Write as _;
use std::fs;

/// Returns the documents of a client with one mistake each, and the message of each.
fn wrong_clients() -> Vec<(String, &'static str)> {
    let client = "kind: client\nclient_id: web\nclient_name: Web\nclient_type: confidential\n\
        grant_types: [authorization_code]\nredirect_uris: [https://web.example/]\nscope: openid\n";
    let with = |field: &str| format!("{client}{field}\n");
    let instead = |old: &str, new: &str| client.replace(old, new);
    vec![
        (
            with("first_pary: true"),
            "objects.yaml:8: first_pary: is unknown; did you mean \"first_party\"?",
        ),
        (
            with("first_party: 1"),
            "objects.yaml:8: first_party: invalid type: integer `1`, expected a boolean",
        ),
        (
            with("status: activ"),
            "objects.yaml:8: status: the value \"activ\" is unknown; did you mean \"active\"?",
        ),
        (
            with("without_second_factor: true"),
            "objects.yaml:8: without_second_factor: declare admin_roles too",
        ),
        (
            with("client_secret: env:X").replace("confidential", "public"),
            "objects.yaml:8: client_secret: a public client cannot authenticate",
        ),
        (
            with("admin_roles: [auditor]").replace("confidential", "public"),
            "objects.yaml:8: admin_roles: a public client cannot authenticate",
        ),
        (
            with("client_secret: hunter2"),
            "objects.yaml:8: client_secret must be `file:PATH` or `env:NAME`",
        ),
        (
            with("client_secret: env:NO_SUCH"),
            "the environment variable \"NO_SUCH\" is not set",
        ),
        (
            with("client_secret: file:none"),
            "objects.yaml:8: client_secret: cannot read none",
        ),
        (
            with("admin_roles: [helpdesk]"),
            "objects.yaml:8: admin_roles: admin role \"helpdesk\" does not exist and is not declared; did you mean \"help-desk\"?",
        ),
        (
            with("admin_roles: owner"),
            "objects.yaml:8: admin_roles must be a list of names",
        ),
        (
            with("access_token_signed_response_alg: ES256"),
            "no signing key for ES256 exists; create one with `countersign keys rotate --algorithm ES256`",
        ),
        (
            with("kind: group"),
            "objects.yaml:8: the file is not valid YAML or JSON",
        ),
        (
            instead("[https://web.example/]", "['https://*.example/']"),
            "objects.yaml:6: redirect_uris: a redirect URI must not contain *",
        ),
        (
            instead("scope: openid", "scope: 'a,b'"),
            "objects.yaml:7: scope: a scope must not contain commas",
        ),
        (
            instead("kind: client", "kind: clent"),
            "objects.yaml:1: kind: \"clent\" is unknown; did you mean \"client\"?",
        ),
        (
            instead("kind: client\n", ""),
            "objects.yaml:1: kind is missing",
        ),
        (
            instead("client_id: web\n", ""),
            "client_id is missing; it identifies the client",
        ),
        (instead("client_name: Web\n", ""), "client_name is missing"),
        (
            instead("web", "gateway").replace("confidential", "public"),
            "client_type of an existing client cannot change",
        ),
        (
            format!("{client}---\n{client}"),
            "objects.yaml:9: client \"web\" is declared twice; the other place is objects.yaml:1",
        ),
    ]
}

/// Returns other documents with one mistake each, and the message of each.
fn wrong_objects() -> Vec<(String, &'static str)> {
    vec![
        (
            "{kind: settings}".to_owned(),
            "settings are declared in the configuration file",
        ),
        (
            "{kind: group, name: Staff}".to_owned(),
            "name: the name of a group has 1 to 64",
        ),
        (
            "{kind: group, name: a, groups: [b]}".to_owned(),
            "a group does not list its members and subgroups",
        ),
        (
            "{kind: admin_role, name: owner}".to_owned(),
            "is part of the server and cannot be declared",
        ),
        (
            "{kind: resource_server, audience: x, introspection_clients: [gatway]}".to_owned(),
            "client \"gatway\" does not exist and is not declared; did you mean \"gateway\"?",
        ),
        (
            "{kind: user, email: j@example.com, groups: [none]}".to_owned(),
            "groups: group \"none\" does not exist and is not declared",
        ),
        ("{kind: user, email: joe}".to_owned(), "email: "),
        (
            "just text".to_owned(),
            "expected an object with `kind` and its fields",
        ),
    ]
}

#[test]
fn every_mistake_names_line_field_and_rule() {
    let place = Place::new();
    applied(&place, ALL, &[]);
    let before = export(&place);
    for (text, message) in wrong_clients().into_iter().chain(wrong_objects()) {
        let run = apply(&place, &text, &[]);
        assert_eq!(run.code, 1, "{text}: {run:?}");
        assert!(run.stderr.contains(message), "{text}: {}", run.stderr);
        assert!(
            run.stderr.ends_with("1 mistake. Nothing was changed.\n"),
            "{text}: {run:?}"
        );
        assert_eq!(run.stdout, "");
    }
    assert_eq!(export(&place), before);
}

#[test]
fn all_mistakes_of_all_files_are_listed_at_once() {
    let place = Place::new();
    let folder = place.path().join("objects");
    fs::create_dir(&folder).unwrap();
    let one = "kind: client\nclient_id: web\nclient_nam: Web\nclient_type: public\n\
        grant_types: [authorization_code]\nredirect_uris: [https://*.example/]\nscope: 'a,b'\n---\n{kind: group, name: a}";
    fs::write(folder.join("one.yaml"), one).unwrap();
    fs::write(folder.join("two.yaml"), "kind: group\nname: a\nx: 1").unwrap();
    let three = "{kind: resource_server, audience: x, introspection_clients: [web, none]}";
    fs::write(folder.join("three.yaml"), three).unwrap();
    let run = place.run(&["apply", "-f", "objects"]);
    let lines: Vec<_> = run.stderr.lines().collect();
    for start in [
        "objects/one.yaml:3: client_nam",
        "objects/one.yaml:6: redirect_uris",
        "objects/one.yaml:7: scope",
        "objects/three.yaml:1: introspection_clients: client \"none\"",
        "objects/two.yaml:3: x",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(start)),
            "{start}: {lines:?}"
        );
    }
    assert!(
        !run.stderr.contains("client \"web\" does not exist"),
        "{lines:?}"
    );
    assert_eq!(
        lines.last(),
        Some(&"6 mistakes. Nothing was changed."),
        "{lines:?}"
    );
}

#[test]
fn alias_bomb_is_refused() {
    let place = Place::new();
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = level - 1;
        let list = vec![format!("*a{before}"); 10].join(", ");
        writeln!(text, "a{level}: &a{level} [{list}]").unwrap();
    }
    let run = apply(&place, &text, &[]);
    assert_eq!(run.code, 1, "{}", run.stderr.len());
    assert!(run.stderr.len() < 1_000, "{}", run.stderr.len());
}
