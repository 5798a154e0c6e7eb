"""Token, examples and counts for schemathesis."""

import atexit
import base64
import collections
import contextlib
import json
import os
import sqlite3
import threading
import time
import uuid
from urllib.parse import unquote

import requests
import schemathesis

ISSUER = os.environ["COUNTERSIGN_TEST_ISSUER"]
CLIENT = json.loads(os.environ["COUNTERSIGN_CLIENT"])
API = f"{ISSUER}/admin/v1"
# RFC 7636 appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SELF = f"client:{CLIENT['client_id']}"

counts = collections.defaultdict(collections.Counter)
lock = threading.Lock()


def token():
    answer = requests.post(
        f"{ISSUER}/oauth2/token",
        data={"grant_type": "client_credentials", "resource": API},
        auth=(CLIENT["client_id"], CLIENT["client_secret"]),
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["access_token"]


@schemathesis.auth(refresh_interval=60)
class Token:
    def get(self, case, context):
        return token()

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


def create(path, body):
    headers = {"Authorization": f"Bearer {token()}"}
    answer = requests.post(f"{API}{path}", json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()


def get(path):
    headers = {"Authorization": f"Bearer {token()}"}
    answer = requests.get(f"{API}{path}", headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()


def machine(name):
    return {
        "client_name": name,
        "client_type": "confidential",
        "grant_types": ["client_credentials"],
        "scope": "api:read",
    }


def stored(user):
    """Stores what only a sign-in in a browser or an authenticator creates. The identifiers are those of the user."""
    key, now = uuid.UUID(user).bytes, int(time.time())
    late = now + 86_400
    with contextlib.closing(sqlite3.connect(os.environ["COUNTERSIGN_DATABASE"])) as store, store:
        store.execute("PRAGMA busy_timeout = 10000")
        store.execute(
            "INSERT INTO sessions (id, tenant, user_id, authenticated_at, methods, acr, created_at, last_active_at, "
            "expires_at) VALUES (?, 1, ?, ?, 1, 1, ?, ?, ?)",
            (key, key, now, now, now, late),
        )
        store.execute("INSERT INTO passkeys VALUES (?, 1, ?, 'Phone', x'00', ?, NULL)", (b"phone" + key, key, now))
        store.execute(
            "INSERT INTO definitions (kind, id, tenant, document, created_at, version) VALUES (19, ?, 1, ?, ?, 1)",
            (user, json.dumps({"due_at": late}), now),
        )
        store.execute(
            "INSERT INTO identities VALUES (1, ?, ?, 'kept', 'https://login.example', 'jane', NULL, ?, NULL)",
            (key, key, now),
        )
        store.execute("INSERT INTO devices VALUES (?, 1, ?, 'Firefox', ?, ?)", (key, key, now, late))
        store.execute("INSERT INTO recovery_codes VALUES (?, 1, ?)", (key, bytes(32)))
        store.execute("INSERT INTO consents VALUES (?, 1, 'web', 'read', ?)", (key, now))
    return base64.urlsafe_b64encode(b"phone" + key).decode().rstrip("=")


def grant(email, password):
    """Signs in and gets tokens, so that the user has a grant."""
    redirect_uri = "http://127.0.0.1/callback"
    web = create(
        "/clients",
        {
            "client_id": "web",
            "client_name": "Web",
            "client_type": "confidential",
            "grant_types": ["authorization_code"],
            "redirect_uris": [redirect_uri],
            "scope": "read",
            "require_pkce": "never",
        },
    )
    client = {"client_id": "web", "redirect_uri": redirect_uri}

    def post(path, body):
        answer = requests.post(f"{ISSUER}/v1/oauth2/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    step = post(
        "authorize",
        client | {"email": email, "password": password, "scope": "read", "code_challenge": CHALLENGE,
                  "code_challenge_method": "S256"},
    )
    code = post("authorize/confirm", {"next_step_auth_id": step["next_step_auth_id"]})["code"]
    post(
        "token",
        client | {"grant_type": "authorization_code", "client_secret": web["client_secret"], "code": code,
                  "code_verifier": VERIFIER},
    )


def refused():
    """Sends a request that the server refuses. Returns its ID, once its event is stored."""
    answer = requests.post(f"{ISSUER}/oauth2/token", data={"grant_type": "unknown"}, timeout=30)
    time.sleep(3)
    return answer.headers["Request-Id"]


def examples():
    """Creates objects. Returns path parameters and a body for each operation that random input does not reach."""
    client, doomed = (create("/clients", machine(name))["client_id"] for name in ("Kept", "Doomed"))
    create(f"/clients/{client}/secrets", {"name": "old"})
    create("/resource-servers", {"audience": "kept"})
    create("/resource-servers", {"audience": "doomed"})
    for name in ("kept", "doomed", "held"):
        create("/admin-roles", {"name": name})
    users = [create("/users", {"email": f"{name}@example.com"}) for name in ("joe", "jim", "jane", "doomed")]
    user, other, jane, leaving = (user["id"] for user in users)
    passkey = stored(jane)
    grant("jane@example.com", users[2]["password"])
    grants = get(f"/users/{jane}/grants")["items"]
    keys = create("/signing-keys/rotate", None)["items"]
    create(f"/administrators/client:{client}/roles", {"role": "held"})
    for name in ("kept", "doomed"):
        create("/groups", {"name": name})
    create("/groups/kept/members", {"user_id": jane})
    hook = {"url": "https://192.0.2.1/hook", "events": ["group.*"]}
    for name in ("kept", "doomed"):
        create("/webhooks", hook | {"name": name})
    provider = {"issuer": "https://login.example", "client_id": "countersign", "client_secret": "x"}
    for name in ("kept", "doomed"):
        create("/upstream-providers", provider | {"name": name})
    create("/invitations", {"email": "guest@example.com"})
    create("/initial-access-tokens", {"name": "doomed"})
    create("/resource-servers", {"audience": "roles", "roles": [{"name": "editor"}]})
    for name in ("kept", "doomed"):
        create("/attributes", {"name": name, "type": "string", "readers": ["admin", "application"]})
        create("/tenants", {"name": name, "signing_algorithm": "ES256"})
    mapping = {"claim": "kept", "from": "attribute:kept", "into": ["access_token"]}
    held = {"roles": {"roles": ["editor"]}}
    of_client, of_user, of_jane = {"client_id": client}, {"user_id": user}, {"user_id": jane}
    later = int(time.time()) + 86_400
    return {
        "createClient": ({}, machine("Example")),
        "getClient": (of_client, None),
        "updateClient": (of_client, {"client_name": "Renamed", "claims_policy": [mapping]}),
        "deleteClient": ({"client_id": doomed}, None),
        "addClientSecret": (of_client, {"name": "new", "lifetime": 3600}),
        "expireClientSecret": (of_client | {"name": "secret-1"}, {"expires_at": later}),
        "removeClientSecret": (of_client | {"name": "old"}, None),
        "createResourceServer": ({}, {"audience": "example", "introspection_clients": [client]}),
        "getResourceServer": ({"audience": "kept"}, None),
        "updateResourceServer": ({"audience": "kept"}, {"roles": [{"name": "reader"}], "claims_policy": [mapping]}),
        "deleteResourceServer": ({"audience": "doomed"}, None),
        "createUser": ({}, {"email": "example@example.com", "email_verified": True, "given_name": "Jane"}),
        "createInitialAccessToken": ({}, {"name": "example", "lifetime": 3600, "max_uses": 5}),
        "deleteInitialAccessToken": ({"name": "doomed"}, None),
        "createInvitation": ({}, {"email": "invited@example.com", "groups": ["kept"], "language": "de"}),
        "revokeInvitation": ({"email": "guest@example.com"}, None),
        "getUser": (of_user, None),
        "updateUser": (
            of_user,
            {"name": "Joe", "locale": "en-GB", "address": {"locality": "London"}, "attributes": {"kept": "x"}} | held,
        ),
        "enableUser": (of_user, None),
        "disableUser": ({"user_id": other}, None),
        "resetUserFactors": (of_user, None),
        "resetUserPassword": (of_user, None),
        "listSessions": (of_user, None),
        "deleteUser": ({"user_id": leaving}, None),
        "unlockUser": (of_jane, None),
        "listPasskeys": (of_jane, None),
        "removePasskey": (of_jane | {"passkey_id": passkey}, None),
        "countRecoveryCodes": (of_jane, None),
        "removeRecoveryCodes": (of_jane, None),
        "getFactorReset": (of_jane, None),
        "cancelFactorReset": (of_jane, None),
        "listTrustedDevices": (of_jane, None),
        "removeTrustedDevice": (of_jane | {"device_id": jane}, None),
        "listIdentities": (of_jane, None),
        "removeIdentity": (of_jane | {"identity_id": jane}, None),
        "listConsents": (of_jane, None),
        "withdrawConsent": (of_jane | {"client_id": "web"}, None),
        "listGrants": (of_jane, None),
        "revokeGrants": (of_user, None),
        "revokeGrant": ({"grant_id": grants[0]["id"]}, None),
        "endSessions": (of_user, None),
        "endSession": ({"session_id": jane}, None),
        "eraseEvents": ({}, {"user_id": leaving}),
        "explainRequest": ({"request_id": refused()}, None),
        "revokeSigningKey": ({"kid": keys[-1]["kid"]}, None),
        "createAdminRole": ({}, {"name": "example", "permissions": ["users:read"]}),
        "getAdminRole": ({"name": "kept"}, None),
        "updateAdminRole": ({"name": "kept"}, {"description": "Renamed"}),
        "deleteAdminRole": ({"name": "doomed"}, None),
        "createGroup": ({}, {"name": "example", "description": "Everyone", "parents": ["kept"]} | held),
        "getGroup": ({"name": "kept"}, None),
        "updateGroup": ({"name": "kept"}, {"description": "Renamed"}),
        "deleteGroup": ({"name": "doomed"}, None),
        "createAttribute": ({}, {"name": "example", "type": "array", "max_items": 3}),
        "getAttribute": ({"name": "kept"}, None),
        "updateAttribute": ({"name": "kept"}, {"description": "Renamed"}),
        "deleteAttribute": ({"name": "doomed"}, None),
        "previewClaims": (of_user | of_client, None),
        "listMembers": ({"name": "kept"}, None),
        "addMember": ({"name": "kept"}, {"user_id": user}),
        "removeMember": ({"name": "kept", "user_id": jane}, None),
        "createTenant": ({}, {"name": "example", "signing_algorithm": "ES256", "limits": {"users": 10}}),
        "getTenant": ({"name": "kept"}, None),
        "updateTenant": ({"name": "kept"}, {"description": "Renamed"}),
        "deleteTenant": ({"name": "doomed"}, None),
        "createWebhook": ({}, hook | {"name": "example"}),
        "getWebhook": ({"name": "kept"}, None),
        "updateWebhook": ({"name": "kept"}, {"description": "Renamed"}),
        "deleteWebhook": ({"name": "doomed"}, None),
        "rotateWebhookSecret": ({"name": "kept"}, {"overlap": 60}),
        "getWebhookDelivery": ({"name": "kept"}, None),
        "testWebhook": ({"name": "kept"}, None),
        "replayWebhook": ({"name": "kept"}, {"since": later}),
        "createUpstreamProvider": ({}, provider | {"name": "example"}),
        "getUpstreamProvider": ({"name": "kept"}, None),
        "updateUpstreamProvider": ({"name": "kept"}, {"display_name": "Renamed"}),
        "deleteUpstreamProvider": ({"name": "doomed"}, None),
        "grantAdminRole": ({"holder": f"client:{client}"}, {"role": "auditor"}),
        "revokeAdminRole": ({"holder": f"client:{client}", "role": "held"}, None),
        "revokeAdminRoles": ({"holder": f"client:{client}"}, None),
    }


def operations(document):
    for methods in document["paths"].values():
        yield from methods.values()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Adds the examples to the document."""
    known = examples()
    for operation in operations(raw_schema):
        with lock:
            counts[operation["operationId"]].update()
        path, body = known.get(operation["operationId"], ({}, None))
        for parameter in operation.get("parameters", []):
            if parameter["name"] in path:
                parameter["example"] = path[parameter["name"]]
        if body is not None:
            for content in operation["requestBody"]["content"].values():
                content["example"] = body


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps the client of this test: without it, all later requests would fail. Uses no idempotency key twice."""
    # A key that a stateful test uses again would get the reply of an object that was deleted since.
    key = (case.headers or {}).get("Idempotency-Key")
    if key is not None and len(key) <= 200:
        case.headers["Idempotency-Key"] = f"{key}{uuid.uuid4().hex}"
    for name, value in (case.path_parameters or {}).items():
        if unquote(str(value)) in (CLIENT["client_id"], SELF):
            case.path_parameters[name] = "unknown"


@schemathesis.hook
def after_call(context, case, response):
    definition = case.operation.definition.raw
    if case.method.lower() == case.operation.method.lower():
        with lock:
            counts[definition["operationId"]][str(response.status_code)] += 1
    elif response.status_code >= 500:
        with lock:
            counts[f"{case.method} {case.operation.path}"][str(response.status_code)] += 1


@atexit.register
def write():
    with open(os.environ["COUNTERSIGN_SUMMARY"], "w", encoding="utf-8") as file:
        json.dump(counts, file)
