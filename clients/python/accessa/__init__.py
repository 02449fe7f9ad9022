"""A client of the Accessa Ingestion API, with the standard library alone."""
from .client import Accessa, AccessaError

__all__ = ["Accessa", "AccessaError"]
