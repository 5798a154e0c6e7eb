//! Notifications of changes, from the node that makes one to all nodes.

use crate::connection::address::Address;
use crate::feed::changes::CHANNEL;
use crate::store::PostgresStore;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::time::Duration;
use tokio::time::sleep;
use tokio_postgres::{AsyncMessage, Error};

/// How long after a connection was lost another is tried. Those who listen poll, too.
const PAUSE: Duration = Duration::from_secs(1);

impl PostgresStore {
    /// Calls `wake` soon after the feed of changes ([`Changes`](countersign_ports::Changes)) has grown on any node;
    /// sometimes for nothing. It listens on a connection of its own for as long as it is polled. While that connection
    /// is lost it hears nothing, so the caller reads the feed now and then anyway.
    pub async fn listen(&self, wake: impl Fn()) -> Infallible {
        let address = self.0.address.for_listening();
        let mut is_told = false;
        loop {
            let Err(error) = listen_once(&address, &wake, &mut is_told).await;
            if !is_told {
                is_told = true;
                tracing::warn!(cause = %error, "changes are polled for until the database can be listened to again");
            }
            sleep(PAUSE).await;
        }
    }
}

/// Listens until the connection is lost.
async fn listen_once(
    address: &Address,
    wake: &impl Fn(),
    is_told: &mut bool,
) -> Result<Infallible, Box<dyn std::error::Error + Send + Sync>> {
    let (client, mut connection) = address.connect().await?;
    let hear = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if matches!(message?, AsyncMessage::Notification(_)) {
                wake();
            }
        }
        Err::<Infallible, _>("the connection was closed".into())
    };
    let ask = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        *is_told = false;
        // Something may have changed before.
        wake();
        pending::<Result<Infallible, Error>>()
            .await
            .map_err(Into::into)
    };
    tokio::select! {
        lost = hear => lost,
        refused = ask => refused,
    }
}
