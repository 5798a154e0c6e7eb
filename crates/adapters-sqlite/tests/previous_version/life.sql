-- What a server of the version before (0.1.0 as of the migration 2026-11-22-000000_initial) runs, statement by
-- statement, with values in the place of parameters. It is a record: it is not changed when the store changes.

-- Signing keys, and a client with its secret.
INSERT INTO "signing_keys" ("id", "algorithm", "client_id", "sealed_private_key", "created_at", "signs_from", "retires_at")
    VALUES ('k1', 'ES256', NULL, x'00', 1750000000, 1750000000, NULL);
INSERT INTO "clients" ("id", "name", "client_type", "status", "grant_types", "scope", "redirect_uris", "domains",
    "pkce_required", "pkce_plain_allowed", "pkce_replaces_secret", "signing_algorithm", "audience",
    "access_token_lifetime", "created_at")
    VALUES ('old', 'Old', 'confidential', 'active', '["authorization_code","refresh_token"]', 'openid read',
    '["https://app.example/callback"]', '[]', 1, 0, 0, NULL, NULL, NULL, 1750000000)
    ON CONFLICT DO NOTHING;
INSERT INTO "client_secrets" ("client_id", "name", "position", "digest", "created_at", "expires_at", "last_used_at")
    VALUES ('old', 'first', 0, zeroblob(32), 1750000000, NULL, NULL);
UPDATE "revision" SET "number" = ("revision"."number" + 1);
SELECT "revision"."number" FROM "revision" LIMIT 1;
SELECT "signing_keys"."id", "signing_keys"."algorithm", "signing_keys"."client_id", "signing_keys"."sealed_private_key",
    "signing_keys"."created_at", "signing_keys"."signs_from", "signing_keys"."retires_at" FROM "signing_keys"
    ORDER BY "signing_keys"."created_at", "signing_keys"."id";
SELECT "clients"."id", "clients"."name", "clients"."client_type", "clients"."status", "clients"."grant_types",
    "clients"."scope", "clients"."redirect_uris", "clients"."domains", "clients"."pkce_required",
    "clients"."pkce_plain_allowed", "clients"."pkce_replaces_secret", "clients"."signing_algorithm",
    "clients"."audience", "clients"."access_token_lifetime", "clients"."created_at" FROM "clients"
    WHERE ("clients"."id" = 'old') LIMIT 1;
SELECT "client_secrets"."client_id", "client_secrets"."name", "client_secrets"."position", "client_secrets"."digest",
    "client_secrets"."created_at", "client_secrets"."expires_at", "client_secrets"."last_used_at" FROM "client_secrets"
    WHERE ("client_secrets"."client_id" = 'old') ORDER BY "client_secrets"."position";

-- A client that the new version registered is suspended.
UPDATE "clients" SET "name" = 'Renamed', "client_type" = 'confidential', "status" = 'suspended',
    "grant_types" = '["authorization_code"]', "scope" = 'openid', "redirect_uris" = '["https://app.example/callback"]',
    "domains" = '[]', "pkce_required" = 1, "pkce_plain_allowed" = 0, "pkce_replaces_secret" = 0,
    "signing_algorithm" = NULL, "audience" = NULL, "access_token_lifetime" = NULL, "created_at" = 1750000000
    WHERE ("clients"."id" = 'new');

-- A user logs in.
INSERT INTO "users" ("id", "email", "name", "enabled", "password_hash", "sealed_totp_secret", "created_at")
    VALUES (x'09090909090909090909090909090909', 'old@example.org', 'Old', 1, '$argon2id$', NULL, 1750000000)
    ON CONFLICT DO NOTHING;
SELECT "users"."id", "users"."email", "users"."name", "users"."enabled", "users"."password_hash",
    "users"."sealed_totp_secret", "users"."created_at" FROM "users" WHERE ("users"."email" = 'old@example.org') LIMIT 1;
