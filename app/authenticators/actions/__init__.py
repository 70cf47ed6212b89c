"""Verbs: sessions begun and ended, challenges asked and answered, passkeys, codes, resets."""
