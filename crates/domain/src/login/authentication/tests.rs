use super::*;
use crate::test_facts::ACR_NAMES;

fn methods(of: &[Method]) -> Methods {
    of.iter()
        .fold(Methods::NONE, |all, method| all.with(*method))
}

#[test]
fn methods_determine_acr() {
    let cases = [
        (&[Method::PASSWORD][..], Acr::ONE_FACTOR),
        (&[Method::EMAIL_CODE], Acr::ONE_FACTOR),
        (&[Method::PASSWORD, Method::TIME_CODE], Acr::TWO_FACTORS),
        (&[Method::PASSWORD, Method::RECOVERY_CODE], Acr::TWO_FACTORS),
        (
            &[Method::PASSWORD, Method::REMEMBERED_DEVICE],
            Acr::ONE_FACTOR,
        ),
        (&[Method::TIME_CODE], Acr::ONE_FACTOR),
        (&[Method::PASSKEY], Acr::PHISHING_RESISTANT),
    ];
    for (used, acr) in cases {
        assert_eq!(methods(used).acr(), acr, "{used:?}");
    }
}

#[test]
fn enrolled_factors_determine_highest_acr() {
    for (time_codes, passkey, acr) in [
        (false, false, Acr::ONE_FACTOR),
        (true, false, Acr::TWO_FACTORS),
        (false, true, Acr::PHISHING_RESISTANT),
        (true, true, Acr::PHISHING_RESISTANT),
    ] {
        let factors = Factors {
            time_codes,
            passkey,
        };
        assert_eq!(factors.acr(), acr);
    }
}

#[test]
fn amr_lists_each_rfc_8176_value_once() {
    assert_eq!(methods(&[Method::PASSWORD]).amr(), ["pwd"]);
    let both = methods(&[Method::PASSWORD, Method::EMAIL_CODE, Method::TIME_CODE]);
    assert_eq!(both.amr(), ["pwd", "otp", "mfa"]);
    assert_eq!(methods(&[Method::PASSKEY]).amr(), ["pop", "user", "mfa"]);
}

#[test]
fn unknown_methods_are_kept_and_ignored() {
    for known in 0..256 {
        let methods = Methods::from_bits(known);
        for unknown in [1 << 8, 1 << 31, !255] {
            let with_unknown = Methods::from_bits(known | unknown);
            assert_eq!(with_unknown.bits(), known | unknown);
            assert_eq!(with_unknown.acr(), methods.acr());
            assert_eq!(with_unknown.amr(), methods.amr());
            let more = with_unknown.with(Method::PASSKEY);
            assert_eq!(more.bits(), known | unknown | 1 << 4);
        }
    }
}

#[test]
fn acr_from_later_version_keeps_its_rank() {
    for class in Acr::ALL {
        assert_eq!(Acr::from_rank(class.rank()), *class);
    }
    let later = Acr::from_rank(25);
    assert_eq!(later.rank(), 25);
    assert!(later > Acr::TWO_FACTORS && later < Acr::PHISHING_RESISTANT);
}

#[test]
fn acr_names_map_only_named_classes() {
    for class in Acr::ALL {
        let name = ACR_NAMES.name_of(*class).unwrap();
        assert_eq!(ACR_NAMES.parse(name), Some(*class));
    }
    assert_eq!(ACR_NAMES.name_of(Acr::from_rank(25)), None);
    assert_eq!(ACR_NAMES.parse("later"), None);
    assert!(ACR_NAMES.iter().eq(["one", "two", "phr"]));
}

#[test]
fn authentication_reaches_acr_of_its_methods() {
    let time = Timestamp::from_unix_seconds(7);
    let both = methods(&[Method::PASSWORD, Method::TIME_CODE]);
    let authentication = Authentication::new(time, both);
    assert_eq!((authentication.time, authentication.methods), (time, both));
    assert_eq!(authentication.acr, Acr::TWO_FACTORS);
}
