"""The history of the tables: one file a revision, each tested up and down with people's data in it."""
