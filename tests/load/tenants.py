"""Tenants of a server: their clients, users and grants."""

import http.client
import json
from urllib.parse import urlencode

from server import CALLBACK

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def create(server, name, limits=None):
    """Creates a tenant that signs with ES256. Returns the form of a token request of a machine client."""
    limited = ["--limits", json.dumps(limits)] if limits else []
    server.command("tenants", "create", name, "--signing-algorithm", "ES256", *limited)
    created = server.command(
        "clients", "create", "--tenant", name, "--name", "Machine", "--grant-type", "client_credentials",
        "--scope", "read", "--json",
    )  # fmt: skip
    client = json.loads(created)
    return {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
    }


def fill(server, name, users):
    """Creates users."""
    documents = "---\n".join(f"kind: user\nemail: user-{number}@{name}.example\n" for number in range(users))
    server.command("apply", "-f", "-", "--tenant", name, input=documents)


def application(server, tenant):
    """Creates a client and a user who can sign in to it."""
    created = server.command(
        "clients", "create", "--tenant", tenant, "--name", "Application", "--public", "--grant-type",
        "authorization_code,refresh_token", "--redirect-uri", CALLBACK, "--scope", "openid", "--json",
    )  # fmt: skip
    user = server.command("users", "create", "--tenant", tenant, "--email", "mary@example.com", "--json")
    return json.loads(created)["client_id"], json.loads(user)["password"]


def grant(server, tenant, client, password):
    """Signs in and redeems the code. Returns the form of a refresh."""
    asked = {
        "email": "mary@example.com", "password": password, "client_id": client, "redirect_uri": CALLBACK,
        "response_type": "code", "scope": "openid", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    path = f"/t/{tenant}/v1/oauth2/authorize"
    answer = post(server, path, json.dumps(asked), "application/json")
    if "code" not in answer:
        step = {"next_step_auth_id": answer["next_step_auth_id"]}
        answer = post(server, f"{path}/confirm", json.dumps(step), "application/json")
    redeemed = {
        "grant_type": "authorization_code", "code": answer["code"], "client_id": client, "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }  # fmt: skip
    form = "application/x-www-form-urlencoded"
    tokens = post(server, f"/t/{tenant}/oauth2/token", urlencode(redeemed), form)
    return {"grant_type": "refresh_token", "client_id": client, "refresh_token": tokens["refresh_token"]}


def post(server, path, body, content_type):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", path, body, {"Host": "localhost", "Content-Type": content_type})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {text.decode()}")
    return json.loads(text)
