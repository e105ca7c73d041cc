"""What attempts are counted by."""

from __future__ import annotations

import pytest

from kontorhaus.surfaces.conventions import exchange


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_attempts_are_counted_by_address_or_by_the_network_of_a_customer(
    host: str, network: str
) -> None:
    assert exchange.network_of(host) == network
