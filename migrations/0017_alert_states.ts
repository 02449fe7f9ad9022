/**
 * Alerts with a rule, a severity and states: pending until `fired_at`, then firing, acknowledged, silenced until a time, and
 * resolved at `closed_at`. Every change becomes an event, by a trigger, so that the changes by workers of the release before
 * count as well. Notices to sinks are an outbox. One monitor at a time holds the lease.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* states
  yield* events
  yield* deliveries
  // `fence` grows with each holder: a monitor that lost its lease can write nothing any more.
  yield* sql`
    CREATE TABLE monitor_lease (
      name text PRIMARY KEY,
      holder uuid NOT NULL,
      hostname text NOT NULL,
      version text NOT NULL,
      fence bigint NOT NULL DEFAULT 1,
      lease_until timestamptz NOT NULL,
      beat_at timestamptz NOT NULL DEFAULT now(),
      -- When the rules were last judged over facts that could be read.
      judged_at timestamptz
    ) WITH (fillfactor = 50)`
  // How fast the database grows.
  yield* sql`
    CREATE TABLE size_samples (
      at timestamptz PRIMARY KEY DEFAULT now(),
      database_bytes bigint NOT NULL,
      buffer_bytes bigint NOT NULL
    )`
  for (const table of ["alert_events", "alert_deliveries", "monitor_lease", "size_samples"]) {
    yield* sql.unsafe(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
    yield* sql.unsafe(`CREATE POLICY service ON ${table} TO accessa_service USING (true) WITH CHECK (true)`)
    yield* sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO accessa_service`)
  }
})

/** The defaults are those of an alert about a circuit, which is what workers of the release before raise. */
const states = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    ALTER TABLE alerts
      ADD COLUMN rule text NOT NULL DEFAULT 'CIRCUIT_OPEN',
      ADD COLUMN subject text NOT NULL DEFAULT '',
      ADD COLUMN severity text NOT NULL DEFAULT 'critical' CHECK (severity IN ('critical', 'warning', 'info')),
      ADD COLUMN fired_at timestamptz DEFAULT now(),
      -- Since when the condition has been gone; it resolves after the rule's cool-down.
      ADD COLUMN clear_since timestamptz,
      ADD COLUMN acknowledged_at timestamptz,
      ADD COLUMN silenced_until timestamptz,
      ADD COLUMN changed_by text NOT NULL DEFAULT 'service',
      ADD COLUMN change_reason text,
      -- Of an alert that was announced before the database could take its row.
      ADD COLUMN notice_id text,
      -- Resolved, and every sink that was told has its last notice.
      ADD COLUMN settled boolean NOT NULL DEFAULT false,
      ADD CONSTRAINT acknowledged_when_fired CHECK (acknowledged_at IS NULL OR fired_at IS NOT NULL)`
  yield* sql`
    UPDATE alerts SET fired_at = opened_at, settled = closed_at IS NOT NULL, subject = split_part(key, ':', 1),
      rule = CASE WHEN code IN ('VACUUM_HELD', 'FOREIGN_GRANTS', 'CALLBACKS_REFUSED') THEN code ELSE 'CIRCUIT_OPEN' END,
      severity = CASE WHEN code IN ('VACUUM_HELD', 'FOREIGN_GRANTS', 'CALLBACKS_REFUSED') THEN 'warning' ELSE 'critical' END`
  yield* sql`CREATE INDEX alerts_unsettled ON alerts (alert_id) WHERE NOT settled`
})

const events = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE alert_events (
      event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      type text NOT NULL CHECK (
        type IN ('pending', 'firing', 'acknowledged', 'silenced', 'unsilenced', 'resolved', 'cleared')
      ),
      actor text NOT NULL,
      reason text,
      silenced_until timestamptz
    )`
  yield* sql`CREATE INDEX alert_events_by_alert ON alert_events (alert_id, event_id)`
  yield* sql`
    CREATE FUNCTION accessa_alert_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      changes text[] := '{}';
    BEGIN
      IF TG_OP = 'INSERT' THEN
        changes := changes || CASE WHEN NEW.fired_at IS NULL THEN 'pending' ELSE 'firing' END;
      ELSE
        IF OLD.fired_at IS NULL AND NEW.fired_at IS NOT NULL THEN changes := changes || 'firing'::text; END IF;
        IF OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL THEN
          changes := changes || 'acknowledged'::text;
        END IF;
        IF OLD.silenced_until IS DISTINCT FROM NEW.silenced_until THEN
          changes := changes || CASE WHEN NEW.silenced_until IS NULL THEN 'unsilenced' ELSE 'silenced' END;
        END IF;
        IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN
          changes := changes || CASE WHEN NEW.fired_at IS NULL THEN 'cleared' ELSE 'resolved' END;
        END IF;
      END IF;
      INSERT INTO public.alert_events (alert_id, type, actor, reason, silenced_until)
      SELECT NEW.alert_id, change, NEW.changed_by, NEW.change_reason,
        CASE WHEN change = 'silenced' THEN NEW.silenced_until END
      FROM unnest(changes) AS change;
      RETURN NULL;
    END $$`
  yield* sql`REVOKE EXECUTE ON FUNCTION accessa_alert_changed() FROM PUBLIC`
  yield* sql`
    CREATE TRIGGER changed AFTER INSERT OR UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION accessa_alert_changed()`
})

/** A notice is made once for each sink, state and level; it is due until `run_at` is null. */
const deliveries = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE alert_deliveries (
      delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
      sink text NOT NULL,
      state text NOT NULL CHECK (state IN ('firing', 'acknowledged', 'resolved')),
      level text NOT NULL CHECK (level IN ('team', 'lead', 'manager')),
      notice jsonb NOT NULL,
      attempts int NOT NULL DEFAULT 0,
      run_at timestamptz DEFAULT now(),
      delivered_at timestamptz,
      last_error text,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT told_once UNIQUE (alert_id, sink, state, level)
    )`
  yield* sql`CREATE INDEX alert_deliveries_due ON alert_deliveries (run_at) WHERE run_at IS NOT NULL`
})
