"""Alembic's migrations of the database of corrections."""
