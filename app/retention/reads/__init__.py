"""What is kept how long, on hold, due, noticed, approved and erased."""
