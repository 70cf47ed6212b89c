"""Where a root key can be, one file for each place; `root.py` says what every one of them can do.

The places: `in_file.py`, `with_passphrase.py`, `in_shares.py`, `in_environment.py`, `on_security_module.py` (PKCS#11)
and `on_aws_kms.py`. `choosing.py` finds the right one for an entry of the keyring.
"""
