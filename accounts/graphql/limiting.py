"""What strangers may do only so often, by the address of the network that they come from."""

from allauth.core import ratelimit

from accounts.graphql.info import Info
from kernel.graphql.payloads import ClientMistake


def refuse_too_often(info: Info, action: str) -> None:
    """Count a guest's request against the limit of an action in `shop.signing_in`.

    Raises:
        ClientMistake: `RATE_LIMITED`, for a guest who came too often.
    """
    if info.context.viewer.person is None and not ratelimit.consume(
        info.context.request, action=action
    ):
        raise ClientMistake("RATE_LIMITED", "Too often: wait, or sign in.")
