"""Opening a person's details in an emergency: for a reason, for an hour, with everybody told and a review after it."""
