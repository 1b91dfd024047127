from clinic.models.details import Clinic, Closure, OpeningHours, Place
from clinic.models.legal import LegalText
from clinic.models.revision import Heartbeat, PublicRevision
from clinic.models.trusted import TrustedDocument

__all__ = [
    "Clinic",
    "Closure",
    "Heartbeat",
    "LegalText",
    "OpeningHours",
    "Place",
    "PublicRevision",
    "TrustedDocument",
]
