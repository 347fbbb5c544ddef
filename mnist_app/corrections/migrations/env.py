"""Alembic's environment: it runs on the connection, and in the transaction, of `database.upgrade`."""

from alembic import context

from mnist_app.corrections.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
