"""Whoever is not the shop in a payment: the card's holder, their bank, the clock and the post."""

import json
from urllib import error, parse, request

from orders.stripe_gateway import STAND_IN_KEY, STAND_IN_WEBHOOK_SECRET

PUBLISHABLE_KEY = "pk_test_stand_in"
DAY_SECONDS = 24 * 60 * 60
PATIENCE_SECONDS = 60


class Holder:
    """Drives the stand-in of Stripe over HTTP; an intent is named by its id."""

    def __init__(self, url):
        self.url = url

    def confirm(self, client_secret, card="pm_card_visa", *, return_url="https://shop.example/"):
        """What the browser does: gives the intent, or the `error` that the holder reads."""
        intent = client_secret.partition("_secret_")[0]
        kind = "setup_intents" if intent.startswith("seti_") else "payment_intents"
        asked = {"client_secret": client_secret, "payment_method": card, "return_url": return_url}
        return self._ask(f"/v1/{kind}/{intent}/confirm", parse.urlencode(asked), PUBLISHABLE_KEY)

    def pass_3ds(self, intent):
        return self._control("authenticate", intent=intent, passes=True)

    def fail_3ds(self, intent):
        return self._control("authenticate", intent=intent, passes=False)

    def advance(self, *, days=0, seconds=0):
        """Turn the clock of Stripe forward; authorisations end after seven days."""
        return self._control("clock", seconds=days * DAY_SECONDS + seconds)

    def fail_next(self, how, *, times=1, seconds=0):
        """`error`, `busy`, `dropped_before`, `dropped_after` or `slow`, so many calls long."""
        return self._control("faults", how=how, times=times, seconds=seconds)

    def listen(self, url, secret=STAND_IN_WEBHOOK_SECRET):
        """Have events told to this address."""
        return self._control("webhook", url=url, secret=secret)

    def deliver(self, mode):
        """`normal`, `duplicate`, `held`, `reversed` or `lost`, from now on."""
        return self._control("delivery", mode=mode)

    def release(self):
        """Send what was held; `reversed` sends the last first."""
        return self._control("release")

    def resend(self, event):
        return self._control("resend", event=event)

    def settle(self):
        """Wait until all events are answered; gives every attempt as (type, status)."""
        found = self._control("settle", seconds=PATIENCE_SECONDS)
        assert found["settled"], "Events are still under way."
        return [(each["type"], each["status"]) for each in found["attempts"]]

    def open_dispute(self, intent, *, amount=0):
        return self._control("disputes", intent=intent, amount=amount)

    def close_dispute(self, dispute, *, won):
        return self._control("disputes/close", dispute=dispute, won=won)

    def events(self, kind=""):
        """What happened, the first first, delivered or not."""
        query = parse.urlencode({"limit": 100} | ({"type": kind} if kind else {}))
        return self._ask(f"/v1/events?{query}", None, STAND_IN_KEY)["data"][::-1]

    def happened(self):
        return [event["type"] for event in self.events()]

    def reset(self):
        return self._control("reset")

    def _control(self, name, **asked):
        found = self._ask(
            f"/_control/{name}", json.dumps(asked), PUBLISHABLE_KEY, kind="application/json"
        )
        assert "error" not in found, found
        return found

    def _ask(self, path, body, key, *, kind="application/x-www-form-urlencoded"):
        asked = request.Request(
            self.url + path,
            data=None if body is None else body.encode(),
            headers={"Authorization": f"Bearer {key}", "Content-Type": kind},
        )
        try:
            with request.urlopen(asked, timeout=PATIENCE_SECONDS + 10) as answered:
                return json.load(answered)
        except error.HTTPError as refused:
            with refused:
                return json.load(refused)
