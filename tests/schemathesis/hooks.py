"""Token, examples and counts for schemathesis."""

import atexit
import collections
import json
import os
import threading
import time

import requests
import schemathesis

ISSUER = os.environ["COUNTERSIGN_ISSUER"]
CLIENT = json.loads(os.environ["COUNTERSIGN_CLIENT"])
API = f"{ISSUER}/admin/v1"
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


def machine(name):
    return {"client_name": name, "client_type": "confidential", "grant_types": ["client_credentials"]}


def examples():
    """Creates objects. Returns path parameters and a body for each operation that random input does not reach."""
    client, doomed = (create("/clients", machine(name))["client_id"] for name in ("Kept", "Doomed"))
    create(f"/clients/{client}/secrets", {"name": "old"})
    create("/resource-servers", {"audience": "kept"})
    create("/resource-servers", {"audience": "doomed"})
    for name in ("kept", "doomed", "held"):
        create("/admin-roles", {"name": name})
    user, other = (create("/users", {"email": f"{name}@example.com"})["id"] for name in ("joe", "jim"))
    create(f"/administrators/client:{client}/roles", {"role": "held"})
    of_client, of_user = {"client_id": client}, {"user_id": user}
    later = int(time.time()) + 86_400
    return {
        "createClient": ({}, machine("Example")),
        "getClient": (of_client, None),
        "updateClient": (of_client, {"client_name": "Renamed"}),
        "deleteClient": ({"client_id": doomed}, None),
        "addClientSecret": (of_client, {"name": "new", "lifetime": 3600}),
        "expireClientSecret": (of_client | {"name": "secret-1"}, {"expires_at": later}),
        "removeClientSecret": (of_client | {"name": "old"}, None),
        "createResourceServer": ({}, {"audience": "example", "introspection_clients": [client]}),
        "getResourceServer": ({"audience": "kept"}, None),
        "updateResourceServer": ({"audience": "kept"}, {"name": "Renamed"}),
        "deleteResourceServer": ({"audience": "doomed"}, None),
        "createUser": ({}, {"email": "example@example.com"}),
        "getUser": (of_user, None),
        "updateUser": (of_user, {"name": "Joe"}),
        "enableUser": (of_user, None),
        "disableUser": ({"user_id": other}, None),
        "resetUserFactors": (of_user, None),
        "resetUserPassword": (of_user, None),
        "listSessions": (of_user, None),
        "createAdminRole": ({}, {"name": "example", "permissions": ["users:read"]}),
        "getAdminRole": ({"name": "kept"}, None),
        "updateAdminRole": ({"name": "kept"}, {"description": "Renamed"}),
        "deleteAdminRole": ({"name": "doomed"}, None),
        "grantAdminRole": ({"holder": f"client:{client}"}, {"role": "auditor"}),
        "revokeAdminRole": ({"holder": f"client:{client}", "role": "held"}, None),
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
            if parameter["in"] == "path" and parameter["name"] in path:
                parameter["example"] = path[parameter["name"]]
        if body is not None:
            for content in operation["requestBody"]["content"].values():
                content["example"] = body


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps the client of this test: without it, all later requests would fail."""
    for name, value in (case.path_parameters or {}).items():
        if value in (CLIENT["client_id"], SELF):
            case.path_parameters[name] = "nobody"


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
