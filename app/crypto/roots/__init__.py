"""Where a root key can be, one file for each place; `root.py` says what every one of them can do.

`in_file.py`, `with_passphrase.py`, `in_shares.py`, `in_environment.py`, `on_pkcs11.py` and `on_aws_kms.py` are the
places; `choosing.py` finds the right one for an entry of the keyring.
"""
