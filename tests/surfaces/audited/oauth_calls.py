"""Every operation by which apps come in that writes, called once as it is meant."""

from __future__ import annotations

from tests.surfaces.audited.stage import Stage

APP = {
    "client_name": "Lotsenkasse",
    "kind": "confidential",
    "redirect_uris": ["https://lotsenkasse.example/callback"],
    "scope": "documents:read",
}


def play(stage: Stage) -> None:
    """All of them, in an order in which each finds what it needs."""
    stage.tokens["oauth2"] = stage.tokens["books"]
    made = stage.call("POST /oauth2/clients", APP)
    stage.ids["client_id"] = made["client_id"]
    stage.call("PATCH /oauth2/clients/{client_id}", {"client_name": "Lotse"}, changes=True)
    made = stage.call("POST /oauth2/clients/{client_id}/secret")
    basic = (made["client_id"], made["client_secret"])
    asked = {"grant_type": "client_credentials"}
    token = stage.call("POST /oauth2/token", auth=basic, data=asked, by="oauth_client")
    shown = {"token": token["access_token"]}
    stage.call("POST /oauth2/revoke", auth=basic, data=shown, by="oauth_client")
    stage.call("DELETE /oauth2/clients/{client_id}")
