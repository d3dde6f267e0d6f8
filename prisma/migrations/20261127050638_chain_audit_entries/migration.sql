-- Stop every process of the version before: what it would add to the record has no digest and is refused.

-- AlterTable
ALTER TABLE "audit_entry" ADD COLUMN     "digest" TEXT,
ADD COLUMN     "door" TEXT NOT NULL DEFAULT 'worker',
ADD COLUMN     "on_behalf_of" TEXT;

-- CreateTable
CREATE TABLE "audit_link" (
    "tenant_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "entry_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_link_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "audit_chain" (
    "tenant_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_chain_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "audit_checkpoint" (
    "tenant_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT NOT NULL,

    CONSTRAINT "audit_checkpoint_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "audit_check" (
    "tenant_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "whole_at" TIMESTAMPTZ(3) NOT NULL,
    "fault" TEXT,

    CONSTRAINT "audit_check_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_link_tenant_id_entry_id_key" ON "audit_link"("tenant_id", "entry_id");

-- What the record held until now: its door and person as far as they can be told, its digest, and its place in the order of time.
UPDATE "audit_entry" SET "door" = CASE split_part("actor", ':', 1)
  WHEN 'user' THEN 'portal' WHEN 'anonymous' THEN 'portal' WHEN 'token' THEN 'api' WHEN 'webhook' THEN 'webhook' ELSE 'worker' END;
UPDATE "audit_entry" SET "on_behalf_of" = 'user:' || "api_token"."user_id"
  FROM "api_token" WHERE "api_token"."tenant_id" = "audit_entry"."tenant_id" AND "audit_entry"."actor" = 'token:' || "api_token"."id";

-- The one JSON text of a value, as core/configuration writes it: keys in the order of their bytes, no white space.
CREATE FUNCTION "audit_canonical"("value" JSONB) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'object' THEN
      RETURN '{' || COALESCE((SELECT string_agg(to_json(key)::text || ':' || audit_canonical(field), ',' ORDER BY key COLLATE "C")
        FROM jsonb_each(value) AS fields(key, field)), '') || '}';
    WHEN 'array' THEN
      RETURN '[' || COALESCE((SELECT string_agg(audit_canonical(item), ',' ORDER BY place)
        FROM jsonb_array_elements(value) WITH ORDINALITY AS items(item, place)), '') || ']';
    WHEN 'string' THEN RETURN to_json(value #>> '{}')::text;
    ELSE RETURN value::text;
  END CASE;
END $$;

UPDATE "audit_entry" SET "digest" = encode(sha256(convert_to(audit_canonical(jsonb_build_object(
  'tenantId', "tenant_id", 'id', "id", 'at', to_char("at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'actor', "actor", 'actorName', "actor_name",
  'onBehalfOf', "on_behalf_of", 'door', "door", 'action', "action", 'subject', "subject", 'summary', "summary", 'before', "before", 'after', "after",
  'requestId', "request_id", 'address', "address")), 'UTF8')), 'hex');
DROP FUNCTION "audit_canonical"(JSONB);
ALTER TABLE "audit_entry" ALTER COLUMN "digest" SET NOT NULL;

-- Appends one entry to its chain: the only way in. It runs when the transaction commits, so the end of the chain is held for no longer than the commit takes.
-- With the rights of its owner: the role that the processes use needs none on chain and links.
CREATE FUNCTION "audit_append_one"("chain" TEXT, "entry" TEXT, "entry_digest" TEXT) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  place INTEGER;
  linked TEXT;
BEGIN
  LOOP
    UPDATE public.audit_chain SET seq = seq + 1, hash = encode(sha256(convert_to(
      'flow-audit-v1' || E'\n' || chain || E'\n' || (seq + 1) || E'\n' || hash || E'\n' || entry_digest || E'\n', 'UTF8')), 'hex')
      WHERE tenant_id = chain RETURNING seq, hash INTO place, linked;
    EXIT WHEN FOUND;
    INSERT INTO public.audit_chain (tenant_id, seq, hash) VALUES (chain, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
  END LOOP;
  INSERT INTO public.audit_link (tenant_id, seq, entry_id, hash) VALUES (chain, place, entry, linked);
END $$;
REVOKE EXECUTE ON FUNCTION "audit_append_one"(TEXT, TEXT, TEXT) FROM PUBLIC;

DO $$
DECLARE
  found RECORD;
BEGIN
  FOR found IN SELECT tenant_id, id, digest FROM audit_entry ORDER BY tenant_id, at, id LOOP
    PERFORM audit_append_one(found.tenant_id, found.id, found.digest);
  END LOOP;
END $$;

CREATE FUNCTION "audit_append"() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM public.audit_append_one(NEW.tenant_id, NEW.id, NEW.digest);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "audit_append" AFTER INSERT ON "audit_entry" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION "audit_append"();

-- The record is only ever added to, whoever asks.
CREATE FUNCTION "audit_refuse"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit record is only ever added to: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "audit_entry_kept" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_entry_whole" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_link_kept" BEFORE UPDATE OR DELETE ON "audit_link" FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_link_whole" BEFORE TRUNCATE ON "audit_link" FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_checkpoint_kept" BEFORE UPDATE OR DELETE ON "audit_checkpoint" FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_checkpoint_whole" BEFORE TRUNCATE ON "audit_checkpoint" FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
-- Links and the end of a chain move by an append only: the trigger of an entry is one level deep, and this one then two.
CREATE TRIGGER "audit_link_appended" BEFORE INSERT ON "audit_link" FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_chain_kept" BEFORE INSERT OR UPDATE ON "audit_chain" FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_chain_stays" BEFORE DELETE ON "audit_chain" FOR EACH ROW EXECUTE FUNCTION "audit_refuse"();
CREATE TRIGGER "audit_chain_whole" BEFORE TRUNCATE ON "audit_chain" FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse"();
