-- DropIndex
DROP INDEX "event_tenant_id_created_at_idx";

-- DropIndex
DROP INDEX "idempotency_key_tenant_id_created_at_idx";

-- CreateIndex
CREATE INDEX "event_created_at_idx" ON "event"("created_at");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- What is old is deleted over all tenants at once, the oldest first; nothing else reads in this order.
CREATE INDEX "log_chunk_created_at_idx" ON "log_chunk"("created_at");
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");
