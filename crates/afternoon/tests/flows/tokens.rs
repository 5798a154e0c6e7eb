//! Logout, revocation and the custom grant type.

use crate::{
    NOW, QUERY, USER, VOUCHER, agree, claims, redeem, redirected, refresh, server, token, tokens,
};
use countersign_afternoon::{Call, Server};
use countersign_domain::prelude::*;
use std::time::Duration;

#[test]
fn sign_out_ends_refresh_tokens_and_codes_of_session() {
    let mut server = server();
    let (cookie, tokens) = tokens(&mut server);
    let code = redirected(agree(&server, QUERY, &cookie), "code");
    assert_eq!(server.store.sign_out(cookie.0, NOW), Race::Won);
    let invalid = Err(ErrorCode::InvalidGrant);
    assert_eq!(refresh(&mut server, &tokens), invalid);
    assert_eq!(redeem(&mut server, &code), invalid);
}

#[test]
fn only_own_client_revokes_refresh_token() {
    let mut server = server();
    let (_, tokens) = tokens(&mut server);
    let text = tokens["refresh_token"].as_str().unwrap();
    let revoke = |client: &str, server: &mut Server| {
        let body = format!("client_id={client}&token={text}");
        let call = Call {
            headers: &[],
            body: body.as_bytes(),
            now: NOW,
        };
        assert_eq!(server.revoke(call), Ok(()));
    };
    revoke("other", &mut server);
    let tokens = refresh(&mut server, &tokens).unwrap();
    revoke("notes", &mut server);
    assert_eq!(refresh(&mut server, &tokens), Err(ErrorCode::InvalidGrant));
}

/// Prints a voucher that expires at this time.
fn print_voucher(server: &mut Server, text: &str, expires_at: Timestamp) {
    let owner = ResourceOwner {
        subject: USER.into(),
        authentication: Authentication::new(NOW, Methods::NONE),
        session: None,
        password: None,
    };
    let credential = CustomCredential {
        grant: GrantId::from_bytes([7; 16]),
        owner,
        expires_at,
    };
    server.vouchers.insert(text.to_owned(), credential);
}

#[test]
fn voucher_is_single_use_until_it_expires() {
    let mut server = server();
    print_voucher(&mut server, "v-1", NOW.plus(Duration::from_secs(60)));
    let body = format!("grant_type={VOUCHER}&client_id=kiosk&client_secret=secret&voucher=v-1");
    let tokens = token(&mut server, &body).unwrap();
    let access = claims(&tokens["access_token"]);
    assert_eq!(
        (&access["sub"], &access["scope"]),
        (&USER.to_string().into(), &"print".into())
    );
    let invalid = Err(ErrorCode::InvalidGrant);
    assert_eq!(token(&mut server, &body), invalid);
    let unknown = body.replace("v-1", "v-2");
    assert_eq!(token(&mut server, &unknown), invalid);
    print_voucher(&mut server, "v-3", NOW);
    let expired = body.replace("v-1", "v-3");
    assert_eq!(token(&mut server, &expired), invalid);
}

#[test]
fn unregistered_client_cannot_tell_known_voucher_from_unknown() {
    let mut server = server();
    print_voucher(&mut server, "v-1", NOW.plus(Duration::from_secs(60)));
    for voucher in ["v-1", "v-2"] {
        let body = format!("grant_type={VOUCHER}&client_id=notes&voucher={voucher}");
        let refused = token(&mut server, &body);
        assert_eq!(refused, Err(ErrorCode::UnauthorizedClient), "{voucher}");
    }
}
