//! `countersign config`.

use crate::place::{Place, anywhere};

#[test]
fn complete_configuration_passes_check() {
    let run = Place::new().run(&["config", "check"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn check_lists_all_problems_and_exits_with_2() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__LIFETIMES__ACCESS_TOKEN", "0");
    place.set("COUNTERSIGN__STORE__URI", "x");
    place.set("COUNTERSIGN__LOG__LEVEL", "loud");
    let (code, message) = place.fails(&["config", "check"]);
    assert_eq!(code, 2);
    assert_eq!(message.lines().count(), 3, "{message}");
    assert!(message.contains("Did you mean COUNTERSIGN__STORE__URL?"));
    assert!(message.contains("from 1 to 86400"));
    assert!(message.contains("one of error, warn, info, debug, trace"));

    let (code, message) = {
        let run = anywhere(&["config", "check"]);
        (run.code, run.stderr)
    };
    // Another program may use the default address.
    let problems = message
        .lines()
        .filter(|line| !line.starts_with("Warning: "));
    assert_eq!((code, problems.count()), (2, 3), "{message}");
}

#[test]
fn check_validates_master_key_and_store_folder() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__STORE__URL", "sqlite:///nowhere/at/all/x.db");
    std::fs::write(place.path().join("master.key"), "hush\n").unwrap();
    let (code, message) = place.fails(&["config", "check"]);
    assert_eq!(code, 2);
    assert!(message.contains("line 1 is not a master key"), "{message}");
    assert!(message.contains("/nowhere/at/all"), "{message}");
    assert!(!message.contains("hush"));
}

#[test]
fn check_fails_without_store_that_the_server_may_not_create() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__STORE__MIGRATE_AT_START", "false");
    let (_, message) = place.fails(&["config", "check"]);
    assert!(message.contains("countersign migrate"), "{message}");
}

#[test]
fn config_option_overrides_config_variable() {
    let mut place = Place::new();
    place.unset("COUNTERSIGN__ISSUER");
    let file = |name: &str, issuer: &str| {
        let path = place.path().join(name);
        std::fs::write(&path, format!("issuer = '{issuer}'")).unwrap();
        path.display().to_string()
    };
    let one = file("one.toml", "https://one.example");
    let two = file("two.toml", "https://two.example");
    place.set("COUNTERSIGN_CONFIG", &one);
    let shown = place.run(&["config", "show"]).stdout;
    assert!(
        shown.contains("https://one.example") && shown.contains(&one),
        "{shown}"
    );
    let shown = place.run(&["config", "show", "--config", &two]).stdout;
    assert!(
        shown.contains("https://two.example") && !shown.contains(&one),
        "{shown}"
    );
    assert_eq!(
        place
            .fails(&["config", "check", "--config", "/nowhere.toml"])
            .0,
        2
    );
}

#[test]
fn config_show_prints_sources_and_hides_secrets() {
    let mut place = Place::new();
    place.unset("COUNTERSIGN__MASTER_KEY_FILE");
    let key = anywhere(&["keys", "generate-master"]).stdout;
    place.set("COUNTERSIGN__MASTER_KEY", key.trim());
    let text = place.run(&["config", "show"]).stdout;
    let json = place.json(&["config", "show"]);
    for shown in [&text, &json.to_string()] {
        assert!(!shown.contains(key.trim()));
        assert!(shown.contains("environment COUNTERSIGN__MASTER_KEY"));
    }
    let of = |key: &str| {
        json.as_array()
            .unwrap()
            .iter()
            .find(|row| row["key"] == key)
            .unwrap()
    };
    assert_eq!(of("master_key")["value"], "..");
    assert_eq!(of("lifetimes.access_token")["value"], "3600");
    assert_eq!(of("lifetimes.access_token")["source"], "default");
    assert!(of("metrics.listen")["value"].is_null());
}

#[test]
fn config_show_prints_invalid_values_and_exits_with_2() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__STORE__URL", "postgre://jane:hush@db/x");
    let run = place.run(&["config", "show"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("postgre://..@db/.."), "{}", run.stdout);
    assert!(!run.stdout.contains("hush") && !run.stderr.contains("hush"));
    let (code, message) = place.fails(&["clients", "list"]);
    assert_eq!(code, 2);
    assert!(message.contains("must be sqlite:///path"), "{message}");
}

#[test]
fn config_show_hides_password_anywhere_in_url() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__ISSUER", "https://jane:hush@id.example");
    for url in [
        "postgres://jane:hush@db/x",
        "postgres://db/x?user=jane&password=hush",
        "postgres://db?password=x@hush",
        "postgres:jane:hush",
    ] {
        place.set("COUNTERSIGN__STORE__URL", url);
        let text = place.run(&["config", "show"]);
        let json = place.run(&["config", "show", "--json"]);
        let check = place.run(&["config", "check"]);
        for run in [text, json, check] {
            assert_eq!(run.code, 2);
            assert!(!run.stdout.contains("hush"), "{}", run.stdout);
            assert!(!run.stderr.contains("hush"), "{}", run.stderr);
        }
    }
}

#[test]
fn issuer_with_path_or_user_is_rejected() {
    let mut place = Place::new();
    for issuer in ["https://id.example/tenant", "https://jane@id.example"] {
        place.set("COUNTERSIGN__ISSUER", issuer);
        let (code, message) = place.fails(&["config", "check"]);
        assert_eq!(code, 2, "{issuer}");
        assert!(message.contains("scheme, host and port only"), "{message}");
        assert_eq!(place.run(&["serve"]).code, 2, "{issuer}");
    }
}

#[cfg(unix)]
#[test]
fn master_key_file_readable_by_others_causes_warning() {
    use crate::place::Running;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let key = place.path().join("master.key");
    assert_eq!(place.run(&["config", "check"]).stderr, "");
    for mode in [0o640, 0o604, 0o444] {
        set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let run = place.run(&["config", "check"]);
        assert_eq!(run.code, 0);
        assert!(run.stderr.contains("Other users can"), "{}", run.stderr);
    }
    let server = Running::start(&mut place.command(&["serve"]));
    assert!(server.seen.contains("Other users can"), "{}", server.seen);
    assert_eq!(server.stop(), 0);
}

#[test]
fn config_check_warns_of_settings_without_effect() {
    let mut place = Place::new();
    place.set("COUNTERSIGN__AUDIT__RETENTION", "31536000");
    place.set("COUNTERSIGN__ADMIN__SEED_APIS", "aries");
    let quiet = place.run(&["config", "check"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    place.set("COUNTERSIGN__STORE__HOUSEKEEPING", "false");
    place.set("COUNTERSIGN__ADMIN__API", "false");
    let warned = place.run(&["config", "check"]);
    assert_eq!(warned.code, 0, "{warned:?}");
    for key in ["`audit.retention`", "`admin.seed_apis`"] {
        assert!(warned.stderr.contains(key), "{warned:?}");
    }
}
