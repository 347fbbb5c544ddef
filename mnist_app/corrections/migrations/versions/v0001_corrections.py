"""The table of corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table and its indices."""
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("read", sa.String(8), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("label", sa.SmallInteger, nullable=False),
        sa.Column("image", sa.LargeBinary(784), nullable=False),
        sa.Column("strokes", sa.Text),
        sqlite_autoincrement=True,  # an id is never given again
    )
    for column in ("visitor", "run", "read", "label"):
        op.create_index(f"corrections_{column}", "corrections", [column])
