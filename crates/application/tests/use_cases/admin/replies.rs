//! Replies for requests with an idempotency key.

use crate::admin::clients::admin;
use crate::admin::root;
use crate::fakes::Fixed;
use crate::world::tenant;
use countersign_application::CurrentRequest;
use countersign_application::admin::clients::CreatedClient;
use countersign_application::admin::{Earlier, Replies};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

/// Runs the command of a request with the key `a`, and fails before the reply is stored after the command.
async fn create_and_fail(store: &Arc<MemoryStore>, replies: &Replies<MemoryStore>, id: &str) {
    let begun = replies.begin(tenant(), root(), "a", true).await.unwrap();
    let Earlier::None(slot) = begun else {
        panic!("the key is taken");
    };
    let work = async {
        replies.keep_with_event(tenant(), &slot, |outcome| {
            let created: &CreatedClient = outcome.downcast_ref()?;
            Some(created.client.id.as_str().as_bytes().to_vec())
        });
        let new = fixtures::client(id);
        let _ = admin(store)
            .create(tenant(), root(), new.into(), None)
            .await;
    };
    Box::pin(CurrentRequest::new(None, fixtures::NOW).serve(work)).await;
}

async fn earlier(replies: &Replies<MemoryStore>) -> Option<Vec<u8>> {
    match replies.begin(tenant(), root(), "a", true).await.unwrap() {
        Earlier::None(_) => panic!("the key is free"),
        Earlier::Unfinished => None,
        Earlier::Reply(reply) => Some(reply),
    }
}

#[tokio::test]
async fn reply_survives_failure_after_change() {
    for (taken, expected) in [(false, Some(b"new".to_vec())), (true, None)] {
        let store = Arc::new(MemoryStore::default());
        let replies = Replies {
            store: store.clone(),
            vault: Arc::new(Fixed),
            clock: Arc::new(Fixed),
        };
        if taken {
            let (admin, new) = (admin(&store), fixtures::client("new"));
            let created = admin.create(tenant(), root(), new.into(), None);
            created.await.unwrap();
        }
        create_and_fail(&store, &replies, "new").await;
        assert_eq!(earlier(&replies).await, expected, "taken: {taken}");
    }
}
