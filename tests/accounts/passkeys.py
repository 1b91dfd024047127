"""An authenticator in software: the passkey of a phone, on paper."""

import hashlib
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HOST = "testserver"
_SEEN = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    """One key pair; `flags` say whether its owner was there and was recognised."""

    def __init__(self, flags: AuthenticatorData.FLAG = _SEEN) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.flags = flags
        self.owner = ""

    def registered(self, options: dict[str, Any]) -> dict[str, Any]:
        """The browser's answer to `navigator.credentials.create`."""
        public = options["publicKey"]
        self.owner = public["user"]["id"]
        known = AttestedCredentialData.create(
            bytes(16), self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(self.flags | AuthenticatorData.FLAG.AT, 1, known)
        client = self._client("webauthn.create", public["challenge"])
        return {
            **self._named(),
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {
                "clientDataJSON": websafe_encode(client),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            },
        }

    def signed(self, options: dict[str, Any]) -> dict[str, Any]:
        """The browser's answer to `navigator.credentials.get`."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(self.flags, 2)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return {
            **self._named(),
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.owner,
            },
        }

    def _named(self) -> dict[str, str]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key"}

    def _data(self, flags, counter: int, known: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData.create(
            hashlib.sha256(HOST.encode()).digest(), flags, counter, known
        )

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), f"http://{HOST}")
