"""An application: taken in, screened by every open fund, checked for conflicts, decided, turned into a case."""
