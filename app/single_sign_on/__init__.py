"""Signing in with the account that one's organization gave one: OpenID Connect, several providers, none of them trusted
further than what it can prove."""
