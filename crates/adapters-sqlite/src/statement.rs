//! Statements with a fixed text.

/// Implements a statement for a type. Each connection prepares it once and finds it by its type. A `?` stands for each
/// value. The type after `=>` is the SQL type of the result, if any.
macro_rules! statement {
    ($type:ty $(=> $answer:ty)?, $sql:expr, $self:ident: [$($column:ty = $value:expr),* $(,)?]) => {
        impl diesel::query_builder::QueryId for $type {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::QueryFragment<diesel::sqlite::Sqlite> for $type {
            fn walk_ast<'b>(
                &'b $self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
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

        impl diesel::RunQueryDsl<diesel::SqliteConnection> for &$type {}
    };
}

pub(crate) use statement;
