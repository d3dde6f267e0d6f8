-- CreateTable
CREATE TABLE "drift" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "wanted" TEXT,
    "found" TEXT,
    "is_hidden" BOOLEAN NOT NULL DEFAULT false,
    "fingerprint" TEXT NOT NULL,
    "open_key" TEXT,
    "changed_by" TEXT NOT NULL DEFAULT '',
    "changed_at" TIMESTAMPTZ(3),
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),
    "adopted_by" TEXT,
    "adopted_by_name" TEXT,
    "adopted_at" TIMESTAMPTZ(3),
    "adopt_reason" TEXT,

    CONSTRAINT "drift_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "drift_scan" (
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL DEFAULT '',
    "tried_at" TIMESTAMPTZ(3),
    "compared_at" TIMESTAMPTZ(3),
    "trouble" TEXT NOT NULL DEFAULT '',
    "asked_at" TIMESTAMPTZ(3),
    "reapply_state" TEXT,
    "reapply_by" TEXT,
    "reapply_by_name" TEXT,
    "reapply_at" TIMESTAMPTZ(3),
    "reapply_result" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "drift_scan_pkey" PRIMARY KEY ("tenant_id","service_id","target_id")
);

-- CreateIndex
CREATE INDEX "drift_tenant_id_service_id_open_key_idx" ON "drift"("tenant_id", "service_id", "open_key");

-- CreateIndex
CREATE UNIQUE INDEX "drift_tenant_id_open_key_key" ON "drift"("tenant_id", "open_key");
