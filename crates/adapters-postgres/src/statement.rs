//! Statements with a fixed text, and the results of inserts.

use countersign_adapters_sql::columns::{Failure, race};
use countersign_ports::Race;
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Returns the outcome of an insert without `ON CONFLICT`, outside of a transaction. A unique violation is a lost race.
pub(crate) fn inserted(outcome: QueryResult<usize>) -> Result<Race, Failure> {
    match outcome {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Race::Lost),
        outcome => Ok(race(outcome?)),
    }
}

/// Implements a statement for a type. Each connection prepares it once and finds it by its type. A `?` stands for each
/// value. The type after `=>` is the SQL type of the result, if any.
macro_rules! statement {
    ($type:ty $(=> $answer:ty)?, $sql:expr, $self:ident: [$($column:ty = $value:expr),* $(,)?]) => {
        impl diesel::query_builder::QueryId for $type {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $type {
            fn walk_ast<'b>(
                &'b $self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let mut texts = $sql.split('?');
                $(
                    out.push_sql(texts.next().unwrap_or_default());
                    out.push_bind_param::<$column, _>($value)?;
                )*
                out.push_sql(texts.next().unwrap_or_default());
                Ok(())
            }
        }

        $(
            impl diesel::query_builder::Query for $type {
                type SqlType = $answer;
            }
        )?
    };
}

pub(crate) use statement;
