-- CreateTable
CREATE TABLE "evidence" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "run_id" TEXT,
    "kind" TEXT NOT NULL,
    "fact" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "link" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_by" TEXT NOT NULL,
    "recorded_by_name" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "evidence_tenant_id_digest_recorded_at_id_idx" ON "evidence"("tenant_id", "digest", "recorded_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "evidence_tenant_id_run_id_recorded_at_id_idx" ON "evidence"("tenant_id", "run_id", "recorded_at" DESC, "id" DESC);
