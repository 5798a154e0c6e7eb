//! Servers on PostgreSQL.

mod crash;
mod crash_crowds;
mod failover;
mod outage;
mod races;
mod servers;
mod statements;
mod write_budget;
