"""Makes the roles of a database, and sees to it that each one's stored login works. May be run any number of times."""
