//! Open connections. At a limit, an idle connection is closed for a new one.

use super::turns::Turns;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Time for which a connection is not idle, although the server waits for the client: its next request may be on the
/// way.
pub(super) const GRACE: Duration = Duration::from_millis(100);

/// Limits of open connections.
#[derive(Clone, Copy)]
pub(super) struct Most {
    /// In total.
    pub(super) connections: usize,
    /// Per client address. `None` if the peers are reverse proxies, which share their connections among clients.
    pub(super) per_address: Option<usize>,
}

/// Open connections by client address.
pub(super) struct Crowd {
    most: Most,
    open: Mutex<HashMap<IpAddr, Vec<Arc<Member>>>>,
    left: Notify,
}

/// An open connection.
struct Member {
    turns: Turns,
    told_to_close: Notify,
}

impl Member {
    /// Returns since when the connection has been idle.
    fn idle_since(&self) -> Option<Instant> {
        let since = self.turns.idle_since();
        since.filter(|since| since.elapsed() >= GRACE)
    }
}

/// Place of an open connection. Dropping it makes room for another connection.
pub(super) struct Place {
    crowd: Arc<Crowd>,
    address: IpAddr,
    member: Arc<Member>,
}

/// There is no room for a new connection, because no open connection is idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The client address has too many connections.
    Address,
    /// The server has too many connections.
    Server,
}

impl Crowd {
    pub(super) fn new(most: Most) -> Arc<Self> {
        Arc::new(Self {
            most,
            open: Mutex::default(),
            left: Notify::new(),
        })
    }

