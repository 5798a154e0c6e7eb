//! [`DeniedTokenRepository`](countersign_ports::DeniedTokenRepository), and its part of
//! [`Transfer`].

use crate::fixtures::{grant_id, later};
use countersign_domain::claims::TokenId;
use countersign_ports::{DeniedToken, Store, Transfer};
use std::sync::Arc;

const fn token(number: u8) -> TokenId {
    TokenId {
        grant: None,
        unique: [number; 12],
    }
}

/// "Denies a token", and no other.
pub async fn a_denied_token_is_denied_and_no_other<S: Store>(store: Arc<S>) {
    let of_grant = TokenId {
        grant: Some(grant_id(1)),
        ..token(1)
    };
    assert!(!store.is_denied(&token(1)).await.unwrap());
    store.deny_token(&token(1), later(10)).await.unwrap();
    assert!(store.is_denied(&token(1)).await.unwrap());
    assert!(!store.is_denied(&token(2)).await.unwrap());
    assert!(!store.is_denied(&of_grant).await.unwrap());
    store.deny_token(&of_grant, later(10)).await.unwrap();
    assert!(store.is_denied(&of_grant).await.unwrap());
}

/// "Denying it again changes nothing": not its time either.
pub async fn a_token_that_is_denied_again_stays_as_it_was<S: Store + Transfer>(store: Arc<S>) {
    for seconds in [10, 5, 20] {
        store.deny_token(&token(1), later(seconds)).await.unwrap();
    }
    let first = DeniedToken {
        id: token(1),
        expires_at: later(10),
    };
    let all = store.denied_tokens_after(None, 9).await.unwrap();
    assert_eq!(all, [first]);
}

/// "Up to `most` denied tokens, by the text of their id, from the one after `id` on."
pub async fn denied_tokens_come_in_pages_by_the_text_of_their_id<S: Store + Transfer>(
    store: Arc<S>,
) {
    let mut all: Vec<DeniedToken> = (0..=255)
        .step_by(5)
        .map(|number| DeniedToken {
            id: token(number),
            expires_at: later(number.into()),
        })
        .collect();
    for denied in &all {
        let DeniedToken { id, expires_at } = denied;
        store.deny_token(id, *expires_at).await.unwrap();
    }
    all.sort_by_key(|denied| denied.id.to_string());
    let mut read = Vec::new();
    loop {
        let last = read.last().map(|denied: &DeniedToken| denied.id);
        let page = store.denied_tokens_after(last, 7).await.unwrap();
        assert!(page.len() <= 7);
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    assert_eq!(read, all);
}
