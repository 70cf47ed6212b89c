"""Files that belong to applications and cases: taken in sealed, checked, shown, and gone with the person."""
