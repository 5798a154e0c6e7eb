//! Examples of the commands of `countersign store`, for their help texts.

pub(super) const COPY: &str = "\
Examples:
  From SQLite to PostgreSQL
    countersign store copy --from sqlite:///var/lib/countersign/countersign.db --to postgres://localhost/countersign
  From PostgreSQL into a file
    countersign store copy --from postgres://localhost/countersign --to sqlite:///backup/countersign.db";
