"""A web application with a login by Authlib. Arguments: the issuer, the port, client_id and client_secret."""

import sys
from secrets import token_urlsafe
from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session, url_for

ISSUER, PORT, CLIENT_ID, CLIENT_SECRET = sys.argv[1:]

app = Flask(__name__)
app.secret_key = token_urlsafe()
server = OAuth(app).register(
    "countersign",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email offline_access"},
)
# Too long for the cookie that Flask keeps its session in.
tokens = {}


@app.get("/")
def start():
    return jsonify(session.get("user"))


@app.get("/id-token")
def id_token():
    """Claims that the application has without a request to userinfo."""
    return jsonify(session.get("about"))


@app.get("/login")
def login():
    return server.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = server.authorize_access_token()
    session["user"] = token["userinfo"]["sub"]
    session["about"] = {name: token["userinfo"].get(name) for name in ("name", "email")}
    tokens[session["user"]] = token
    return redirect(url_for("start"))


@app.get("/userinfo")
def userinfo():
    return jsonify(server.userinfo(token=tokens[session["user"]]))


@app.get("/refresh")
def refresh():
    token = tokens[session["user"]]
    fresh = server.fetch_access_token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    tokens[session["user"]] = {**token, **fresh}
    return jsonify(rotated=fresh["refresh_token"] != token["refresh_token"])


@app.get("/logout")
def logout():
    token = tokens.pop(session.pop("user"))
    target = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": url_for("start", _external=True)}
    return redirect(f"{server.load_server_metadata()['end_session_endpoint']}?{urlencode(target)}")


app.run(port=int(PORT))
