"""How the project is put together: settings, addresses, middleware, the database and the start."""
