"""due_in_order: what is due in a lane is read in the order it is taken in."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24"
down_revision = "2026_11_23"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.drop_index("ix_touches_due", table_name="touches")
    columns = ["lane", "occurrence_id", "due_at", "customer_id"]
    op.create_index("ix_touches_due", "touches", columns, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_touches_due", table_name="touches")
    op.create_index("ix_touches_due", "touches", ["lane", "occurrence_id", "due_at"], postgresql_where=WAITING)