UPDATE "users" SET "email" = 'jane@example.org', "name" = 'Renamed', "enabled" = 1, "password_hash" = '$argon2id$',
    "sealed_totp_secret" = NULL, "created_at" = 1750000000 WHERE ("users"."id" = x'01010101010101010101010101010101');
UPDATE "users" SET "last_time_step" = 7 WHERE (("users"."id" = x'09090909090909090909090909090909')
    AND (("users"."last_time_step" IS NULL) OR ("users"."last_time_step" < 7)));
INSERT INTO logins (id, position, attempts, expires_at) VALUES (x'01', 1, 0, 1750000600)
    ON CONFLICT (id) DO UPDATE SET position = excluded.position,
    expires_at = max(expires_at, excluded.expires_at) WHERE position < excluded.position;
INSERT INTO logins (id, position, attempts, expires_at) VALUES (x'01', 0, 1, 1750000600)
    ON CONFLICT (id) DO UPDATE SET attempts = attempts + 1,
    expires_at = max(expires_at, excluded.expires_at) RETURNING attempts;

-- Grants: 11 to 13 are established, 1 was by the new version. All are found, rotated and revoked.
INSERT INTO grants (id, client_id, subject, scope, auth_time, bound_to_verifier, generation, rotated_at, expires_at,
    revoked_at) VALUES (x'0000000000000000000000000000000b', 'old', 'jane', 'openid', 1750000000, 1, 0, 1750000000, 1760000000, NULL)
    ON CONFLICT DO NOTHING;
INSERT INTO grants (id, client_id, subject, scope, auth_time, bound_to_verifier, generation, rotated_at, expires_at,
    revoked_at) VALUES (x'0000000000000000000000000000000c', 'old', 'jane', 'openid', 1750000000, 1, 0, 1750000000, 1760000000, NULL)
    ON CONFLICT DO NOTHING;
INSERT INTO grants (id, client_id, subject, scope, auth_time, bound_to_verifier, generation, rotated_at, expires_at,
    revoked_at) VALUES (x'0000000000000000000000000000000d', 'old', 'joe', 'openid', 1750000000, 1, 0, 1750000000, 1760000000, NULL)
    ON CONFLICT DO NOTHING;
SELECT "grants"."id", "grants"."client_id", "grants"."subject", "grants"."scope", "grants"."auth_time", "grants"."bound_to_verifier", "grants"."generation", "grants"."rotated_at", "grants"."expires_at", "grants"."revoked_at" FROM "grants" WHERE ("grants"."id" = x'0000000000000000000000000000000b') LIMIT 1;
UPDATE grants SET generation = 1, rotated_at = 1750000010, expires_at = 1760000010
    WHERE id = x'00000000000000000000000000000001' AND generation <= 0 AND revoked_at IS NULL AND expires_at > 1750000010;
UPDATE grants SET generation = 1, rotated_at = 1750000010, expires_at = 1760000010
    WHERE id = x'0000000000000000000000000000000b' AND generation <= 0 AND revoked_at IS NULL AND expires_at > 1750000010;
UPDATE grants SET revoked_at = 1750000020 WHERE id = x'0000000000000000000000000000000c' AND revoked_at IS NULL;
UPDATE "grants" SET "revoked_at" = 1750000030 WHERE (("grants"."subject" = 'joe') AND ("grants"."revoked_at" IS NULL));

-- Housekeeping, and a client that is deleted.
SELECT "grants"."id" FROM "grants" WHERE (("grants"."expires_at" <= 1) AND ("grants"."id" > x'00000000000000000000000000000000'))
    ORDER BY "grants"."id" LIMIT 500;
DELETE FROM "grants" WHERE (("grants"."id" = x'00000000000000000000000000000063') AND ("grants"."expires_at" <= 1));
SELECT "logins"."id" FROM "logins" WHERE ("logins"."expires_at" <= 1) LIMIT 500;
DELETE FROM "grants" WHERE ("grants"."client_id" = 'gone');
