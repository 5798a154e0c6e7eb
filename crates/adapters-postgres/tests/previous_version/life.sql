-- What a node of the version before (0.1.0 as of the migration 2026-11-22-000000_initial) runs, statement by
-- statement, with values in the place of parameters. It is a record: it is not changed when the store changes.

-- Signing keys, and a client with its secret.
SELECT number FROM revision FOR UPDATE;
INSERT INTO "signing_keys" ("id", "algorithm", "client_id", "sealed_private_key", "created_at", "signs_from", "retires_at")
    VALUES ('k1', 'ES256', NULL, 'sealed', 1750000000, 1750000000, NULL);
INSERT INTO "clients" ("id", "name", "client_type", "status", "grant_types", "scope", "redirect_uris", "domains",
    "pkce_required", "pkce_plain_allowed", "pkce_replaces_secret", "signing_algorithm", "audience",
    "access_token_lifetime", "created_at")
    VALUES ('old', 'Old', 'confidential', 'active', '["authorization_code","refresh_token"]', 'openid read',
    '["https://app.example/callback"]', '[]', true, false, false, NULL, NULL, NULL, 1750000000)
    ON CONFLICT DO NOTHING;
INSERT INTO "client_secrets" ("client_id", "name", "position", "digest", "created_at", "expires_at", "last_used_at")
    VALUES ('old', 'first', 0, '01234567890123456789012345678901', 1750000000, NULL, NULL);
UPDATE revision SET number = number + 1;
SELECT pg_notify('countersign', '');
SELECT "revision"."number" FROM "revision" LIMIT 1;
SELECT "signing_keys"."id", "signing_keys"."algorithm", "signing_keys"."client_id", "signing_keys"."sealed_private_key",
    "signing_keys"."created_at", "signing_keys"."signs_from", "signing_keys"."retires_at" FROM "signing_keys"
    ORDER BY "signing_keys"."created_at", "signing_keys"."id";
SELECT "clients"."id", "clients"."name", "clients"."client_type", "clients"."status", "clients"."grant_types",
    "clients"."scope", "clients"."redirect_uris", "clients"."domains", "clients"."pkce_required",
    "clients"."pkce_plain_allowed", "clients"."pkce_replaces_secret", "clients"."signing_algorithm",
    "clients"."audience", "clients"."access_token_lifetime", "clients"."created_at", "client_secrets"."client_id",
    "client_secrets"."name", "client_secrets"."position", "client_secrets"."digest", "client_secrets"."created_at",
    "client_secrets"."expires_at", "client_secrets"."last_used_at"
    FROM "clients" LEFT OUTER JOIN "client_secrets" ON ("client_secrets"."client_id" = "clients"."id")
    WHERE ("clients"."id" = 'old') ORDER BY "client_secrets"."position";

-- A client that the new version registered is suspended.
UPDATE "clients" SET "name" = 'Renamed', "client_type" = 'confidential', "status" = 'suspended',
    "grant_types" = '["authorization_code"]', "scope" = 'openid', "redirect_uris" = '["https://app.example/callback"]',
    "domains" = '[]', "pkce_required" = true, "pkce_plain_allowed" = false, "pkce_replaces_secret" = false,
    "signing_algorithm" = NULL, "audience" = NULL, "access_token_lifetime" = NULL, "created_at" = 1750000000
    WHERE ("clients"."id" = 'new');

-- A user logs in.
INSERT INTO "users" ("id", "email", "name", "enabled", "password_hash", "sealed_totp_secret", "created_at")
    VALUES ('09090909-0909-0909-0909-090909090909', 'old@example.org', 'Old', true, '$argon2id$', NULL, 1750000000)
    ON CONFLICT DO NOTHING;
SELECT "users"."id", "users"."email", "users"."name", "users"."enabled", "users"."password_hash",
    "users"."sealed_totp_secret", "users"."created_at" FROM "users" WHERE ("users"."email" = 'old@example.org') LIMIT 1;
UPDATE "users" SET "email" = 'jane@example.org', "name" = 'Renamed', "enabled" = true, "password_hash" = '$argon2id$',
    "sealed_totp_secret" = NULL, "created_at" = 1750000000 WHERE ("users"."id" = '01010101-0101-0101-0101-010101010101');
UPDATE "users" SET "last_time_step" = 7 WHERE (("users"."id" = '09090909-0909-0909-0909-090909090909')
    AND (("users"."last_time_step" IS NULL) OR ("users"."last_time_step" < 7)));
