"""References can be read out over the phone: one wrong character, or two swapped, are noticed."""

from hypothesis import given
from hypothesis import strategies as st

from app.reference import ALPHABET, new_reference, read_reference

REFERENCES = st.builds(new_reference, st.sampled_from(["AP", "CA", "AW", "DB"]))


@given(REFERENCES)
def test_reads_however_it_is_written(reference: str) -> None:
    assert read_reference(reference) == reference
    assert read_reference(reference.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == reference


@given(REFERENCES, st.integers(0, 7), st.sampled_from(ALPHABET[:31]))
def test_one_wrong_character_is_noticed(reference: str, position: int, character: str) -> None:
    plain = reference.replace("-", "")
    wrong = plain[: position + 2] + character + plain[position + 3 :]
    assert (read_reference(wrong) == reference) == (wrong == plain)
    assert wrong == plain or read_reference(wrong) is None


@given(REFERENCES, st.integers(0, 6))
def test_two_swapped_neighbours_are_noticed(reference: str, position: int) -> None:
    plain = reference.replace("-", "")
    first, second = plain[position + 2], plain[position + 3]
    swapped = plain[: position + 2] + second + first + plain[position + 4 :]
    assert first == second or read_reference(swapped) is None


def test_what_is_no_reference_is_none() -> None:
    for text in ("", "AP", "AP-123", "AP-0000-00000000", "💥" * 10, "AP-UUUU-UUUU"):
        assert read_reference(text) is None
