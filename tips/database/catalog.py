"""Reads from PostgreSQL's own catalog which rights our roles have."""

from typing import Any, NamedTuple

from slu_antitrafficking.roles import database_of, role_names


class Right(NamedTuple):
    """One right of one role ("" is everybody) on one thing; `column` empty for the whole."""

    role: str
    # DATABASE, SCHEMA, TABLE, FUNCTION, ROLE or, of what a role makes later, DEFAULT TABLES …
    kind: str
    name: str  # of a default the role that makes
    column: str  # of a default the schema, empty for any
    privilege: str  # as PostgreSQL calls it, or OWNERSHIP, or of a ROLE MEMBERSHIP


def actual(cursor: Any) -> set[Right]:
    """Every right that our roles and PUBLIC have on this database, on what is in its schema, and on
    what our roles and the owner make there from now on; and what our roles own or are members of.

    Of an owner the ownership alone is told: its rights are not given. Functions are meant to be
    owned by the role of the functions.
    """
    names = role_names(database_of(cursor))
    cursor.execute(_ACTUAL, {"roles": list(names), "functions": names.functions})
    return {Right(*row) for row in cursor.fetchall()}


_ACTUAL = """
WITH thing (kind, name, "column", acl, owner) AS (
  SELECT 'DATABASE', d.datname::text, '', coalesce(d.datacl, acldefault('d', d.datdba)), d.datdba
    FROM pg_catalog.pg_database d WHERE d.datname = current_database()
  UNION ALL
  SELECT 'SCHEMA', n.nspname::text, '', coalesce(n.nspacl, acldefault('n', n.nspowner)), n.nspowner
    FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'
  UNION ALL
  SELECT 'TABLE', c.relname::text, '', c.relacl, c.relowner
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S', 'p', 'f')
  UNION ALL
  SELECT 'TABLE', c.relname::text, a.attname::text, a.attacl, c.relowner
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped AND a.attacl IS NOT NULL
  UNION ALL
  SELECT 'FUNCTION', p.proname || '(' || oidvectortypes(p.proargtypes) || ')', '',
    coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner
    FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT 'DEFAULT ' || CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
      WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
      ELSE 'LARGE OBJECTS' END,
    m.rolname::text, coalesce(n.nspname::text, ''), d.defaclacl, d.defaclrole
    FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_roles m ON m.oid = d.defaclrole
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
    WHERE m.rolname = current_user OR m.rolname = ANY (%(roles)s)
  UNION ALL
  SELECT 'DEFAULT FUNCTIONS', m.rolname::text, '', acldefault('f', m.oid), m.oid
    FROM pg_catalog.pg_roles m WHERE m.rolname = current_user AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_default_acl d
      WHERE d.defaclrole = m.oid AND d.defaclnamespace = 0 AND d.defaclobjtype = 'f')
)
SELECT coalesce(r.rolname::text, ''), thing.kind, thing.name, thing."column", a.privilege_type
FROM thing CROSS JOIN LATERAL aclexplode(thing.acl) AS a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> thing.owner AND (a.grantee = 0 OR r.rolname = ANY (%(roles)s))
UNION
SELECT r.rolname::text, thing.kind, thing.name, '', 'OWNERSHIP'
FROM thing JOIN pg_catalog.pg_roles r ON r.oid = thing.owner
WHERE r.rolname = ANY (%(roles)s) AND thing.kind NOT LIKE 'DEFAULT%%'
  AND NOT (thing.kind = 'FUNCTION' AND r.rolname = %(functions)s)
UNION
SELECT m.rolname::text, 'ROLE', r.rolname::text, '', 'MEMBERSHIP'
FROM pg_catalog.pg_auth_members a
JOIN pg_catalog.pg_roles m ON m.oid = a.member
JOIN pg_catalog.pg_roles r ON r.oid = a.roleid
WHERE m.rolname = ANY (%(roles)s)
"""
