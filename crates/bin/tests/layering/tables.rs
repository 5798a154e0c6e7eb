//! Tables of the allowed dependencies.

/// Crate, named by its folder in `crates`.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    /// Workspace crates that it uses.
    pub(crate) uses: &'static [&'static str],
    /// Workspace crates that only its tests and benchmarks use.
    pub(crate) tests_use: &'static [&'static str],
}

/// All crates with all their dependencies on each other. Each list is in alphabetical order.
pub(crate) const LAYERS: &[Layer] = &[
    Layer {
        name: "domain",
        uses: &[],
        tests_use: &[],
    },
    Layer {
        name: "memory",
        uses: &["domain"],
        tests_use: &[],
    },
    Layer {
        name: "ports",
        uses: &["domain"],
        tests_use: &[],
    },
    Layer {
        name: "codec",
        uses: &["domain"],
        tests_use: &[],
    },
    Layer {
        name: "wire",
        uses: &["codec", "domain"],
        tests_use: &[],
    },
    // The server of the tutorial, for tests only.
    Layer {
        name: "afternoon",
        uses: &["domain", "memory", "wire"],
        tests_use: &[],
    },
    Layer {
        name: "application",
        uses: &["domain", "ports"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "adapters-sql",
        uses: &["codec", "domain", "ports"],
        tests_use: &[],
    },
    Layer {
        name: "adapters-sqlite",
        uses: &["adapters-sql", "domain", "ports"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "adapters-postgres",
        uses: &["adapters-sql", "domain", "ports"],
        tests_use: &["store-contract"],
    },
    Layer {
        name: "adapters-store",
        uses: &["adapters-postgres", "adapters-sqlite", "domain", "ports"],
        tests_use: &[],
    },
    Layer {
        name: "adapters-jwt",
        uses: &["codec", "domain", "ports", "wire"],
        tests_use: &[],
    },
    Layer {
        name: "adapters-system",
        uses: &["domain", "ports"],
        tests_use: &[],
    },
    Layer {
        name: "store-contract",
        uses: &["codec", "domain", "memory", "ports"],
        tests_use: &[],
    },
    Layer {
        name: "server-http",
        uses: &["application", "domain", "ports", "wire"],
        tests_use: &[],
    },
    // The routers share the wire formats of `server-http`.
    Layer {
        name: "server-pages",
        uses: &["application", "domain", "ports", "server-http"],
        tests_use: &[],
    },
    Layer {
        name: "server-admin",
        uses: &["application", "domain", "ports", "server-http"],
        tests_use: &[],
    },
    // The command line turns a store URL, a key file and a mail URL into adapters.
    Layer {
        name: "cli",
        uses: &[
            "adapters-jwt",
            "adapters-store",
            "adapters-system",
            "application",
            "codec",
            "domain",
            "ports",
            "server-admin",
            "server-http",
            "server-pages",
        ],
        tests_use: &["afternoon", "store-contract"],
    },
    // The binary only calls the command line.
    Layer {
        name: "bin",
        uses: &["cli"],
        tests_use: &[
            "adapters-jwt",
            "adapters-postgres",
            "adapters-sqlite",
            "adapters-system",
            "codec",
            "domain",
            "ports",
            "store-contract",
        ],
    },
];

/// External dependencies that the inner crates may use.
pub(crate) const INNER: &[(&str, &[&str])] = &[
    ("domain", &["base64ct", "hmac-sha256", "serde", "subtle"]),
    ("memory", &[]),
    ("ports", &["thiserror"]),
    ("codec", &["minicbor"]),
    ("wire", &["base64ct", "percent-encoding", "serde"]),
    (
        "application",
        // `regex` checks values against the patterns of user attributes.
        &[
            "base64ct",
            "quick_cache",
            "regex",
            "sha2",
            "thiserror",
            "tracing",
        ],
    ),
];

/// Libraries bound to a protocol, a database or an operating system, and the only crates that may use them.
pub(crate) const CONFINED: &[(&str, &[&str])] = &[
    ("argon2", &["adapters-system"]),
    (
        "aws-lc-rs",
        &["adapters-jwt", "adapters-system", "afternoon"],
    ),
    ("askama", &["server-pages", "cli"]),
    (
        "axum",
        &["server-http", "server-pages", "server-admin", "cli"],
    ),
    ("clap", &["cli"]),
    ("config", &["cli"]),
    (
        "diesel",
        &["adapters-sql", "adapters-sqlite", "adapters-postgres"],
    ),
    ("diesel-async", &["adapters-postgres"]),
    ("diesel_migrations", &["adapters-sqlite"]),
    ("hyper", &["cli"]),
    ("jsonwebtoken", &["adapters-jwt"]),
    ("lettre", &["adapters-system"]),
    ("libsqlite3-sys", &["adapters-sqlite"]),
    // The attestation of a passkey is CBOR (Web Authentication section 6.5).
    ("minicbor", &["adapters-system", "codec"]),
    // The server sends requests only through the guarded client of `adapters-system`. The command line sends its own to
    // the server that the operator names.
    ("reqwest", &["adapters-system", "cli"]),
    ("schemars", &["server-admin"]),
    ("rustls", &["adapters-postgres", "adapters-system"]),
    ("tokio-postgres", &["adapters-postgres", "store-contract"]),
    ("tokio-rustls", &["adapters-postgres"]),
    ("totp-rs", &["adapters-system"]),
    ("uuid", &["adapters-system"]),
    ("webauthn-rs", &["adapters-system"]),
    ("webauthn-rs-proto", &["adapters-system"]),
    ("x509-parser", &["adapters-system"]),
    ("zxcvbn", &["adapters-system"]),
    // Randomness comes from `ports::Entropy` only.
    ("getrandom", &[]),
    ("rand", &[]),
];
