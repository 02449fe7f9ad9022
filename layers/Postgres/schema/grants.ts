/**
 * Privileges on our objects, from the catalogs. Ours are the tables in `public` with a policy named `service`, the two
 * migration tables, the sequences of all these, the views and functions named `accessa_…`, and the `match_documents` that calls ours.
 */
import type { SqlClient } from "effect/sql"

/** CTEs: `objects` with each one's access list, `ours` with our roles, `published` with what PostgREST's role may. */
const objects = `
  tables AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relowner AS owner, c.relacl AS acl FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (
      c.relname IN ('migration_files', 'effect_sql_migrations')
      OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'service')
    )
  ), objects AS (
    SELECT 'TABLE' AS kind, name, owner, coalesce(acl, acldefault('r', owner)) AS acl FROM tables
    UNION ALL
    SELECT 'VIEW', oid::regclass::text, relowner, coalesce(relacl, acldefault('r', relowner)) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' AND starts_with(relname, 'accessa_')
    UNION ALL
    SELECT 'COLUMN', name, owner, attacl FROM tables JOIN pg_attribute ON attrelid = oid WHERE attacl IS NOT NULL
    UNION ALL
    SELECT 'SEQUENCE', s.oid::regclass::text, s.relowner, coalesce(s.relacl, acldefault('s', s.relowner))
    FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
      AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN tables t ON t.oid = d.refobjid
    WHERE s.relkind = 'S'
    UNION ALL
    SELECT 'ROUTINE', oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND (starts_with(proname, 'accessa_')
      OR proname = 'match_documents' AND EXISTS (
        SELECT FROM pg_depend d JOIN pg_proc ours ON ours.oid = d.refobjid
        WHERE d.objid = pg_proc.oid AND d.refclassid = 'pg_proc'::regclass AND ours.proname = 'accessa_match_documents'
      ))
  ), ours AS (
    SELECT oid, rolname::text FROM pg_roles
    WHERE rolname IN ('accessa_service', 'accessa_user', 'accessa_publisher', 'accessa_reader')
  ), published AS (
    SELECT r.oid AS role, o.name, p.privilege FROM pg_roles r, objects o, (VALUES
      ('VIEW', '^accessa_(chunks|llamaindex)$', 'SELECT'),
      ('ROUTINE', '^(accessa_readable_users|accessa_match_documents|match_documents)\\(', 'EXECUTE')
    ) AS p(kind, pattern, privilege)
    WHERE r.rolname = 'authenticated' AND o.kind = p.kind AND o.name ~ p.pattern
  )`

/** What is ours, by kind and name. */
export const ourObjects = (sql: SqlClient.SqlClient) =>
  sql.unsafe<{ readonly kind: string; readonly name: string }>(
    `WITH ${objects} SELECT DISTINCT kind, name FROM objects WHERE kind <> 'COLUMN'`
  )

export interface ForeignGrant {
  /** As it is written in a statement. */
  readonly grantee: string
  readonly kind: "TABLE" | "VIEW" | "COLUMN" | "SEQUENCE" | "ROUTINE"
  readonly name: string
  readonly privileges: string
}

/** Privileges of anyone other than the owner and our roles, unless published to them. */
export const foreignGrantsQuery = `
  WITH ${objects}
  SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS grantee, kind, name,
    string_agg(DISTINCT privilege_type, ', ' ORDER BY privilege_type) AS privileges
  FROM objects, aclexplode(acl)
  WHERE grantee <> owner AND grantee NOT IN (SELECT oid FROM ours)
    AND NOT EXISTS (
      SELECT FROM published p WHERE p.role = grantee AND p.name = objects.name AND p.privilege = privilege_type
        AND NOT is_grantable
    )
  GROUP BY 1, 2, 3`

export interface OwnRight {
  readonly role: string
  readonly kind: ForeignGrant["kind"]
  readonly name: string
  readonly privilege: string
  /** With grant option, which none of them should have. */
  readonly grantable: boolean
}

/** Privileges of our roles and of PostgREST's. */
export const ownRights = (sql: SqlClient.SqlClient) =>
  sql.unsafe<OwnRight>(`
    WITH ${objects}
    SELECT rolname AS role, kind, name, privilege_type AS privilege, bool_or(is_grantable) AS grantable
    FROM objects, aclexplode(acl)
    JOIN pg_roles r ON r.oid = grantee AND (r.oid IN (SELECT oid FROM ours) OR r.rolname = 'authenticated')
    WHERE grantee <> owner
    GROUP BY 1, 2, 3, 4`)
