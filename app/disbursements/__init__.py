"""Money paid from an award: asked for, approved, released and settled by four different people."""
