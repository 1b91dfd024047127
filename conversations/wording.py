"""What readers are told: (French, English). Pure."""

from typing import Final

EMERGENCY: Final = (
    "Ce que vous décrivez peut ne pas attendre une réponse écrite : appelez maintenant.",
    "What you describe may not wait for a written answer: call now.",
)
