from recommendations.models.feedback import Dismissal, Impression
from recommendations.models.trained import GroupShelf, ModelVersion, PetShelf, Together

__all__ = ["Dismissal", "GroupShelf", "Impression", "ModelVersion", "PetShelf", "Together"]