INSERT INTO logins (id, position, attempts, expires_at) VALUES ('00000000-0000-0000-0000-000000000001', 1, 0, 1750000600)
    ON CONFLICT (id) DO UPDATE SET position = excluded.position,
    expires_at = greatest(logins.expires_at, excluded.expires_at) WHERE logins.position < excluded.position;
INSERT INTO logins (id, position, attempts, expires_at) VALUES ('00000000-0000-0000-0000-000000000001', 0, 1, 1750000600)
    ON CONFLICT (id) DO UPDATE SET attempts = logins.attempts + 1,
    expires_at = greatest(logins.expires_at, excluded.expires_at) RETURNING attempts;

-- Grants: 11 to 13 are established, 1 was by the new version. All are found, rotated and revoked.
INSERT INTO grants (id, auth_time, generation, rotated_at, expires_at, revoked_at, bound_to_verifier, client_id, subject,
    scope) SELECT * FROM unnest(
    '{00000000-0000-0000-0000-00000000000b,00000000-0000-0000-0000-00000000000c,00000000-0000-0000-0000-00000000000d}'::uuid[], '{1750000000,1750000000,1750000000}'::bigint[], '{0,0,0}'::bigint[],
    '{1750000000,1750000000,1750000000}'::bigint[], '{1760000000,1760000000,1760000000}'::bigint[],
    '{NULL,NULL,NULL}'::bigint[], '{true,true,true}'::boolean[], '{old,old,old}'::text[], '{jane,jane,joe}'::text[],
    '{openid,openid,openid}'::text[]) ON CONFLICT (id) DO NOTHING RETURNING id;
SELECT id, auth_time, generation, rotated_at, expires_at, revoked_at, bound_to_verifier, client_id, subject, scope
    FROM unnest('{00000000-0000-0000-0000-00000000000b,00000000-0000-0000-0000-000000000001}'::uuid[]) AS wanted (id) JOIN grants USING (id);
UPDATE grants SET generation = rotation.successor, rotated_at = rotation.now, expires_at = rotation.expires_at
    FROM unnest('{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-00000000000b}'::uuid[], '{0,0}'::bigint[], '{1,1}'::bigint[], '{1750000010,1750000010}'::bigint[],
    '{1760000010,1760000010}'::bigint[]) AS rotation (id, presented, successor, now, expires_at)
    WHERE grants.id = rotation.id AND grants.generation <= rotation.presented
    AND grants.revoked_at IS NULL AND grants.expires_at > rotation.now RETURNING grants.id;
UPDATE grants SET revoked_at = revocation.at FROM unnest('{00000000-0000-0000-0000-00000000000c}'::uuid[], '{1750000020}'::bigint[])
    AS revocation (id, at) WHERE grants.id = revocation.id AND grants.revoked_at IS NULL RETURNING grants.id;
UPDATE grants SET revoked_at = 1750000030 FROM (SELECT id FROM grants WHERE subject = 'joe' AND revoked_at IS NULL
    ORDER BY id FOR UPDATE) AS theirs WHERE grants.id = theirs.id;
SELECT id, auth_time, generation, rotated_at, expires_at, revoked_at, bound_to_verifier, client_id, subject, scope
    FROM grants WHERE id >= '00000000-0000-0000-0000-000000000001' ORDER BY id LIMIT 1000;

-- Housekeeping, and a client that is deleted.
WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(1667593582, hashtext(current_schema())) AS mine),
    seen AS MATERIALIZED (SELECT id, expires_at FROM grants WHERE id >= '00000000-0000-0000-0000-000000000000' AND (SELECT mine FROM turn)
    ORDER BY id LIMIT 10000), ended AS MATERIALIZED (SELECT id FROM seen WHERE expires_at <= 1 ORDER BY id LIMIT 500),
    removed AS (DELETE FROM grants USING ended WHERE grants.id = ended.id AND grants.expires_at <= 1 RETURNING grants.id)
    SELECT (SELECT mine FROM turn), (SELECT count(*) FROM seen), (SELECT id FROM seen ORDER BY id DESC LIMIT 1),
    (SELECT count(*) FROM ended), (SELECT id FROM ended ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM removed);
WITH ended AS MATERIALIZED (SELECT id FROM logins WHERE expires_at <= 1 ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED)
    DELETE FROM logins USING ended WHERE logins.id = ended.id;
DELETE FROM grants USING (SELECT id FROM grants WHERE client_id = 'gone' ORDER BY id FOR UPDATE) AS its
    WHERE grants.id = its.id;
