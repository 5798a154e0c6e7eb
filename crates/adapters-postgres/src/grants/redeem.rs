//! Redemption: stores a grant and reads its user.

use super::requests::{Establish, EstablishAll, Key, races};
use crate::connection::groups::{Request, rows_of};
use crate::people::sessions::session_columns;
use crate::statement::statement;
use countersign_adapters_sql::grants::{GrantRow, grant_user};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::sessions::SessionRow;
use countersign_adapters_sql::people::users::{UserColumns, UserRows};
use countersign_adapters_sql::schema::sessions;
use countersign_adapters_sql::user_columns;
use countersign_domain::identifier::UserId;
use countersign_ports::{Race, Redeemed, StoreError};
use diesel::QueryResult;
use diesel::sql_types::{Array, Integer, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

pub(crate) struct Redeem {
    grant: Establish,
    /// User whose ID is the subject. `None` if the grant names a session.
    user: Option<Id>,
}

impl Redeem {
    pub(super) fn new(grant: GrantRow) -> Self {
        let user = match grant.session_id {
            Some(_) => None,
            None => grant.subject.parse().ok().map(|user: UserId| user.into()),
        };
        Self {
            grant: Establish(grant),
            user,
        }
    }
}

type FoundRow = (Key, (Option<SessionRow>, UserRows));

impl Request for Redeem {
    type Key = Key;
    /// A failed read affects only the answer: the grant is stored.
    type Answer = Result<Redeemed, StoreError>;

    fn key(&self) -> Key {
        self.grant.key()
    }

    /// Sends both statements at once. PostgreSQL runs them one after the other, each in its own transaction, so that the
    /// second one sees every change that was committed before the first one committed. A single statement would read the
    /// user as of its beginning, and could miss a user who is disabled while it waits for its commit.
    async fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> QueryResult<Vec<Self::Answer>> {
        let grants: Vec<&Establish> = requests.iter().map(|request| &request.grant).collect();
        let (insert, find) = (EstablishAll::new(&grants), FindUsers::new(requests));
        let (mut first, mut second) = (&*connection, &*connection);
        // `biased` polls the insert first, and the connection sends in the order of these polls. It prepares one
        // statement at a time, so the order also holds for a new connection.
        let (inserted, found) = tokio::join!(
            biased;
            insert.load::<Key>(&mut first),
            find.load::<FoundRow>(&mut second),
        );
        let races = races(&grants, inserted?);
        let found = match found {
            Ok(found) => rows_of(requests.iter().map(|request| request.key()), found),
            Err(error) => {
                let reason = error.to_string();
                let answer = |race| match race {
                    Race::Won => Err(StoreError::new(reason.clone())),
                    Race::Lost => Ok(Redeemed::Lost),
                };
                return Ok(races.into_iter().map(answer).collect());
            }
        };
        let answers = races.into_iter().zip(found);
        Ok(answers.map(|(race, found)| redeemed(race, found)).collect())
    }

    /// The grant exists, whichever request inserted it.
    fn answer_after(&self, _: &Self, _: &Self::Answer) -> Option<Self::Answer> {
        Some(Ok(Redeemed::Lost))
    }
}

fn redeemed(
    race: Race,
    found: Option<(Option<SessionRow>, UserRows)>,
) -> Result<Redeemed, StoreError> {
    if race == Race::Lost {
        return Ok(Redeemed::Lost);
    }
    let user = found.map(|(session, user)| grant_user(session, user));
    let user = user.transpose().map_err(StoreError::new)?;
    Ok(Redeemed::Won(user))
}

/// Finds the users of grants: the user of the session, or the user with the ID.
pub(super) struct FindUsers {
    ids: Vec<Id>,
    tenants: Vec<i32>,
    sessions: Vec<Option<Id>>,
    users: Vec<Option<Id>>,
}
statement!(
    FindUsers => ((Uuid, Integer), (Nullable<sessions::SqlType>, UserColumns)),
    concat!(
        "SELECT wanted.id, wanted.tenant, ", session_columns!(), ", ", user_columns!(),
        " FROM unnest(?::uuid[], ?::integer[], ?::uuid[], ?::uuid[]) AS wanted (id, tenant, session_id, user_id) \
         LEFT JOIN sessions ON sessions.id = wanted.session_id AND sessions.tenant = wanted.tenant \
         JOIN users ON users.id = coalesce(sessions.user_id, wanted.user_id) AND users.tenant = wanted.tenant \
         JOIN credentials ON credentials.user_id = users.id AND credentials.tenant = users.tenant"
    ),
    self: [
        Array<Uuid> = &self.ids,
        Array<Integer> = &self.tenants,
        Array<Nullable<Uuid>> = &self.sessions,
        Array<Nullable<Uuid>> = &self.users,
    ]
);

impl FindUsers {
    pub(super) fn new(requests: &[&Redeem]) -> Self {
        let grants = || requests.iter().map(|request| &request.grant.0);
        Self {
            ids: grants().map(|grant| grant.id).collect(),
            tenants: grants().map(|grant| grant.tenant).collect(),
            sessions: grants().map(|grant| grant.session_id).collect(),
            users: requests.iter().map(|request| request.user).collect(),
        }
    }
}
