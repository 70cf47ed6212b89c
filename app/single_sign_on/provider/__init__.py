"""How a provider is spoken with, and what it must prove. No database here, no session."""
