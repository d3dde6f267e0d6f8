-- CreateTable
CREATE TABLE "quarantine" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "open_digest" TEXT,
    "reason" TEXT NOT NULL,
    "placed_by" TEXT NOT NULL,
    "placed_by_name" TEXT NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "released_by" TEXT,
    "released_by_name" TEXT,
    "released_at" TIMESTAMPTZ(3),
    "release_reason" TEXT,

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "pin" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "open_place" TEXT,
    "kind" TEXT NOT NULL,
    "artifact_id" TEXT,
    "version" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "placed_by" TEXT NOT NULL,
    "placed_by_name" TEXT NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "released_by" TEXT,
    "released_by_name" TEXT,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "pin_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "quarantine_tenant_id_digest_placed_at_idx" ON "quarantine"("tenant_id", "digest", "placed_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "quarantine_tenant_id_open_digest_key" ON "quarantine"("tenant_id", "open_digest");

-- CreateIndex
CREATE INDEX "pin_tenant_id_service_id_environment_id_placed_at_idx" ON "pin"("tenant_id", "service_id", "environment_id", "placed_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "pin_tenant_id_open_place_key" ON "pin"("tenant_id", "open_place");

-- AddForeignKey
ALTER TABLE "quarantine" ADD CONSTRAINT "quarantine_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pin" ADD CONSTRAINT "pin_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pin" ADD CONSTRAINT "pin_tenant_id_environment_id_fkey" FOREIGN KEY ("tenant_id", "environment_id") REFERENCES "environment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
