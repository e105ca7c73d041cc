"""Every operation of management that writes, called once as it is meant."""

from __future__ import annotations

from kontorhaus.runtime.ids import uuid7
from tests.surfaces.audited.stage import PASSWORD, Stage
from tests.surfaces.management.management_api import BASE, CLIENT


def play(stage: Stage) -> None:
    """All of them, by an owner that founds another organization."""
    _, email = stage.person("owner")
    login = {"email": email, "password": PASSWORD}
    made = stage.call(f"POST {BASE}/auth", login, by="user")
    stage.tokens["management"] = made["access_token"]
    ours = f"{BASE}/billing-addresses"
    address = {
        "recipient": "Friis", "address_line1": "Am Markt 3", "zip": "24937", "town": "Flensburg",
        "country_code": "DEU",
    }  # fmt: skip
    stage.ids["address_id"] = stage.call(f"POST {ours}", address, by="user")["_id"]
    stage.call(f"PATCH {ours}/{{address_id}}", {"town": "Kiel"}, by="user", changes=True)
    stage.call(f"DELETE {ours}/{{address_id}}", by="user")
    founded = stage.call(f"POST {BASE}/organizations", CLIENT, by="user")
    stage.ids["organization_id"] = founded["_id"]
    one = f"{BASE}/organizations/{{organization_id}}"
    stage.call(f"PATCH {one}", {"town": "Husum"}, by="user", changes=True)
    stage.call(f"POST {one}/enable-env", {"env": "LIVE"}, by="user", changes=True)
    made = stage.call(f"POST {one}/api-keys", {"name": "kasse"}, by="user")
    stage.ids["key_id"] = made["_id"]
    key = f"{one}/api-keys/{{key_id}}"
    stage.call(f"PATCH {key}", {"status": "disabled"}, by="user", changes=True)
    stage.call(f"DELETE {key}", by="user")
    invited = {"email": f"{uuid7().hex}@mohn.example"}
    stage.ids["user_id"] = stage.call(f"POST {one}/users", invited, by="user")["_id"]
    stage.call(f"DELETE {one}/users/{{user_id}}", by="user", changes=True)
    stage.call(f"DELETE {one}", by="user", changes=True)
