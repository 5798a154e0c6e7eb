use super::writer::{Value, file, names};
use super::{InvalidPlaces, PlaceFile};
use countersign_ports::Places as _;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn country<'a>(code: &'a str, all: &[(&'a str, &'a str)]) -> Value<'a> {
    let code = ("iso_code", Value::Text(code));
    Value::Map(vec![code, ("names", names(all))])
}

fn city_file() -> Vec<u8> {
    let switzerland = || country("CH", &[("de", "Schweiz"), ("en", "Switzerland")]);
    let zurich = Value::Map(vec![
        (
            "city",
            Value::Map(vec![(
                "names",
                names(&[("de", "Zürich"), ("en", "Zurich")]),
            )]),
        ),
        ("country", switzerland()),
    ]);
    let no_city = Value::Map(vec![("country", switzerland())]);
    let lisbon = Value::Map(vec![
        (
            "city",
            Value::Map(vec![(
                "names",
                names(&[("en", "Lisbon"), ("pt-BR", "Lisboa")]),
            )]),
        ),
        ("country", country("PT", &[("fr", "Portugal")])),
    ]);
    let nowhere = Value::Map(vec![("continent", Value::Map(vec![]))]);
    let other = Value::Map(vec![("country", Value::Text("CH"))]);
    file(
        "GeoLite2-City",
        &[
            ("198.51.100.0", 25, zurich),
            ("198.51.100.128", 25, nowhere),
            ("203.0.113.0", 24, other),
            ("2001:db8:1::", 48, no_city),
            ("2001:db8:2::", 48, lisbon),
        ],
    )
}

fn written(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn place(places: &PlaceFile, address: &str, language: &str) -> Option<String> {
    let found = places.find(address.parse().unwrap(), language);
    found.map(|place| place.to_string())
}

#[test]
fn names_are_in_language_then_english_then_country_code() {
    let (_folder, path) = written(&city_file());
    let places = PlaceFile::open(&path).unwrap();
    for (address, language, expected) in [
        ("198.51.100.7", "en", "Zurich, Switzerland"),
        ("198.51.100.7", "de", "Zürich, Schweiz"),
        ("198.51.100.7", "de-CH", "Zürich, Schweiz"),
        ("198.51.100.7", "fr", "Zurich, Switzerland"),
        ("::ffff:198.51.100.7", "en", "Zurich, Switzerland"),
        ("2001:db8:1::1", "en", "Switzerland"),
        ("2001:db8:2::1", "en", "Lisbon, PT"),
        ("2001:db8:2::1", "pt-br", "Lisboa, PT"),
    ] {
        assert_eq!(place(&places, address, language).as_deref(), Some(expected));
    }
    assert_eq!(places.built_at().as_unix_seconds(), 1_800_000_000);
}

#[test]
fn unknown_and_private_addresses_have_no_place() {
    let (_folder, path) = written(&city_file());
    let places = PlaceFile::open(&path).unwrap();
    for address in [
        "192.0.2.1",
        "10.0.0.1",
        "127.0.0.1",
        "::1",
        "fd00::1",
        "198.51.100.200",
        "203.0.113.1",
    ] {
        assert_eq!(place(&places, address, "en"), None, "{address}");
    }
}

#[test]
fn damaged_and_other_files_are_rejected() {
    let valid = city_file();
    let truncated = &valid[..valid.len() - 40];
    let mut damaged = valid.clone();
    // The control byte of the first record becomes an extended type that does not exist.
    let data = valid.windows(4).position(|bytes| bytes == b"city").unwrap();
    damaged[data - 2] = 0;
    for content in [&b""[..], b"<html>Sign in</html>", truncated, &damaged] {
        let (_folder, path) = written(content);
        let error = PlaceFile::open(&path).unwrap_err();
        assert!(matches!(error, InvalidPlaces::Damaged(_)), "{error}");
    }
    let (_folder, path) = written(&file("GeoLite2-ASN", &[]));
    let error = PlaceFile::open(&path).unwrap_err().to_string();
    assert_eq!(error, "it is a GeoLite2-ASN database, which has no places");
}

#[test]
fn replaced_file_is_loaded_unless_it_is_damaged() {
    let (_folder, path) = written(&city_file());
    let places = PlaceFile::open(&path).unwrap();
    assert!(!places.reload().unwrap());
    fs::write(&path, "half of a file").unwrap();
    places.reload().unwrap_err();
    assert!(place(&places, "198.51.100.7", "en").is_some());
    let france = Value::Map(vec![("country", country("FR", &[("en", "France")]))]);
    fs::write(
        &path,
        file("DBIP-Country-Lite", &[("198.51.100.0", 24, france)]),
    )
    .unwrap();
    assert!(places.reload().unwrap());
    assert!(!places.reload().unwrap());
    assert_eq!(
        place(&places, "198.51.100.7", "en").as_deref(),
        Some("France")
    );
    fs::remove_file(&path).unwrap();
    places.reload().unwrap_err();
    assert!(place(&places, "198.51.100.7", "en").is_some());
}
