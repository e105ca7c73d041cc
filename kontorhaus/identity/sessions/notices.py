"""Mails by which a person hears what happened to its sign-in, wherever it was done."""

from __future__ import annotations

from kontorhaus.identity import queries as identity
from kontorhaus.identity.sessions.model import Visitor
from kontorhaus.runtime import mail
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.work import Work

NEW_PASSWORD = "password_changed"  # noqa: S105
FACTOR_ON = "second_factor_on"
FACTOR_OFF = "second_factor_off"
RECOVERY_CODE_USED = "recovery_code_used"
NEW_DEVICE = "new_device"


def tell(work: Work, *, address: str, what: str, visitor: Visitor) -> None:
    """Mail the person what happened, in the language of its organization."""
    words = Words(identity.profile(work).language)
    subject, sentence = _said(words, what)
    network, agent = visitor.client.removeprefix("address:"), visitor.agent
    facts = [words.text("Account: %(address)s", address=address)]
    facts.append(words.text("When: %(instant)s (UTC)", instant=f"{work.now:%Y-%m-%d %H:%M}"))
    if network:
        facts.append(words.text("Network address: %(network)s", network=network))
    if agent:
        facts.append(words.text("Program: %(agent)s", agent=agent))
    remedy = words.text(
        "If it was you, all is well. If not, choose a new password by “Forgotten password” on the "
        "sign-in page: that ends every session."
    )
    body = "\n\n".join((sentence, "\n".join(facts), remedy)) + "\n"
    mail.enqueue(work, mail=Mail(address, subject, body))


def _said(words: Words, what: str) -> tuple[str, str]:
    """Subject and first sentence."""
    said = {
        NEW_PASSWORD: (
            words.text("Your password was changed"),
            words.text("Your password for Kontorhaus was changed; all other sessions have ended."),
        ),
        FACTOR_ON: (
            words.text("Second factor switched on"),
            words.text("From now on signing in to Kontorhaus asks for a code of your app."),
        ),
        FACTOR_OFF: (
            words.text("Second factor switched off"),
            words.text("From now on the password alone opens your account at Kontorhaus."),
        ),
        RECOVERY_CODE_USED: (
            words.text("A recovery code was used"),
            words.text("Somebody signed in to Kontorhaus with your password and a recovery code."),
        ),
        NEW_DEVICE: (
            words.text("Sign-in from a new device"),
            words.text("Somebody signed in to Kontorhaus with your password on a new device."),
        ),
    }
    return said[what]
