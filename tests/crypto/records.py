"""What an installation has sealed, digested, indexed and signed, to be found again unchanged."""

from uuid import uuid4

from app.crypto import Cell, Group, IndexKind, MacPurpose, Vault


class Records:
    """What an installation has sealed, digested, indexed and signed, to be found again unchanged."""

    def __init__(self, vault: Vault, number: int) -> None:
        self.sealed: list[tuple[Cell, bytes]] = []
        self.indexed_anew = False
        self.add(vault, number)
        self.mac = vault.mac(MacPurpose.PASSWORD_PEPPER, b"passphrase")
        self.audit = vault.mac(MacPurpose.AUDIT, b"event")
        self.blind = vault.blind(IndexKind.A_NUMBER, "012345678")
        self.signed = (vault.signing_key_id, vault.sign(b"seal"))

    def add(self, vault: Vault, number: int) -> None:
        for _ in range(number):
            cell = Cell("applicant", "identity_sealed", uuid4(), vault.new_subject())
            self.sealed.append((cell, vault.seal(cell, Group.IDENTITY, str(cell.row_id))))

    def check(self, vault: Vault) -> None:
        for cell, blob in self.sealed:
            assert vault.open(cell, Group.IDENTITY, blob) == str(cell.row_id)
        assert vault.mac(MacPurpose.PASSWORD_PEPPER, b"passphrase") == self.mac
        assert vault.check_mac(MacPurpose.AUDIT, b"event", self.audit)
        if not self.indexed_anew:
            assert vault.blind(IndexKind.A_NUMBER, "012345678") == self.blind
        key_id, signature = self.signed
        assert Vault.verify(vault.public_key(key_id), b"seal", signature)


def forget_all(vault: Vault, records: Records) -> None:
    for cell, _ in records.sealed:
        vault.forget(cell.subject_id)
