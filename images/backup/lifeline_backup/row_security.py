"""Tables with row security are dumped whole or not at all: a policy of the dump's own shows it every row.

Whether it does is looked at before each dump. Where the role may bypass row security there is nothing to do.
"""

from lifeline_backup.failure import Failure
from lifeline_backup.programs import Session
from lifeline_backup.settings import Settings

_HIDDEN = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND row_security_active(c.oid) ORDER BY 1
"""
_APPLIES = """p.polrelid = c.oid AND p.polcmd IN ('r', '*')
  AND EXISTS (SELECT FROM unnest(p.polroles) AS r WHERE r = 0 OR pg_has_role(r, 'USAGE'))"""
#: One policy that lets everything through is enough, unless another one takes away.
_SHOWN = f"""
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND row_security_active(c.oid)
  AND EXISTS (SELECT FROM pg_policy p
    WHERE {_APPLIES} AND p.polpermissive AND pg_get_expr(p.polqual, p.polrelid) = 'true')
  AND NOT EXISTS (SELECT FROM pg_policy p WHERE {_APPLIES} AND NOT p.polpermissive)
"""


def words_of_dump(settings: Settings, session: Session) -> list[str]:
    """More words for pg_dump. From here on these tables' policies stay as they are until the session ends."""
    hidden = session.ask(_HIDDEN)
    if not hidden:
        return []
    for table in hidden:
        session.ask(f"LOCK TABLE ONLY {table} IN ACCESS SHARE MODE")
    with Session(settings.database) as now:  # not the snapshot's policies count, but those that are in force
        shown = set(now.ask(_SHOWN))
    if lacking := [each for each in hidden if each not in shown]:
        raise Failure(
            f"row security hides rows of {', '.join(lacking)} from a dump: job database-roles makes a policy for it "
            "(kubectl create job roles-now --from=cronjob/database-roles); a restrictive policy may stand against that"
        )
    session.ask("SET row_security = on")
    return ["--enable-row-security"]
