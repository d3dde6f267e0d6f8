-- CreateTable
CREATE TABLE "api_token" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "api_token_tenant_id_created_at_id_idx" ON "api_token"("tenant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "api_token_tenant_id_user_id_idx" ON "api_token"("tenant_id", "user_id");

-- CreateIndex
CREATE INDEX "webhook_source_tenant_id_created_at_id_idx" ON "webhook_source"("tenant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "webhook_source_tenant_id_service_id_idx" ON "webhook_source"("tenant_id", "service_id");

-- CreateIndex
CREATE INDEX "webhook_delivery_tenant_id_source_id_received_at_idx" ON "webhook_delivery"("tenant_id", "source_id", "received_at" DESC);

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id") REFERENCES "membership"("tenant_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;
