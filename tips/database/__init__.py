"""What the serving roles may do in the database: the functions, and the tables of rights."""