    /// Admits a connection.
    ///
    /// At the limit of the address, closes its longest idle connection. At the limit of the server, closes the longest
    /// idle connection of the address that has most of them. So an address that holds many idle connections displaces
    /// only itself.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, turns: Turns) -> Result<Place, Full> {
        let address = network(address);
        let mut open = self.lock();
        let of_address = open.get(&address).map_or(0, Vec::len);
        if self.most.per_address.is_some_and(|most| of_address >= most) {
            close_idle(&mut open, address).ok_or(Full::Address)?;
        }
        // More than one, if a connection that was told to close came back with a request.
        while open.values().map(Vec::len).sum::<usize>() >= self.most.connections {
            let busiest = addresses_with_idle(&open).max_by_key(|(_, idle)| *idle);
            let (busiest, _) = busiest.ok_or(Full::Server)?;
            close_idle(&mut open, busiest).ok_or(Full::Server)?;
        }
        let member = Arc::new(Member {
            turns,
            told_to_close: Notify::new(),
        });
        open.entry(address).or_default().push(member.clone());
        Ok(Place {
            crowd: self.clone(),
            address,
            member,
        })
    }

    /// Waits until a connection ends.
    pub(super) async fn left(&self) {
        self.left.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Arc<Member>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits until the connection must close. Continues to wait if a request has arrived in the meantime.
    pub(super) async fn closing(&self) {
        loop {
            self.member.told_to_close.notified().await;
            if self.member.turns.is_clients() {
                return;
            }
            let mut open = self.crowd.lock();
            open.entry(self.address)
                .or_default()
                .push(self.member.clone());
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.crowd.lock();
        if let Some(members) = open.get_mut(&self.address) {
            members.retain(|member| !Arc::ptr_eq(member, &self.member));
            if members.is_empty() {
                open.remove(&self.address);
            }
        }
        drop(open);
        self.crowd.left.notify_one();
    }
}

/// Removes the longest idle connection of an address and tells it to close.
fn close_idle(open: &mut HashMap<IpAddr, Vec<Arc<Member>>>, address: IpAddr) -> Option<()> {
    let members = open.get_mut(&address)?;
    let idle = members.iter().enumerate();
    let idle = idle.filter_map(|(place, member)| Some((member.idle_since()?, place)));
    let (_, place) = idle.min()?;
    members.swap_remove(place).told_to_close.notify_one();
    if members.is_empty() {
        open.remove(&address);
    }
    Some(())
}

/// Returns each address that has idle connections, and their number.
fn addresses_with_idle(
    open: &HashMap<IpAddr, Vec<Arc<Member>>>,
) -> impl Iterator<Item = (IpAddr, usize)> {
    open.iter().filter_map(|(address, members)| {
        let idle = members
            .iter()
            .filter(|member| member.idle_since().is_some());
        match idle.count() {
            0 => None,
            idle => Some((*address, idle)),
        }
    })
}

/// Returns the /64 network of an IPv6 address, because one subscriber controls the whole network.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{sleep, timeout};

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn crowd(connections: usize, per_address: Option<usize>) -> Arc<Crowd> {
        Crowd::new(Most {
            connections,
            per_address,
        })
    }

    async fn is_closing(place: &Place) -> bool {
        timeout(Duration::from_millis(20), place.closing())
            .await
            .is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn address_with_most_idle_connections_loses_its_longest_idle_one() {
        let crowd = crowd(4, None);
        let honest = crowd.admit(address(1), Turns::default()).unwrap();
        let mut greedy = Vec::new();
        for _ in 0..3 {
            sleep(Duration::from_secs(1)).await;
            greedy.push(crowd.admit(address(2), Turns::default()).unwrap());
        }
        sleep(GRACE).await;
        let next = crowd.admit(address(3), Turns::default());
        assert!(next.is_ok());
        assert!(!is_closing(&honest).await);
        assert!(is_closing(&greedy[0]).await);
        assert!(!is_closing(&greedy[1]).await);
    }

    #[tokio::test(start_paused = true)]
    async fn address_over_its_limit_displaces_only_itself() {
        let crowd = crowd(9, Some(2));
        let other = crowd.admit(address(1), Turns::default()).unwrap();
        let first = crowd.admit(address(2), Turns::default()).unwrap();
        sleep(Duration::from_secs(1)).await;
        let second = crowd.admit(address(2), Turns::default()).unwrap();
        let third = crowd.admit(address(2), Turns::default());
        assert!(third.is_ok());
        assert!(is_closing(&first).await);
        assert!(!is_closing(&second).await && !is_closing(&other).await);
    }

    #[tokio::test]
    async fn connection_with_request_in_progress_is_not_closed() {
        let crowd = crowd(1, Some(1));
        let turns = Turns::default();
        let busy = crowd.admit(address(1), turns.clone()).unwrap();
        turns.next();
        let same = crowd.admit(address(1), Turns::default());
        assert_eq!(same.err(), Some(Full::Address));
        let other = crowd.admit(address(2), Turns::default());
        assert_eq!(other.err(), Some(Full::Server));
        drop(busy);
        crowd.left().await;
        assert!(crowd.admit(address(2), Turns::default()).is_ok());
    }

    /// In a burst of connections, the requests of the first ones are still on the way.
    #[tokio::test(start_paused = true)]
    async fn new_connection_is_not_closed_at_once() {
        let crowd = crowd(1, None);
        let _first = crowd.admit(address(1), Turns::default()).unwrap();
        let early = crowd.admit(address(2), Turns::default());
        assert_eq!(early.err(), Some(Full::Server));
        sleep(GRACE).await;
        assert!(crowd.admit(address(2), Turns::default()).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn request_that_arrives_in_the_meantime_keeps_the_connection() {
        let crowd = crowd(1, None);
        let turns = Turns::default();
        let place = crowd.admit(address(1), turns.clone()).unwrap();
        sleep(GRACE).await;
        let _next = crowd.admit(address(2), Turns::default()).unwrap();
        turns.next();
        assert!(!is_closing(&place).await);
        let counted: usize = crowd.lock().values().map(Vec::len).sum();
        assert_eq!(counted, 2, "it is counted again");
    }

    #[test]
    fn ipv6_network_is_one_address() {
        let parsed = |text: &str| network(text.parse().unwrap());
        assert_eq!(parsed("2001:db8::1"), parsed("2001:db8::ffff:2"));
        assert_ne!(parsed("2001:db8::1"), parsed("2001:db8:0:1::1"));
    }
}
