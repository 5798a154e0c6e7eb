//! Open connections. At a limit, an idle connection is closed for a new one.

use super::turns::Turns;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, interval};

/// Time for which a connection is not idle, although the server waits for the client: its next request may be on the
/// way.
pub(super) const GRACE: Duration = Duration::from_millis(100);

/// Interval at which connections that were idle for too long are closed. A timer for each of them would cost more than a
/// look at all of them, because every request would set it anew.
const SWEEP: Duration = Duration::from_secs(1);

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
    is_told: AtomicBool,
    told_to_close: Notify,
}

impl Member {
    fn tell_to_close(&self) {
        self.is_told.store(true, Ordering::Release);
        self.told_to_close.notify_one();
    }

    /// Returns whether the client has sent no byte of a request for this long. A request that has begun has a timer of its
    /// own, and so has its body.
    fn is_idle_for(&self, longest: Duration) -> bool {
        let since = self.turns.idle_since().filter(|_| self.turns.is_clients());
        since.is_some_and(|since| since.elapsed() >= longest)
    }

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
            is_told: AtomicBool::new(false),
            told_to_close: Notify::new(),
        });
        open.entry(address).or_default().push(member.clone());
        Ok(Place {
            crowd: self.clone(),
            address,
            member,
        })
    }

    /// Closes connections that have been idle for `longest`, once a second.
    pub(super) async fn sweep(&self, longest: Duration) -> Infallible {
        let mut ticks = interval(SWEEP);
        loop {
            ticks.tick().await;
            self.lock().retain(|_, members| {
                members.retain(|member| {
                    let is_late = member.is_idle_for(longest);
                    if is_late {
                        member.tell_to_close();
                    }
                    !is_late
                });
                !members.is_empty()
            });
        }
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
    /// Returns whether the connection was told to close. Cheaper than to poll [`Place::closing`].
    pub(super) fn is_told(&self) -> bool {
        self.member.is_told.load(Ordering::Acquire)
    }

    /// Waits until the connection must close. Continues to wait if a request has arrived in the meantime.
    pub(super) async fn closing(&self) {
        loop {
            self.member.told_to_close.notified().await;
            self.member.is_told.store(false, Ordering::Release);
            if self.member.turns.idle_since().is_some() {
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
    members.swap_remove(place).tell_to_close();
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
mod tests;
