"""Is there a conflict of interest? Asked across all applicants, answered with one word, reviewed by a second person."""
