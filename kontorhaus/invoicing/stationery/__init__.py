"""The letter paper of an organization: how its documents look, read and are sent."""
