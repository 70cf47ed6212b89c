"""What somebody learns who holds a dump of the database and no key."""
