"""Where sealed files lie. Nothing here can open one, and every name is a random id."""

from app.documents.storing.folder import Folder, Writer

__all__ = ["Folder", "Writer"]
