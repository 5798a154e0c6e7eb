//! Change notifications between nodes.

use crate::connection::address::Address;
use crate::connection::message::described;
use crate::feed::changes::CHANNEL;
use crate::store::PostgresStore;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::time::Duration;
use tokio::time::sleep;
use tokio_postgres::AsyncMessage;

/// Delay before reconnecting. Listeners also poll.
const PAUSE: Duration = Duration::from_secs(1);

impl PostgresStore {
    /// Calls `wake` soon after the change feed ([`Changes`](countersign_ports::Changes)) has grown on any node, and
    /// sometimes without a change. It uses a separate connection for as long as it is polled. It receives nothing while
    /// that connection is lost, so the caller must also poll the feed.
    pub async fn listen(&self, wake: impl Fn()) -> Infallible {
        let address = self.0.address.for_listening();
        let mut is_told = false;
        loop {
            let Err(error) = listen_once(&address, &wake, &mut is_told).await;
            if !is_told {
                is_told = true;
                tracing::warn!(cause = %error, "lost change notifications; polling until the listener reconnects");
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
    let (client, mut connection) = address.connect().await.map_err(|error| described(&error))?;
    let hear = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            let message = message.map_err(|error| described(&error))?;
            if matches!(message, AsyncMessage::Notification(_)) {
                wake();
            }
        }
        Err::<Infallible, _>("the connection was closed".into())
    };
    let ask = async {
        let listen = format!("LISTEN {CHANNEL}");
        let listening = client.batch_execute(&listen).await;
        listening.map_err(|error| described(&error))?;
        *is_told = false;
        // Changes may have been missed.
        wake();
        pending().await
    };
    tokio::select! {
        lost = hear => lost,
        refused = ask => refused,
    }
}
