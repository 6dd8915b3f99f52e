"""The only package that runs SQL: migrations, one module of typed functions a topic, the embedded server."""
