//! The grant store against a model.

use crate::fixtures::{changed_grant, grant, later};
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Race, Store, StoreError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// Number of grants. Grants, generations and seconds are few, so that commands collide.
const GRANTS: u8 = 3;

#[derive(Clone, Copy, Debug)]
enum Command {
    Establish {
        expires_at: Timestamp,
        generation: u32,
    },
    Rotate {
        presented: u32,
        now: Timestamp,
        expires_at: Timestamp,
    },
    Revoke {
        at: Timestamp,
    },
    Find,
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Race(Race),
    Found(Option<Box<Grant>>),
}

fn times() -> impl Strategy<Value = Timestamp> {
    (0_u64..6).prop_map(later)
}

fn commands() -> impl Strategy<Value = Vec<(u8, Command)>> {
    let command = prop_oneof![
        1 => (times(), 0_u32..3).prop_map(|(expires_at, generation)| Command::Establish {
            expires_at,
            generation
        }),
        4 => (0_u32..4, times(), times()).prop_map(|(presented, now, expires_at)| Command::Rotate {
            presented,
            now,
            expires_at,
        }),
        1 => times().prop_map(|at| Command::Revoke { at }),
        2 => Just(Command::Find),
    ];
    prop::collection::vec((0..GRANTS, command), 1..24)
}

fn new_grant(id: GrantId, expires_at: Timestamp, generation: u32) -> Grant {
    changed_grant(&grant(0), |facts| {
        facts.id = id;
        facts.generation = generation;
        facts.expires_at = expires_at;
    })
}

/// Returns what a store with this one grant must answer. Restates the rules instead of calling them.
fn expected(stored: &mut Option<Grant>, id: GrantId, command: Command) -> Answer {
    let race = match (stored.as_mut(), command) {
        (_, Command::Find) => return Answer::Found(stored.clone().map(Box::new)),
        (
            None,
            Command::Establish {
                expires_at,
                generation,
            },
        ) => {
            *stored = Some(new_grant(id, expires_at, generation));
            Race::Won
        }
        (
            Some(grant),
            Command::Rotate {
                presented,
                now,
                expires_at,
            },
        ) if presented >= grant.facts().generation
            && grant.facts().revoked_at.is_none()
            && now < grant.facts().expires_at =>
        {
            *grant = changed_grant(grant, |facts| {
                facts.generation = presented + 1;
                facts.rotated_at = now;
                facts.expires_at = expires_at;
            });
            Race::Won
        }
        (Some(grant), Command::Revoke { at }) if grant.facts().revoked_at.is_none() => {
            *grant = changed_grant(grant, |facts| facts.revoked_at = Some(at));
            Race::Won
        }
        _ => Race::Lost,
    };
    Answer::Race(race)
}

async fn answer(
    store: &impl Store,
    tenant: TenantId,
    id: GrantId,
    command: Command,
) -> Result<Answer, StoreError> {
    Ok(match command {
        Command::Establish {
            expires_at,
            generation,
        } => {
            let grant = new_grant(id, expires_at, generation);
            Answer::Race(store.establish(tenant, &grant).await?)
        }
        Command::Rotate {
            presented,
            now,
            expires_at,
        } => {
            let rotation = Rotation {
                grant: id,
                presented,
                now,
                expires_at,
            };
            Answer::Race(store.rotate(tenant, &rotation).await?)
        }
        Command::Revoke { at } => Answer::Race(store.revoke(tenant, id, at).await?),
        Command::Find => Answer::Found(store.find_grant(tenant, id).await?.map(Box::new)),
    })
}

/// For any sequence of commands, the store answers like the model.
pub async fn any_command_sequence_matches_model<S: Store>(store: Arc<S>, tenant: TenantId) {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = spawn_blocking(move || {
        let cases = Cell::new(0_u64);
        TestRunner::new(config).run(&commands(), |commands| {
            // Every case uses its own grants, so all cases share one store.
            let case = cases.get();
            cases.set(case + 1);
            let id_of = |number: u8| {
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&case.to_be_bytes());
                bytes[15] = number;
                GrantId::from_bytes(bytes)
            };
            let mut model = [const { None }; GRANTS as usize];
            for (number, command) in commands {
                let id = id_of(number);
                let answer = Handle::current().block_on(answer(&*store, tenant, id, command));
                let expected = expected(&mut model[usize::from(number)], id, command);
                prop_assert_eq!(answer.unwrap(), expected);
            }
            Ok(())
        })
    });
    outcome.await.unwrap().unwrap();
}
